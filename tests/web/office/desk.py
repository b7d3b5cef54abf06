"""The clerk at the office's pages: signed in, with a file to send."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import Cast, school_scope
from tests.responsibility.roster.clerks import hire

from xiaodun.responsibility.roster.models import Person, RosterBatch

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def at_desk(cast: Cast, who: str = "clerk") -> Client:
    if who not in cast.accounts:
        hire(cast, who, cast.school)
    client = Client()
    client.force_login(cast.accounts[who], backend=BACKEND)
    return client


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def send_file(client: Client, cast: Cast, data: bytes, kind: str = "pupil") -> Any:
    file = SimpleUploadedFile("list.csv", data)
    return client.post(f"/office/{cast.school.pk}/import", {"kind": kind, "file": file})


def last_batch(cast: Cast) -> RosterBatch:
    with school_scope(cast.school):
        found: RosterBatch = RosterBatch.objects.in_scope().latest("pk")
        return found


def named(cast: Cast, name: str) -> Person:
    with school_scope(cast.school):
        found: Person = Person.objects.in_scope().get(name=name)
        return found
