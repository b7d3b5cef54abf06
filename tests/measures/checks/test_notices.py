"""What a family tells: followed at once, filled in for the teacher, taken back without a trace in any count."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.cast import MONDAY, Cast, anything, at_time, check, run_jobs, school_scope
from tests.measures.checks.groups import dormitory, ill, say

from xiaodun.foundation import clock
from xiaodun.foundation.models import JournalRow
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import at
from xiaodun.kernel.errors import Refused
from xiaodun.measures.checks.models import ClassCheck, FindingKind, LeaveNotice, Session
from xiaodun.measures.checks.notices import tell_absence, withdraw_notice
from xiaodun.measures.checks.queries import ListedPupil, class_day
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.signals.models import Signal
from xiaodun.responsibility.roster.models import Guardian, Person

TUESDAY = MONDAY + timedelta(days=1)


def guardian_of(person: Person) -> Guardian:
    with open_scope(schools=[person.school_id]):
        row: Guardian = Guardian.objects.create(
            person=person, school_id=person.school_id, class_id=person.class_id
        )
        return row


@pytest.fixture
def mother(cast: Cast) -> Guardian:
    return guardian_of(cast.pupils[cast.klass.pk][0])


def told(mother: Guardian, *symptoms: str, **more: Any) -> LeaveNotice:
    facts = {"kind": "ill" if symptoms else "leave", "client_id": uuid4()} | more
    return tell_absence(guardian=mother, symptoms=symptoms, **facts)


def follow_ups(cast: Cast) -> list[FollowUp]:
    with school_scope(cast.school):
        return list(anything(FollowUp).order_by("pk"))


def listed(cast: Cast) -> ListedPupil:
    with school_scope(cast.school):
        return next(
            one for one in class_day(cast.klass).pupils if one.person == cast.pupils[cast.klass.pk][0]
        )


@pytest.mark.requirement("R68")
def test_a_mothers_word_is_followed_at_once_and_filled_in_for_the_teacher(
    cast: Cast, mother: Guardian
) -> None:
    notice = told(mother, "vomiting")
    (row,) = follow_ups(cast)
    assert (row.symptoms, row.class_id, row.absent_from) == (["vomiting"], cast.klass.pk, MONDAY)
    pupil = listed(cast)
    assert pupil.notice == notice
    assert pupil.notice is not None
    assert pupil.notice.symptoms == ["vomiting"]


def test_telling_is_one_line_of_the_journal_that_names_no_child(cast: Cast, mother: Guardian) -> None:
    before = JournalRow.objects.count()
    told(mother, "vomiting")
    (line,) = JournalRow.objects.order_by("pk")[before:]
    assert (line.verb, line.actor_id, line.facts["guardian"]) == ("notice.tell", None, mother.pk)
    assert mother.person.name not in str(line.facts)


def test_the_teachers_list_and_the_mother_are_one_illness(cast: Cast, mother: Guardian) -> None:
    told(mother, "vomiting")
    check(cast, 0, symptoms=("fever",))
    (row,) = follow_ups(cast)
    assert (row.symptoms, row.is_open) == (["fever", "vomiting"], True)


def test_what_is_told_after_the_check_is_followed_and_leaves_the_check_as_it_was_said(
    cast: Cast, mother: Guardian
) -> None:
    check(cast, 1)
    with at_time(clock.now() + timedelta(minutes=30)):
        told(mother, "vomiting")
    assert len(follow_ups(cast)) == 2
    assert anything(ClassCheck).get().n_ill_absent == 1
    pupil = listed(cast)
    assert pupil.notice is not None
    assert pupil.notice.told_at > anything(ClassCheck).get().received_at


def test_a_list_that_did_not_show_the_notice_ends_nothing(cast: Cast, mother: Guardian) -> None:
    told(mother, "vomiting")
    say(cast, cast.klass, Session.MORNING, shown=frozenset())
    assert follow_ups(cast)[0].is_open


def test_a_child_who_came_after_all_is_said_to_be_here_by_the_list_that_showed_the_notice(
    cast: Cast, mother: Guardian
) -> None:
    told(mother, "vomiting")
    say(cast, cast.klass, Session.MORNING, shown=frozenset({mother.person_id}))
    (row,) = follow_ups(cast)
    assert (row.recovered_on, row.ruled_out_on) == (MONDAY, None)


def test_taking_the_notice_back_rules_out_what_only_it_had_opened(cast: Cast, mother: Guardian) -> None:
    notice = told(mother, "vomiting")
    withdraw_notice(guardian=mother, notice=notice)
    assert follow_ups(cast)[0].ruled_out_reason == "corrected"
    assert listed(cast).notice is None
    before = JournalRow.objects.count()
    withdraw_notice(guardian=mother, notice=notice)
    assert JournalRow.objects.count() == before


def test_taking_it_back_after_the_teacher_listed_the_child_leaves_the_illness(
    cast: Cast, mother: Guardian
) -> None:
    notice = told(mother, "vomiting")
    check(cast, 0)
    withdraw_notice(guardian=mother, notice=notice)
    assert follow_ups(cast)[0].is_open


def test_telling_twice_with_one_id_is_telling_once(cast: Cast, mother: Guardian) -> None:
    client_id = uuid4()
    first = told(mother, "vomiting", client_id=client_id)
    again = told(mother, "cough", client_id=client_id)
    assert (again.pk, again.symptoms) == (first.pk, ["vomiting"])
    assert follow_ups(cast)[0].symptoms == ["vomiting"]


def test_the_id_of_another_childs_notice_is_refused_and_tells_nothing(cast: Cast, mother: Guardian) -> None:
    other = guardian_of(cast.pupils[cast.foreign.pk][0])
    client_id = uuid4()
    told(mother, "vomiting", client_id=client_id)
    with pytest.raises(Refused) as refused:
        told(other, "vomiting", client_id=client_id)
    assert refused.value.code == "notice.conflict"


def test_another_childs_notice_cannot_be_taken_back(cast: Cast, mother: Guardian) -> None:
    notice = told(mother, "vomiting")
    with pytest.raises(Refused) as refused:
        withdraw_notice(guardian=guardian_of(cast.pupils[cast.klass.pk][1]), notice=notice)
    assert refused.value.code == "notice.not_yours"
    assert follow_ups(cast)[0].is_open


def test_leave_opens_no_follow_up_and_stands_on_each_of_its_days(cast: Cast, mother: Guardian) -> None:
    told(mother, to_day=TUESDAY)
    assert follow_ups(cast) == []
    for day in (MONDAY, TUESDAY):
        with at_time(at(day, 7, 40)):
            assert listed(cast).notice is not None
    with at_time(at(TUESDAY + timedelta(days=1), 7, 40)):
        assert listed(cast).notice is None


def test_a_notice_for_tomorrow_is_followed_by_tomorrows_check(cast: Cast, mother: Guardian) -> None:
    told(mother, "cough", from_day=TUESDAY)
    assert follow_ups(cast) == []
    assert listed(cast).notice is None
    with at_time(at(TUESDAY, 7, 40)):
        assert listed(cast).notice is not None
        check(cast, 0, symptoms=("cough",))
    assert len(follow_ups(cast)) == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"kind": "ill"}, "notice.symptoms"),
        ({"kind": "leave", "symptoms": ["cough"]}, "notice.symptoms"),
        ({"kind": "ill", "symptoms": ["boredom"]}, "notice.unknown_symptom"),
        ({"kind": "strike"}, "notice.kind"),
        ({"kind": "leave", "from_day": MONDAY - timedelta(days=1)}, "notice.past"),
        ({"kind": "leave", "to_day": MONDAY - timedelta(days=1)}, "notice.days"),
        ({"kind": "leave", "to_day": MONDAY + timedelta(days=30)}, "notice.days"),
    ],
)
def test_what_cannot_be_true_is_refused_by_name_and_leaves_nothing(
    cast: Cast, mother: Guardian, said: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        tell_absence(guardian=mother, client_id=uuid4(), **said)
    assert code in [fault.code for fault in refused.value.faults]
    with school_scope(cast.school):
        assert not anything(LeaveNotice).exists()


def test_three_families_are_a_signal_before_any_teacher_has_spoken(cast: Cast) -> None:
    for place in range(3):
        told(guardian_of(cast.pupils[cast.klass.pk][place]), "vomiting")
    run_jobs()
    assert Signal.objects.in_scope().get().n_cases == 3


def test_a_boarder_whom_family_teacher_and_warden_name_is_one_illness(cast: Cast, mother: Guardian) -> None:
    building = dormitory(cast)
    told(mother, "vomiting")
    check(cast, 0, symptoms=("fever",))
    with at_time(at(MONDAY, 19)):
        cough = ill(mother.person, "cough", carried=True)
        say(cast, building, Session.EVENING, replace(cough, kind=FindingKind.UNWELL), by="warden")
    (row,) = follow_ups(cast)
    assert row.symptoms == ["cough", "fever", "vomiting"]


def test_the_bearer_of_a_link_opens_one_child_and_no_other(cast: Cast, mother: Guardian) -> None:
    check(cast, 1, 2)
    told(mother, "vomiting")
    with open_scope(persons=[mother.person_id]):
        assert [row.person_id for row in anything(FollowUp).all()] == [mother.person_id]
        assert [row.person_id for row in anything(LeaveNotice).all()] == [mother.person_id]
