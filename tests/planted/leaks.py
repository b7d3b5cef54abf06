"""The planted leaks of the access tests: which fault, where the tests must knock, and what they must then report.

The score is found / planted; anything below one hundred per cent fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.planted import faults_of_access as faults

ROWS = "rows"


@dataclass(frozen=True)
class Leak:
    """`seen`: what a finding must say, so that a mere crash counts as nothing.

    `at`: the address to knock at, to save minutes; ROWS for the matrix of rows. `forged`: only a forged form shows it.
    """

    plant: Callable[[], Any]
    at: str
    seen: str
    forged: bool = False

    @property
    def name(self) -> str:
        return f"{self.plant.__name__} at {self.at}"


LEAKS = [
    # the door
    Leak(faults.any_unit, "school:day", "by foreign_reporter on school near/A: 200"),
    Leak(faults.class_duty_covers_the_school, "classroom:check", "by teacher on class near/A/2: 200"),
    Leak(faults.forbidden_for_missing, "classroom:check", "by nobody: 403 for a missing id"),
    Leak(faults.existence_told, "classroom:check", "by nobody on class near/A/1: 403, not 404"),
    Leak(faults.unguarded_post, "school:rule_out", "by anonymous: a refusal changed health_followup"),
    # rights and duties
    Leak(faults.cdc_reads_schools, "school:day", "by cdc on school near/A: 200"),
    Leak(faults.principal_follows_health, "school:follow_ups", "by principal on school near/A: 200"),
    Leak(faults.county_asks_for_names, "partner:line_list", "by county on cdc near/A: 302"),
    Leak(faults.duty_days_ignored, "classroom:check", "by former on class near/A/1: 200"),
    # keys of devices
    Leak(faults.revoked_key_lives, "api:roster", "by revoked_device on class near/A/1: 200"),
    Leak(faults.expired_key_lives, "api:roster", "by expired_device on class near/A/1: 200"),
    Leak(faults.device_asks_for_the_next_key, "api:issue", "by device on  : 201, not 401"),
    # rows
    Leak(faults.reach_is_everything, ROWS, "visible_to of Signal for foreign_reporter: 2 rows too many"),
    Leak(faults.policy_opened_for_all, ROWS, "row policy of Finding for county: 12 rows too many"),
    Leak(faults.policy_opened_for_all, "school:listed", "by county on school near/A: shows rows of persons"),
    Leak(faults.class_scope_opens_the_school, ROWS, "row policy of Person for teacher: 41 rows too many"),
    # names
    Leak(faults.mask_forgotten, "school:listed", "by principal on school near/A: 4 full names of near/A/1"),
    Leak(faults.full_names_for_all, "school:rows", "by principal on signal near/A: 4 full names of near/A/1"),
    Leak(faults.names_in_the_error, "api:record", "by stranger on class near/A/1: 40 full names of near/A/1"),
    # refusals and writes
    Leak(faults.refusal_journalled, "api:roster", "by stranger: a refusal changed foundation_journalrow"),
    Leak(faults.write_without_a_line, "bureau:acknowledge", "changed reporting_delivery and left no line"),
    Leak(faults.foreign_check_compared, "api:record", "by stranger on class near/A/1: 409, not 403"),
    Leak(faults.everybodys_tasks, "school:acknowledge_task", "by foreign_reporter on at_owner near/A: 302"),
    Leak(faults.deputy_at_once, "school:answer_task", "by deputy on at_owner near/A: 302, not 404"),
    Leak(faults.form_without_token, "school:verify", "forged, by doctor: changed", forged=True),
    # the line list
    Leak(
        faults.list_of_another_reader, "partner:line_list", "by cdc on cdc near/A: 4 full names of near/A/1"
    ),
    Leak(
        faults.list_after_its_time,
        "partner:line_list",
        "by cdc_lapsed on cdc near/A: 4 full names of near/A/1",
    ),
    Leak(
        faults.list_without_purpose,
        "partner:line_list",
        "by cdc: a refusal changed foundation_journalrow, part",
    ),
]
