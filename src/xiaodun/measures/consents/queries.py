"""What a family has agreed to on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from xiaodun.kernel.ages import is_under_guardian
from xiaodun.measures.consents.models import Consent, Giver
from xiaodun.measures.consents.purposes import PURPOSES
from xiaodun.responsibility.roster.models import Person


def giver_on(person: Person, day: date) -> Giver:
    """Whom the law asks on a day: the guardian, from the 14th birthday on the pupil."""
    return Giver.GUARDIAN if is_under_guardian(person.birth_on, day) else Giver.SELF


def may_keep(person: Person, purpose: str, day: date) -> bool:
    """May something of this purpose be kept about a person? Raises KeyError for a purpose nobody has declared.

    A consent that the guardian gave ends with the 14th birthday: from that day on the pupil is asked. Runs inside an open scope.
    """
    if PURPOSES[purpose].basis:
        return True
    return in_force(person, day).filter(purpose=purpose).exists()


def in_force(person: Person, day: date) -> QuerySet[Consent]:
    """The consents of a person that count on a day: given by whom the law asks then, not withdrawn."""
    rows: QuerySet[Consent] = Consent.objects.in_scope().filter(
        person=person, giver=giver_on(person, day), withdrawn_at__isnull=True, given_at__date__lte=day
    )
    return rows
