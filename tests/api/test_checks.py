"""The API that the class page and other devices speak: answers, problems, keys."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests.cast import MONDAY, Cast

from xiaodun.foundation import clock
from xiaodun.measures.checks.models import ClassCheck
from xiaodun.responsibility.accounts.actions import issue_device_token, revoke_device_token


def body(cast: Cast, *ill: int, **more: Any) -> dict[str, Any]:
    pupils = cast.pupils[cast.klass.pk]
    findings = [{"person_id": pupils[n].pk, "kind": "ill_absent", "symptoms": ["vomiting"]} for n in ill]
    return {
        "client_id": str(uuid4()), "class_id": cast.klass.pk, "day": MONDAY.isoformat(),
        "device_at": clock.now().isoformat(), "findings": findings, **more,
    }  # fmt: skip


def post(client: Client, said: dict[str, Any], **headers: str) -> Any:
    return client.post("/api/v1/checks", json.dumps(said), content_type="application/json", headers=headers)


@pytest.fixture
def teacher(cast: Cast) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(
        cast.accounts["teacher"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def test_created_same_conflict_other(cast: Cast, teacher: Client) -> None:
    said = body(cast, 0)
    first, again = post(teacher, said), post(teacher, said)
    assert (first.status_code, first.json()["code"]) == (201, "created")
    assert (again.status_code, again.json()["code"]) == (200, "same")
    assert first.json()["classes_expected"] == 2
    changed = post(teacher, body(cast, 0, 1, client_id=said["client_id"]))
    assert (changed.status_code, changed.json()["code"]) == (409, "conflict")
    other = post(teacher, body(cast, 2))
    assert (other.status_code, other.json()["code"]) == (409, "other")
    assert other.json()["theirs"]["revision"] == 1
    assert other["Content-Type"] == "application/problem+json"


def test_a_refused_check_names_place_value_and_remedy(cast: Cast, teacher: Client) -> None:
    said = body(cast)
    said["findings"] = [{"person_id": 1, "kind": "ill_absent", "symptoms": ["boredom"]}]
    answer = post(teacher, said)
    assert answer.status_code == 422
    codes = {fault["code"]: fault for fault in answer.json()["faults"]}
    assert set(codes) == {"check.not_in_class", "check.unknown_symptom"}
    assert codes["check.unknown_symptom"]["where"] == "findings[0]"
    assert not ClassCheck.objects.in_scope().exists()


def test_a_browser_without_the_csrf_token_is_refused(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        cast.accounts["teacher"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert post(client, body(cast, 0)).status_code == 403
    assert not ClassCheck.objects.in_scope().exists()


def test_a_device_token_records_without_a_cookie_and_dies_when_revoked(cast: Cast) -> None:
    actor = cast.actor("teacher")
    token, row = issue_device_token(actor=actor, label="班主任的手机")
    client = Client(enforce_csrf_checks=True)
    assert post(client, body(cast, 0), authorization=f"Bearer {token}").status_code == 201
    assert revoke_device_token(actor=actor, token_id=row.pk)
    answer = post(client, body(cast, 0, base_revision=1), authorization=f"Bearer {token}")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_the_roster_holds_least_data(cast: Cast, teacher: Client) -> None:
    roster = teacher.get(f"/api/v1/classes/{cast.klass.pk}/roster").json()
    assert roster["enrolled"] == 40
    assert set(roster["pupils"][0]) == {"id", "name", "initials", "carried", "notice"}
    assert teacher.get(f"/api/v1/classes/{cast.foreign.pk}/roster").status_code == 404


def test_withdraw_within_ten_minutes(cast: Cast, teacher: Client) -> None:
    said = body(cast, 0)
    post(teacher, said)
    answer = teacher.post(f"/api/v1/checks/{said['client_id']}/withdraw")
    assert post(teacher, said).json()["withdrawn"] is True
    assert (answer.status_code, answer.json()) == (
        200,
        {"code": "withdrawn", "revision": 0, "classes_reported": 0, "classes_expected": 2},
    )
    assert teacher.post(f"/api/v1/checks/{uuid4()}/withdraw").status_code == 404


def test_a_stranger_learns_nothing(cast: Cast) -> None:
    answer = post(Client(), body(cast, 0))
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_a_failure_of_the_server_is_a_problem_document_too(
    cast: Cast, teacher: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xiaodun.api.checks.record_check", lambda **_said: 1 / 0)
    answer = post(teacher, body(cast, 0))
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["code"] == "server_error"
