"""Noon, evening, bus and staff: who is expected, where an illness stands, and that only a class's morning ends one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import MONDAY, Cast, anything, at_time, check, run_jobs, school_scope
from tests.measures.checks.groups import bus, dormitory, ill, say, staff

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import at
from xiaodun.kernel.errors import Refused
from xiaodun.measures.checks.actions import Code, withdraw_check
from xiaodun.measures.checks.models import ClassCheck, Finding, FindingKind, SchoolDay, Session
from xiaodun.measures.checks.queries import class_day
from xiaodun.measures.checks.school_queries import ClassState, school_today
from xiaodun.measures.checks.submission import Said
from xiaodun.measures.checks.units import is_expected, members_of
from xiaodun.measures.health.ending import name_cause
from xiaodun.measures.health.models import Cause, FollowUp
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import Level

TUESDAY = MONDAY + timedelta(days=1)
NOON, EVENING = at(MONDAY, 13, 50), at(MONDAY, 19, 0)


def follow_ups(cast: Cast) -> list[FollowUp]:
    with school_scope(cast.school):
        return list(anything(FollowUp).order_by("pk"))


def listed(cast: Cast, unit) -> dict[int, FindingKind]:  # type: ignore[no-untyped-def]
    with school_scope(cast.school):
        return {
            p.person.pk: p.carried.kind for p in class_day(unit).pupils if p.carried and not p.carried.back
        }


def test_a_noon_check_is_a_check_of_its_own_with_its_own_roll_up(cast: Cast) -> None:
    pupil = cast.pupils[cast.klass.pk][0]
    check(cast)
    with at_time(NOON):
        answer = say(cast, cast.klass, Session.NOON, ill(pupil, "fever", kind=FindingKind.UNWELL))
    assert (answer.code, answer.check and answer.check.revision) == (Code.CREATED, 1)
    rolls = {row.session: row for row in anything(SchoolDay).all()}
    assert (rolls["morning"].n_nil, rolls["morning"].n_with_findings) == (1, 0)
    assert (rolls["noon"].n_nil, rolls["noon"].n_with_findings) == (0, 1)
    assert [row.state for row in school_today(cast.school, MONDAY, Session.NOON).rows] == [
        ClassState.REPORTED,
        ClassState.MISSING,
    ]


@pytest.mark.requirement("R74")
def test_a_noon_check_that_no_longer_lists_a_child_ends_no_illness(cast: Cast) -> None:
    check(cast, 0)
    with at_time(NOON):
        say(cast, cast.klass, Session.NOON, shown=frozenset({cast.pupils[cast.klass.pk][0].pk}))
    (row,) = follow_ups(cast)
    assert row.is_open


def test_who_was_back_at_noon_is_shown_as_back_next_morning_and_ended_by_that_check(cast: Cast) -> None:
    pupil = cast.pupils[cast.klass.pk][0]
    check(cast, 0)
    with at_time(NOON):
        say(cast, cast.klass, Session.NOON)
    with at_time(at(TUESDAY, 7, 40)):
        with school_scope(cast.school):
            (carried,) = [one.carried for one in class_day(cast.klass).pupils if one.carried]
        assert carried.back
        say(cast, cast.klass, Session.MORNING, shown=frozenset({pupil.pk}))
    assert follow_ups(cast)[0].recovered_on == TUESDAY


def test_a_noon_check_opens_and_extends(cast: Cast) -> None:
    mine = cast.pupils[cast.klass.pk]
    check(cast, 0, symptoms=("fever",))
    with at_time(NOON):
        say(
            cast,
            cast.klass,
            Session.NOON,
            ill(mine[0], "fever", "vomiting", carried=True),
            ill(mine[1], "cough"),
        )
    first, second = follow_ups(cast)
    assert (first.symptoms, second.symptoms) == (["fever", "vomiting"], ["cough"])
    assert {first.class_id, second.class_id} == {cast.klass.pk}


def test_taking_a_noon_check_back_rules_out_what_only_it_had_opened(cast: Cast) -> None:
    mine, client_id = cast.pupils[cast.klass.pk], uuid4()
    check(cast, 0)
    with at_time(NOON):
        say(
            cast, cast.klass, Session.NOON, ill(mine[0], "vomiting", carried=True), ill(mine[1], "cough"),
            client_id=client_id,
        )  # fmt: skip
        withdraw_check(
            actor=cast.actor("teacher"), client_id=client_id, klass=cast.klass, session=Session.NOON
        )
    morning, noon = follow_ups(cast)
    assert (morning.is_open, noon.ruled_out_reason) == (True, "corrected")


def test_a_correction_of_the_morning_leaves_alone_what_noon_or_the_warden_has_said(cast: Cast) -> None:
    mine = cast.pupils[cast.klass.pk]
    check(cast, 0)
    with at_time(NOON):
        say(cast, cast.klass, Session.NOON, ill(mine[0], "vomiting", carried=True), ill(mine[1], "cough"))
        say(cast, cast.klass, Session.MORNING, base=1, shown=frozenset({mine[0].pk}))
    assert [row.is_open for row in follow_ups(cast)] == [True, True]


def test_boarders_are_checked_by_room_and_followed_at_their_own_class(cast: Cast) -> None:
    building = dormitory(cast)
    mine, theirs = cast.pupils[cast.klass.pk], cast.pupils[cast.sibling.pk]
    with school_scope(cast.school):
        assert [p.dorm for p in members_of(building, MONDAY)] == ["201"] * 4 + ["202"] * 4
    with at_time(EVENING):
        answer = say(
            cast, building, Session.EVENING, ill(mine[0], "fever"), ill(theirs[0], "cough"), by="warden"
        )
    assert answer.check is not None
    assert (answer.check.enrolled, answer.check.county_id) == (8, cast.county.pk)
    first, second = follow_ups(cast)
    assert (first.class_id, first.grade_id, first.dorm_id, first.dorm) == (
        cast.klass.pk, cast.klass.parent_id, building.pk, "201",
    )  # fmt: skip
    assert (second.class_id, second.keeper_class_id) == (cast.sibling.pk, cast.sibling.pk)
    roll = anything(SchoolDay).get(session="evening")
    assert (roll.n_classes, roll.n_with_findings, roll.enrolled) == (1, 1, 8)


def test_what_the_warden_said_in_the_evening_stands_on_the_teachers_list_next_morning(cast: Cast) -> None:
    building = dormitory(cast)
    boarder = cast.pupils[cast.klass.pk][0]
    with at_time(EVENING):
        say(cast, building, Session.EVENING, ill(boarder, "fever", kind=FindingKind.UNWELL), by="warden")
    with at_time(at(TUESDAY, 7, 40)):
        assert listed(cast, cast.klass) == {boarder.pk: FindingKind.UNWELL}


def test_a_list_that_was_loaded_before_the_warden_spoke_ends_nothing_it_has_not_shown(cast: Cast) -> None:
    building = dormitory(cast)
    boarder = cast.pupils[cast.klass.pk][0]
    with at_time(EVENING):
        say(cast, building, Session.EVENING, ill(boarder, "fever"), by="warden")
    with at_time(at(TUESDAY, 7, 40)):
        say(cast, cast.klass, Session.MORNING, shown=frozenset())
        assert follow_ups(cast)[0].is_open
        say(cast, cast.klass, Session.MORNING, base=1, shown=frozenset({boarder.pk}))
    assert follow_ups(cast)[0].recovered_on == TUESDAY


def test_two_sources_of_one_day_are_one_follow_up_with_what_both_have_said(cast: Cast) -> None:
    line, building = bus(cast), dormitory(cast)
    pupil = cast.pupils[cast.klass.pk][0]
    say(cast, line, Session.BUS, ill(pupil, "cough", kind=FindingKind.UNWELL), by="escort")
    assert listed(cast, cast.klass) == {pupil.pk: FindingKind.UNWELL}
    say(cast, cast.klass, Session.MORNING, ill(pupil, "fever", kind=FindingKind.UNWELL))
    with at_time(EVENING):
        say(cast, building, Session.EVENING, ill(pupil, "vomiting"), by="warden")
    (row,) = follow_ups(cast)
    assert row.symptoms == ["cough", "fever", "vomiting"]
    assert (row.class_id, row.bus_id, row.dorm_id) == (cast.klass.pk, line.pk, building.pk)


def test_staff_are_followed_at_the_staff_group_which_has_no_grade(cast: Cast) -> None:
    group, people = staff(cast)
    say(cast, group, Session.STAFF, ill(people[1], "fever"), by="staff_reporter")
    run_jobs()
    (row,) = follow_ups(cast)
    assert (row.class_id, row.keeper_class_id, row.grade_id) == (group.pk, group.pk, None)


def test_a_colleague_whom_the_staffs_check_left_out_is_the_doctors_to_end_and_not_asked_of_again(
    cast: Cast,
) -> None:
    group, people = staff(cast)
    say(cast, group, Session.STAFF, ill(people[1], "fever"), by="staff_reporter")
    with at_time(at(TUESDAY, 7, 40)):
        assert listed(cast, group) == {people[1].pk: FindingKind.ILL_ABSENT}
        say(cast, group, Session.STAFF, by="staff_reporter", shown=frozenset({people[1].pk}))
    assert follow_ups(cast)[0].is_open
    with at_time(at(TUESDAY + timedelta(days=1), 7, 40)):
        assert listed(cast, group) == {}


@pytest.mark.parametrize(
    ("unit", "session"),
    [("klass", Session.EVENING), ("klass", Session.STAFF), ("dorm", Session.MORNING), ("dorm", Session.NOON)],
)
def test_a_session_that_the_unit_does_not_have_is_refused_by_name(
    cast: Cast, unit: str, session: Session
) -> None:
    org = cast.klass if unit == "klass" else dormitory(cast)
    with pytest.raises(Refused) as refused:
        say(cast, org, session, by="doctor")
    assert refused.value.code == "check.session_not_of_unit"
    assert not anything(ClassCheck).exists()


def test_a_unit_that_had_not_been_founded_yet_has_no_check_of_that_day(cast: Cast) -> None:
    new = found_org(
        actor_id=None,
        level=Level.GROUP,
        name="2号校车",
        parent=cast.school,
        group_kind="bus",
        from_day=TUESDAY,
    )
    with pytest.raises(Refused) as refused:
        say(cast, new, Session.BUS, by="doctor")
    assert refused.value.code == "check.session_not_of_unit"


def test_a_warden_may_check_the_building_and_nothing_else(cast: Cast) -> None:
    building = dormitory(cast)
    assert say(cast, building, Session.EVENING, by="warden").code == Code.CREATED
    assert say(cast, cast.klass, Session.MORNING, by="warden").code == Code.FORBIDDEN
    assert say(cast, building, Session.EVENING, by="teacher", base=1).code == Code.FORBIDDEN


def test_somebody_who_does_not_live_there_is_refused(cast: Cast) -> None:
    building = dormitory(cast)
    with pytest.raises(Refused) as refused:
        say(cast, building, Session.EVENING, ill(cast.pupils[cast.klass.pk][20], "fever"), by="warden")
    assert refused.value.code == "check.not_in_class"


@pytest.mark.parametrize(
    ("day", "session", "expected"),
    [
        (MONDAY, Session.MORNING, True),
        (MONDAY - timedelta(days=1), Session.MORNING, False),
        (MONDAY - timedelta(days=1), Session.EVENING, True),
        (MONDAY - timedelta(days=3), Session.EVENING, False),
        (date(2026, 10, 1), Session.NOON, False),
    ],
)
def test_the_evening_before_a_school_day_is_expected_also_on_a_sunday(
    day: date, session: Session, expected: bool
) -> None:
    assert is_expected(session, day) is expected


def test_an_unexplained_absence_opens_a_follow_up_that_asks_for_its_cause(cast: Cast) -> None:
    pupil = cast.pupils[cast.klass.pk][0]
    answer = say(cast, cast.klass, Session.MORNING, ill(pupil, kind=FindingKind.UNEXPLAINED))
    assert answer.check is not None
    assert (answer.check.absent, answer.check.n_ill_absent, answer.check.n_unexplained) == (1, 0, 1)
    assert not answer.check.is_nil
    (row,) = follow_ups(cast)
    assert (row.cause, row.symptoms, row.absent_from) == (Cause.UNKNOWN, [], MONDAY)
    roll = anything(SchoolDay).get()
    assert (roll.n_with_findings, roll.n_nil, roll.n_unexplained) == (1, 0, 1)


def test_symptoms_that_are_named_later_make_it_an_illness(cast: Cast) -> None:
    pupil = cast.pupils[cast.klass.pk][0]
    say(cast, cast.klass, Session.MORNING, ill(pupil, kind=FindingKind.UNEXPLAINED))
    with at_time(NOON):
        say(cast, cast.klass, Session.NOON, ill(pupil, "rash", carried=True))
    (row,) = follow_ups(cast)
    assert (row.cause, row.symptoms) == (Cause.ILLNESS, ["rash"])


def test_a_cause_that_the_doctor_has_found_is_asked_of_nobody_again(cast: Cast) -> None:
    pupil = cast.pupils[cast.klass.pk][0]
    say(cast, cast.klass, Session.MORNING, ill(pupil, kind=FindingKind.UNEXPLAINED))
    with school_scope(cast.school):
        name_cause(actor=cast.actor("doctor"), follow_up=anything(FollowUp).get(), cause=Cause.INJURY)
    with at_time(NOON):
        say(cast, cast.klass, Session.NOON, ill(pupil, kind=FindingKind.UNEXPLAINED, carried=True))
    assert len(follow_ups(cast)) == 1
    for day in (TUESDAY, TUESDAY + timedelta(days=1)):
        with at_time(at(day, 7, 40)):
            assert listed(cast, cast.klass) == {pupil.pk: FindingKind.LEAVE}
            leave = ill(pupil, kind=FindingKind.LEAVE, carried=True)
            say(cast, cast.klass, Session.MORNING, leave, shown=frozenset({pupil.pk}))
    assert len(follow_ups(cast)) == 1


def test_a_temperature_is_kept_with_the_finding_and_the_illness(cast: Cast) -> None:
    pupil = cast.pupils[cast.klass.pk][0]
    hot = replace(ill(pupil, "fever"), temperature=Decimal("38.4"))
    say(cast, cast.klass, Session.MORNING, hot)
    with at_time(NOON):
        say(cast, cast.klass, Session.NOON, replace(hot, temperature=Decimal("37.6"), carried=True))
    (row,) = follow_ups(cast)
    assert row.temperature == Decimal("38.4")
    with school_scope(cast.school):
        kept = anything(Finding).order_by("session").values_list("session", "temperature")
        assert list(kept) == [("morning", Decimal("38.4")), ("noon", Decimal("37.6"))]


@pytest.mark.parametrize("degrees", ["33.9", "43.1"])
def test_a_temperature_that_cannot_be_is_refused_by_name(cast: Cast, degrees: str) -> None:
    hot = replace(ill(cast.pupils[cast.klass.pk][0], "fever"), temperature=Decimal(degrees))
    with pytest.raises(Refused) as refused:
        say(cast, cast.klass, Session.MORNING, hot)
    assert refused.value.code == "check.temperature"


def test_the_digest_of_what_older_devices_say_has_not_changed() -> None:
    said = Said(7, FindingKind.UNWELL, frozenset({"cough"}))
    assert said.as_json() == {
        "person_id": 7, "kind": "unwell", "symptoms": ["cough"], "onset_on": None, "carried": False,
    }  # fmt: skip


def test_each_session_is_late_after_its_own_hour(cast: Cast) -> None:
    building = dormitory(cast)
    with at_time(at(MONDAY, 15, 1)):
        noon = say(cast, cast.klass, Session.NOON)
    with at_time(at(MONDAY, 21, 0)):
        evening = say(cast, building, Session.EVENING, by="warden")
    assert noon.check is not None
    assert evening.check is not None
    assert (noon.check.late, evening.check.late) == (True, False)


STEPS = st.lists(st.sampled_from(["send", "undo"]), min_size=1, max_size=6)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_two_states_of_a_check_never_carry_one_revision(cast: Cast, steps: list[str]) -> None:
    """Else a device that has seen the one overwrites the other in silence, and shows its own for the newer."""
    with at_time(clock.now()), school_scope(cast.school):
        anything(ClassCheck).all().delete()
        standing, seen = 0, [0]
        sent = []
        for n, step in enumerate(steps):
            if step == "undo" and not sent:
                continue
            if step == "send":
                sent.append(uuid4())
                pupil = cast.pupils[cast.klass.pk][n]
                answer = say(
                    cast, cast.klass, Session.MORNING, ill(pupil, "cough"), base=standing, client_id=sent[-1],
                    day=clock.today(),
                )  # fmt: skip
                assert answer.check is not None
                standing = answer.check.revision
                assert standing > max(seen)
            else:
                _roll, standing = withdraw_check(
                    actor=cast.actor("teacher"),
                    client_id=sent.pop(),
                    klass=cast.klass,
                    session=Session.MORNING,
                )
                assert standing == 0 or standing > max(seen)
            seen.append(standing)
