"""The slip: given by the doctor, verified by its key, withdrawn with a reason; who needs one and has none is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.cast import MONDAY, MORNING, Cast, anything, at_time, check, school_scope
from tests.measures.health.desk import diagnosed, doctor, illness, refused

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.measures.health.clearing import clear, record_facts, record_return, withdraw
from xiaodun.measures.health.diagnosing import record_diagnosis
from xiaodun.measures.health.models import Clearance, ClearanceKey, FollowUp, Shown
from xiaodun.measures.health.need import Need
from xiaodun.measures.health.queries import days_list, uncleared
from xiaodun.measures.health.verifying import verify
from xiaodun.responsibility.roster.models import Person

DAY = timedelta(days=1)
EVIDENCE = {"evidence_reason": "已结痂", "evidence_document": "青一院 118 号"}


@pytest.fixture
def desk(cast: Cast) -> Iterator[Cast]:
    check(cast, 0, symptoms=("rash",))
    with school_scope(cast.school):
        diagnosed(cast, "varicella")
        yield cast


def give(cast: Cast, **facts: object) -> Clearance:
    said = {"shown": Shown.PAPER} | EVIDENCE | facts
    return clear(actor=doctor(cast), follow_up=illness(cast), **said)  # type: ignore[arg-type]


def person(cast: Cast) -> Person:
    return cast.pupils[cast.klass.pk][0]


@pytest.mark.requirement("R74")
def test_a_case_does_not_come_back_without_a_clearance(desk: Cast) -> None:
    with refused("health.not_cleared"):
        record_return(actor=doctor(desk), follow_up=illness(desk))
    assert uncleared(desk.klass.pk, MONDAY) == {person(desk).pk}
    assert uncleared(desk.sibling.pk, MONDAY) == set()
    give(desk)
    assert uncleared(desk.klass.pk, MONDAY) == set()


def test_who_is_in_class_without_it_stays_on_the_list_until_it_is_there(desk: Cast) -> None:
    with at_time(MORNING + DAY):
        check(desk, day=clock.today())  # the teacher no longer lists the pupil
        assert illness(desk).recovered_on == MONDAY + DAY
        assert uncleared(desk.klass.pk, clock.today()) == {person(desk).pk}
        (listed,) = days_list(desk.school.pk, clock.today())
        assert listed.need == Need.CHECK_CERTIFICATE
        give(desk)
        assert [one.need for one in days_list(desk.school.pk, clock.today())] == [Need.NONE]


def test_a_clearance_for_a_later_day_lets_back_on_that_day(desk: Cast) -> None:
    give(desk, from_day=MONDAY + 2 * DAY)
    assert illness(desk).is_open
    assert uncleared(desk.klass.pk, MONDAY + DAY) == {person(desk).pk}
    with at_time(MORNING + DAY), refused("health.not_cleared"):
        record_return(actor=doctor(desk), follow_up=illness(desk))
    with at_time(MORNING + 2 * DAY):
        (listed,) = days_list(desk.school.pk, clock.today())
        assert listed.need == Need.DECIDE_RETURN
        record_return(actor=doctor(desk), follow_up=illness(desk))


def test_a_second_slip_and_a_slip_in_the_past_are_refused(desk: Cast) -> None:
    with refused("clearance.past"):
        give(desk, from_day=MONDAY - DAY)
    give(desk)
    with refused("clearance.twice"):
        give(desk)
    with refused("clearance.photo"):
        withdraw(actor=doctor(desk), clearance=anything(Clearance).get(), reason="写错班")
        give(desk, shown=Shown.PHOTO)


def test_the_diagnosis_under_a_slip_does_not_change(desk: Cast) -> None:
    give(desk)
    with refused("health.cleared"):
        record_diagnosis(actor=doctor(desk), follow_up=illness(desk), diagnosis="measles")
    record_diagnosis(actor=doctor(desk), follow_up=illness(desk), diagnosis="varicella", lab=True)


def test_withdrawing_needs_a_reason_and_follows_the_pupil_again(desk: Cast) -> None:
    slip = give(desk)
    with refused("clearance.reason"):
        withdraw(actor=doctor(desk), clearance=slip, reason=" ")
    withdraw(actor=doctor(desk), clearance=slip, reason="又有新疹")
    assert illness(desk).is_open
    assert uncleared(desk.klass.pk, MONDAY) == {person(desk).pk}
    with refused("clearance.withdrawn"):
        withdraw(actor=doctor(desk), clearance=slip, reason="又有新疹")
    give(desk)
    assert anything(Clearance).count() == 2


def test_the_key_opens_the_slip_without_any_scope_and_says_no_more_than_it_must(desk: Cast) -> None:
    slip = give(desk)
    with open_scope():
        found = verify(slip.token)
        assert found is not None
        assert (found.is_valid, found.school, found.klass) == (True, "明德小学", "三(1)班")
        assert (found.name, found.from_day, found.check_code) == ("赵**", MONDAY, slip.check_code)
        assert not anything(FollowUp).exists(), "the scope is shut again"
        assert verify(slip.token[:-1] + "x") is None
    withdraw(actor=doctor(desk), clearance=slip, reason="又有新疹")
    again = verify(slip.token)
    assert again is not None
    assert not again.is_valid


def test_the_slip_still_verifies_when_the_pupil_has_moved_to_another_school(desk: Cast) -> None:
    slip = give(desk)
    with open_scope(schools=[desk.school.pk, desk.other_school.pk]):
        anything(Person).filter(pk=person(desk).pk).update(
            school_id=desk.other_school.pk, class_id=desk.foreign.pk
        )
    with open_scope():
        found = verify(slip.token)
        assert found is not None
        assert found.name == "赵**"


def test_keys_are_kept_as_hashes_and_differ(desk: Cast) -> None:
    slip = give(desk)
    assert len(slip.token) == 43
    key = ClearanceKey.objects.get(clearance_ref=slip.pk)
    assert slip.token.encode() not in bytes(key.key_hash)
    assert bytes(key.key_hash) == ClearanceKey.hash_of(slip.token)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"crusts": True}, "health.unknown_fact"),
        ({"treated_from": MONDAY + DAY}, "health.future_fact"),
        ({"symptom_free_on": MONDAY - DAY}, "returns.before_onset"),
    ],
)
def test_a_fact_that_cannot_be_is_refused(desk: Cast, facts: dict[str, object], code: str) -> None:
    with refused(code):
        record_facts(actor=doctor(desk), follow_up=illness(desk), facts=facts)  # type: ignore[arg-type]


def test_only_the_desk_clears_and_withdraws(desk: Cast) -> None:
    slip = give(desk)
    for who in ("teacher", "principal", "county", "cdc", "foreign_reporter"):
        with refused("health.doctor_only"):
            clear(actor=desk.actor(who), follow_up=illness(desk), shown=Shown.PAPER)
        with refused("health.doctor_only"):
            withdraw(actor=desk.actor(who), clearance=slip, reason="写错班")
