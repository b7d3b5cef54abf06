"""When a change takes hold, what stops it, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from tests.cast import MONDAY
from tests.responsibility.orgs.county_of_changes import (
    DAY,
    Place,
    anyone,
    change,
    classes_of,
    enrol,
    fingerprint,
    lay_county,
    people_of,
    unsound,
)

from xiaodun.foundation import clock
from xiaodun.foundation.models import JournalRow
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import at
from xiaodun.kernel.errors import Refused
from xiaodun.measures.checks.models import ClassCheck, Session
from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.changing import apply_due, plan_change, undo_change
from xiaodun.responsibility.orgs.images import Images
from xiaodun.responsibility.orgs.models import ChangeState, Level, Org, OrgChange
from xiaodun.responsibility.orgs.queries import names_on
from xiaodun.responsibility.roster.models import Enrolment, Person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R15")]
TUESDAY = MONDAY + DAY


@pytest.fixture
def place(db: None, monday: None) -> Iterator[Place]:
    yield lay_county()
    assert unsound() == []


def refused(kind: str, on_day: date = TUESDAY, **asked: Any) -> set[str]:
    """The codes that stand in the way; nothing is written."""
    before = fingerprint()
    with pytest.raises(Refused) as caught:
        change(kind, on_day, **asked)
    assert fingerprint() == before
    return {fault.code for fault in caught.value.faults}


def check_of(klass: Org, day: date) -> ClassCheck:
    now = clock.now()
    made: ClassCheck = ClassCheck.objects.create(
        day=day, class_id=klass.pk, session=Session.MORNING, school_id=klass.school_id, county_id=klass.county_id,
        client_id=uuid4(), enrolled=2, present=2, absent=0, n_ill_absent=0, n_unwell=0, account_id=1,
        device_at=now, received_at=now,
    )  # fmt: skip
    return made


def undo(made: OrgChange) -> None:
    undo_change(actor_id=1, change_id=made.pk, may=anyone)


# ---- names ----
def test_a_planned_change_waits_for_its_night(place: Place) -> None:
    klass = place.classes("一小")[0]
    before = fingerprint()
    made = change("rename", TUESDAY, unit=klass.pk, name="向日葵班")
    assert made.state == ChangeState.PLANNED
    assert fingerprint() == before
    assert apply_due() == {"applied": 0, "blocked": 0}
    with clock.frozen(at(TUESDAY, 0, 5)):
        assert apply_due() == {"applied": 1, "blocked": 0}
        assert apply_due() == {"applied": 0, "blocked": 0}
    assert names_on([klass.pk], TUESDAY) == {klass.pk: "向日葵班"}
    undo(OrgChange.objects.get(pk=made.pk))
    assert fingerprint() == before


def test_a_planned_change_that_has_become_impossible_stays_planned_and_says_why_once(place: Place) -> None:
    school = place.schools["二小"]
    with open_scope(schools=[school.pk]):
        empty = place.classes("二小")[0]
        Enrolment.objects.in_scope().filter(class_id=empty.pk).update(to_day=MONDAY)
        Person.objects.in_scope().filter(class_id=empty.pk).update(class_id=None)
    made = change("close", TUESDAY, unit=empty.pk)
    enrol(empty, 1, TUESDAY)
    lines = JournalRow.objects.filter(verb="orgs.blocked")
    with clock.frozen(at(TUESDAY, 0, 5)):
        assert apply_due() == {"applied": 0, "blocked": 1}
        assert apply_due() == {"applied": 0, "blocked": 1}
    made.refresh_from_db()
    assert made.state == ChangeState.PLANNED
    assert [one["code"] for one in made.problem] == ["orgs.people_remain"]
    assert lines.count() == 1
    undo(made)


def test_the_facts_of_a_day_belong_to_the_unit_of_that_day(place: Place) -> None:
    source, target = place.schools["二小"], place.schools["一小"]
    check_of(place.classes("二小")[0], MONDAY)
    asked = {"unit": source.pk, "into": target.pk}
    assert refused("merge", MONDAY, **asked) == {"orgs.facts_since"}
    assert refused("merge", MONDAY - 3 * DAY, **asked) == {"orgs.facts_since"}
    change("merge", TUESDAY, **asked)


def test_days_too_far_are_refused(place: Place) -> None:
    klass = place.classes("一小")[0]
    for n_days in (-61, 401):
        day = MONDAY + timedelta(days=n_days)
        assert refused("rename", day, unit=klass.pk, name="甲班") == {"orgs.day_far"}


def test_no_change_goes_under_a_later_one(place: Place) -> None:
    klass = place.classes("一小")[0]
    change("rename", MONDAY, unit=klass.pk, name="甲班")
    assert refused("rename", MONDAY - DAY, unit=klass.pk, name="乙班") == {"orgs.changed_that_day"}


# ---- undo ----
def test_an_undo_stops_at_the_first_fact_in_a_moved_class(place: Place) -> None:
    made = change("merge", MONDAY, unit=place.schools["二小"].pk, into=place.schools["一小"].pk)
    klass = Org.objects.get(pk=place.classes("一小")[-1].pk)
    check_of(klass, MONDAY)
    with pytest.raises(Refused) as caught:
        undo(made)
    assert caught.value.code == "orgs.facts_recorded"


@pytest.mark.parametrize("what", ["pupil", "class", "renamed", "duty", "left"])
def test_an_undo_does_not_run_over_what_came_after(place: Place, what: str) -> None:
    source, target = place.schools["九年学校"], place.schools["一小"]
    junior = Org.objects.get(school_id=source.pk, level=Level.GRADE, grade_number=7)
    klass = classes_of(source.pk)[-1]
    made = change("merge", MONDAY, unit=source.pk, into=target.pk, campus="南校区")
    moved = Org.objects.get(pk=klass.pk)
    if what == "pupil":
        enrol(moved, 1, MONDAY)
    elif what == "class":
        change("found", MONDAY, parent=junior.pk, level="class")
    elif what == "renamed":
        change("rename", MONDAY, unit=Org.objects.get(level=Level.CAMPUS).pk, name="北校区")
    elif what == "duty":
        account = open_account(actor_id=None, username="someone", name="某")
        campus = Org.objects.get(level=Level.CAMPUS)
        give_duty(actor_id=None, account=account, role=Role.PRINCIPAL, org=campus, from_day=MONDAY)
    else:
        with open_scope(schools=[target.pk]):
            Enrolment.objects.in_scope().filter(class_id=moved.pk, to_day=None).update(to_day=MONDAY)
    before = fingerprint()
    with pytest.raises(Refused) as caught:
        undo(made)
    assert caught.value.code == "orgs.changed_since"
    assert fingerprint() == before


def test_later_changes_are_undone_first_and_then_everything_is_as_before(place: Place) -> None:
    before = fingerprint()
    klass = place.classes("二小")[0]
    merged = change("merge", MONDAY, unit=place.schools["二小"].pk, into=place.schools["一小"].pk)
    renamed = change("rename", MONDAY, unit=klass.pk, name="向日葵班")
    with pytest.raises(Refused):
        undo(merged)
    undo(renamed)
    undo(merged)
    assert fingerprint() == before
    with pytest.raises(Refused) as caught:
        undo(merged)
    assert caught.value.code == "orgs.already_undone"


@pytest.mark.parametrize(
    "forgotten", ["roster.enrolment", "roster.person", "orgs.orgperiod", "roster.guardian"]
)
@pytest.mark.usefixtures("monday")
def test_an_undo_that_forgets_a_table_is_caught_by_the_comparison_of_all_rows(forgotten: str) -> None:
    """The planted fault: without it the comparison above could be blind."""
    place = lay_county()
    before = fingerprint()
    made = change("merge", MONDAY, unit=place.schools["二小"].pk, into=place.schools["一小"].pk)
    restore = Images.restore

    def forgetting(images: Images) -> None:
        images.changed.pop(forgotten)
        restore(images)

    try:
        with patch.object(Images, "restore", forgetting):
            undo(made)
    except Exception:
        caught = True
    else:
        caught = fingerprint() != before
    assert caught
    if forgotten == "roster.guardian":
        assert fingerprint() != before


# ---- who, what was shown ----
def test_nobody_changes_units_that_they_do_not_answer_for(place: Place) -> None:
    def may(org: Org) -> bool:
        return org.is_within(place.county)

    asked = {"school": place.schools["一小"].pk, "county": place.other_county.pk}
    missing = {"school": place.schools["一小"].pk, "county": 987_654_321}
    answers = []
    for one in (asked, missing):
        with pytest.raises(Refused) as caught:
            plan_change(kind="move_county", asked=one, on_day=TUESDAY, may=may)
        answers.append(caught.value.faults)
    assert answers[0] == answers[1]
    assert answers[0][0].code == "orgs.no_such_unit"


def test_a_plan_reads_and_writes_nothing(place: Place) -> None:
    before, n_lines = fingerprint(), JournalRow.objects.count()
    plan = plan_change(
        kind="merge",
        asked={"unit": place.schools["二小"].pk, "into": place.schools["一小"].pk},
        on_day=TUESDAY,
        may=anyone,
    )
    assert not plan.problems
    assert any("12 人" in line.zh for line in plan.lines)
    assert all(line.en for line in plan.lines)
    assert (fingerprint(), JournalRow.objects.count()) == (before, n_lines)


def test_what_was_confirmed_is_what_was_shown(place: Place) -> None:
    from xiaodun.responsibility.orgs.changing import make_change

    asked = {"unit": place.schools["二小"].pk, "into": place.schools["一小"].pk}
    plan = plan_change(kind="merge", asked=asked, on_day=MONDAY, may=anyone)
    enrol(place.classes("二小")[0], 1, MONDAY)
    with pytest.raises(Refused) as caught:
        make_change(actor_id=1, kind="merge", asked=asked, on_day=MONDAY, may=anyone, digest=plan.digest)
    assert caught.value.code == "orgs.plan_changed"


def test_a_change_leaves_one_line_of_the_journal_and_no_name_of_a_person(place: Place) -> None:
    n_lines = JournalRow.objects.count()
    made = change("merge", MONDAY, unit=place.schools["二小"].pk, into=place.schools["一小"].pk)
    assert JournalRow.objects.count() == n_lines + 1
    undo(made)
    assert JournalRow.objects.count() == n_lines + 2
    made.refresh_from_db()
    text = f"{made.asked}{made.told}{made.images}"
    assert not [person.name for person in people_of(place.schools["二小"].pk) if person.name in text]
