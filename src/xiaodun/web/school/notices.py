"""隔离、医学观察通知书: what a hospital or the CDC has ordered in writing is written down at the desk, and its lifting."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.health.isolating import lift_isolation, record_isolation
from xiaodun.measures.health.models import Contact, Isolation, IsolationKind, IsolationPlace, OrderedBy
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.models import Person
from xiaodun.web.school.case import read_day
from xiaodun.web.school.words import say_refused

# What the fields of a notice offer.
NOTICE = {
    "isolation_kinds": IsolationKind.choices,
    "ordered_by": OrderedBy.choices,
    "places": IsolationPlace.choices,
}


def record_notice(request: HttpRequest, person_id: int) -> None:
    """Write down the posted notice for a person. Raises Refused `isolation.*`, `form.date`."""
    said = request.POST
    from_day, to_day = (
        read_day(said.get("from_day", ""), "from_day"),
        read_day(said.get("to_day", ""), "to_day"),
    )
    if from_day is None or to_day is None:
        zh, en = "写明起止日期，结束不早于开始", "Give both days, the end not before the beginning"
        raise Refused(Fault("isolation.term", zh, en, "to_day"))
    person = Person.objects.visible_to(acting(request).reach).filter(pk=person_id).first()
    if person is None:
        raise Http404
    record_isolation(
        actor=acting(request),
        person=person,
        kind=said.get("kind", ""),
        ordered_by=said.get("ordered_by", ""),
        orderer=said.get("orderer", ""),
        document=said.get("document", ""),
        place=said.get("place", ""),
        from_day=from_day,
        to_day=to_day,
    )
    messages.success(request, _("通知书已登记。学校只登记，不作决定"))


@require_POST
@door(Right.FOLLOW_HEALTH, org="school_id", level=Level.SCHOOL)
def contact_notice(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """For a contact who is well: ordered all the same by the CDC."""
    said = request.POST.get("contact", "")
    contacts = Contact.objects.in_scope().filter(keeper_school_id=unit.pk)
    contact: Contact | None = contacts.filter(pk=int(said)).first() if said.isdigit() else None
    if contact is None:
        raise Http404
    try:
        with transaction.atomic():
            record_notice(request, contact.person_id)
    except Refused as refused:
        say_refused(request, refused)
    return redirect("school:contacts", unit.pk)


def keeper_of_notice(isolation_id: int) -> Org | None:
    rows = Isolation.objects.in_scope().filter(pk=isolation_id)
    school_id = rows.values_list("keeper_school_id", flat=True).first()
    return Org.objects.filter(pk=school_id).first() if school_id else None


@require_POST
@door(Right.FOLLOW_HEALTH, find=keeper_of_notice)
def lift(request: HttpRequest, isolation_id: int, unit: Org) -> HttpResponse:
    notice: Isolation = Isolation.objects.in_scope().get(pk=isolation_id)
    try:
        with transaction.atomic():
            lift_isolation(actor=acting(request), isolation=notice, document=request.POST.get("document", ""))
        messages.success(request, _("解除通知已登记"))
    except Refused as refused:
        say_refused(request, refused)
    return (
        redirect("school:follow_up", notice.follow_up_id)
        if notice.follow_up_id
        else redirect("school:contacts", unit.pk)
    )
