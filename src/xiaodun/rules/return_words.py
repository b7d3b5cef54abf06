"""Says a return answer in words. Speaks of illnesses, days and sources, never of persons."""

from __future__ import annotations

from datetime import date

from xiaodun.kernel.words import Word
from xiaodun.rules.criterion import CIRCUMSTANCE, FACTS, Alternative, Criterion
from xiaodun.rules.explain import MONTHS
from xiaodun.rules.returning import CriterionAnswer, ReturnAnswer
from xiaodun.rules.wording import grade_word

# Number of an alternative -> its words; {n} is the number.
_NUMBER_WORDS = {
    "symptom_free_hours": Word("hours", "症状消失满{n}小时", "{n} hours without symptoms"),
    "min_days_from_onset": Word("onset", "发病后满{n}天", "{n} days after the onset"),
    "min_days_from_rash": Word("rash", "出疹后满{n}天", "{n} days after the rash began"),
    "min_days_from_treatment": Word("treatment", "规范治疗满{n}天", "{n} days after treatment began"),
    "min_days_from_fever_free": Word("fever", "体温正常满{n}天", "{n} days of normal temperature"),
}
_SYMPTOMS_GONE = Word("gone", "症状消失", "symptoms gone")
_NEXT_DAY = Word("next", "（自次日起算）", " (counted from the next day)")
OURS = Word("ours", "本产品默认值，非条文", "the product's default, not the source's words")


def explain_return(answer: ReturnAnswer, language: str) -> tuple[str, ...]:
    """Complete sentences: first the outcome, then one for each criterion, then certificate and contacts."""
    return (
        _outcome(answer, language),
        *(_criterion_sentence(each, answer.as_of, language) for each in answer.answers),
        *_duties(answer, language),
    )


def criterion_words(criterion: Criterion, language: str) -> str:
    """What the criterion asks for: `规范治疗满10天，或发病后满21天`."""
    return _join([_way_words(way, language) for way in criterion.any_of], "，或", ", or ", language)


def illness_words(criterion: Criterion, language: str) -> str:
    """`麻疹，合并肺炎`: the illness, and in which circumstances the criterion applies."""
    name = criterion.words if _zh(language) else criterion.words_en[:1].upper() + criterion.words_en[1:]
    when = [CIRCUMSTANCE[code].words(language) for code in criterion.when]
    return _join([name, *when], "，", ", ", language)


def trust_words(criterion: Criterion, language: str) -> str:
    """Source and how far it was checked: `S04，未核`."""
    sources = _join([source.id for source in criterion.sources], "、", ", ", language)
    said = [sources, grade_word(criterion).words(language)]
    said += [OURS.words(language)] if criterion.default_is_ours else []
    return _join(said, "，", ", ", language)


def missing_words(facts: tuple[str, ...], language: str) -> str:
    """The names of missing facts, codes of criterion.FACTS."""
    return _join([FACTS[fact].words(language) for fact in facts], "、", ", ", language)


def day_words(day: date, as_of: date, language: str) -> str:
    """`11月26日`; with the year where it is not the year of the day asked."""
    if _zh(language):
        year = "" if day.year == as_of.year else f"{day.year}年"
        return f"{year}{day.month}月{day.day}日"
    year = "" if day.year == as_of.year else f" {day.year}"
    return f"{day.day} {MONTHS[day.month - 1]}{year}"


def _outcome(answer: ReturnAnswer, language: str) -> str:
    zh = _zh(language)
    if answer.without_criterion:
        return (
            "没有适用的复课标准：病愈后返校，由校医判断（本产品的做法，非条文）。"
            if zh
            else "No criterion applies: the child returns when well, as the school doctor judges "
            "(the product's way, no source says so)."
        )
    if answer.earliest_on is not None:
        day = day_words(answer.earliest_on, answer.as_of, language)
        return (
            f"最早{day}可返校，按最严的一条（{answer.binding}）。"
            if zh
            else f"May return on {day} at the earliest, by the strictest criterion ({answer.binding})."
        )
    facts = missing_words(answer.missing, language)
    bound = answer.not_before and day_words(answer.not_before, answer.as_of, language)
    if zh:
        return f"返校日期还不能确定，尚缺：{facts}" + (f"；不会早于{bound}。" if bound else "。")
    return f"The day of return is still open, missing: {facts}" + (f"; not before {bound}." if bound else ".")


def _criterion_sentence(answer: CriterionAnswer, as_of: date, language: str) -> str:
    criterion = answer.criterion
    asked, trust = criterion_words(criterion, language), trust_words(criterion, language)
    result = _result(answer, as_of, language)
    name = illness_words(criterion, language)
    if _zh(language):
        return f"{name}：{asked}，{result}（{trust}）。"
    return f"{name}: {asked}; {result} ({trust})."


def _result(answer: CriterionAnswer, as_of: date, language: str) -> str:
    zh = _zh(language)
    if answer.earliest_on is not None:
        day = day_words(answer.earliest_on, as_of, language)
        return f"最早{day}可返校" if zh else f"return on {day} at the earliest"
    if all(not way.alternative.numbers for way in answer.alternatives):
        return "尚待确认" if zh else "to be confirmed"  # the facts were just named
    lacking = [missing_words(way.missing, language) for way in answer.alternatives]
    facts = _join(list(dict.fromkeys(lacking)), "，或", ", or ", language)
    return f"尚缺：{facts}" if zh else f"missing: {facts}"


def _duties(answer: ReturnAnswer, language: str) -> list[str]:
    zh = _zh(language)
    said = []
    if answer.requires_certificate:
        said.append("返校须交复课证明。" if zh else "A certificate of return is required.")
    days = answer.contact_observation_days
    if days is not None:
        said.append(f"密切接触者观察{days}天。" if zh else f"Close contacts are observed for {days} days.")
    return said


def _way_words(way: Alternative, language: str) -> str:
    said = []
    for name, number in way.numbers.items():
        hours = name == "symptom_free_hours"
        words = _SYMPTOMS_GONE if hours and number == 0 else _NUMBER_WORDS[name]
        text = words.words(language).format(n=number)
        said.append(text + _NEXT_DAY.words(language) if way.from_next_day and not hours else text)
    said += [FACTS[tick].words(language) for tick in way.needs]
    return _join(said, "且", " and ", language)


def _join(parts: list[str], zh: str, en: str, language: str) -> str:
    return (zh if _zh(language) else en).join(parts)


def _zh(language: str) -> bool:
    return language.startswith("zh")
