"""What the page's script needs, and no more: ids, names, initials, who stands on the list and why, what was said today."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from xiaodun.kernel.words import symptom
from xiaodun.measures.checks.actions import UNDO
from xiaodun.measures.checks.models import Finding, FindingKind, LeaveNotice, Measuring, NoticeKind
from xiaodun.measures.checks.plans import GATE_TEMPERATURE
from xiaodun.measures.checks.queries import Carried, ClassDay, ListedPupil, SessionDay
from xiaodun.measures.checks.units import begins_at
from xiaodun.measures.health.models import Cause
from xiaodun.responsibility.orgs.models import GroupKind, Org
from xiaodun.web.page.states import CHIPS, state_word
from xiaodun.web.page.written import clock_time, month_day, tongue, weekday

NO_CLIENT_ID = "00000000-0000-0000-0000-000000000000"
WEEK = 7  # so far back a day is called by its weekday


def page_data(request: HttpRequest, today: ClassDay) -> dict[str, Any]:
    """One page serves every session of the day, so that a phone without network can go from the morning to noon."""
    unit = today.klass
    return {
        "class_id": unit.pk,
        "unit": unit.group_kind or "class",
        "day": today.day.isoformat(),
        "enrolled": len(today.pupils),
        "account": _account_key(request),
        "measuring": str(today.asked.measuring),
        "gate": float(GATE_TEMPERATURE) if today.asked.measuring == Measuring.EVERYBODY else None,
        "pupils": [_pupil(pupil, unit, today.day) for pupil in today.pupils],
        "sessions": {str(one.session): _session(one, request.user.pk) for one in today.sessions},
        "beyond": _beyond_the_chips(today),
        "urls": {
            "checks": reverse("api:record"),
            "withdraw": reverse("api:withdraw", args=[NO_CLIENT_ID]).replace(NO_CLIENT_ID, "{client_id}"),
            "page": reverse("classroom:check", args=[unit.pk]),
            "worker": reverse("classroom:worker"),
            "sign_in": reverse(settings.LOGIN_URL),
        },
    }


def _beyond_the_chips(today: ClassDay) -> dict[str, str]:
    """Words of symptoms that somebody has said today and that have no chip on the page."""
    said = {code for pupil in today.pupils if pupil.carried for code in pupil.carried.symptoms}
    said |= {code for one in today.sessions for finding in one.findings for code in finding.symptoms}
    return {code: symptom(code).words(tongue()) for code in sorted(said - set(CHIPS))}


def _account_key(request: HttpRequest) -> str:
    """Tells accounts on one phone apart without naming them."""
    return hashlib.sha256(f"{settings.SECRET_KEY}:{request.user.pk}".encode()).hexdigest()[:12]


def _session(one: SessionDay, account_id: int | None) -> dict[str, Any]:
    return {
        "from": begins_at(one.session),
        "revision": one.check.revision if one.check else 0,
        "submitted": _submitted(one, account_id),
    }


def _pupil(pupil: ListedPupil, unit: Org, day: date) -> dict[str, Any]:
    person = pupil.person
    sections = {GroupKind.DORM: person.dorm, GroupKind.STAFF: person.get_post_display()}
    return {
        "id": person.pk,
        "name": person.name,
        "initials": person.initials,
        "section": sections.get(GroupKind(unit.group_kind), "") if unit.group_kind else "",
        "carried": _carried(pupil, day),
    }


def _carried(pupil: ListedPupil, day: date) -> dict[str, Any] | None:
    """Why the pupil stands on the list. `told`: the family's notice of today, in seconds; `end`: the word before any script."""
    carried, notice = pupil.carried, pupil.notice
    if carried is None and notice is None:
        return None
    known = _as_told(notice) if notice else {}
    if carried is not None:
        same = notice is not None and carried.today and set(carried.symptoms) == set(notice.symptoms)
        words = [] if same else [carried_words(carried, day)]
        words += [known["words"]] if notice else []
        known |= {"kind": str(carried.kind), "symptoms": list(carried.symptoms), "words": _("，").join(words)}
        known |= {name: 1 for name in ("back", "today") if getattr(carried, name)}
    return known | {"end": _end(known)}


def _as_told(notice: LeaveNotice) -> dict[str, Any]:
    ill = notice.kind == NoticeKind.ILL
    return {
        "kind": str(FindingKind.ILL_ABSENT if ill else FindingKind.LEAVE),
        "symptoms": notice.symptoms,
        "words": notice_words(notice),
        "told": int(notice.told_at.timestamp()),
    }


def _end(known: dict[str, Any]) -> str:
    if known.get("back"):
        return _("已返校")
    still = not (known.get("told") or known.get("today"))
    return {
        FindingKind.ILL_ABSENT: state_word("absent_carried" if still else "absent"),
        FindingKind.UNWELL: _("身体不适"),
        FindingKind.LEAVE: _("事假"),
        FindingKind.UNEXPLAINED: _("待查"),
    }[FindingKind(known["kind"])]


def carried_words(carried: Carried, day: date) -> str:
    """周一起，第3天; 今天已登记：发热; 因伤，周一起."""
    days = (day - carried.since).days + 1
    since = weekday(carried.since) if days <= WEEK else month_day(carried.since)
    if carried.today:
        said = _listed(carried.symptoms)
        return _("今天已登记：%(symptoms)s") % {"symptoms": said} if said else _("今天已登记")
    if carried.reason:
        return _("%(reason)s，%(since)s起") % {"reason": Cause(carried.reason).label, "since": since}
    if carried.kind == FindingKind.UNEXPLAINED:
        return _("%(since)s起未到，原因待查") % {"since": since}
    return _("%(since)s起，第%(days)d天") % {"since": since, "days": days}


def notice_words(notice: LeaveNotice) -> str:
    """家长 7:12 请病假：呕吐."""
    time = clock_time(notice.told_at)
    if notice.kind == NoticeKind.LEAVE:
        return _("家长 %(time)s 请事假") % {"time": time}
    return _("家长 %(time)s 请病假：%(symptoms)s") % {"time": time, "symptoms": _listed(notice.symptoms)}


def _listed(symptoms: Any) -> str:
    return _("、").join(symptom(code).words(tongue()) for code in symptoms)


def _submitted(one: SessionDay, account_id: int | None) -> dict[str, Any] | None:
    check, roll = one.check, one.school_day
    if check is None or roll is None:
        return None
    return {
        "client_id": str(check.client_id),
        "received_at": check.received_at.isoformat(),
        "revision": check.revision,
        "findings": [_finding(row) for row in one.findings],
        "present": check.present,
        "absent": check.absent,
        "classes_reported": roll.n_with_findings + roll.n_nil,
        "classes_expected": roll.n_classes,
        "undo_until": (check.received_at + UNDO).isoformat() if check.account_id == account_id else None,
    }


def _finding(row: Finding) -> dict[str, Any]:
    measured = {} if row.temperature is None else {"temperature": str(row.temperature)}
    return {
        "person_id": row.person_id,
        "kind": row.kind,
        "symptoms": row.symptoms,
        "carried": row.carried,
        "onset_on": row.onset_on.isoformat(),
    } | measured
