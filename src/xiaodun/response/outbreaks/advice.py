"""What the rules advise: the suspend rows that hold for an outbreak's signals. Advice; who decides says AUTH-STOP-CLASS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from xiaodun.foundation import clock
from xiaodun.measures.checks.school_days import next_school_day
from xiaodun.response.outbreaks.models import Outbreak, SuspensionScope
from xiaodun.rules.packs import shipped
from xiaodun.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Advice:
    """One suspend rule that holds. `class_id` None: the whole school. `to_on` None: the row names no length."""

    rule: Rule
    class_id: int | None
    n_cases: int
    window: tuple[date, date]
    from_on: date
    to_on: date | None

    @property
    def scope(self) -> SuspensionScope:
        return SuspensionScope.KLASS if self.class_id else SuspensionScope.SCHOOL


def advice_of(outbreak: Outbreak) -> list[Advice]:
    """The advice that the signals of an outbreak carry, class before school, the same rule once for each class."""
    return sorted(_advice(outbreak), key=lambda one: (one.class_id is None, one.class_id or 0, one.rule.id))


def _advice(outbreak: Outbreak) -> Iterator[Advice]:
    rules = {rule.id: rule for pack in shipped() for rule in pack.rules}
    today = clock.today()
    first = next_school_day(today) or today + timedelta(days=1)
    for signal in outbreak.signals.all():
        for duty in signal.duties.all():
            rule = rules.get(duty.rule_id)
            if not duty.advice or rule is None:
                continue
            days = rule.suspend_days
            yield Advice(
                rule,
                signal.class_id if rule.scope == "class" else None,
                duty.n_cases,
                (duty.window_first, duty.window_last),
                first,
                first + timedelta(days=days - 1) if days else None,
            )
