"""The day's word on an absence: one a day, the last one stands, nobody is asked twice, ten minutes to take it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.cast import MONDAY, Cast, anything, at_time, check, school_scope
from tests.measures.health.desk import doctor, illness, lines, refused

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import at
from xiaodun.measures.checks.models import FindingKind
from xiaodun.measures.health.clearing import record_return
from xiaodun.measures.health.ending import name_cause, rule_out
from xiaodun.measures.health.models import Cause, FollowUp, Visit, Word
from xiaodun.measures.health.need import Need
from xiaodun.measures.health.queries import days_list
from xiaodun.measures.health.visiting import SAID, note_rest, note_visit, undo

TUESDAY = at(MONDAY + timedelta(days=1), 8, 0)


@pytest.fixture
def desk(cast: Cast) -> Iterator[Cast]:
    """Three pupils ill since Monday; it is Tuesday, and no class has reported yet."""
    check(cast, 0, 1, 2)
    with at_time(TUESDAY), school_scope(cast.school):
        yield cast


def need(cast: Cast, place: int = 0) -> Need:
    listed = {one.row.person_id: one.need for one in days_list(cast.school.pk, clock.today())}
    return listed[cast.pupils[cast.klass.pk][place].pk]


@pytest.mark.requirement("R74")
def test_every_word_of_a_visit_settles_the_day_and_is_asked_again_tomorrow(desk: Cast) -> None:
    for place, word in zip((0, 1, 2), SAID, strict=False):
        assert need(desk, place) == Need.ASK_TODAY
        note_visit(actor=doctor(desk), follow_up=illness(desk, place), word=word)
        assert need(desk, place) == Need.NONE
    with at_time(TUESDAY + timedelta(days=1)):
        assert need(desk) == Need.ASK_TODAY


def test_a_visit_is_one_line_of_the_journal(desk: Cast) -> None:
    before = lines()
    note_visit(actor=doctor(desk), follow_up=illness(desk), word=Word.STILL_ILL)
    assert lines() == [*before, "health.visit"]


def test_the_teachers_list_of_the_day_is_a_word_and_nobody_is_asked_again(desk: Cast) -> None:
    check(desk, 0, 1)
    assert (need(desk, 0), need(desk, 1)) == (Need.NONE, Need.NONE)
    assert illness(desk, 2).recovered_on == clock.today()


def test_coming_back_tomorrow_asks_tomorrow_whether_it_came(desk: Cast) -> None:
    note_visit(actor=doctor(desk), follow_up=illness(desk), word=Word.BACK_TOMORROW)
    with at_time(TUESDAY + timedelta(days=1)):
        assert need(desk) == Need.DECIDE_RETURN
        note_visit(actor=doctor(desk), follow_up=illness(desk), word=Word.STILL_ILL)
        assert need(desk) == Need.NONE
    with at_time(TUESDAY + timedelta(days=2)):
        assert need(desk) == Need.ASK_TODAY


def test_a_child_in_hospital_is_marked_so_for_the_rules(desk: Cast) -> None:
    note_visit(actor=doctor(desk), follow_up=illness(desk), word=Word.HOSPITAL)
    assert illness(desk).hospital


def test_a_later_word_of_the_day_replaces_the_earlier_and_keeps_it(desk: Cast) -> None:
    note_visit(actor=doctor(desk), follow_up=illness(desk), word=Word.STILL_ILL)
    note_visit(actor=doctor(desk), follow_up=illness(desk), word=Word.SEEN)
    words = anything(Visit).order_by("pk").values_list("word", "replaced_by__word")
    assert list(words) == [("still_ill", "seen"), ("seen", None)]


@pytest.mark.parametrize(
    ("cause", "need_after", "is_open"),
    [(Cause.INJURY, Need.NONE, False), (Cause.LEAVE, Need.NONE, False), (Cause.OTHER, Need.NONE, False)],
)
def test_a_named_cause_other_than_illness_ends_the_following(
    desk: Cast, cause: Cause, need_after: Need, is_open: bool
) -> None:
    name_cause(actor=doctor(desk), follow_up=illness(desk), cause=cause)
    row = illness(desk)
    assert (row.is_open, row.cause, row.ruled_out_reason) == (is_open, cause, str(cause))
    assert need(desk) == need_after


def test_an_unexplained_absence_is_asked_for_its_cause_until_illness_is_named_with_symptoms(
    cast: Cast,
) -> None:
    check(cast, 5, kind=FindingKind.UNEXPLAINED, symptoms=())
    with school_scope(cast.school):
        assert need(cast, 5) == Need.ASK_CAUSE
        name_cause(actor=doctor(cast), follow_up=illness(cast, 5), cause=Cause.ILLNESS, symptoms=["fever"])
        assert (illness(cast, 5).symptoms, need(cast, 5)) == (["fever"], Need.NONE)


@pytest.mark.parametrize(
    ("cause", "symptoms", "code"),
    [
        (Cause.UNKNOWN, [], "health.cause"),
        (Cause.ILLNESS, [], "health.cause_without_symptom"),
        (Cause.ILLNESS, ["flu"], "health.unknown_symptom"),
    ],
)
def test_a_cause_that_tells_nothing_is_refused(
    desk: Cast, cause: Cause, symptoms: list[str], code: str
) -> None:
    with refused(code):
        name_cause(actor=doctor(desk), follow_up=illness(desk), cause=cause, symptoms=symptoms)


def test_one_press_for_the_rest_settles_everybody_left_in_one_line(desk: Cast) -> None:
    note_visit(actor=doctor(desk), follow_up=illness(desk, 0), word=Word.SEEN)
    left = [one.row for one in days_list(desk.school.pk, clock.today()) if one.need == Need.ASK_TODAY]
    before = lines()
    batch = note_rest(actor=doctor(desk), school_id=desk.school.pk, follow_ups=left)
    assert [need(desk, place) for place in range(3)] == [Need.NONE] * 3
    assert lines() == [*before, "health.visit_rest"]
    assert undo(actor=doctor(desk), batch=batch) == 2
    assert [need(desk, place) for place in range(3)] == [Need.NONE, Need.ASK_TODAY, Need.ASK_TODAY]


def test_one_press_for_the_rest_leaves_a_word_that_came_meanwhile(desk: Cast) -> None:
    left = [one.row for one in days_list(desk.school.pk, clock.today())]
    note_visit(actor=doctor(desk), follow_up=illness(desk, 1), word=Word.SEEN)
    note_rest(actor=doctor(desk), school_id=desk.school.pk, follow_ups=left)
    assert sorted(anything(Visit).values_list("word", flat=True)) == ["seen", "still_ill", "still_ill"]


@pytest.mark.parametrize("what", ["return", "leave", "rule_out", "cause", "hospital"])
def test_what_is_taken_back_is_as_if_it_had_not_been_said(desk: Cast, what: str) -> None:
    columns = [field.attname for field in FollowUp._meta.get_fields() if hasattr(field, "attname")]
    before = {name: getattr(illness(desk), name) for name in columns}
    case, actor = illness(desk), doctor(desk)
    {
        "return": lambda: record_return(actor=actor, follow_up=case),
        "leave": lambda: name_cause(actor=actor, follow_up=case, cause=Cause.LEAVE),
        "rule_out": lambda: rule_out(actor=actor, follow_up=case),
        "cause": lambda: name_cause(actor=actor, follow_up=case, cause=Cause.ILLNESS, symptoms=["rash"]),
        "hospital": lambda: note_visit(actor=actor, follow_up=case, word=Word.HOSPITAL),
    }[what]()
    assert {name: getattr(illness(desk), name) for name in columns} != before
    undo(actor=actor, batch=anything(Visit).get().batch)
    assert {name: getattr(illness(desk), name) for name in columns} == before
    assert need(desk) == Need.ASK_TODAY


def test_undo_is_for_ten_minutes_for_the_one_who_said_it_and_for_the_last_word(desk: Cast) -> None:
    first = note_visit(actor=doctor(desk), follow_up=illness(desk), word=Word.BETTER)
    with refused("health.undo_none"):
        undo(actor=desk.actor("reporter"), batch=first.batch)
    with (
        at_time(TUESDAY + timedelta(minutes=10, seconds=1)),
        refused("health.undo_over"),
    ):
        undo(actor=doctor(desk), batch=first.batch)
    note_visit(actor=doctor(desk), follow_up=illness(desk), word=Word.SEEN)
    with refused("health.undo_not_last"):
        undo(actor=doctor(desk), batch=first.batch)


def test_nothing_is_said_of_an_absence_that_has_ended_nor_by_anybody_else(desk: Cast) -> None:
    record_return(actor=doctor(desk), follow_up=illness(desk))
    with refused("health.ended"):
        note_visit(actor=doctor(desk), follow_up=illness(desk), word=Word.STILL_ILL)
    for who in ("teacher", "principal", "county", "foreign_reporter", "nobody"):
        with refused("health.doctor_only"):
            note_visit(actor=desk.actor(who), follow_up=illness(desk, 1), word=Word.STILL_ILL)
    with refused("health.word"):
        note_visit(actor=doctor(desk), follow_up=illness(desk, 1), word=Word.RETURNED)


def test_the_days_list_is_sorted_by_need_and_loses_nobody_who_is_open(desk: Cast) -> None:
    check(desk, 0, 7, kind=FindingKind.UNEXPLAINED, symptoms=(), day=clock.today())
    record_return(actor=doctor(desk), follow_up=illness(desk, 0))
    listed = days_list(desk.school.pk, clock.today())
    needs = [one.need for one in listed]
    assert needs == sorted(needs, key=list(Need).index)
    still = set(
        anything(FollowUp)
        .filter(recovered_on__isnull=True, ruled_out_on__isnull=True)
        .values_list("pk", flat=True)
    )
    assert still <= {one.row.pk for one in listed}
