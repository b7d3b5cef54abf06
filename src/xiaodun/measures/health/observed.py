"""Contacts under observation: by exception, so nothing is written for who stays well; who falls ill is found by the illness."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from xiaodun.measures.health.models import Contact, ContactState, FollowUp


def observed(school_id: int, day: date) -> list[Contact]:
    """The accepted contacts of a school on a day, the soonest to end first. Inside the school's scope."""
    rows = Contact.objects.in_scope().filter(
        keeper_school_id=school_id, state=ContactState.ACCEPTED, observed_until__gte=day
    )
    return list(rows.order_by("observed_until", "class_id", "pk"))


def fallen_ill(contacts: Collection[Contact]) -> dict[int, FollowUp]:
    """contact id -> the illness that began while it was exposed or observed; one ruled out is none."""
    rows = FollowUp.objects.in_scope().filter(
        person_id__in={one.person_id for one in contacts}, ruled_out_on__isnull=True
    )
    of: dict[int, list[FollowUp]] = {}
    for row in rows.order_by("onset_on"):
        of.setdefault(row.person_id, []).append(row)
    found = {}
    for one in contacts:
        last = one.observed_until
        began = [
            row
            for row in of.get(one.person_id, ())
            if one.exposed_from <= row.onset_on
            and (last is None or row.onset_on <= last)
            and row.pk != one.case_id
        ]
        if began:
            found[one.pk] = began[0]
    return found
