"""A county on one day: three states that never mix, and what a gap looks like."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MONDAY, Cast, at_time, check

from xiaodun.foundation.scope import Reach
from xiaodun.kernel.calendar import at
from xiaodun.measures.checks.county import Cause, CountyDay, SchoolRow, SchoolState, county_day, needs_help
from xiaodun.responsibility.accounts.models import Duty

FRIDAY = MONDAY - timedelta(days=3)


def today(cast: Cast) -> CountyDay:
    return county_day(cast.county, MONDAY, cast.actor("county").reach)


def row(cast: Cast) -> SchoolRow:
    return next(one for one in today(cast).rows if one.school == cast.school)


def cause(cast: Cast) -> Cause:
    (found,) = needs_help([row(cast)], MONDAY, cast.actor("county").reach)
    return found.cause


@pytest.mark.requirement("R22")
def test_a_school_nobody_has_heard_of_is_missing_and_not_nil(cast: Cast) -> None:
    assert [one.state for one in today(cast).rows] == [SchoolState.MISSING, SchoolState.MISSING]
    assert row(cast).roll is None


def test_a_school_with_one_class_out_is_missing_whatever_the_other_class_found(cast: Cast) -> None:
    check(cast, 0, 1)
    assert row(cast).state == SchoolState.MISSING
    assert (row(cast).n_classes_in, row(cast).n_classes_missing) == (1, 1)


def test_a_school_whose_classes_all_say_nobody_is_nil(cast: Cast) -> None:
    check(cast)
    check(cast, klass=cast.sibling, by="doctor")
    assert row(cast).state == SchoolState.NIL


def test_a_school_with_all_classes_in_and_one_finding_is_reported(cast: Cast) -> None:
    check(cast, 0)
    check(cast, klass=cast.sibling, by="doctor")
    assert row(cast).state == SchoolState.REPORTED


def test_the_three_states_part_the_schools_without_rest_or_overlap(cast: Cast) -> None:
    check(cast)
    check(cast, klass=cast.sibling, by="doctor")
    found = today(cast)
    parts = [{one.school.pk for one in found.of(state)} for state in SchoolState]
    assert sum(len(part) for part in parts) == len(found.rows) == len(set().union(*parts))


def test_a_class_founded_after_the_last_check_makes_its_school_missing_again(cast: Cast) -> None:
    check(cast)
    check(cast, klass=cast.sibling, by="doctor")
    cast.sibling.pk, cast.sibling.path = None, f"{cast.school.path}.999999"
    cast.sibling.save(force_insert=True)
    assert row(cast).state == SchoolState.MISSING


def test_the_ill_share_counts_only_classes_that_have_reported(cast: Cast) -> None:
    check(cast, 0, 1)
    assert row(cast).ill_share == 2 / len(cast.pupils[cast.klass.pk])


def test_a_check_after_the_deadline_marks_its_school_late_and_keeps_its_state(cast: Cast) -> None:
    check(cast)
    with at_time(at(MONDAY, 9, 31)):
        check(cast, klass=cast.sibling, by="doctor")
    assert row(cast).is_late
    assert row(cast).state == SchoolState.NIL


def test_a_reader_without_the_county_sees_no_roll(cast: Cast) -> None:
    check(cast, 0)
    found = county_day(cast.county, MONDAY, Reach())
    assert all(one.roll is None for one in found.rows)


def test_a_school_that_reported_on_friday_and_is_silent_on_monday_looks_forgetful(cast: Cast) -> None:
    with at_time(at(FRIDAY, 8)):
        check(cast)
    assert cause(cast) == Cause.FORGOTTEN


def test_a_school_silent_for_longer_is_silent_and_tells_its_last_report(cast: Cast) -> None:
    with at_time(at(FRIDAY - timedelta(days=1), 8)):
        check(cast)
    (found,) = needs_help([row(cast)], MONDAY, cast.actor("county").reach)
    assert found.cause == Cause.SILENT
    assert found.last_at == at(FRIDAY - timedelta(days=1), 8)


def test_a_school_that_never_reported_is_told_apart_from_a_forgetful_one(cast: Cast) -> None:
    assert cause(cast) == Cause.NEVER


def test_a_school_with_some_classes_in_names_those_that_are_out(cast: Cast) -> None:
    check(cast)
    (found,) = needs_help([row(cast)], MONDAY, cast.actor("county").reach)
    assert (found.cause, found.classes) == (Cause.SOME_CLASSES, ("三(2)班",))


def test_help_names_the_reporter_and_the_deputy_to_call(cast: Cast) -> None:
    (found,) = needs_help([row(cast)], MONDAY, cast.actor("county").reach)
    assert (found.reporter, found.deputy) == ("reporter老师", "deputy老师")


def test_a_post_that_ended_yesterday_is_a_school_without_a_reporter(cast: Cast) -> None:
    Duty.objects.filter(org=cast.school).update(to_day=MONDAY - timedelta(days=1))
    assert cause(cast) == Cause.NO_REPORTER
