"""The OpenAPI document: open to all, valid, and nothing that follows it makes the server stumble."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from tests.cast import Cast

EXAMPLES = 25


def test_the_document_answers_without_sign_in_and_names_every_operation(cast: Cast) -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    document = answer.json()
    assert document["openapi"].startswith("3.")
    said = {f"{verb} {path}" for path, verbs in document["paths"].items() for verb in verbs}
    assert said == {
        "post /api/v1/checks",
        "post /api/v1/checks/{client_id}/withdraw",
        "get /api/v1/classes/{class_id}/roster",
        "post /api/v1/devices",
        "delete /api/v1/devices/{token_id}",
        "get /api/v1/signals",
    }


@pytest.mark.parametrize(
    "path", ["/checks", "/checks/{client_id}/withdraw", "/classes/{class_id}/roster", "/devices", "/signals"]
)
def test_no_request_that_follows_the_document_makes_the_server_stumble(cast: Cast, path: str) -> None:
    document = Client().get("/api/v1/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    client = Client(raise_request_exception=False)
    client.force_login(
        cast.accounts["reporter"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    for verb in document["paths"][f"/api/v1{path}"]:
        operation = schema[f"/api/v1{path}"][verb.upper()]

        @settings(
            max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], derandomize=True,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def follow(case: Any) -> None:
            sent = case.as_transport_kwargs(base_url="http://testserver")
            answer = client.generic(
                sent["method"], sent["url"].removeprefix("http://testserver"),
                data=json.dumps(sent.get("json")) if sent.get("json") is not None else "",
                content_type="application/json",
            )  # fmt: skip
            assert answer.status_code < 500, (sent["method"], sent["url"])

        follow()
