"""An illness that the desk itself meets: in the observation room, or told by a neighbouring school."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.health.models import Cause, FollowUp
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.models import Person


def meet(person: Person, symptoms: Iterable[str], *, onset_on: date | None = None) -> FollowUp:
    """The open illness of a person with these symptoms added, or a new one of today. Inside the caller's transaction.

    Refused `health.no_class` for a person who stands in no class or group.
    """
    row = (
        FollowUp.objects.in_scope()
        .select_for_update()
        .filter(person_id=person.pk, recovered_on__isnull=True, ruled_out_on__isnull=True)
        .first()
    )
    if row is None:
        return _open(person, sorted(set(symptoms)), onset_on or clock.today())
    if symptoms and row.cause == Cause.UNKNOWN:
        row.cause = Cause.ILLNESS
    row.symptoms = sorted({*row.symptoms, *symptoms})
    row.last_seen_on = max(row.last_seen_on, clock.today())
    row.save(update_fields=["cause", "symptoms", "last_seen_on"])
    found: FollowUp = row
    return found


def class_of(person: Person) -> Org:
    """The class or group in which a person stands today. Refused `health.no_class` where there is none."""
    klass = Org.objects.filter(pk=person.class_id or 0).first()
    if klass is None:
        zh, en = "这一人还没有编班。请学籍管理员补班级", "No class yet. Ask the roster clerk to add it"
        raise Refused(Fault("health.no_class", zh, en, "person", str(person.pk)))
    return klass


def _open(person: Person, symptoms: list[str], onset_on: date) -> FollowUp:
    klass, today = class_of(person), clock.today()
    row: FollowUp = FollowUp.objects.create(
        person_id=person.pk,
        class_id=klass.pk,
        grade_id=klass.of_grade if klass.level == Level.KLASS else None,
        school_id=klass.of_school,
        county_id=klass.of_county,
        keeper_school_id=klass.of_school,
        keeper_class_id=klass.pk,
        dorm_id=person.dorm_id,
        bus_id=person.bus_id,
        dorm=person.dorm,
        household=person.household,
        cause=Cause.ILLNESS if symptoms else Cause.UNKNOWN,
        symptoms=symptoms,
        onset_on=onset_on,
        known_on=today,
        opened_on=today,
        last_seen_on=today,
    )
    return row
