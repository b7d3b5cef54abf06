"""The one table of who may do what. A right holds at the unit of the duty and at every unit below it.

`PERSONS` read the roster of their unit, `HEALTH` also who is ill there. Officers and CDC read figures; for persons they must
ask with a purpose (measures/partners).
"""

from __future__ import annotations

from enum import StrEnum

from xiaodun.responsibility.accounts.models import Role


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
    ROLL_OVER = "orgs.roll_over"
    CHANGE_UNITS = "orgs.change"
    GIVE_DUTIES = "duty.give"
    EXPLAIN_ACCESS = "access.explain"
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
        {Right.KEEP_ROSTER, Right.ROLL_OVER, Right.ANSWER_TASK, Right.INVITE_GUARDIANS}
    ),
    Role.DORM_WARDEN: _GROUP_DESK,
    Role.BUS_ESCORT: _GROUP_DESK,
    Role.STAFF_REPORTER: _GROUP_DESK,
    Role.OPERATOR: frozenset({Right.GIVE_DUTIES, Right.EXPLAIN_ACCESS, Right.CHANGE_UNITS}),
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
