"""Opening a line list to the CDC: asked for by a named person, with a purpose, for a while, journalled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.health.models import FollowUp
from xiaodun.measures.partners.models import LineListAccess
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Person

ACCESS = timedelta(hours=24)  # product choice: an investigation's working day; asking again is one press


@transaction.atomic
def ask_line_list(
    *, actor: Actor, subject: tuple[str, int], school: Org, follow_up_ids: Sequence[int], purpose: str
) -> LineListAccess:
    """Open the persons behind a report to the CDC for a stated purpose. Law on infectious diseases (2025), art. 62."""
    if not actor.may(Right.ASK_LINE_LIST, school):
        raise Refused(
            Fault(
                "line_list.right", "病例名单由疾控人员索取", "The line list is asked for by the CDC", "actor"
            )
        )
    if len(purpose.strip()) < 4:
        raise Refused(
            Fault(
                "line_list.purpose",
                "写明用途，如“现场流调”",
                "State the purpose, e.g. “field investigation”",
                "purpose",
            )
        )
    now = clock.now()
    access: LineListAccess = LineListAccess.objects.create(
        subject_kind=subject[0],
        subject_id=subject[1],
        school_id=school.pk,
        county_id=school.of_county,
        follow_up_ids=list(follow_up_ids),
        reader_id=actor.account_id,
        purpose=purpose.strip()[:200],
        opened_at=now,
        expires_at=now + ACCESS,
    )
    journal.write(
        actor.account_id,
        "line_list.open",
        subject,
        school_id=school.pk,
        county_id=school.of_county,
        access=access.pk,
        n=len(follow_up_ids),
        purpose=access.purpose,
        expires_at=access.expires_at.isoformat(),
    )
    return access


def live_access(actor: Actor, subject: tuple[str, int]) -> LineListAccess | None:
    """The reader's own opened list of a subject, if it has not expired."""
    access: LineListAccess | None = (
        LineListAccess.objects.visible_to(actor.reach)
        .filter(
            subject_kind=subject[0],
            subject_id=subject[1],
            reader_id=actor.account_id,
            expires_at__gt=clock.now(),
        )
        .order_by("-opened_at")
        .first()
    )
    return access


@transaction.atomic
def read_line_list(*, actor: Actor, access: LineListAccess) -> list[tuple[Person, FollowUp]]:
    """The persons of an opened list. Every reading is journalled; an expired or foreign list is refused."""
    if access.reader_id != actor.account_id or access.expires_at <= clock.now():
        raise Refused(
            Fault(
                "line_list.expired",
                "名单已到期。写明用途再次索取",
                "The list has expired. Ask again with a purpose",
                "access",
            )
        )
    with open_scope(schools=[access.school_id]):
        rows = list(
            FollowUp.objects.in_scope().filter(pk__in=access.follow_up_ids).order_by("onset_on", "pk")
        )
        persons = {p.pk: p for p in Person.objects.in_scope().filter(pk__in=[row.person_id for row in rows])}
    journal.write(
        actor.account_id,
        "line_list.read",
        (access.subject_kind, access.subject_id),
        school_id=access.school_id,
        county_id=access.county_id,
        access=access.pk,
        n=len(rows),
    )
    # A pupil who has since moved to another school stands there now; the list is this school's.
    return [(persons[row.person_id], row) for row in rows if row.person_id in persons]
