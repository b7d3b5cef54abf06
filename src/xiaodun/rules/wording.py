"""Words of the rules in both languages: levels, scopes, how far a text was checked, who receives a report."""

from __future__ import annotations

from xiaodun.kernel.words import Word
from xiaodun.rules.rule import Row

Pair = tuple[str, str]  # Chinese, English

LEVEL_WORDS: dict[str, Pair] = {
    "signal": ("信号", "signal"),
    "cluster": ("聚集", "cluster"),
    "outbreak": ("暴发", "outbreak"),
    "public_health_event": ("突发事件", "public health emergency"),
    "suspend_class": ("停班(建议)", "class suspension (advice)"),
    "suspend_school": ("停校(建议)", "school suspension (advice)"),
}

# How a clause names the scope.
SCOPE_WORDS: dict[str, Pair] = {
    "person": ("个人", "one person"),
    "household": ("同一家庭", "same household"),
    "dorm": ("同一宿舍", "same dormitory room"),
    "class": ("同一班级", "same class"),
    "grade": ("同一年级", "same grade"),
    "school": ("同一学校", "same school"),
    "township": ("同一乡镇（街道）", "same township"),
    "county": ("县域内", "within the county"),
    "city": ("市域内", "within the city"),
    "province": ("省域内", "within the province"),
}

RECIPIENTS: dict[str, Pair] = {
    "cdc": (
        "县级疾控中心(农村学校可经乡镇卫生院防保组)",
        "county CDC (a rural school may report through the township hospital)",
    ),
    "education_bureau": ("县级教育行政部门", "county education bureau"),
    "direct_reporting": ("传染病网络直报系统", "direct reporting system for infectious diseases"),
    "event_reporting": (
        "突发公共卫生事件报告管理信息系统(由疾控)",
        "public health emergency reporting system (through the CDC)",
    ),
    "health_authority": ("同级卫健/疾控部门", "health and disease control authority of the same level"),
    "cdc_above": ("上级疾控机构", "CDC of the next level up"),
    "government": ("本级政府", "government of the same level"),
    "government_above": ("上一级政府", "government of the next level up"),
    "government_above_filing": ("上一级政府(备案)", "government of the next level up (for the record)"),
    "county_government": ("县级政府", "county government"),
    "city_government": ("市级政府", "city government"),
    "province_government": ("省级政府", "provincial government"),
    "county_government_or_above": ("县级以上地方人民政府", "local government of a county or above"),
    "market_regulator": ("市场监管部门", "market regulator"),
    "school_reporter": ("学校疫情报告人", "the school's epidemic reporter"),
    "tb_hospital": ("县级结核病定点医疗机构", "the county's designated tuberculosis hospital"),
}

# How far a rule was compared with the official text. Only a named second reader makes it verified.
VERIFIED = Word("verified", "已核", "verified")
PRIMARY = Word("primary", "待核", "primary text, second reading due")
UNVERIFIED = Word("unverified", "未核", "unverified")
RECALL = Word("recall", "未核，凭记忆", "unverified, from memory")


def grade_word(rule: Row) -> Word:
    """What a page prints beside the source.

    Without a primary source or a reader it begins with 未核, `unverified`.
    """
    if rule.verified is not None:
        return VERIFIED
    if rule.grade == "primary":
        return PRIMARY
    return RECALL if rule.certainty == "recall" else UNVERIFIED


def pick(pair: Pair, language: str) -> str:
    return pair[0] if language.startswith("zh") else pair[1]
