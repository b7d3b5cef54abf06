"""An outbreak in numbers: for every reader, for the page and for paper. Frozen as they are when it is closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import local_day
from xiaodun.measures.reporting.models import Report
from xiaodun.response.outbreaks.cases import Case, CaseStatus, Counting, counting
from xiaodun.response.outbreaks.intervals import serial_window
from xiaodun.response.outbreaks.links import Link, Placed, Shared, likely_links, places, shared_counts
from xiaodun.response.outbreaks.loss import n_school_days
from xiaodun.response.outbreaks.models import Outbreak
from xiaodun.response.outbreaks.wording import title
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.queries import class_sizes


@dataclass(frozen=True, slots=True)
class ClassAttack:
    """One class: cases, and pupils on its roll on the day of the outbreak's first case."""

    class_id: int
    name: str
    n_cases: int
    roll: int

    @property
    def rate(self) -> float | None:
        """Attack rate in [0, 1]; None without a roll."""
        return self.n_cases / self.roll if self.roll else None


@dataclass(frozen=True, slots=True)
class Figures:
    """No person. `seen` and `symptoms_only` count cases by onset day; `by_class_day`: class id -> day -> cases."""

    title: str
    title_en: str
    first_on: date | None
    last_on: date | None
    n_cases: int
    by_status: dict[str, int]
    n_severe: int
    n_hospital: int
    n_died: int
    seen: dict[date, int]
    symptoms_only: dict[date, int]
    by_class_day: dict[int, dict[date, int]]
    classes: tuple[ClassAttack, ...]
    n_linked: int
    shared: dict[str, int]
    window: tuple[int, int]
    detected_at: datetime | None
    reported_at: datetime | None
    n_alike: int
    n_struck: int
    n_lost: int

    @property
    def n_days(self) -> int:
        """Days from the first onset to the last, both counted; 0 without a case."""
        return (self.last_on - self.first_on).days + 1 if self.first_on and self.last_on else 0

    @property
    def days_to_detection(self) -> int | None:
        return _days_between(self.first_on, self.detected_at)

    @property
    def days_to_report(self) -> int | None:
        return _days_between(self.first_on, self.reported_at)

    @property
    def roll(self) -> int:
        return sum(one.roll for one in self.classes)

    @property
    def rate(self) -> float | None:
        """Cases among the pupils of the classes concerned."""
        return self.n_cases / self.roll if self.roll else None


def figures_of(outbreak: Outbreak) -> Figures:
    """The outbreak in numbers: frozen ones once it is closed. Opens the school's scope itself; no person leaves it."""
    if outbreak.figures is not None:
        return thawed(outbreak.figures)
    with open_scope(schools=[outbreak.school_id]):
        return counted_figures(outbreak, counting(outbreak))


def counted_figures(outbreak: Outbreak, found: Counting) -> Figures:
    """The numbers of cases already counted. Runs inside the school's open scope."""
    classes = {unit.pk: unit.name for unit in Org.objects.filter(pk__in=found.by_class).order_by("sort")}
    rolls = class_sizes(outbreak.school_id, found.first_on) if found.first_on else {}
    links, window = links_of(outbreak, found)
    rows = [case.row for case in found.cases]
    by_class_day: dict[int, Counter[date]] = {}
    for row in rows:
        by_class_day.setdefault(row.class_id, Counter())[row.onset_on] += 1
    return Figures(
        title=title(outbreak, found, classes, "zh"),
        title_en=title(outbreak, found, classes, "en"),
        first_on=found.first_on,
        last_on=found.last_on,
        n_cases=len(rows),
        by_status={str(status): found.n(status) for status in CaseStatus},
        n_severe=sum(row.severe for row in rows),
        n_hospital=sum(row.hospital for row in rows),
        n_died=sum(row.died for row in rows),
        seen=dict(Counter(row.onset_on for row in rows if row.seen_by_doctor_at)),
        symptoms_only=dict(Counter(row.onset_on for row in rows if not row.seen_by_doctor_at)),
        by_class_day={pk: dict(days) for pk, days in by_class_day.items()},
        classes=tuple(
            ClassAttack(pk, name, found.by_class[pk], rolls.get(pk, 0)) for pk, name in classes.items()
        ),
        n_linked=sum(bool(sources) for sources in links.values()),
        shared={str(kind): n for kind, n in shared_counts(links).items()},
        window=window,
        detected_at=_first_detected(outbreak),
        reported_at=_first_reported(outbreak),
        n_alike=len(found.alike),
        n_struck=len(found.struck),
        n_lost=_lost(outbreak),
    )


def links_of(outbreak: Outbreak, found: Counting) -> tuple[dict[int, list[Link]], tuple[int, int]]:
    """case number -> its likely sources, and the window they were looked for in."""
    symptoms = found.definition.symptoms if found.definition else frozenset()
    window = serial_window(outbreak.disease or found.diagnosis, symptoms)
    return likely_links([_placed(case) for case in found.cases], window), window


def _placed(case: Case) -> Placed:
    row = case.row
    room = f"{row.dorm_id or ''}/{row.dorm}" if row.dorm else ""
    shared = [
        (Shared.HOUSEHOLD, row.household),
        (Shared.DORM, room),
        (Shared.KLASS, row.class_id),
        (Shared.BUS, row.bus_id),
        (Shared.EXPOSURE, row.exposure),
    ]
    return Placed(case.number, row.onset_on, places(shared))


def _first_detected(outbreak: Outbreak) -> datetime | None:
    instants = [duty.detected_at for signal in outbreak.signals.all() for duty in signal.duties.all()]
    return min(instants, default=None)


def _first_reported(outbreak: Outbreak) -> datetime | None:
    ids = [signal.pk for signal in outbreak.signals.all()]
    reports = Report.objects.in_scope().filter(subject_kind="signal", subject_id__in=ids)
    return reports.order_by("sent_at").values_list("sent_at", flat=True).first()


def _lost(outbreak: Outbreak) -> int:
    """Pupil-days of lessons that decisions have cost, up to their end or lifting."""
    total = 0
    for decision in outbreak.decisions.filter(suspends=True):
        first, last = decision.from_on, decision.last_day
        if first is not None and last is not None and first <= last:
            sizes = class_sizes(outbreak.school_id, first)
            total += n_school_days(first, last) * sum(sizes.get(pk, 0) for pk in decision.class_ids)
    return total


def _days_between(first: date | None, instant: datetime | None) -> int | None:
    return (local_day(instant) - first).days if first and instant else None


def frozen(figures: Figures) -> dict[str, Any]:
    """The figures as the database keeps them."""
    return {
        "title": figures.title,
        "title_en": figures.title_en,
        "first_on": _iso(figures.first_on),
        "last_on": _iso(figures.last_on),
        "n_cases": figures.n_cases,
        "by_status": figures.by_status,
        "n_severe": figures.n_severe,
        "n_hospital": figures.n_hospital,
        "n_died": figures.n_died,
        "seen": _days_iso(figures.seen),
        "symptoms_only": _days_iso(figures.symptoms_only),
        "by_class_day": {str(pk): _days_iso(days) for pk, days in figures.by_class_day.items()},
        "classes": [[one.class_id, one.name, one.n_cases, one.roll] for one in figures.classes],
        "n_linked": figures.n_linked,
        "shared": figures.shared,
        "window": list(figures.window),
        "detected_at": _iso(figures.detected_at),
        "reported_at": _iso(figures.reported_at),
        "n_alike": figures.n_alike,
        "n_struck": figures.n_struck,
        "n_lost": figures.n_lost,
    }


def thawed(kept: dict[str, Any]) -> Figures:
    """Figures as they were frozen."""
    days = ("seen", "symptoms_only")
    facts = kept | {name: _days(kept[name]) for name in days}
    facts |= {name: _date(kept[name]) for name in ("first_on", "last_on")}
    facts |= {name: _instant(kept[name]) for name in ("detected_at", "reported_at")}
    facts["by_class_day"] = {int(pk): _days(found) for pk, found in kept["by_class_day"].items()}
    facts["classes"] = tuple(ClassAttack(*one) for one in kept["classes"])
    facts["window"] = (kept["window"][0], kept["window"][1])
    return Figures(**facts)


def series(counts: dict[date, int], days: Sequence[date]) -> tuple[int, ...]:
    return tuple(counts.get(day, 0) for day in days)


def _iso(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _days_iso(counts: dict[date, int]) -> dict[str, int]:
    return {day.isoformat(): n for day, n in sorted(counts.items())}


def _days(counts: dict[str, int]) -> dict[date, int]:
    return {date.fromisoformat(day): n for day, n in counts.items()}
