"""Answers to the disease's own fields: typed where they are good, refused by name where they are not."""

from __future__ import annotations

from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from xiaodun.kernel.errors import Refused
from xiaodun.kernel.words import DIAGNOSES
from xiaodun.rules.form_packs import DiseaseForm, FormField, read_forms
from xiaodun.rules.forms import course_facts, disease_form, read_fields
from xiaodun.rules.return_packs import criteria_in_force
from xiaodun.rules.returning import Course, earliest_return

TODAY = date(2026, 11, 23)


def told(form, raw, **known):
    with pytest.raises(Refused) as caught:
        read_fields(disease_form(form), raw, **known)
    return [(fault.code, fault.where, fault.value) for fault in caught.value.faults]


def test_what_was_filled_in_comes_back_typed_and_what_is_blank_is_left_out():
    raw = {
        "sputum_result": "positive", "severe_tb": "0", "cough_days": " ２１ ", "treated_from": "2026-11-01",
        "chest_image": " ", "contact_with_case": "1",
    }  # fmt: skip

    assert read_fields(disease_form("tb"), raw) == {
        "sputum_result": "positive", "severe_tb": False, "cough_days": 21, "treated_from": date(2026, 11, 1),
        "contact_with_case": True,
    }  # fmt: skip
    assert read_fields(disease_form("norovirus"), {"last_meal_place": "学校食堂"}) == {
        "last_meal_place": "学校食堂"
    }


def test_without_a_diagnosis_nothing_is_asked_and_an_unknown_one_is_refused():
    assert disease_form("").fields == ()
    with pytest.raises(Refused) as caught:
        disease_form("flu")
    assert caught.value.code == "words.diagnosis"


@pytest.mark.parametrize(
    ("form", "raw", "fault"),
    [
        ("tb", {"rash_on": "2026-11-01"}, ("forms.unknown_field", "rash_on", "2026-11-01")),
        ("tb", {"severe_tb": "yes"}, ("forms.flag", "severe_tb", "yes")),
        ("tb", {"sputum_result": "maybe"}, ("forms.choice", "sputum_result", "maybe")),
        ("tb", {"cough_days": "-1"}, ("forms.number", "cough_days", "-1")),
        ("tb", {"cough_days": "366"}, ("forms.number", "cough_days", "366")),
        ("tb", {"cough_days": "1.5"}, ("forms.number", "cough_days", "1.5")),
        ("tb", {"treated_from": "2026-11-31"}, ("forms.date", "treated_from", "2026-11-31")),
        ("tb", {"treated_from": "20261101"}, ("forms.date", "treated_from", "20261101")),
        ("norovirus", {"last_meal_place": "食" * 41}, ("forms.text", "last_meal_place", "(41)")),
        ("norovirus", {"last_meal_place": "食堂\n二楼"}, ("forms.text", "last_meal_place", "(5)")),
    ],
)
def test_a_wrong_answer_is_named_with_field_value_and_remedy(form, raw, fault):
    assert told(form, raw) == [fault]


def test_a_day_after_today_is_refused_where_today_is_known():
    raw = {"treated_from": "2026-11-24"}

    assert told("tb", raw, as_of=TODAY) == [("forms.future", "treated_from", "2026-11-24")]
    assert read_fields(disease_form("tb"), raw, as_of=date(2026, 11, 24))


def test_all_faults_come_at_once():
    raw = {"cough_days": "many", "treated_from": "soon"}

    assert [code for code, _, _ in told("tb", raw)] == ["forms.number", "forms.date"]


@pytest.mark.parametrize("secret", ["张三丰", "110101201501011234", "11010120150101123X", "Zhang San"])
@pytest.mark.parametrize("field", ["sputum_result", "severe_tb", "cough_days", "treated_from"])
def test_a_name_or_number_typed_in_the_wrong_place_is_not_repeated(field, secret):
    ((_, _, value),) = told("tb", {field: secret})

    assert value == f"({len(secret)})"


@given(
    st.sampled_from([word.code for word in DIAGNOSES]),
    st.dictionaries(
        st.sampled_from(["rash_on", "cough_days", "eyes", "pneumonia", "x"]), st.text(max_size=30)
    ),
)
def test_any_input_is_read_or_refused(code, raw):
    form = disease_form(code)
    try:
        values, refused = read_fields(form, raw), ()
    except Refused as refusal:
        values, refused = {}, refusal.faults

    assert values.keys() <= {field.code for field in form.fields}
    assert all(fault.zh and fault.en and fault.where for fault in refused)


@pytest.mark.requirement("R74")
def test_what_is_entered_once_serves_line_list_and_return():
    form = disease_form("measles")
    values = read_fields(form, {"rash_on": "2026-11-03", "pneumonia": "1", "vaccination_doses": "1"})
    course = Course(diagnosis="measles", onset_on=date(2026, 11, 1), **course_facts(form, values))

    assert course.rash_on == date(2026, 11, 3)
    assert course.circumstances == {"pneumonia"}
    assert earliest_return(course, criteria_in_force(TODAY), TODAY).earliest_on == date(2026, 11, 17)


@pytest.mark.parametrize(
    ("raw", "circumstances"),
    [
        ({"sputum_result": "positive"}, {"sputum_positive_or_severe"}),
        ({"sputum_result": "negative"}, set()),
        ({"sputum_result": "negative", "severe_tb": "1"}, {"sputum_positive_or_severe"}),
        ({"severe_tb": "0"}, set()),
        ({}, set()),
    ],
)
def test_a_choice_feeds_only_what_it_says(raw, circumstances):
    form = disease_form("tb")

    assert course_facts(form, read_fields(form, raw)) == {
        "ticks": frozenset(), "circumstances": frozenset(circumstances),
    }  # fmt: skip


def test_a_flag_may_feed_a_tick():
    seen = FormField("crusts", "结痂", "crusts", kind="flag", why="例", why_en="example", feeds="crusts_dry")
    form = DiseaseForm("varicella", (seen,))

    assert course_facts(form, {"crusts": True}) == {"ticks": {"crusts_dry"}, "circumstances": frozenset()}
    assert course_facts(form, {"crusts": False}) == {"ticks": frozenset(), "circumstances": frozenset()}


# --- the reader of the pack ---

ROW = {
    "code": "cough_days",
    "words": {"zh": "咳嗽天数", "en": "days of cough"},
    "kind": "number",
    "least": 0,
    "most": 30,
    "unit": {"zh": "天", "en": "days"},
    "why": {"zh": "例", "en": "example"},
    "ours": True,
}
FLAG = {key: ROW[key] for key in ("words", "why", "ours")} | {"code": "severe", "kind": "flag"}
CHOICES = [{"code": "a", "zh": "甲", "en": "A"}, {"code": "b", "zh": "乙", "en": "B"}]


def faults(folder, fields, forms=({"diagnosis": "tb", "fields": ["cough_days"]},)):
    file = folder / "f.yaml"
    head = {"format": 1, "kind": "forms", "pack": "f", "issuer": {"zh": "某", "en": "some"}}
    file.write_text(yaml.safe_dump(head | {"fields": list(fields), "forms": list(forms)}, allow_unicode=True))
    try:
        read_forms(file)
    except Refused as refused:
        return [(fault.code, fault.where, fault.value) for fault in refused.faults]
    return []


@pytest.mark.parametrize(
    ("field", "where"),
    [
        (ROW | {"most": 0}, "most"),
        (ROW | {"code": "days", "feeds": "treated_from"}, "feeds"),
        (FLAG | {"unit": ROW["unit"]}, "unit"),
        (FLAG | {"feeds": "rash_on"}, "feeds"),
        (FLAG | {"feeds": "weather"}, "feeds"),
        (FLAG | {"feeds": "pneumonia", "feeds_when": ["1"]}, "feeds_when"),
        (FLAG | {"kind": "date", "feeds": "crusts_dry"}, "feeds"),
        (FLAG | {"kind": "choice"}, "choices"),
        (FLAG | {"kind": "choice", "choices": CHOICES, "feeds": "pneumonia"}, "feeds_when"),
        (
            FLAG | {"kind": "choice", "choices": CHOICES, "feeds": "pneumonia", "feeds_when": ["c"]},
            "feeds_when",
        ),
        (FLAG | {"kind": "choice", "choices": CHOICES[:1] * 2}, "choices"),
        (FLAG | {"kind": "slider"}, "kind"),
        (FLAG | {"code": "Severe TB"}, "code"),
        (FLAG | {"colour": "red"}, "colour"),
        (FLAG | {"code": "cough_days"}, "code"),
    ],
)
def test_a_field_that_does_not_fit_is_named(tmp_path, field, where):
    assert {place for _, place, _ in faults(tmp_path, [ROW, field]) if place.startswith("field")} == {
        f"field 2 {where}"
    }


@pytest.mark.parametrize(
    ("forms", "fault"),
    [
        ([{"diagnosis": "flu", "fields": ["cough_days"]}], ("form 1 diagnosis", "flu")),
        ([{"diagnosis": "tb", "fields": ["weather"]}], ("form 1 fields", "weather")),
        ([{"diagnosis": "tb", "fields": ["cough_days"]}] * 2, ("form 2 diagnosis", "tb")),
        ([{"diagnosis": "tb", "fields": ["d1", "d2"]}], ("form 1 fields", "rash_on")),
        ([{"diagnosis": "tb", "fields": [f"f{n}" for n in range(7)]}], ("form 1 fields", "7")),
    ],
)
def test_a_form_that_does_not_fit_is_named(tmp_path, forms, fault):
    dates = [FLAG | {"code": code, "kind": "date", "feeds": "rash_on"} for code in ("d1", "d2")]
    many = [FLAG | {"code": f"f{n}"} for n in range(7)]

    assert faults(tmp_path, [ROW, *dates, *many], forms) == [("packs.value", *fault)]


def test_a_good_pack_has_no_faults(tmp_path):
    assert faults(tmp_path, [ROW, FLAG]) == []
