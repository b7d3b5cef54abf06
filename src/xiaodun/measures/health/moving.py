"""Where a person goes the illness's keeping goes; of two rows that are one person the illnesses become one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models

from xiaodun.foundation import clock
from xiaodun.measures.health.models import (
    CertificatePhoto,
    Clearance,
    Contact,
    ContactState,
    FollowUp,
    HoldingStay,
    Isolation,
    Tracing,
    Visit,
)
from xiaodun.responsibility.orgs.images import Images
from xiaodun.responsibility.roster.moves import Moved

MERGED = "merged"  # the same illness was followed under two rows of one person
_KEPT = (FollowUp, Visit, HoldingStay, Isolation, Tracing, Contact, Clearance, CertificatePhoto)


def keepers_follow(moves: Sequence[Moved], images: Images) -> None:
    """The school and class of today keep the illness, with all that hangs on it; where it began stays history.

    Who leaves the school system is kept by the last school: what was open there must still be closed there.
    """
    places = {one.person_id: one for one in moves if one.to_class is not None}
    for model in _KEPT:
        rows = model._default_manager.in_scope().filter(person_id__in=places)
        images.change(model, dict(_columns(model, rows.values_list("pk", "person_id"), places)))


def merged(keep_id: int, gone_id: int) -> None:
    """All rows of the one who goes become rows of the one who stays. Inside the scopes of both schools."""
    _join_open(keep_id, gone_id)
    _join_contacts(keep_id, gone_id)
    for model in _KEPT:
        of_gone = model._default_manager.in_scope().filter(person_id=gone_id)
        of_gone.update(person_id=keep_id)
    own = FollowUp.objects.in_scope().filter(person_id=keep_id).values("pk")
    Contact.objects.in_scope().filter(person_id=keep_id, case_id__in=own).delete()  # nobody meets himself


def _columns(
    model: type[models.Model], rows: Any, places: dict[int, Moved]
) -> Iterator[tuple[int, dict[str, Any]]]:
    has_class = any(field.name == "keeper_class_id" for field in model._meta.fields)
    for pk, person_id in rows:
        place = places[person_id]
        columns: dict[str, Any] = {"keeper_school_id": place.to_school}
        yield pk, columns | ({"keeper_class_id": place.to_class} if has_class else {})


def _join_open(keep_id: int, gone_id: int) -> None:
    """Two open illnesses, two stays in the room: the earlier one goes on, the later one ends in it."""
    rows = FollowUp.objects.in_scope().select_for_update().filter(person_id__in=(keep_id, gone_id))
    still = list(rows.filter(recovered_on__isnull=True, ruled_out_on__isnull=True).order_by("onset_on", "pk"))
    if len(still) == 2:
        first, second = still
        first.symptoms = sorted({*first.symptoms, *second.symptoms})
        first.last_seen_on = max(first.last_seen_on, second.last_seen_on)
        if not first.diagnosis:
            first.diagnosis, first.diagnosed_on, first.lab = second.diagnosis, second.diagnosed_on, second.lab
            first.facts = second.facts
        first.cause = second.cause if first.cause == "unknown" else first.cause
        first.save()
        second.cause = first.cause if second.cause == "unknown" else second.cause
        second.ruled_out_on, second.ruled_out_reason = clock.today(), MERGED
        second.cause = "other" if second.cause == "unknown" else second.cause
        second.save()
    stays = HoldingStay.objects.in_scope().filter(person_id__in=(keep_id, gone_id), out_at__isnull=True)
    for stay in list(stays.order_by("in_at", "pk"))[1:]:
        stay.out_at, stay.out_by, stay.whereto = clock.now(), stay.in_by, "class"
        stay.save(update_fields=["out_at", "out_by", "whereto"])


def _join_contacts(keep_id: int, gone_id: int) -> None:
    """One contact of one case: what was judged stays; a notice written down for both stands once."""
    kept = {row.case_id: row for row in Contact.objects.in_scope().filter(person_id=keep_id)}
    for row in Contact.objects.in_scope().filter(person_id=gone_id, case_id__in=kept):
        other = kept[row.case_id]
        loser = other if other.state == ContactState.PROPOSED else row
        loser.delete()
    notices = Isolation.objects.in_scope().filter(person_id=keep_id).values_list("document", flat=True)
    Isolation.objects.in_scope().filter(person_id=gone_id, document__in=list(notices)).delete()
