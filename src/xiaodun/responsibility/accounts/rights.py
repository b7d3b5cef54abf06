"""The one table of who may do what. A right holds at the unit of the duty and at every unit below it.

`PERSONS` read the roster of their unit, `HEALTH` also who is ill there. Officers and CDC read figures; for persons they must
ask with a purpose (measures/partners).
"""

from __future__ import annotations

from enum import StrEnum

from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.models import Level


class Right(StrEnum):
    RECORD_CHECK = "check.record"
    SET_CHECKS = "check.set"
    READ_CLASS = "class.read"
    READ_SCHOOL = "school.read"
    READ_COUNTY = "county.read"
    FOLLOW_HEALTH = "health.follow"
    READ_SIGNAL = "signal.read"
    JUDGE_SIGNAL = "signal.judge"
    SEND_REPORT = "report.send"
    ANNOTATE_REPORT = "report.annotate"
    RECEIVE_AT_BUREAU = "report.receive_bureau"
    RECEIVE_AT_CDC = "report.receive_cdc"
    ASK_LINE_LIST = "line_list.ask"
    ANSWER_TASK = "task.answer"
    KEEP_ROSTER = "roster.keep"
    APPROVE_EXPORT = "roster.approve_export"
    ROLL_OVER = "orgs.roll_over"
    CHANGE_UNITS = "orgs.change"
    GIVE_DUTIES = "duty.give"
    EXPLAIN_ACCESS = "access.explain"
    BIND_IDENTITY = "identity.bind"
    INVITE_GUARDIANS = "guardian.invite"
    LEAD_OUTBREAK = "outbreak.lead"
    RECOMMEND_SUSPENSION = "suspension.recommend"
    ASSESS_SUSPENSION = "suspension.assess"
    RECORD_DECISION = "suspension.decide"


_SCHOOL_DESK = {
    Right.RECORD_CHECK,
    Right.READ_CLASS,
    Right.READ_SCHOOL,
    Right.FOLLOW_HEALTH,
    Right.READ_SIGNAL,
    Right.JUDGE_SIGNAL,
    Right.SEND_REPORT,
    Right.ANSWER_TASK,
    Right.INVITE_GUARDIANS,
    Right.LEAD_OUTBREAK,
    Right.RECOMMEND_SUSPENSION,
}
_GROUP_DESK = frozenset({Right.RECORD_CHECK, Right.READ_CLASS, Right.ANSWER_TASK})

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.CLASS_REPORTER: frozenset(
        {Right.RECORD_CHECK, Right.READ_CLASS, Right.ANSWER_TASK, Right.INVITE_GUARDIANS}
    ),
    Role.SCHOOL_DOCTOR: frozenset(_SCHOOL_DESK),
    Role.EPIDEMIC_REPORTER: frozenset(_SCHOOL_DESK),
    Role.PRINCIPAL: frozenset(
        {
            Right.READ_SCHOOL,
            Right.READ_SIGNAL,
            Right.ANNOTATE_REPORT,
            Right.SEND_REPORT,
            Right.ANSWER_TASK,
            Right.SET_CHECKS,
            Right.GIVE_DUTIES,
            Right.ROLL_OVER,
            Right.APPROVE_EXPORT,
            Right.RECOMMEND_SUSPENSION,
        }
    ),
    Role.COUNTY_OFFICER: frozenset(
        {
            Right.READ_COUNTY,
            Right.READ_SCHOOL,
            Right.READ_SIGNAL,
            Right.RECEIVE_AT_BUREAU,
            Right.ANSWER_TASK,
            Right.SET_CHECKS,
            Right.GIVE_DUTIES,
            Right.ROLL_OVER,
            Right.CHANGE_UNITS,
            Right.RECORD_DECISION,
        }
    ),
    Role.CDC_DOCTOR: frozenset(
        {
            Right.READ_SIGNAL,
            Right.RECEIVE_AT_CDC,
            Right.ASK_LINE_LIST,
            Right.ANSWER_TASK,
            Right.ASSESS_SUSPENSION,
        }
    ),
    Role.SCHOOL_CLERK: frozenset(
        {
            Right.KEEP_ROSTER,
            Right.APPROVE_EXPORT,
            Right.ROLL_OVER,
            Right.ANSWER_TASK,
            Right.INVITE_GUARDIANS,
        }
    ),
    Role.DORM_WARDEN: _GROUP_DESK,
    Role.BUS_ESCORT: _GROUP_DESK,
    Role.STAFF_REPORTER: _GROUP_DESK,
    Role.OPERATOR: frozenset(
        {Right.GIVE_DUTIES, Right.EXPLAIN_ACCESS, Right.BIND_IDENTITY, Right.CHANGE_UNITS}
    ),
}

# Roles that read who is ill at their unit; the principal reads masked names.
HEALTH = frozenset(
    {
        Role.CLASS_REPORTER,
        Role.SCHOOL_DOCTOR,
        Role.EPIDEMIC_REPORTER,
        Role.PRINCIPAL,
        Role.DORM_WARDEN,
        Role.BUS_ESCORT,
        Role.STAFF_REPORTER,
    }
)
# Roles that read the roster of their unit: the clerk keeps it and reads no illness.
PERSONS = HEALTH | {Role.SCHOOL_CLERK}
FULL_NAMES = PERSONS - {Role.PRINCIPAL}

# Where each role stands. Nobody is a class teacher of a county.
LEVELS: dict[Role, frozenset[Level]] = {
    Role.CLASS_REPORTER: frozenset({Level.KLASS}),
    Role.SCHOOL_DOCTOR: frozenset({Level.SCHOOL}),
    Role.EPIDEMIC_REPORTER: frozenset({Level.SCHOOL}),
    Role.PRINCIPAL: frozenset({Level.SCHOOL}),
    Role.SCHOOL_CLERK: frozenset({Level.SCHOOL}),
    Role.DORM_WARDEN: frozenset({Level.GROUP}),
    Role.BUS_ESCORT: frozenset({Level.GROUP}),
    Role.STAFF_REPORTER: frozenset({Level.GROUP}),
    Role.COUNTY_OFFICER: frozenset({Level.COUNTY}),
    Role.CDC_DOCTOR: frozenset({Level.COUNTY}),
    Role.OPERATOR: frozenset({Level.COUNTY, Level.CITY, Level.PROVINCE}),
}
# From here up a password alone does not open a duty: it is worth stealing.
_HIGH = frozenset({Level.COUNTY, Level.CITY, Level.PROVINCE})


def needs_second_factor(role: Role, level: Level) -> bool:
    return level in _HIGH or role == Role.OPERATOR


class Officer(StrEnum):
    """三员: who runs the system, who guards its secrets, who reads its journal. No account is two of them."""

    SYSTEM = "system"
    SECURITY = "security"
    AUDIT = "audit"


# Rights of one officer alone. Only the system's officer exists yet; the journal will get a reader of its own.
OFFICER_RIGHTS: dict[Officer, frozenset[Right]] = {
    Officer.SYSTEM: frozenset({Right.EXPLAIN_ACCESS, Right.BIND_IDENTITY}),
    Officer.SECURITY: frozenset(),
    Officer.AUDIT: frozenset(),
}


def officers_of(role: Role) -> frozenset[Officer]:
    """Which officers a role is; never more than one."""
    return frozenset(officer for officer, rights in OFFICER_RIGHTS.items() if rights & RIGHTS[role])
