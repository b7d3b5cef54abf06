"""The sliding window: the first day on which enough cases of one group lie within a rule's window.

Days are ordinals here. A window of N days ends on a day of onset and holds the N calendar days up to it:
between onsets a window only loses cases, so that no other end can be the first to reach a number. For the
same reason a bounded grade (`count_max`) rises with a case or falls with one ruled out, never by the mere
passing of days.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from xiaodun.rules.linelist import Case
from xiaodun.rules.rule import COUNT_UNITS, Rule

FOREVER = date.max.toordinal() + 1

# (day, known by) -> the class roll of that day as far as known by then; None where nobody stated it
Roll = Callable[[int, int], int | None]


class Row:
    """One case with its days as ordinals: counted from `start` (known) until before `stop` (ruled out)."""

    __slots__ = ("case", "fresh", "onset", "person", "recovered", "start", "stop")

    def __init__(self, case: Case, stop: date | None, since: int) -> None:
        self.case = case
        self.person = case.person
        self.onset = case.onset.toordinal()
        self.start = case.known().toordinal()
        self.stop = FOREVER if stop is None else stop.toordinal()
        self.recovered = FOREVER if case.recovered_on is None else case.recovered_on.toordinal()
        self.fresh = self.start >= since


@dataclass(frozen=True, slots=True)
class WindowCount:
    """What one window holds.

    first, last: both inclusive; persons: codes in order of onset; count: in the rule's unit; rate: share of
    the roll in [0, 1], None where the rule has no rate or nobody stated the roll.
    """

    first: date
    last: date
    persons: tuple[str, ...]
    count: int
    group: str = ""
    rate: float | None = None
    roll: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """`day`: the first on which the rule held."""

    day: int
    window: WindowCount


def first_known(rows: Sequence[Row], rule: Rule, group: str, roll: Roll, since: int) -> Hit | None:
    """The first day the rule held with the rows known by then; one ruled out counts until that day."""
    spans = [(row.start, row.stop, row) for row in rows if row.start < row.stop]
    return _first(spans, rule, group, roll, since, known=True)


def first_true(rows: Sequence[Row], rule: Rule, group: str, roll: Roll, since: int) -> Hit | None:
    """The first day on which the rule held with all rows placed by onset; a row ruled out never counts."""
    spans = [(row.onset, FOREVER, row) for row in rows if row.stop == FOREVER]
    return _first(spans, rule, group, roll, since, known=False)


def measure(rows: Iterable[Row], rule: Rule, group: str, last: int, roll: int | None) -> WindowCount:
    """What the rule's window that ends on `last` holds, enough or not."""
    present = _Present()
    for row in rows:
        present.add(row)
    return _tally(present, rule, last, roll).window(rule, group)


class _Present:
    """Rows that count now, by day of onset."""

    __slots__ = ("by_day", "days")

    def __init__(self) -> None:
        self.by_day: dict[int, list[Row]] = {}
        self.days: list[int] = []

    def add(self, row: Row) -> None:
        if row.onset not in self.by_day:
            self.by_day[row.onset] = []
            insort(self.days, row.onset)
        self.by_day[row.onset].append(row)

    def remove(self, row: Row) -> None:
        self.by_day[row.onset].remove(row)
        if not self.by_day[row.onset]:
            del self.by_day[row.onset]
            self.days.remove(row.onset)

    def between(self, first: int, last: int) -> list[Row]:
        days = self.days[bisect_left(self.days, first) : bisect_right(self.days, last)]
        return [row for day in days for row in self.by_day[day]]

    def ends(self, touched: Iterable[int], reach: int) -> list[int]:
        """Days of onset, ascending, on which a window that holds a touched day ends."""
        found: set[int] = set()
        for day in touched:
            found.update(self.days[bisect_left(self.days, day) : bisect_right(self.days, day + reach - 1)])
        return sorted(found)


def _first(
    spans: Sequence[tuple[int, int, Row]], rule: Rule, group: str, roll: Roll, since: int, *, known: bool
) -> Hit | None:
    entering: defaultdict[int, list[Row]] = defaultdict(list)
    leaving: defaultdict[int, list[Row]] = defaultdict(list)
    for start, stop, row in spans:
        entering[start].append(row)
        if stop != FOREVER:
            leaving[stop].append(row)
    reach = FOREVER if rule.rate_of == "current" else rule.window_days or 1
    present = _Present()
    for day in sorted(entering.keys() | leaving.keys()):
        touched = set()
        for row in entering.get(day, ()):
            present.add(row)
            # By onset an old row may complete the window of a fresh one; known days bring fresh rows last.
            if row.fresh or not known:
                touched.add(row.onset)
        for row in leaving.get(day, ()):
            present.remove(row)
            if rule.count_max is not None and day >= since:
                touched.add(row.onset)
        for last in present.ends(touched, reach):
            divisor = None if rule.attack_rate is None else roll(last, day if known else FOREVER)
            tally = _tally(present, rule, last, divisor)
            if tally.holds and (known or any(row.fresh for row in tally.rows)):
                return Hit(day, tally.window(rule, group))
    return None


@dataclass(frozen=True, slots=True)
class _Tally:
    """The rows of one window and whether they are enough. Most windows are looked at and dropped."""

    last: int
    rows: list[Row]
    count: int
    rate: float | None
    roll: int | None
    holds: bool

    def window(self, rule: Rule, group: str) -> WindowCount:
        rows = sorted(self.rows, key=_by_onset)
        return WindowCount(
            first=date.fromordinal(self.last - (rule.window_days or 1) + 1),
            last=date.fromordinal(self.last),
            persons=tuple(dict.fromkeys(row.person for row in rows)),
            count=self.count,
            group=group,
            rate=self.rate,
            roll=self.roll,
        )


def _tally(present: _Present, rule: Rule, last: int, roll: int | None) -> _Tally:
    """The window by the rule's number; where only its share is reached, the persons behind that share."""
    rows = present.between(last - (rule.window_days or 1) + 1, last)
    count = _count(rows, rule)
    holds = rule.count is not None and rule.count <= count and _bounded(rows, count, rule)
    rate = None
    if rule.attack_rate is not None and roll:
        ill = rows
        if rule.rate_of == "current":
            ill = [row for row in present.between(0, last) if row.recovered > last]
        n_ill = len({row.person for row in ill})
        rate = n_ill / roll
        if not holds and (rate >= rule.attack_rate or rule.count is None):
            rows, count, holds = ill, n_ill, rate >= rule.attack_rate
    return _Tally(last, rows, count, rate, roll, holds)


def _by_onset(row: Row) -> tuple[int, str]:
    return row.onset, row.person


def _count(rows: Sequence[Row], rule: Rule) -> int:
    """Distinct persons, or the classes that have as many of them as the rule's unit asks for."""
    if rule.count_unit is None:
        return len({row.person for row in rows})
    classes = Counter(klass for klass, _ in {(row.case.scope_id("class"), row.person) for row in rows})
    return sum(n >= COUNT_UNITS[rule.count_unit] for klass, n in classes.items() if klass)


def _bounded(rows: Sequence[Row], count: int, rule: Rule) -> bool:
    if rule.count_max is not None and count > rule.count_max:
        return False
    return rule.min_lab is None or len({row.person for row in rows if row.case.lab}) >= rule.min_lab
