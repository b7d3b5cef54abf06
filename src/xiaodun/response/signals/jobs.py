"""Background work of the signals: the class rules at once, quiet events closed at night."""

from __future__ import annotations

from django.db import transaction

from xiaodun.foundation.jobs import absorb, job
from xiaodun.response.signals.judging import close_quiet_signals, judge_school


@job("signals.class_rules")
def class_rules(school_id: int) -> int:
    """Judge one school by the rules in force today; woken by each check and each finding of the doctor."""
    with transaction.atomic():
        absorb(
            "signals.class_rules", school_id=school_id
        )  # forty classes at 07:40 need few judgings, not forty
        return judge_school(school_id)


@job("signals.close_quiet", every="10 18 * * *")  # 02:10 in Shanghai
def close_quiet() -> int:
    return close_quiet_signals()
