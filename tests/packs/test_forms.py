"""The shipped fields of the line list: few, explained, and enough for every return they can serve."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from xiaodun.kernel.words import DIAGNOSES
from xiaodun.rules.criterion import CIRCUMSTANCE, COUNTED_FROM
from xiaodun.rules.form_packs import MOST_FIELDS, shipped_forms
from xiaodun.rules.packs import SHIPPED
from xiaodun.rules.return_packs import criteria_in_force, shipped_returns

TODAY = date(2026, 11, 23)
FORMS = shipped_forms()
FIELDS = {field.code: field for form in FORMS.values() for field in form.fields}


def test_every_disease_has_a_form_of_a_few_fields():
    assert FORMS.keys() == {word.code for word in DIAGNOSES}
    assert all(1 <= len(form.fields) <= MOST_FIELDS for form in FORMS.values())


def test_every_field_says_why_it_is_asked_in_both_languages_and_is_marked_ours():
    for field in FIELDS.values():
        assert field.why != field.why_en
        assert field.zh != field.en
        assert field.ours


@pytest.mark.requirement("R74")
@pytest.mark.parametrize("row", criteria_in_force(TODAY), ids=lambda row: row.id)
def test_every_day_that_a_return_counts_from_is_asked_in_the_form_of_the_disease(row):
    needed = {COUNTED_FROM[name] for way in row.any_of for name in way.numbers} - {"onset_on"}
    for code in set(row.diagnoses) & FORMS.keys():
        fed = {field.feeds for field in FORMS[code].fields}
        assert needed <= fed, code


def test_every_circumstance_of_a_criterion_is_asked_in_the_form_of_the_disease():
    told = [(row, when) for pack in shipped_returns() for row in pack.criteria for when in row.when]

    assert {when for _, when in told} == CIRCUMSTANCE.keys()
    for row, when in told:
        for code in row.diagnoses:
            assert when in {field.feeds for field in FORMS[code].fields}, row.id


def test_no_field_of_the_pack_is_left_without_a_disease():
    written = yaml.safe_load((SHIPPED.parent / "forms" / "line-list.yaml").read_text("utf-8"))
    assert {row["code"] for row in written["fields"]} == FIELDS.keys()
