"""Everything kept about one person: every table with a person column is asked, so that a copy is complete by construction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models

from xiaodun.measures.checks.models import Finding, LeaveNotice
from xiaodun.measures.health.models import FollowUp
from xiaodun.responsibility.roster.models import Enrolment, Guardian, Person

# Bytes that only the system reads: sealed numbers and their indexes, hashes of keys.
_NEVER = (models.BinaryField,)


@dataclass(frozen=True, slots=True)
class Kept:
    illnesses: list[FollowUp]
    findings: list[Finding]
    notices: list[LeaveNotice]
    enrolments: list[Enrolment]
    guardians: list[Guardian]


def kept(person: Person) -> Kept:
    """The rows a family reads on its page; runs inside the scope of that person."""
    return Kept(
        illnesses=list(FollowUp.objects.in_scope().filter(person_id=person.pk).order_by("-onset_on", "-pk")),
        findings=list(Finding.objects.in_scope().filter(person_id=person.pk).order_by("-day")),
        notices=list(LeaveNotice.objects.in_scope().filter(person_id=person.pk).order_by("-told_at")),
        enrolments=list(Enrolment.objects.in_scope().filter(person=person).order_by("-from_day")),
        guardians=list(Guardian.objects.in_scope().filter(person=person).order_by("pk")),
    )


def tables_of_persons() -> list[tuple[type[models.Model], str]]:
    """Every model that holds rows about a person and lets that person open them, with the column that names the person."""
    found = []
    for model in apps.get_models():
        fields: dict[str, Any] = getattr(model, "reach_fields", {})
        if getattr(model, "reach_persons", False) and "person_id" in fields:
            found.append((model, str(fields["person_id"])))
    return found


def copy_of(person: Person, at: datetime) -> dict[str, Any]:
    """table -> its rows about this person, as JSON can say them; runs inside the scope of that person."""
    tables = {
        model._meta.db_table: [_row(row) for row in _all(model).in_scope().filter(**{column: person.pk})]
        for model, column in tables_of_persons()
    }
    return {"format": 1, "at": at.isoformat(), "tables": tables}


def _all(model: type[models.Model]) -> Any:
    return model._default_manager


def _row(row: models.Model) -> dict[str, Any]:
    values = {}
    for field in row._meta.concrete_fields:
        if not isinstance(field, _NEVER):
            values[field.attname] = field.value_to_string(row) if field.attname != "pk" else None
    return {name: value for name, value in values.items() if value not in (None, "", "None")}
