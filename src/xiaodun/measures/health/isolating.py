"""隔离通知: the school writes down what a hospital or the CDC has ordered in writing, and its lifting."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from xiaodun.foundation import clock, journal
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.health.desk import check_desk
from xiaodun.measures.health.models import FollowUp, Isolation, IsolationKind, IsolationPlace, OrderedBy
from xiaodun.measures.health.opening import class_of
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.roster.models import Person

LONGEST_DAYS = 366


@transaction.atomic
def record_isolation(
    *,
    actor: Actor,
    person: Person,
    kind: str,
    ordered_by: str,
    orderer: str,
    document: str,
    place: str,
    from_day: date,
    to_day: date,
) -> Isolation:
    """Write down one notice; kind, ordered_by and place are codes of IsolationKind, OrderedBy and IsolationPlace.

    Raises Refused `isolation.*` where it names no body, no document or no term.
    """
    check_desk(actor, person.school_id)
    klass = class_of(person)
    said = _checked(
        kind=kind,
        ordered_by=ordered_by,
        orderer=orderer,
        document=document,
        place=place,
        from_day=from_day,
        to_day=to_day,
    )
    illness = (
        FollowUp.objects.in_scope()
        .filter(person_id=person.pk, recovered_on__isnull=True, ruled_out_on__isnull=True)
        .first()
    )
    row = _store(
        Isolation(
            **said,
            follow_up_id=illness.pk if illness else None,
            person_id=person.pk,
            class_id=klass.pk,
            school_id=klass.of_school,
            county_id=klass.of_county,
            keeper_school_id=klass.of_school,
            keeper_class_id=klass.pk,
            recorded_at=clock.now(),
            recorded_by=actor.account_id,
        )
    )
    _journal(
        actor, "isolation.record", row, kind=str(kind), ordered_by=str(ordered_by), to_day=to_day.isoformat()
    )
    return row


@transaction.atomic
def lift_isolation(*, actor: Actor, isolation: Isolation, document: str, on: date | None = None) -> Isolation:
    """Lifted by those who ordered it, with their document; before its term or at its end."""
    check_desk(actor, isolation.keeper_school_id)
    row: Isolation = Isolation.objects.in_scope().select_for_update().get(pk=isolation.pk)
    day, paper = on or clock.today(), " ".join(document.split())[:60]
    if not paper:
        zh, en = "写明解除通知的编号", "Give the number of the notice that lifts it"
        raise Refused(Fault("isolation.lifted_document", zh, en, "document"))
    if not row.from_day <= day <= clock.today():
        zh, en = "解除日不早于开始日，不晚于今天", "The day lies between the beginning and today"
        raise Refused(Fault("isolation.lifted_on", zh, en, "on", day.isoformat()))
    row.lifted_on, row.lifted_document = day, paper
    row.save(update_fields=["lifted_on", "lifted_document"])
    _journal(actor, "isolation.lift", row)
    return row


def isolated(person_id: int, day: date) -> Isolation | None:
    """The notice that holds for a person on a day, if any. Inside an open scope."""
    rows = Isolation.objects.in_scope().filter(person_id=person_id, from_day__lte=day, to_day__gte=day)
    found: Isolation | None = rows.filter(lifted_on__isnull=True).order_by("-to_day").first()
    return found


def _checked(
    *, kind: str, ordered_by: str, orderer: str, document: str, place: str, from_day: date, to_day: date
) -> dict[str, object]:
    faults = []
    body, paper = " ".join(orderer.split())[:80], " ".join(document.split())[:60]
    if kind not in IsolationKind.values or place not in IsolationPlace.values:
        faults.append(Fault("isolation.kind", "选类型和地点", "Choose kind and place", "kind", kind))
    if ordered_by not in OrderedBy.values:
        zh = "学校不能决定隔离。选作出决定的医疗机构或疾控机构"
        en = "A school orders no isolation. Choose the hospital or CDC that did"
        faults.append(Fault("isolation.ordered_by", zh, en, "ordered_by", ordered_by))
    if not body or not paper:
        zh, en = "写明决定机构和通知书编号", "Name the body and the number of its notice"
        faults.append(Fault("isolation.notice", zh, en, "document"))
    if not 0 <= (to_day - from_day).days < LONGEST_DAYS:
        zh, en = "写明起止日期，结束不早于开始", "Give both days, the end not before the beginning"
        faults.append(Fault("isolation.term", zh, en, "to_day", to_day.isoformat()))
    if faults:
        raise Refused(*faults)
    return {
        "kind": kind, "ordered_by": ordered_by, "orderer": body, "document": paper, "place": place,
        "from_day": from_day, "to_day": to_day,
    }  # fmt: skip


def _store(row: Isolation) -> Isolation:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "isolation_notice_once" not in str(error):
            raise
        zh, en = "这份通知书已登记", "This notice is on record already"
        raise Refused(Fault("isolation.twice", zh, en, "document", row.document)) from error
    return row


def _journal(actor: Actor, verb: str, row: Isolation, **facts: object) -> None:
    journal.write(
        actor.account_id,
        verb,
        ("isolation", row.pk),
        school_id=row.keeper_school_id,
        county_id=row.county_id,
        **facts,
    )
