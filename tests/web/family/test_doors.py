"""The link opens one pupil and nothing else; every dead link meets the 404 of a page that never was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests.cast import MORNING, Cast, at_time, school_scope

from xiaodun.responsibility.roster.guardians import issue_guardian_key, revoke_guardian_keys
from xiaodun.responsibility.roster.models import Guardian, GuardianKey, Person

PAGES = ("", "/record", "/record.json", "/consent")


@pytest.mark.parametrize("page", PAGES)
def test_the_link_opens_the_childs_own_pages(key: str, phone: Client, page: str) -> None:
    answer = phone.get(f"/f/{key}{page}")
    assert answer.status_code == 200
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("page", PAGES)
def test_a_wrong_revoked_expired_or_ended_link_is_the_same_missing_page(
    cast: Cast, mother: Guardian, key: str, phone: Client, page: str
) -> None:
    wrong = phone.get(f"/f/{'x' * 43}{page}")
    assert wrong.status_code == 404
    with at_time(MORNING + timedelta(days=401)):
        assert phone.get(f"/f/{key}{page}").status_code == 404
    with school_scope(cast.school):
        revoke_guardian_keys(actor=cast.actor("teacher"), guardian=mother)
    revoked = phone.get(f"/f/{key}{page}")
    assert (revoked.status_code, len(revoked.content)) == (404, len(wrong.content))


def test_a_new_link_ends_the_old_one(cast: Cast, mother: Guardian, key: str, phone: Client) -> None:
    with school_scope(cast.school):
        newer = issue_guardian_key(actor=cast.actor("teacher"), guardian=mother)
    assert phone.get(f"/f/{key}").status_code == 404
    assert phone.get(f"/f/{newer}").status_code == 200


def test_a_pupil_who_has_left_has_no_page(cast: Cast, mother: Guardian, key: str, phone: Client) -> None:
    with school_scope(cast.school):
        Person.objects.in_scope().filter(pk=mother.person_id).update(left_on=MORNING.date(), class_id=None)
    assert phone.get(f"/f/{key}").status_code == 404


def test_the_key_is_nowhere_in_clear(key: str) -> None:
    row = GuardianKey.objects.get()
    assert key.encode() not in bytes(row.key_hash)
    assert len(bytes(row.key_hash)) == 32


def test_no_page_names_another_child(cast: Cast, key: str, phone: Client) -> None:
    others = {person.name for person in cast.pupils[cast.klass.pk][1:]}
    for page in PAGES:
        text = phone.get(f"/f/{key}{page}").content.decode()
        assert not [name for name in others if name in text]
