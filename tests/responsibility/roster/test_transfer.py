"""A pupil goes to another class or school: offered by one side, taken up by the other, counted once on every day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from tests.cast import MONDAY
from tests.responsibility.orgs.county_of_changes import (
    DAY,
    Place,
    change,
    enrolments,
    fingerprint,
    lay_county,
    people_of,
    sums_on,
    unsound,
)

from xiaodun.foundation import clock
from xiaodun.foundation.models import JournalRow
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import at
from xiaodun.kernel.errors import Refused
from xiaodun.measures.checks.models import ClassCheck, Session
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.orgs.changing import apply_due
from xiaodun.responsibility.orgs.images import Images
from xiaodun.responsibility.orgs.models import ChangeState, Org, OrgChange, PupilTransfer
from xiaodun.responsibility.roster import moves
from xiaodun.responsibility.roster.models import Guardian, Person
from xiaodun.responsibility.roster.moves import Moved
from xiaodun.responsibility.roster.transfer import (
    LETTERS,
    MISSES_AN_HOUR,
    Claim,
    accept_pupil,
    move_within,
    offer_pupil,
    undo_transfer,
    withdraw_offer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R15")]
SENDER, RECEIVER = Actor(11, "发", ()), Actor(12, "收", ())
TUESDAY = MONDAY + DAY
BORN = date(2017, 3, 1)


@pytest.fixture
def place(db: None, monday: None) -> Iterator[Place]:
    yield lay_county()
    assert unsound() == []
    for day in (MONDAY - DAY, MONDAY, TUESDAY, TUESDAY + DAY):
        assert len(set(sums_on(day))) == 1


def pupil_of(place: Place, school: str = "一小") -> Person:
    return next(person for person in people_of(place.schools[school].pk) if person.kind == "pupil")


def offer(place: Place, **more: Any) -> tuple[str, PupilTransfer, Person]:
    person = pupil_of(place)
    facts = {"school": place.schools["一小"], "person_id": person.pk, "asker": "guardian"}
    code, row = offer_pupil(actor=SENDER, **(facts | more))
    return code, row, person


def accept(klass: Org, code: str, person: Person, on_day: date = MONDAY, **more: Any) -> OrgChange:
    claim = replace(Claim(code, person.name, BORN), **more)
    return accept_pupil(actor=RECEIVER, klass=klass, claim=claim, on_day=on_day)


def checked(klass: Org, day: date) -> None:
    now = clock.now()
    ClassCheck.objects.create(
        day=day, class_id=klass.pk, session=Session.MORNING, school_id=klass.school_id, county_id=klass.county_id,
        client_id=uuid4(), enrolled=2, present=2, absent=0, n_ill_absent=0, n_unwell=0, account_id=1,
        device_at=now, received_at=now,
    )  # fmt: skip


def refusal(code: str, function: Any, **arguments: Any) -> None:
    with pytest.raises(Refused) as caught:
        function(**arguments)
    assert caught.value.code == code


def test_a_pupil_taken_up_is_in_the_new_school_from_the_day_and_was_in_the_old_one_before(
    place: Place,
) -> None:
    code, row, person = offer(place)
    klass, n_before = place.classes("二小")[2], sums_on(MONDAY)
    accept(klass, code, person)
    with open_scope(schools=[klass.of_school]):
        here = Person.objects.in_scope().get(pk=person.pk)
        guardian = Guardian.objects.in_scope().get(person=here)
    assert (here.school_id, here.class_id, here.left_on) == (klass.school_id, klass.pk, None)
    assert (guardian.school_id, guardian.class_id) == (klass.school_id, klass.pk)
    own = [(e.school_id, e.from_day, e.to_day) for e in enrolments() if e.person_id == person.pk]
    assert own[0][2] == MONDAY - DAY
    assert own[1] == (klass.school_id, MONDAY, None)
    assert sums_on(MONDAY) == n_before
    row.refresh_from_db()
    assert row.to_school_id == klass.school_id


def test_bed_and_bus_stay_behind_when_one_goes_alone_to_another_school(place: Place) -> None:
    code, _row, person = offer(place)
    with open_scope(schools=[person.school_id]):
        Person.objects.in_scope().filter(pk=person.pk).update(dorm="301", dorm_id=5, bus_id=6)
    accept(place.classes("二小")[0], code, person)
    (here,) = [one for one in people_of(place.schools["二小"].pk) if one.pk == person.pk]
    assert (here.dorm, here.dorm_id, here.bus_id, here.entered_on) == ("", None, None, MONDAY)


def test_both_schools_have_their_line_in_the_journal_and_neither_names_the_pupil(place: Place) -> None:
    code, _row, person = offer(place)
    accept(place.classes("二小")[0], code, person)
    lines = JournalRow.objects.filter(verb__startswith="transfer.") | JournalRow.objects.filter(
        verb="orgs.change"
    )
    assert [(line.verb, line.school_id) for line in lines.order_by("pk")] == [
        ("transfer.offer", place.schools["一小"].pk),
        ("orgs.change", place.schools["二小"].pk),
        ("transfer.accept", place.schools["一小"].pk),
    ]
    assert not [line for line in lines if person.name in str(line.facts) or code in str(line.facts)]


def test_the_code_is_told_once_and_kept_as_a_hash(place: Place) -> None:
    code, row, _person = offer(place)
    plain = code.replace("-", "")
    assert len(plain) == 10
    assert set(plain) <= set(LETTERS)
    assert plain.encode() not in bytes(row.code_hash)


@pytest.mark.parametrize(
    "wrong", ["code", "name", "birth_on", "no_birth", "expired", "withdrawn", "used", "own_school", "gone"]
)
def test_every_refusal_is_the_same_whatever_is_wrong(place: Place, wrong: str) -> None:
    code, row, person = offer(place)
    klass, more, instant = place.classes("二小")[0], {}, clock.now()
    if wrong == "code":
        code = "22222-22222"
    elif wrong == "name":
        more = {"name": "另一人"}
    elif wrong == "birth_on":
        more = {"birth_on": BORN + DAY}
    elif wrong == "no_birth":
        more = {"birth_on": None}
    elif wrong == "expired":
        instant = row.expires_at
    elif wrong == "withdrawn":
        withdraw_offer(actor=SENDER, school=place.schools["一小"], transfer_id=row.pk)
    elif wrong == "used":
        accept(klass, code, person)
        klass = place.classes("九年学校")[0]
    elif wrong == "own_school":
        klass = place.classes("一小")[5]
    else:
        with open_scope(schools=[person.school_id]):
            Person.objects.in_scope().filter(pk=person.pk).update(class_id=None, left_on=MONDAY - DAY)
    before = fingerprint()
    with clock.frozen(instant), pytest.raises(Refused) as caught:
        accept(klass, code, person, on_day=clock.today(), **more)
    (fault,) = caught.value.faults
    assert (fault.code, fault.where, fault.value) == ("transfer.no_match", "code", "")
    assert fingerprint() == before
    assert JournalRow.objects.filter(verb="transfer.miss", actor_id=RECEIVER.account_id).count() == 1


def test_names_are_compared_by_what_their_spellings_share(place: Place) -> None:
    code, _row, person = offer(place)
    with open_scope(schools=[person.school_id]):
        Person.objects.in_scope().filter(pk=person.pk).update(name="阿依古丽·买买提")
    accept(place.classes("二小")[0], code.lower().replace("-", " "), person, name="阿依古丽•买买提")


def test_guessing_stops_after_some_misses_in_an_hour(place: Place) -> None:
    code, _row, person = offer(place)
    klass = place.classes("二小")[0]
    for _one in range(MISSES_AN_HOUR):
        with pytest.raises(Refused):
            accept(klass, "22222-22222", person)
    with pytest.raises(Refused) as caught:
        accept(klass, code, person)
    assert caught.value.code == "transfer.too_many"
    with clock.frozen(clock.now() + timedelta(hours=1)):
        accept(klass, code, person)


def test_only_a_pupil_of_the_school_is_offered_and_under_14_a_guardian_asks(place: Place) -> None:
    person, other = pupil_of(place), place.schools["二小"]
    school = place.schools["一小"]
    staff = next(one for one in people_of(school.pk) if one.kind == "staff")
    facts: dict[str, Any] = {"actor": SENDER, "school": school, "person_id": person.pk, "asker": "guardian"}
    refusal("transfer.not_here", offer_pupil, **(facts | {"school": other}))
    refusal("transfer.not_here", offer_pupil, **(facts | {"person_id": staff.pk}))
    refusal("transfer.guardian_must_ask", offer_pupil, **(facts | {"asker": "pupil"}))
    refusal("transfer.asker", offer_pupil, **(facts | {"asker": "neighbour"}))
    with clock.frozen(at(date(2031, 3, 1), 8)):
        offer_pupil(**(facts | {"asker": "pupil"}))
    with open_scope(schools=[school.pk]):
        Person.objects.in_scope().filter(pk=person.pk).update(birth_on=None)
    refusal("transfer.birth_missing", offer_pupil, **facts)


def test_a_new_offer_ends_the_one_before(place: Place) -> None:
    first, _row, person = offer(place)
    second, _row, _person = offer(place)
    klass = place.classes("二小")[0]
    with pytest.raises(Refused):
        accept(klass, first, person)
    accept(klass, second, person)


def test_a_transfer_for_a_later_day_waits_for_its_night(place: Place) -> None:
    code, _row, person = offer(place)
    klass = place.classes("二小")[0]
    made = accept(klass, code, person, on_day=TUESDAY)
    assert made.state == ChangeState.PLANNED
    assert pupil_of(place).pk == person.pk
    with clock.frozen(at(TUESDAY, 0, 5)):
        assert apply_due() == {"applied": 1, "blocked": 0}
    assert person.pk in {one.pk for one in people_of(klass.of_school)}


def test_who_was_counted_in_a_check_today_moves_tomorrow(place: Place) -> None:
    code, _row, person = offer(place)
    klass, old = place.classes("二小")[0], place.classes("一小")[0]
    for one in (old, klass):
        checked(one, MONDAY)
        with pytest.raises(Refused) as caught:
            accept(klass, code, person)
        assert caught.value.code == "transfer.checked"
        ClassCheck.objects.in_scope().all().delete()
    accept(klass, code, person)


def test_undone_on_the_same_day_everything_is_as_it_was_and_the_code_lives_again(place: Place) -> None:
    code, row, person = offer(place)
    klass, before = place.classes("二小")[0], fingerprint()
    made = accept(klass, code, person)
    undo_transfer(actor=RECEIVER, school=place.schools["二小"], change_id=made.pk)
    assert fingerprint() == before
    row.refresh_from_db()
    assert row.is_open(clock.now())
    accept(klass, code, person)


def test_the_next_day_and_after_the_new_classes_check_it_is_too_late_to_undo(place: Place) -> None:
    code, _row, person = offer(place)
    klass, school = place.classes("二小")[0], place.schools["二小"]
    made = accept(klass, code, person)
    facts: dict[str, Any] = {"actor": RECEIVER, "school": school, "change_id": made.pk}
    with clock.frozen(at(TUESDAY, 8)):
        refusal("transfer.undo_over", undo_transfer, **facts)
    checked(klass, MONDAY)
    refusal("transfer.checked", undo_transfer, **facts)
    refusal("transfer.unknown", undo_transfer, **(facts | {"school": place.schools["一小"]}))


def test_within_a_school_the_clerk_moves_a_pupil_and_bed_and_bus_stay(place: Place) -> None:
    school, person = place.schools["一小"], pupil_of(place)
    with open_scope(schools=[school.pk]):
        Person.objects.in_scope().filter(pk=person.pk).update(dorm="301", dorm_id=5, bus_id=6)
    klass, before = place.classes("一小")[1], fingerprint()
    made = move_within(actor=SENDER, school=school, person_id=person.pk, klass=klass, on_day=MONDAY)
    (here,) = [one for one in people_of(school.pk) if one.pk == person.pk]
    assert (here.class_id, here.dorm_id, here.bus_id) == (klass.pk, 5, 6)
    facts: dict[str, Any] = {"actor": SENDER, "school": school, "person_id": person.pk, "on_day": MONDAY}
    refusal("transfer.same_class", move_within, klass=klass, **facts)
    refusal("transfer.other_school", move_within, klass=place.classes("二小")[0], **facts)
    undo_transfer(actor=SENDER, school=school, change_id=made.pk)
    assert fingerprint() == before


def test_a_plan_whose_pupil_has_gone_meanwhile_is_not_carried_out(place: Place) -> None:
    school, person = place.schools["一小"], pupil_of(place)
    one, two = place.classes("一小")[1:3]
    late = move_within(actor=SENDER, school=school, person_id=person.pk, klass=one, on_day=TUESDAY)
    move_within(actor=SENDER, school=school, person_id=person.pk, klass=two, on_day=MONDAY)
    with clock.frozen(at(TUESDAY, 0, 5)):
        assert apply_due() == {"applied": 0, "blocked": 1}
    late.refresh_from_db()
    assert [problem["code"] for problem in late.problem] == ["transfer.not_there"]


def test_what_follows_a_person_is_told_once_for_each_change_and_taken_back_by_its_images(
    place: Place,
) -> None:
    heard: list[list[Moved]] = []

    def hook(moved: Sequence[Moved], images: Images) -> None:
        heard.append(list(moved))
        images.change(Org, {place.city.pk: {"town": "记"}})

    code, _row, person = offer(place)
    before, klass = fingerprint(), place.classes("二小")[0]
    with patch.object(moves, "ON_MOVED", [hook]):
        made = accept(klass, code, person)
        assert heard == [
            [Moved(person.pk, MONDAY, place.schools["一小"].pk, person.class_id, klass.of_school, klass.pk)]
        ]
        undo_transfer(actor=RECEIVER, school=place.schools["二小"], change_id=made.pk)
        assert fingerprint() == before
        change("merge", MONDAY, unit=place.schools["二小"].pk, into=place.schools["一小"].pk)
        assert len(heard) == 2
        assert len(heard[1]) == 13
        change("roll_over", MONDAY, unit=place.schools["幼儿园"].pk)
    assert [(one.to_class, one.to_school) for one in heard[2]] == [(None, place.schools["幼儿园"].pk)] * 2
