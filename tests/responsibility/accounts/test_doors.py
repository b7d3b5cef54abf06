"""A door opens for a right at a unit; for everybody else there is nothing behind it, and nothing behind it runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from tests.cast import Cast

from xiaodun.foundation import scope
from xiaodun.responsibility.accounts.actor import NOBODY
from xiaodun.responsibility.accounts.doors import door, enter, signed_in
from xiaodun.responsibility.accounts.models import Account
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org

SEEN: list[Any] = []


def behind(request: HttpRequest, unit: Org | None = None, **rest: Any) -> HttpResponse:
    SEEN.append(unit)
    return HttpResponse("ok")


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    SEEN.clear()


def asking(account: Account | AnonymousUser) -> HttpRequest:
    request = RequestFactory().get("/here?a=1")
    request.user = account
    return request


def test_the_holder_of_the_right_gets_the_unit(cast: Cast) -> None:
    guarded = door(Right.READ_SCHOOL, org="school_id")(behind)
    assert guarded(asking(cast.accounts["principal"]), school_id=cast.school.pk).status_code == 200
    assert [cast.school] == SEEN


@pytest.mark.parametrize("name", ["stranger", "foreign_reporter", "nobody", "teacher", "cdc"])
def test_for_everybody_else_there_is_no_such_unit_and_the_view_does_not_run(cast: Cast, name: str) -> None:
    guarded = door(Right.READ_SCHOOL, org="school_id")(behind)
    for unit_id in (cast.school.pk, 987_654_321):
        with pytest.raises(Http404):
            guarded(asking(cast.accounts[name]), school_id=unit_id)
    assert SEEN == []


def test_one_of_several_rights_is_enough(cast: Cast) -> None:
    guarded = door(Right.ASK_LINE_LIST, Right.RECORD_CHECK, org="class_id")(behind)
    assert guarded(asking(cast.accounts["teacher"]), class_id=cast.klass.pk).status_code == 200


def test_a_unit_of_another_level_is_not_there(cast: Cast) -> None:
    guarded = door(Right.READ_SCHOOL, org="school_id", level=Level.SCHOOL)(behind)
    for unit in (cast.klass, cast.klass.parent, cast.county):
        assert unit
        with pytest.raises(Http404):
            guarded(asking(cast.accounts["county"]), school_id=unit.pk)
    assert SEEN == []


def test_a_door_that_finds_no_unit_is_shut(cast: Cast) -> None:
    guarded = door(Right.READ_SCHOOL, find=lambda thing_id: None)(behind)
    with pytest.raises(Http404):
        guarded(asking(cast.accounts["principal"]), thing_id=1)


@pytest.mark.parametrize("hang", [signed_in, door(Right.READ_SCHOOL, org="school_id")])
def test_who_has_not_signed_in_is_sent_there_and_back(cast: Cast, hang: Any) -> None:
    answer = hang(behind)(asking(AnonymousUser()), school_id=cast.school.pk)
    assert (answer.status_code, answer["Location"]) == (302, "/account/sign-in?next=/here%3Fa%3D1")
    assert SEEN == []


def test_a_closed_account_is_nobody(cast: Cast) -> None:
    account = cast.accounts["principal"]
    account.is_active = False
    request = asking(account)
    assert enter(request) is None
    assert request.actor is NOBODY  # type: ignore[attr-defined]


def test_entering_opens_the_persons_of_ones_own_units_and_of_no_others(cast: Cast) -> None:
    enter(asking(cast.accounts["teacher"]))
    assert scope._read()[:2] == ("{}", f"{{{cast.klass.pk}}}")
    enter(asking(cast.accounts["doctor"]))
    assert scope._read()[:2] == (f"{{{cast.school.pk}}}", "{}")
    enter(asking(cast.accounts["county"]))
    assert scope._read()[:2] == ("{}", "{}")
