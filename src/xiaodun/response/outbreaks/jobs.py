"""The night's look at every live outbreak: a new case opens a watched one again, a quiet one is proposed for closing."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.foundation.jobs import job
from xiaodun.foundation.scope import open_scope
from xiaodun.response.outbreaks.actions import quiet_until
from xiaodun.response.outbreaks.cases import Counting, counting
from xiaodun.response.outbreaks.models import Outbreak, OutbreakState
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.tasks.actions import give_task

CLOSE_WITHIN = timedelta(days=7)


@job("outbreaks.look", every="20 18 * * *")  # 02:20 in Shanghai
def look_at_outbreaks() -> int:
    """Look at every live outbreak, each in its own transaction; returns how many changed."""
    live = Outbreak.objects.in_scope().exclude(state=OutbreakState.CLOSED)
    return sum(look_at(pk) for pk in list(live.values_list("pk", flat=True)))


@transaction.atomic
def look_at(outbreak_id: int) -> bool:
    """Bring one outbreak's state in line with its cases; True when something changed."""
    outbreak = Outbreak.objects.in_scope().select_for_update().get(pk=outbreak_id)
    if not outbreak.is_live:
        return False
    with open_scope(schools=[outbreak.school_id]):
        found = counting(outbreak)
    if _reopen(outbreak, found):
        return True
    return _propose_closing(outbreak, found)


def _reopen(outbreak: Outbreak, found: Counting) -> bool:
    since = outbreak.watching_since
    if (
        outbreak.state != OutbreakState.WATCHING
        or since is None
        or found.last_on is None
        or found.last_on <= since
    ):
        return False
    outbreak.state, outbreak.watching_since, outbreak.close_proposed_at = OutbreakState.OPEN, None, None
    outbreak.save(update_fields=["state", "watching_since", "close_proposed_at"])
    _journal("outbreak.reopen", outbreak, found)
    return True


def _propose_closing(outbreak: Outbreak, found: Counting) -> bool:
    """One quiet period without a new case: the reporter is asked, nothing closes by itself."""
    is_quiet = quiet_until(outbreak, found) < clock.today()
    if is_quiet == (outbreak.close_proposed_at is not None):
        return False
    outbreak.close_proposed_at = clock.now() if is_quiet else None
    outbreak.save(update_fields=["close_proposed_at"])
    _journal("outbreak.propose_close" if is_quiet else "outbreak.not_quiet", outbreak, found)
    if is_quiet:
        give_task(
            kind="outbreak.close",
            subject=("outbreak", outbreak.pk),
            title="疫情已过观察期，写小结，结束",
            title_en="The outbreak has passed its days of waiting: write the lessons and close it",
            role=Role.EPIDEMIC_REPORTER,
            org=Org.objects.get(pk=outbreak.school_id),
            due_at=clock.now() + CLOSE_WITHIN,
            climb_after_minutes=int(CLOSE_WITHIN.total_seconds() // 60),
        )
    return True


def _journal(verb: str, outbreak: Outbreak, found: Counting) -> None:
    journal.write(
        None,
        verb,
        ("outbreak", outbreak.pk),
        school_id=outbreak.school_id,
        county_id=outbreak.county_id,
        n=len(found.cases),
    )
