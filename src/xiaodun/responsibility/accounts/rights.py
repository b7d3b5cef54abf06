"""The one table of who may do what. A right holds at the unit of the duty and at every unit below it.

`persons` says whether the role reads names and health of the pupils there. Officers and CDC read figures; for persons
they must ask with a purpose (measures/partners).
"""

from __future__ import annotations

from enum import StrEnum

from xiaodun.responsibility.accounts.models import Role


class Right(StrEnum):
    RECORD_CHECK = "check.record"
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


_SCHOOL_DESK = {
    Right.RECORD_CHECK,
    Right.READ_CLASS,
    Right.READ_SCHOOL,
    Right.FOLLOW_HEALTH,
    Right.READ_SIGNAL,
    Right.JUDGE_SIGNAL,
    Right.SEND_REPORT,
    Right.ANSWER_TASK,
}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.CLASS_REPORTER: frozenset({Right.RECORD_CHECK, Right.READ_CLASS, Right.ANSWER_TASK}),
    Role.SCHOOL_DOCTOR: frozenset(_SCHOOL_DESK),
    Role.EPIDEMIC_REPORTER: frozenset(_SCHOOL_DESK),
    Role.PRINCIPAL: frozenset(
        {Right.READ_SCHOOL, Right.READ_SIGNAL, Right.ANNOTATE_REPORT, Right.SEND_REPORT, Right.ANSWER_TASK}
    ),
    Role.COUNTY_OFFICER: frozenset(
        {Right.READ_COUNTY, Right.READ_SCHOOL, Right.READ_SIGNAL, Right.RECEIVE_AT_BUREAU, Right.ANSWER_TASK}
    ),
    Role.CDC_DOCTOR: frozenset(
        {Right.READ_SIGNAL, Right.RECEIVE_AT_CDC, Right.ASK_LINE_LIST, Right.ANSWER_TASK}
    ),
}

# Roles that read names and health of the pupils of their unit; the principal reads masked names.
PERSONS = frozenset({Role.CLASS_REPORTER, Role.SCHOOL_DOCTOR, Role.EPIDEMIC_REPORTER, Role.PRINCIPAL})
FULL_NAMES = frozenset({Role.CLASS_REPORTER, Role.SCHOOL_DOCTOR, Role.EPIDEMIC_REPORTER})
