"""The words of an answer: a title with the situation, a sentence with every reason, never a person."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from tests.rules.casebook import ILI, answer, case, cases, on, rule

from xiaodun.rules.explain import clause, explain, span_words, title
from xiaodun.rules.packs import shipped
from xiaodun.rules.rule import Verified
from xiaodun.rules.windows import WindowCount
from xiaodun.rules.wording import LEVEL_WORDS, RECIPIENTS, grade_word

SICK = frozenset({"vomiting"})
EVERY = [each for pack in shipped() for each in pack.rules]


def said(rows, name, place="四(1)班", language="zh"):
    return explain(answer(rows, name), language, place=place)


def test_the_title_is_that_of_the_design():
    rows = cases([2, 2, 2], symptoms=SICK)

    assert said(rows, "SCH-SIM-CLASS-3D").title == "四(1)班 3天内6人呕吐或腹泻"
    assert said(rows, "SCH-SIM-CLASS-3D", "Grade 4 Class 1", "en").title == (
        "Grade 4 Class 1: 6 persons with vomiting or diarrhoea in 3 days"
    )


def test_the_lines_give_clause_window_cases_source_and_grade():
    found = said(cases([2, 2, 2], symptoms=SICK), "SCH-SIM-CLASS-3D")

    assert found.clause == "同一班级，连续3天内5例以上相似症状"
    assert found.window == "2026年3月2日至4日，3个自然日"
    assert found.cases == "6人，达到5例"
    assert found.source == "学校和托幼机构传染病疫情报告工作规范(试行)"
    assert found.grade == "未核"
    assert (
        said(cases([2, 2, 2], symptoms=SICK), "SCH-SIM-CLASS-3D", language="en").cases
        == "6 persons, threshold 5 cases"
    )
    assert found.sentence == (
        "2026年3月2日至4日，3个自然日，四(1)班6人呕吐或腹泻，达到5例"
        "（同一班级，连续3天内5例以上相似症状；学校和托幼机构传染病疫情报告工作规范(试行)，未核）。"
    )


def test_the_english_sentence_is_complete():
    found = said(cases([3], symptoms=SICK), "SCH-SIM-CLASS-1D", "Grade 4 Class 1", "en")

    assert found.sentence == (
        "Grade 4 Class 1, 2 Mar 2026, 1 calendar day: "
        "3 persons with vomiting or diarrhoea, threshold 3 cases "
        "(same class: 3 or more cases with similar symptoms within 1 day; "
        "学校和托幼机构传染病疫情报告工作规范(试行) "
        "(Norm on reporting infectious disease in schools and nurseries (trial)), unverified)."
    )


@pytest.mark.parametrize(
    ("rows", "name", "zh", "en"),
    [
        (
            cases([2], diagnosis="hfmd"),
            "HFMD-CLS-7D-2",
            "甲 7天内2例手足口病",
            "P: 2 cases of hand, foot and mouth disease in 7 days",
        ),
        (
            cases([5], diagnosis="hfmd"),
            "HFMD-SCH-7D-5",
            "甲 7天内5例手足口病",
            "P: 5 cases of hand, foot and mouth disease in 7 days",
        ),
        (
            cases([10], **ILI),
            "FLU-SCH-7D-10",
            "甲 7天内10人有流感样症状",
            "P: 10 persons with influenza-like illness in 7 days",
        ),
        (
            cases([1], diagnosis="mpox"),
            "SCH-DX-SUSP",
            "甲 1天内1例传染病或疑似传染病",
            "P: 1 case of a known or suspected infectious disease in 1 day",
        ),
        (
            cases([1], symptoms=frozenset({"cough_2w"})),
            "TB-SYM",
            "甲 14天内1人咳嗽超过2周或咯血",
            "P: 1 person with cough for more than 2 weeks or coughing blood in 14 days",
        ),
        (
            cases([2], died=True, **ILI),
            "FLU-PHE-DEATH-2",
            "甲 7天内2人有流感样症状，死亡",
            "P: 2 persons with influenza-like illness (died) in 7 days",
        ),
        (
            cases([1], diagnosis="other_diarrhoea", died=True),
            "DIAR-SCH-DEATH",
            "甲 7天内1例其他感染性腹泻，死亡",
            "P: 1 case of other infectious diarrhoea (died) in 7 days",
        ),
        (
            cases([3], class_size=10, **ILI),
            "FLU-CLS-30PCT",
            "甲 3人有流感样症状，占在册30.0%",
            "P: 3 persons with influenza-like illness, 30.0% of the class roll",
        ),
    ],
)
def test_titles_of_the_kinds(rows, name, zh, en):
    assert said(rows, name, "甲").title == zh
    assert said(rows, name, "P", "en").title == en


def test_a_shared_meal_is_said_without_repeating_what_was_written_about_it():
    rows = [
        case(i, symptoms=frozenset({s}), exposure="张老师生日宴")
        for i, s in enumerate(("fever", "rash", "vomiting"))
    ]
    found = said(rows, "SCH-SIM-CLASS-1D")

    assert found.title == "四(1)班 1天内3人身体不适，有共同用餐或饮水史"
    assert "张老师" not in found.sentence


def test_classes_are_counted_where_the_rule_counts_classes():
    rows = [case(10 * k + i, klass=f"K{k}", diagnosis="hfmd") for k in range(3) for i in range(2)]

    assert said(rows, "HFMD-SCH-SUSP-3CLS", "明德小学").title == "明德小学 7天内3个班各有2例以上手足口病"
    assert said(rows, "HFMD-SCH-SUSP-3CLS", "M", "en").title == (
        "M: 3 classes with 2 or more cases of hand, foot and mouth disease in 7 days"
    )
    assert said(rows, "HFMD-SCH-SUSP-3CLS").cases == "3个班各有2例以上，达到3个班"


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        (
            "SCH-SIM-DORM-1D",
            "同一宿舍，1天内3例以上相似症状",
            "same dormitory room: 3 or more cases with similar symptoms within 1 day",
        ),
        (
            "HFMD-SCH-7D-5",
            "同一学校，连续7天内5至9例手足口病",
            "same school: 5 to 9 cases of hand, foot and mouth disease within 7 consecutive days",
        ),
        (
            "FLU-CLS-30PCT",
            "同一班级，现有在册人数30%以上流感样症状",
            "same class: 30% or more of the class roll with influenza-like illness at one time",
        ),
        (
            "H1N1-2009-CLS-20PCT",
            "同一班级，1天内10例以上或在册人数20%以上流感样症状",
            "same class: 10 or more cases or 20% or more of the class roll "
            "with influenza-like illness within 1 day",
        ),
        (
            "FLU-SCH-SUSPEND",
            "同一学校，流感样症状，须评估",
            "same school: influenza-like illness, by assessment",
        ),
    ],
)
def test_clauses_are_written_from_the_data(name, zh, en):
    assert clause(rule(name), "zh") == zh
    assert clause(rule(name), "en") == en


@pytest.mark.requirement("R05")
@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.id)
def test_a_rule_without_a_primary_source_says_unverified(each):
    primary = each.grade == "primary"

    assert ("未核" in grade_word(each).zh) is not primary
    assert ("unverified" in grade_word(each).en) is not primary


def test_a_rule_that_a_named_person_compared_is_verified():
    read = replace(rule("NOV-SCH-3D-5"), verified=Verified("周医生", date(2026, 9, 1)))

    assert (grade_word(read).zh, grade_word(read).en) == ("已核", "verified")
    assert grade_word(rule("NOV-SCH-3D-5")).en == "unverified, from memory"


def test_no_explanation_names_a_person():
    rows = [case(i, symptoms=SICK) for i in (7001, 7002, 7003)]

    for language in ("zh", "en"):
        found = explain(answer(rows, "SCH-SIM-CLASS-1D"), language, place="四(1)班")
        assert not re.search("p700", " ".join((found.sentence, found.title, found.cases)))


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.id)
def test_every_rule_can_be_said_in_both_languages(each):
    window = WindowCount(first=on(0), last=on((each.window_days or 1) - 1), persons=(), count=each.count or 1)

    for language in ("zh", "en"):
        words = f"{title(each, window, 'X', language)} {clause(each, language)}"
        assert "None" not in words
        assert bool(re.search("[一-鿿]", words)) is (language == "zh")


@pytest.mark.parametrize(
    ("first", "last", "zh", "en"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), "2026年11月23日", "23 Nov 2026"),
        (date(2026, 11, 21), date(2026, 11, 23), "2026年11月21日至23日", "21–23 Nov 2026"),
        (date(2026, 11, 28), date(2026, 12, 4), "2026年11月28日至12月4日", "28 Nov – 4 Dec 2026"),
        (date(2026, 12, 30), date(2027, 1, 5), "2026年12月30日至2027年1月5日", "30 Dec 2026 – 5 Jan 2027"),
    ],
)
def test_spans_say_what_repeats_once(first, last, zh, en):
    assert span_words(first, last, "zh") == zh
    assert span_words(first, last, "en") == en


def test_every_level_and_recipient_of_the_packs_has_words():
    assert {each.level for each in EVERY} <= LEVEL_WORDS.keys()
    assert {name for each in EVERY for name in each.report_to} <= RECIPIENTS.keys()
