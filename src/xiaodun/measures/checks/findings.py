"""The findings of one session laid down, and health told of everybody listed or no longer listed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from xiaodun.measures.checks.models import Finding, FindingKind, Session
from xiaodun.measures.checks.sources import said_elsewhere
from xiaodun.measures.checks.submission import Said, Submission
from xiaodun.measures.health.actions import Around, Seen, follow_class
from xiaodun.responsibility.orgs.models import Level, Org

# What opens a follow-up; leave does not.
FOLLOWED = (FindingKind.ILL_ABSENT, FindingKind.UNWELL, FindingKind.UNEXPLAINED)
AWAY = (FindingKind.ILL_ABSENT, FindingKind.LEAVE, FindingKind.UNEXPLAINED)


def lay_findings(unit: Org, submission: Submission, members: Collection[int]) -> None:
    """Put the submission's findings in the place of those that stood, and let health follow; the caller holds the lock."""
    standing = _standing(unit, submission)
    before = _followed(standing)
    standing.delete()
    Finding.objects.bulk_create(_finding(unit, submission, said) for said in submission.findings)
    follow_class(
        klass=unit,
        day=submission.day,
        seen=[_seen(said, submission) for said in submission.findings if said.kind in FOLLOWED],
        unsure=frozenset(said.person_id for said in submission.findings if said.kind == FindingKind.LEAVE),
        around=_around(unit, submission, before, {*members, *before}),
    )


def take_findings_back(unit: Org, submission: Submission, members: Collection[int]) -> None:
    """The session is missing again: nothing stands, and what only it had opened or closed is as it was before."""
    standing = _standing(unit, submission)
    before = _followed(standing)
    standing.delete()
    around = _around(unit, submission, before, {*members, *before})
    follow_class(klass=unit, day=submission.day, seen=None, around=around)


def _standing(unit: Org, submission: Submission) -> Any:
    return Finding.objects.in_scope().filter(day=submission.day, class_id=unit.pk, session=submission.session)


def _followed(standing: Any) -> tuple[int, ...]:
    return tuple(standing.exclude(kind=FindingKind.LEAVE).values_list("person_id", flat=True))


def _around(unit: Org, submission: Submission, before: Collection[int], persons: Collection[int]) -> Around:
    others = said_elsewhere(submission.day, persons, unit=unit, session=submission.session)
    return Around(
        before=before,
        elsewhere=others.symptoms,
        told=others.told,
        ends=unit.level == Level.KLASS and submission.session == Session.MORNING,
        shown=submission.shown,
    )


def _finding(unit: Org, submission: Submission, said: Said) -> Finding:
    return Finding(
        day=submission.day,
        class_id=unit.pk,
        session=submission.session,
        person_id=said.person_id,
        school_id=unit.of_school,
        county_id=unit.of_county,
        kind=said.kind,
        symptoms=sorted(said.symptoms),
        onset_on=said.onset_on or submission.day,
        carried=said.carried,
        temperature=said.temperature,
    )


def _seen(said: Said, submission: Submission) -> Seen:
    return Seen(
        person_id=said.person_id,
        symptoms=said.symptoms,
        onset_on=said.onset_on or submission.day,
        absent=said.kind in AWAY,
        carried=said.carried,
        unexplained=said.kind == FindingKind.UNEXPLAINED,
        temperature=said.temperature,
    )
