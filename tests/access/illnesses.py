"""What hangs on an illness, named as its addresses name it, and what a page would send about a school."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from xiaodun.foundation.scope import open_scope
from xiaodun.measures.health.models import (
    CertificatePhoto,
    Clearance,
    Contact,
    FollowUp,
    HoldingStay,
    Isolation,
    Visit,
)
from xiaodun.responsibility.roster.models import Person

if TYPE_CHECKING:
    from tests.access.world import Thing, World

NAMED: dict[str, tuple[type[models.Model], str]] = {
    "stay_id": (HoldingStay, "stay"),
    "contact_id": (Contact, "contact"),
    "isolation_id": (Isolation, "isolation"),
    "clearance_id": (Clearance, "clearance"),
    "photo_id": (CertificatePhoto, "photo"),
}


def lay_illness(world: World, place: str, made: dict[type[models.Model], models.Model]) -> None:
    for parameter, (model, sort) in NAMED.items():
        world.add_thing(parameter, made[model].pk, sort, place)
    clearance = made[Clearance]
    assert isinstance(clearance, Clearance)
    world.add_thing("token", clearance.token, "slip", place)


def one_to_say(thing: Thing) -> str:
    """An illness of the school on which a word can be said, as a row's button says it."""
    return f"{_illness(thing).pk}:still_ill:0" if _illness(thing) else "0:still_ill:0"


def batch_of(thing: Thing) -> str:
    """A word said at the school that its desk takes back; whoever asks has said it a moment ago."""
    with open_scope(schools=[thing.id]):
        visit = Visit.objects.in_scope().filter(keeper_school_id=thing.id).first()
    return str(visit.batch if visit else UUID(int=7))


def contact_of(thing: Thing) -> int:
    """A contact that stands at the school."""
    with open_scope(schools=[thing.id]):
        contact = Contact.objects.in_scope().filter(keeper_school_id=thing.id).first()
    return contact.pk if contact else 0


def somebody_well(thing: Thing) -> int:
    """A pupil of the school who is not in the room."""
    with open_scope(schools=[thing.id]):
        inside = HoldingStay.objects.in_scope().filter(out_at__isnull=True).values("person_id")
        rows = Person.objects.in_scope().filter(school_id=thing.id, kind="pupil", class_id__isnull=False)
        found: int | None = rows.exclude(pk__in=inside).order_by("pk").values_list("pk", flat=True).first()
    return found or 0


def _illness(thing: Thing) -> FollowUp:
    with open_scope(schools=[thing.id]):
        found: FollowUp = FollowUp.objects.in_scope().filter(keeper_school_id=thing.id).order_by("pk").last()
    return found
