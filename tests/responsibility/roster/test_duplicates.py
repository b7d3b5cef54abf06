"""Two rows that may be one person are proposed, shown to those whose they are, and merged by a person alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from tests.cast import Cast, check, run_jobs, school_scope
from tests.responsibility.roster.clerks import bring_in, clerk, hire, preview
from tests.responsibility.roster.files import csv_file, identity, pupil

from xiaodun.foundation.models import JournalRow
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.errors import Refused
from xiaodun.measures.checks.models import Finding
from xiaodun.measures.health.models import FollowUp
from xiaodun.responsibility.roster import duplicates
from xiaodun.responsibility.roster.actions import NewPupil, edit_person, enrol_pupils
from xiaodun.responsibility.roster.duplicates import keep_apart, merge_persons, on_merged
from xiaodun.responsibility.roster.guardians import issue_guardian_key
from xiaodun.responsibility.roster.models import (
    DuplicatePair,
    Enrolment,
    Guardian,
    GuardianKey,
    PairState,
    Person,
)

__all__ = ["clerk"]
pytestmark = pytest.mark.usefixtures("clerk")
BORN = date(2017, 3, 4)


@pytest.fixture(autouse=True)
def _movers() -> Iterator[None]:
    """Rooms register once for all tests; what a test registers goes with it."""
    kept = dict(duplicates.MOVERS)
    yield
    duplicates.MOVERS.clear()
    duplicates.MOVERS.update(kept)


def enrol(cast: Cast, name: str, *, klass: str = "klass", born: date | None = BORN) -> Person:
    new = NewPupil(name=name, sex="m", birth_on=born)
    (person,) = enrol_pupils(
        actor_id=None, klass=getattr(cast, klass), pupils=[new], from_day=date(2026, 9, 1)
    )
    return person


def pairs(cast: Cast) -> list[DuplicatePair]:
    with school_scope(cast.school, cast.other_school):
        return list(DuplicatePair.objects.in_scope().order_by("pk"))


@pytest.mark.requirement("R07")
def test_the_same_name_and_birth_date_in_the_county_is_proposed_at_enrolment(cast: Cast) -> None:
    one, two = enrol(cast, "买买提·艾力"), enrol(cast, "买买提•艾力", klass="foreign")
    enrol(cast, "买买提·艾力", born=date(2017, 3, 5))
    enrol(cast, "买买提·艾力", born=None)
    (pair,) = pairs(cast)
    assert (pair.person_id, pair.other_person_id) == (one.pk, two.pk)
    assert (pair.school_id, pair.other_school_id) == (cast.school.pk, cast.other_school.pk)
    assert (pair.sameness, pair.state) == ("name_and_birth", "waiting")


def test_a_shared_number_is_the_surer_likeness_and_is_proposed_at_import(cast: Cast) -> None:
    hire(cast, "foreign_clerk", cast.other_school)
    card = identity(12)
    elsewhere = enrol(cast, "甲一", klass="foreign")
    with school_scope(cast.other_school):
        edit_person(actor=cast.actor("foreign_clerk"), person=elsewhere, said={"id_number": card})
    _, seen = preview(cast, csv_file([pupil("甲一", 证件号=card)]))
    ((alike,),) = seen.alike().values()
    assert (alike.person_id, alike.school_id, alike.sameness) == (
        elsewhere.pk,
        cast.other_school.pk,
        "identity",
    )
    batch = bring_in(cast, csv_file([pupil("甲一", 证件号=card)]))
    assert batch.figures["pairs"] == 1
    assert [pair.sameness for pair in pairs(cast)] == ["identity"]


def test_a_proposal_taken_back_with_its_import_is_gone(cast: Cast) -> None:
    from xiaodun.responsibility.roster.importing import undo_roster

    enrol(cast, "甲一", klass="foreign")
    batch = bring_in(cast, csv_file([pupil("甲一")]))
    assert len(pairs(cast)) == 1
    undo_roster(actor=cast.actor("clerk"), school=cast.school, batch_id=batch.pk)
    assert pairs(cast) == []


def test_a_decided_pair_is_not_proposed_again(cast: Cast) -> None:
    one, two = enrol(cast, "甲一"), enrol(cast, "甲一")
    (pair,) = pairs(cast)
    with school_scope(cast.school):
        keep_apart(actor=cast.actor("clerk"), pair_id=pair.pk)
        edit_person(actor=cast.actor("clerk"), person=two, said={"birth_on": "2017-03-05"})
        edit_person(actor=cast.actor("clerk"), person=two, said={"birth_on": "2017-03-04"})
    assert [(one.state, one.decided_by_id) for one in pairs(cast)] == [
        (PairState.DIFFERENT, cast.accounts["clerk"].pk)
    ]
    with school_scope(cast.school), pytest.raises(Refused, match=r"duplicate\.decided"):
        keep_apart(actor=cast.actor("clerk"), pair_id=pair.pk)
    assert one.pk < two.pk


@pytest.mark.requirement("R07")
def test_a_merge_brings_days_guardians_links_and_numbers_together(cast: Cast) -> None:
    card = identity(12)
    keep = enrol(cast, "甲一")
    gone = enrol(cast, "甲一", klass="sibling")
    actor = cast.actor("clerk")
    with school_scope(cast.school):
        Enrolment.objects.create(
            person=gone, class_id=cast.sibling.pk, school_id=cast.school.pk, from_day=date(2026, 3, 1),
            to_day=date(2026, 7, 1),
        )  # fmt: skip
        edit_person(actor=actor, person=gone, said={"id_number": card, "dorm": "302"})
        guardian = Guardian.objects.create(
            person=gone, school_id=cast.school.pk, class_id=cast.sibling.pk, name="甲妈"
        )
        issue_guardian_key(actor=actor, guardian=guardian)
        merge_persons(actor=actor, pair_id=pairs(cast)[0].pk, keep_id=keep.pk)
        keep.refresh_from_db()
        gone.refresh_from_db()
        guardian.refresh_from_db()
        days = list(keep.enrolments.order_by("from_day").values_list("class_id", "from_day", "to_day"))
        assert not gone.enrolments.exists()
    assert (gone.merged_into_id, gone.class_id) == (keep.pk, None)
    assert (keep.id_kind, keep.dorm) == ("identity_card", "302")
    assert days == [
        (cast.sibling.pk, date(2026, 3, 1), date(2026, 7, 1)),
        (cast.klass.pk, date(2026, 9, 1), None),
    ]
    assert (guardian.person_id, guardian.class_id) == (keep.pk, cast.klass.pk)
    assert GuardianKey.objects.get().person_ref == keep.pk
    line = JournalRow.objects.order_by("pk").last()
    assert line
    assert (line.verb, line.facts) == ("roster.merge", {"keep": keep.pk, "gone": gone.pk})


def test_a_merge_that_would_leave_records_behind_is_refused_whole(cast: Cast) -> None:
    keep, gone = enrol(cast, "甲一"), enrol(cast, "甲一")
    cast.pupils[cast.klass.pk].append(gone)
    check(cast, 40)
    run_jobs()
    duplicates.MOVERS.clear()
    with school_scope(cast.school), pytest.raises(Refused) as refused:
        merge_persons(actor=cast.actor("clerk"), pair_id=pairs(cast)[0].pk, keep_id=keep.pk)
    assert refused.value.code == "duplicate.rows_left"
    assert "晨午检 1 条" in refused.value.faults[0].zh
    assert pairs(cast)[0].state == PairState.WAITING
    with school_scope(cast.school):
        gone.refresh_from_db()
        assert gone.enrolments.count() == 1


def test_a_room_above_moves_its_rows_through_the_register(cast: Cast) -> None:
    keep, gone = enrol(cast, "甲一"), enrol(cast, "甲一")
    cast.pupils[cast.klass.pk].append(gone)
    check(cast, 40)
    run_jobs()
    duplicates.MOVERS.clear()

    def mover(keep_id: int, gone_id: int) -> None:
        for model in (Finding, FollowUp):
            model.objects.in_scope().filter(person_id=gone_id).update(person_id=keep_id)

    on_merged("test", mover)
    with school_scope(cast.school):
        merge_persons(actor=cast.actor("clerk"), pair_id=pairs(cast)[0].pk, keep_id=keep.pk)
        assert FollowUp.objects.in_scope().filter(person_id=keep.pk).count() == 1


def test_one_clerk_does_not_merge_across_schools_but_may_say_that_they_are_two(cast: Cast) -> None:
    one, _two = enrol(cast, "甲一"), enrol(cast, "甲一", klass="foreign")
    (pair,) = pairs(cast)
    with open_scope(schools=[cast.school.pk]):
        with pytest.raises(Refused, match=r"duplicate\.other_school"):
            merge_persons(actor=cast.actor("clerk"), pair_id=pair.pk, keep_id=one.pk)
        keep_apart(actor=cast.actor("clerk"), pair_id=pair.pk)


def test_whoever_keeps_both_rosters_merges_across_schools(cast: Cast) -> None:
    from xiaodun.responsibility.accounts.actions import give_duty
    from xiaodun.responsibility.accounts.models import Role

    one, two = enrol(cast, "甲一"), enrol(cast, "甲一", klass="foreign")
    give_duty(
        actor_id=None, account=cast.accounts["clerk"], role=Role.SCHOOL_CLERK, org=cast.other_school,
        from_day=date(2026, 9, 1),
    )  # fmt: skip
    with school_scope(cast.school, cast.other_school):
        merge_persons(actor=cast.actor("clerk"), pair_id=pairs(cast)[0].pk, keep_id=two.pk)
        one.refresh_from_db()
        assert (one.merged_into_id, one.left_on) == (two.pk, date(2026, 11, 22))


def test_somebody_merged_away_is_neither_matched_nor_proposed_again(cast: Cast) -> None:
    keep, _gone = enrol(cast, "甲一"), enrol(cast, "甲一")
    with school_scope(cast.school):
        merge_persons(actor=cast.actor("clerk"), pair_id=pairs(cast)[0].pk, keep_id=keep.pk)
    enrol(cast, "甲一", klass="foreign")
    waiting = [pair for pair in pairs(cast) if pair.state == PairState.WAITING]
    assert [(pair.person_id, pair.other_school_id) for pair in waiting] == [(keep.pk, cast.other_school.pk)]
    _, seen = preview(cast, csv_file([pupil("甲一")]))
    assert [step.person.id for step in seen.plan.steps if step.person] == [keep.pk]
