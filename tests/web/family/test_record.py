"""The family reads what is kept, takes a whole copy, agrees, takes back, and says what is wrong."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.test import Client
from tests.cast import Cast, check, school_scope

from xiaodun.measures.consents.models import Consent, RosterCorrection
from xiaodun.responsibility.roster.models import Guardian
from xiaodun.web.family.keeping import copy_of, tables_of_persons


def test_the_record_shows_the_illness_and_its_days(cast: Cast, key: str, phone: Client) -> None:
    check(cast, 0, symptoms=("rash",))
    page = phone.get(f"/f/{key}/record").content.decode()
    assert "皮疹" in page
    assert "未返校" in page


@pytest.mark.requirement("R83")
def test_the_copy_holds_every_row_about_the_child(
    cast: Cast, mother: Guardian, key: str, phone: Client
) -> None:
    check(cast, 0, 1)
    told = json.loads(phone.get(f"/f/{key}/record.json").content)["tables"]
    with school_scope(cast.school):
        for model, column in tables_of_persons():
            n = model._default_manager.in_scope().filter(**{column: mother.person_id}).count()  # type: ignore[attr-defined]
            assert len(told[model._meta.db_table]) == n, model
    assert len(told["checks_finding"]) == 1
    assert "phone_sealed" not in str(told)


def test_every_table_of_persons_is_in_the_copy() -> None:
    """A table that names a person must let the family open its rows, or say here why not."""
    closed = {
        "checks_checksubmission",  # a whole class in one row: the child's part stands in checks_finding
        "roster_rosterbatch",  # a file being imported, dead after a day
        "roster_duplicatepair",  # a question to the clerk about two rows, not a fact about the child
        "roster_exportrequest",  # who asked for a file of the school, not whom it names
    }
    named = {model._meta.db_table for model, _ in tables_of_persons()}
    personal = {model._meta.db_table for model in apps.get_models() if getattr(model, "reach_persons", False)}
    assert personal - named - closed == set()


def test_a_copy_of_one_child_holds_nothing_of_another(cast: Cast, mother: Guardian) -> None:
    check(cast, 0, 1)
    with school_scope(cast.school):
        from xiaodun.foundation import clock

        text = json.dumps(copy_of(mother.person, clock.now()), ensure_ascii=False)
    assert cast.pupils[cast.klass.pk][1].name not in text


def test_agreeing_and_taking_back_are_one_press_each(cast: Cast, key: str, phone: Client) -> None:
    choose = f"/f/{key}/consent/choose"
    assert phone.post(choose, {"purpose": "certificate_photo", "agree": "1"}).status_code == 302
    assert phone.post(choose, {"purpose": "certificate_photo", "agree": "0"}).status_code == 302
    with school_scope(cast.school):
        assert Consent.objects.in_scope().get().withdrawn_at is not None


def test_what_the_law_demands_cannot_be_chosen(key: str, phone: Client) -> None:
    answer = phone.post(f"/f/{key}/consent/choose", {"purpose": "illness_record", "agree": "1"})
    assert answer.status_code == 400
    assert phone.post(f"/f/{key}/consent/choose", {"purpose": "nothing"}).status_code == 404


def test_a_correction_is_sent_and_its_refusal_keeps_the_words(cast: Cast, key: str, phone: Client) -> None:
    correct = f"/f/{key}/consent/correct"
    assert phone.post(correct, {"about": "birth_on", "said": "2018年5月2日"}).status_code == 302
    with school_scope(cast.school):
        assert RosterCorrection.objects.in_scope().get().said == "2018年5月2日"
    assert phone.post(correct, {"about": "birth_on", "said": " "}).status_code == 400
