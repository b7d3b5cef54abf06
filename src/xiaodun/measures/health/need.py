"""What one absence asks of the doctor today. The whole state machine of a follow-up stands in `needs`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from xiaodun.kernel.calendar import local_day
from xiaodun.measures.health.course import first_day, must_clear
from xiaodun.measures.health.models import Cause, FollowUp, Visit


class Need(StrEnum):
    ASK_CAUSE = "ask_cause"
    ASK_TODAY = "ask_today"
    CHECK_CERTIFICATE = "check_certificate"
    DECIDE_RETURN = "decide_return"
    NONE = "none"


def needs(follow_up: FollowUp, visits_today: Collection[Visit], today: date) -> Need:
    """The one thing to do about an absence today; NONE when there is nothing, or today's word is heard.

    An open absence without a cause asks for it until there is one. One back in class without the clearance that its
    disease needs asks for the certificate until it is cleared. So neither falls off the list.
    """
    if not follow_up.is_open:
        back_too_early = follow_up.ruled_out_on is None and must_clear(follow_up, today)
        return Need.CHECK_CERTIFICATE if back_too_early else Need.NONE
    if not has_cause(follow_up):
        return Need.ASK_CAUSE
    return Need.NONE if heard(follow_up, visits_today, today) else _unheard(follow_up, today)


def _unheard(follow_up: FollowUp, today: date) -> Need:
    if must_clear(follow_up, today):
        first = first_day(follow_up, today)
        return Need.CHECK_CERTIFICATE if first is not None and first <= today else Need.ASK_TODAY
    return Need.DECIDE_RETURN if is_due_back(follow_up, today) else Need.ASK_TODAY


def has_cause(follow_up: FollowUp) -> bool:
    """Is it known why? An illness tells why by its symptoms or a diagnosis."""
    if follow_up.diagnosis:
        return True
    if follow_up.cause == Cause.ILLNESS:
        return bool(follow_up.symptoms)
    return follow_up.cause != Cause.UNKNOWN


def heard(follow_up: FollowUp, visits_today: Collection[Visit], today: date) -> bool:
    """Has anybody said today how it is: the doctor, the teacher's list, a parent's notice?"""
    seen_on = local_day(follow_up.seen_by_doctor_at) if follow_up.seen_by_doctor_at else None
    return bool(visits_today) or follow_up.last_seen_on >= today or seen_on == today


def is_due_back(follow_up: FollowUp, today: date) -> bool:
    """Cleared from today or earlier, or said to come back by today."""
    return any(day is not None and day <= today for day in (follow_up.cleared_on, follow_up.expected_on))
