"""Which school an outbreak or a decision is about, for the bureau's doors."""

from __future__ import annotations

from xiaodun.response.outbreaks.models import Decision, Outbreak
from xiaodun.responsibility.orgs.models import Org


def school_of_outbreak(outbreak_id: int) -> Org | None:
    rows = Outbreak.objects.in_scope().filter(pk=outbreak_id)
    return Org.objects.filter(pk__in=rows.values("school_id")).first()


def school_of_decision(decision_id: int) -> Org | None:
    rows = Decision.objects.in_scope().filter(pk=decision_id)
    return Org.objects.filter(pk__in=rows.values("school_id")).first()
