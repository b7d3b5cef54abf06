"""The words of a return answer: outcome first, then every source with its grade, then what to bring."""

from __future__ import annotations

from datetime import date

import pytest
from tests.rules.returnbook import CRITERIA, nov

from xiaodun.kernel.calendar import at
from xiaodun.rules.return_packs import criteria_in_force
from xiaodun.rules.return_words import criterion_words, explain_return
from xiaodun.rules.returning import Course, earliest_return

AS_OF = date(2026, 11, 25)


def said(course, language="zh", criteria=None):
    return explain_return(earliest_return(course, criteria or criteria_in_force(AS_OF), AS_OF), language)


@pytest.mark.requirement("R05")
def test_the_day_its_source_and_how_far_it_was_checked_stand_in_one_sentence():
    flu = Course(diagnosis="influenza", onset_on=nov(20), symptom_free_at=at(nov(24), 6))

    assert said(flu, criteria=[CRITERIA["RET-FLU-S04"]]) == (
        "最早11月26日可返校，按最严的一条（RET-FLU-S04）。",
        "流感或流感样病例：症状消失满48小时，或医嘱可以返校，最早11月26日可返校（S04，未核）。",
        "返校须交复课证明。",
        "密切接触者观察4天。",
    )
    assert said(flu, "en", [CRITERIA["RET-FLU-S04"]]) == (
        "May return on 26 Nov at the earliest, by the strictest criterion (RET-FLU-S04).",
        "Influenza or influenza-like illness: 48 hours without symptoms, or a doctor's advice to return; "
        "return on 26 Nov at the earliest (S04, unverified).",
        "A certificate of return is required.",
        "Close contacts are observed for 4 days.",
    )


def test_what_is_missing_is_named_with_the_day_before_which_nothing_opens():
    varicella = Course(diagnosis="varicella", onset_on=nov(20))

    assert said(varicella)[:3] == (
        "返校日期还不能确定，尚缺：疱疹全部干燥结痂；不会早于12月4日。",
        "水痘：发病后满14天，最早12月4日可返校（S10，未核）。",
        "水痘：疱疹全部干燥结痂，尚待确认（S11，未核）。",
    )
    assert said(varicella, "en")[0] == (
        "The day of return is still open, missing: all vesicles are dry crusts; not before 4 Dec."
    )


def test_missing_facts_of_two_ways_are_alternatives():
    flu = Course(diagnosis="influenza", onset_on=nov(20))

    assert said(flu, criteria=[CRITERIA["RET-FLU-S04"]])[:2] == (
        "返校日期还不能确定，尚缺：症状全部消失的日期、医嘱可以返校。",
        "流感或流感样病例：症状消失满48小时，或医嘱可以返校，尚缺：症状全部消失的日期，或医嘱可以返校（S04，未核）。",
    )


def test_a_circumstance_and_several_sources_are_told():
    measles = Course(
        diagnosis="measles", onset_on=nov(1), rash_on=nov(3), circumstances=frozenset({"pneumonia"})
    )

    assert "麻疹，合并肺炎：出疹后满14天，最早11月17日可返校（S11、S12、S13，未核）。" in said(measles)


def test_what_is_the_product_s_own_says_so():
    covid = Course(diagnosis="covid19", onset_on=nov(20), symptom_free_on=nov(22))
    dengue = Course(diagnosis="dengue", onset_on=nov(20))

    assert "（S44，未核，本产品默认值，非条文）" in said(covid)[1]
    assert said(dengue) == ("没有适用的复课标准：病愈后返校，由校医判断（本产品的做法，非条文）。",)
    assert "the product's way" in said(dengue, "en")[0]


def test_a_day_of_another_year_names_its_year():
    varicella = Course(diagnosis="varicella", onset_on=date(2026, 12, 20), ticks=frozenset({"crusts_dry"}))

    assert said(varicella)[0].startswith("最早2027年1月3日可返校")
    assert "3 Jan 2027" in said(varicella, "en")[0]


def test_counting_from_the_next_day_is_told():
    assert criterion_words(CRITERIA["RET-RUB-S09"], "zh") == "出疹后满7天（自次日起算）"


@pytest.mark.parametrize("name", CRITERIA)
def test_every_criterion_has_words_in_both_languages(name):
    zh, en = criterion_words(CRITERIA[name], "zh"), criterion_words(CRITERIA[name], "en")

    assert any("\u4e00" <= letter <= "\u9fff" for letter in zh)
    assert en.isascii()
    assert "{" not in zh + en
