"""Guardians and their links: added, ended, printed for a class; one link opens one pupil until it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MORNING, Cast, at_time, school_scope
from tests.responsibility.roster.clerks import clerk

from xiaodun.foundation.models import JournalRow
from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.roster.guardians import (
    add_guardian,
    end_guardian,
    guardian_of_key,
    issue_class_keys,
    issue_guardian_key,
    live_links,
    revoke_guardian_keys,
)
from xiaodun.responsibility.roster.models import Guardian, GuardianKey, Relation

__all__ = ["clerk"]
pytestmark = pytest.mark.usefixtures("clerk")


@pytest.fixture
def guardians(cast: Cast) -> list[Guardian]:
    """A mother for each of the first three pupils."""
    with school_scope(cast.school):
        return [
            add_guardian(
                actor=cast.actor("clerk"), person=person, relation=Relation.MOTHER, phone=f"1380013800{n}"
            )
            for n, person in enumerate(cast.pupils[cast.klass.pk][:3])
        ]


@pytest.mark.requirement("R07")
def test_one_press_makes_the_slips_of_a_class_and_leaves_one_line(
    cast: Cast, guardians: list[Guardian]
) -> None:
    before = JournalRow.objects.count()
    with school_scope(cast.school):
        issued = issue_class_keys(actor=cast.actor("teacher"), klass=cast.klass)
    assert [guardian.pk for guardian, _ in issued] == [
        one.pk for one in sorted(guardians, key=lambda one: one.person.name_sort)
    ]
    for guardian, key in issued:
        found = guardian_of_key(key)
        assert found
        assert (found.guardian_id, found.person_ref) == (guardian.pk, guardian.person_id)
        assert key.encode() not in bytes(found.key_hash)
    assert JournalRow.objects.count() == before + 1


def test_a_second_printing_leaves_live_links_alone_unless_all_are_made_anew(
    cast: Cast, guardians: list[Guardian]
) -> None:
    with school_scope(cast.school):
        kept = issue_guardian_key(actor=cast.actor("clerk"), guardian=guardians[0])
        assert len(issue_class_keys(actor=cast.actor("clerk"), klass=cast.klass)) == 2
        assert issue_class_keys(actor=cast.actor("clerk"), klass=cast.klass) == []
        assert guardian_of_key(kept)
        assert len(issue_class_keys(actor=cast.actor("clerk"), klass=cast.klass, again=True)) == 3
        assert guardian_of_key(kept) is None
        assert len(live_links(guardians)) == 3


def test_links_of_a_class_are_given_by_those_who_care_for_it(cast: Cast, guardians: list[Guardian]) -> None:
    for who in ("stranger", "principal", "county"):
        with school_scope(cast.school), pytest.raises(Refused, match=r"roster\.right"):
            issue_class_keys(actor=cast.actor(who), klass=cast.klass)
    assert not GuardianKey.objects.exists()


def test_a_link_dies_by_its_day_by_revocation_and_with_its_guardian(
    cast: Cast, guardians: list[Guardian]
) -> None:
    actor = cast.actor("clerk")
    with school_scope(cast.school):
        keys = [issue_guardian_key(actor=actor, guardian=one, days=30) for one in guardians]
        assert revoke_guardian_keys(actor=actor, guardian=guardians[0]) == 1
        end_guardian(actor=actor, guardian=guardians[1])
    assert [guardian_of_key(key) is not None for key in keys] == [False, False, True]
    with at_time(MORNING + timedelta(days=30)):
        assert guardian_of_key(keys[2]) is None
    assert guardian_of_key("no such key") is None
