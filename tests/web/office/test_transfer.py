"""The clerk's page of transfers: a code given out once, a pupil taken up with it, a class changed, each of it taken back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.cast import MONDAY
from tests.responsibility.orgs.county_of_changes import DAY, Place, lay_county, people_of
from tests.web.office.test_units import sign_in, text_of

from xiaodun.foundation.models import JournalRow
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.models import OrgChange, PupilTransfer
from xiaodun.responsibility.roster.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R15")]
TODAY = MONDAY.isoformat()


@pytest.fixture
def place(db: None, monday: None) -> Place:
    return lay_county()


@pytest.fixture
def sender(place: Place) -> Client:
    return sign_in(Role.SCHOOL_CLERK, place.schools["一小"], "sender")


@pytest.fixture
def receiver(place: Place) -> Client:
    return sign_in(Role.SCHOOL_CLERK, place.schools["二小"], "receiver")


def pupil(place: Place, name: str = "一小") -> Person:
    return next(person for person in people_of(place.schools[name].pk) if person.kind == "pupil")


def send(client: Client, place: Place, school: str, what: str, **said: Any) -> HttpResponse:
    return client.post(f"/office/{place.schools[school].pk}/transfer/{what}", said, follow=True)


def offered(client: Client, place: Place) -> tuple[str, Person]:
    person = pupil(place)
    shown = send(client, place, "一小", "offer", person=person.pk, asker="guardian", document_no="转字12号")
    found = re.search(r"[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}", shown.content.decode())
    assert found
    return found[0], person


def claim(place: Place, code: str, person: Person, **more: Any) -> dict[str, Any]:
    klass = place.classes("二小")[0]
    said = {
        "code": code,
        "name": person.name,
        "birth_on": "2017-03-01",
        "to_class": klass.pk,
        "on_day": TODAY,
    }
    return said | more


def test_the_pupils_of_a_class_are_listed_by_full_name_for_the_clerk(place: Place, sender: Client) -> None:
    klass = place.classes("一小")[0]
    shown = text_of(sender.get(f"/office/{place.schools['一小'].pk}/transfer", {"class": klass.pk}))
    assert "赵小明 2017-03-01" in shown
    foreign = place.classes("二小")[0]
    shown = text_of(sender.get(f"/office/{place.schools['一小'].pk}/transfer", {"class": foreign.pk}))
    assert "小明" not in shown


def test_the_code_is_shown_once_and_on_no_page_again(place: Place, sender: Client) -> None:
    code, person = offered(sender, place)
    again = sender.get(f"/office/{place.schools['一小'].pk}/transfer")
    assert code not in again.content.decode()
    assert f"{person.name} 监护人 · 转字12号 · 等接收" in text_of(again)


def test_the_receiving_clerk_takes_the_pupil_up_and_both_pages_say_so(
    place: Place, sender: Client, receiver: Client
) -> None:
    code, person = offered(sender, place)
    done = send(receiver, place, "二小", "accept", **claim(place, code, person))
    assert "已转入" in text_of(done)
    assert person.name in text_of(done)
    there = text_of(sender.get(f"/office/{place.schools['一小'].pk}/transfer"))
    assert "已由二小接收" in there
    assert person.name not in there
    made = OrgChange.objects.get()
    assert "学生回到原班" in text_of(send(receiver, place, "二小", "undo", change=made.pk))
    assert pupil(place).pk == person.pk


@pytest.mark.parametrize(
    "wrong", [{"code": "22222-22222"}, {"name": "别人"}, {"birth_on": "2016-03-01"}, {"birth_on": "x"}]
)
def test_a_wrong_claim_is_answered_alike_and_tells_nothing(
    place: Place, sender: Client, receiver: Client, wrong: dict[str, str]
) -> None:
    code, person = offered(sender, place)
    answer = send(receiver, place, "二小", "accept", **(claim(place, code, person) | wrong))
    assert answer.status_code == 400
    assert "转学码、姓名、出生日期与转出学校给的不符，或已过期、已用过" in text_of(answer)
    assert "一小" not in text_of(answer)
    assert JournalRow.objects.filter(verb="transfer.miss").count() == 1


def test_a_pupil_is_moved_within_the_school_and_back(place: Place, sender: Client) -> None:
    person, klass = pupil(place), place.classes("一小")[3]
    said = {"person": person.pk, "to_class": klass.pk, "on_day": TODAY}
    done = send(sender, place, "一小", "move", **said)
    assert "已转班" in text_of(done)
    assert f"{person.name} 一名学生自2026年11月23日起" in text_of(done)
    assert pupil(place).class_id == klass.pk
    send(sender, place, "一小", "undo", change=OrgChange.objects.get().pk)
    assert pupil(place).class_id == person.class_id


def test_an_offer_is_withdrawn_and_then_opens_nothing(place: Place, sender: Client, receiver: Client) -> None:
    code, person = offered(sender, place)
    row = PupilTransfer.objects.get()
    assert "已作废" in text_of(send(sender, place, "一小", "withdraw", transfer=row.pk))
    assert send(sender, place, "一小", "withdraw", transfer=row.pk).status_code == 404
    assert send(receiver, place, "二小", "accept", **claim(place, code, person)).status_code == 400


def test_no_clerk_offers_moves_or_withdraws_what_is_of_another_school(
    place: Place, sender: Client, receiver: Client
) -> None:
    _code, person = offered(sender, place)
    row, own = PupilTransfer.objects.get(), pupil(place, "二小")
    refused = send(receiver, place, "二小", "offer", person=person.pk, asker="guardian")
    assert "本校没有这名在读学生" in text_of(refused)
    foreign = place.classes("一小")[0]
    assert (
        send(receiver, place, "二小", "move", person=own.pk, to_class=foreign.pk, on_day=TODAY).status_code
        == 400
    )
    assert send(receiver, place, "二小", "withdraw", transfer=row.pk).status_code == 404
    assert receiver.get(f"/office/{place.schools['一小'].pk}/transfer").status_code == 404


def test_a_later_day_is_kept_for_the_night(place: Place, sender: Client, receiver: Client) -> None:
    code, person = offered(sender, place)
    said = claim(place, code, person, on_day=(MONDAY + DAY).isoformat())
    assert "已排定" in text_of(send(receiver, place, "二小", "accept", **said))
    assert pupil(place).pk == person.pk
