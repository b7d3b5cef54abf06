"""因病缺课 of a county over the last school days, each day beside the range of the days before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median, quantiles

from django.db.models import F, Sum

from xiaodun.foundation.scope import Reach
from xiaodun.measures.checks.models import SchoolDay, Session

SHOWN_DAYS = 28
BASE_DAYS = 28  # the expected range of a day comes from this many school days before it
FEWEST_BASE_DAYS = 10  # with fewer there is no expected range
BAND_SHARE = 0.9  # from the 5th to the 95th percentile
FURTHEST_DAYS = 130  # calendar days read: 56 school days and the longest holiday of a term


@dataclass(frozen=True, slots=True)
class AbsenceDay:
    """One school day. `low` and `high` are shares like `share`, None while the base is short.

    `partial`: fewer than half as many classes as usual have reported; such a day is not judged and is in no
    base.
    """

    day: date
    n_classes: int
    enrolled: int
    n_ill_absent: int
    low: float | None = None
    high: float | None = None
    partial: bool = False

    @property
    def share(self) -> float:
        """Pupils absent for illness among the pupils of the classes that have reported, in [0, 1]."""
        return self.n_ill_absent / self.enrolled

    @property
    def judged(self) -> str:
        """above, within or below the expected range; empty where there is none or the day is partial."""
        if self.partial or self.low is None or self.high is None:
            return ""
        return "above" if self.share > self.high else "below" if self.share < self.low else "within"


def absence_days(
    county_id: int, today: date, reach: Reach, session: Session = Session.MORNING
) -> list[AbsenceDay]:
    """The last SHOWN_DAYS school days up to today with their expected ranges, oldest first; one query.

    The range of a day runs from the 5th to the 95th percentile (linear interpolation) of the shares of the
    BASE_DAYS school days before it, whatever their weekday; the day itself is not in its own base.
    """
    found = _counted(county_id, today, reach, session)
    past = [day for day in found if day.day < today]
    usual = median(day.n_classes for day in past) if past else 0
    days = [day for day in past if 2 * day.n_classes >= usual]
    days += [replace(day, partial=2 * day.n_classes < usual) for day in found if day.day == today]
    ranged = [_ranged(day, days[max(place - BASE_DAYS, 0) : place]) for place, day in enumerate(days)]
    return ranged[-SHOWN_DAYS:]


def expected_range(shares: list[float]) -> tuple[float, float] | None:
    """The 5th and 95th percentile of some shares; None with fewer than FEWEST_BASE_DAYS."""
    if len(shares) < FEWEST_BASE_DAYS:
        return None
    cuts = quantiles(shares, n=20, method="inclusive")
    # Interpolation may leave the shares by a rounding; a day equal to all days before it must lie within.
    return max(cuts[0], min(shares)), min(cuts[-1], max(shares))


def _counted(county_id: int, today: date, reach: Reach, session: Session) -> list[AbsenceDay]:
    rolls = SchoolDay.objects.visible_to(reach).filter(
        county_id=county_id, session=session, day__range=(today - timedelta(days=FURTHEST_DAYS), today)
    )
    sums = rolls.values("day").annotate(
        n=Sum(F("n_with_findings") + F("n_nil")), pupils=Sum("enrolled"), ill=Sum("n_ill_absent")
    )
    latest = sums.filter(pupils__gt=0).order_by("-day")[: SHOWN_DAYS + BASE_DAYS]
    return [AbsenceDay(row["day"], row["n"], row["pupils"], row["ill"]) for row in reversed(latest)]


def _ranged(day: AbsenceDay, base: list[AbsenceDay]) -> AbsenceDay:
    found = expected_range([one.share for one in base])
    return replace(day, low=found[0], high=found[1]) if found else day
