"""The thread of the room, as its tests walk it: three vomiting children, a verified signal, an outbreak, a suspension."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.cast import MONDAY, Cast, check, run_jobs

from xiaodun.foundation import clock
from xiaodun.response.outbreaks.deciding import record_decision
from xiaodun.response.outbreaks.models import Assessment, Decision, Outbreak, Recommendation
from xiaodun.response.outbreaks.suspension import assess_suspension, recommend_suspension
from xiaodun.response.signals.actions import verify_signal
from xiaodun.response.signals.models import Signal

TUESDAY = MONDAY + timedelta(days=1)
FRIDAY = MONDAY + timedelta(days=4)


def verified(cast: Cast) -> Outbreak:
    """Three ill in one class, the signal verified by the reporter."""
    check(cast, 0, 1, 2)
    run_jobs()
    signal = Signal.objects.in_scope().get(school_id=cast.school.pk)
    outbreak = verify_signal(actor=cast.actor("reporter"), signal_id=signal.pk).outbreak
    assert outbreak is not None
    return outbreak


def recommended(cast: Cast, outbreak: Outbreak, by: str = "principal", **facts: Any) -> Recommendation:
    said: dict[str, Any] = {
        "scope": "class",
        "class_ids": [cast.klass.pk],
        "from_on": TUESDAY,
        "to_on": FRIDAY,
        "grounds": "一天内三人呕吐，同班还在增加",
        "considered": "已通风消毒、分开就餐，仍有新发",
    }
    return recommend_suspension(actor=cast.actor(by), outbreak_id=outbreak.pk, **(said | facts))


def assessed(cast: Cast, row: Recommendation, verdict: str = "supports", by: str = "cdc") -> Assessment:
    return assess_suspension(
        actor=cast.actor(by), recommendation_id=row.pk, verdict=verdict, words="同班聚集，建议停课并终末消毒"
    )


def decided(
    cast: Cast, outbreak: Outbreak, row: Recommendation | None, by: str = "county", **facts: Any
) -> Decision:
    said: dict[str, Any] = {
        "suspends": True,
        "authority": "青禾县人民政府",
        "document_no": "青政函〔2026〕31号",
        "decided_on": clock.today(),
        "scope": "class",
        "class_ids": [cast.klass.pk],
        "area": "明德小学三(1)班",
        "content": "停止到校上课，改线上教学",
        "from_on": TUESDAY,
        "to_on": FRIDAY,
    }
    return record_decision(
        actor=cast.actor(by),
        outbreak_id=outbreak.pk,
        recommendation_id=row.pk if row else None,
        **(said | facts),
    )


def lesson() -> dict[str, str]:
    return {"went_well": "当天报告，当天消毒", "to_change": "周末缺晨检，发现晚了一天"}


def day_of(n: int) -> date:
    return MONDAY + timedelta(days=n)
