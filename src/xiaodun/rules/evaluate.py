"""The one evaluator, behind pages, replay and command: cases and rules in, answers out.

Reads no clock and no database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from xiaodun.kernel.words import SYNDROMES
from xiaodun.rules.kinds import KINDS, groups
from xiaodun.rules.linelist import Case
from xiaodun.rules.rule import SCHOOL_SCOPES, Predicate, Rule
from xiaodun.rules.windows import FOREVER, Hit, Row, WindowCount, first_known, first_true, measure

_RANK = {word.code: rank for rank, word in enumerate(SYNDROMES)}

ByGroup = dict[str, list[Row]]


class Scope(NamedTuple):
    """A place to judge: person, household, dorm, class, grade or school, and its key in the cases."""

    scope: str
    id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A rule that holds in one scope.

    first_true_on: with all rows by onset, None when it holds only thanks to rows that were later ruled out.
    detected_on: with the rows known by then. `found` is the window of detected_on with the rows known by
    then.
    """

    rule: Rule
    scope: str
    scope_id: str
    first_true_on: date | None
    detected_on: date
    found: WindowCount

    @property
    def window(self) -> tuple[date, date]:
        return self.found.first, self.found.last

    @property
    def persons(self) -> tuple[str, ...]:
        return self.found.persons

    @property
    def count(self) -> int:
        """In the rule's unit: persons, or classes where the rule has a count_unit."""
        return self.found.count

    @property
    def group(self) -> str:
        """What the persons share: a syndrome, `exposure:VALUE`, or "" where the rule itself says it."""
        return self.found.group

    @property
    def rate(self) -> float | None:
        return self.found.rate


def is_judged(rule: Rule) -> bool:
    """True when cases alone decide the rule: it has a number, a kind that counts and a scope within reach."""
    return rule.scope in SCHOOL_SCOPES and not rule.is_qualitative and KINDS[rule.kind].counts is not None


def evaluate(
    cases: Iterable[Case],
    rules: Sequence[Rule],
    *,
    sizes: Mapping[str, int] | None = None,
    known_by: date | None = None,
    since: date | None = None,
    scopes: Collection[tuple[str, str]] | None = None,
) -> list[Answer]:
    """Every rule that holds, once for each place, in the order of detection.

    sizes: class scope_id -> pupils on the roll; where it says nothing, the cases' class_size speaks.
    known_by: facts known later are not read. since: only what rows first known on that day or later bring
    about; older rows still stand in the windows. scopes: judge these (scope, scope_id) alone. Rules that
    is_judged refuses are passed over.
    """
    book = Book(cases, sizes=sizes, known_by=known_by, since=since)
    wanted = None if scopes is None else frozenset(scopes)
    answers = []
    for rule in rules:
        if not is_judged(rule):
            continue
        for scope_id, by_group in book.places(rule.predicate, rule.scope).items():
            if wanted is None or (rule.scope, scope_id) in wanted:
                answer = book.judge(rule, scope_id, by_group)
                if answer is not None:
                    answers.append(answer)
    return sorted(answers, key=_order)


def window_now(
    cases: Iterable[Case] | Book,
    rule: Rule,
    scope_id: str,
    day: date,
    *,
    sizes: Mapping[str, int] | None = None,
    known_by: date | None = None,
) -> WindowCount:
    """What the window that ends on `day` holds in one place, enough or not: a standing signal grows by it.

    Rows known by `known_by` (default `day`) and not ruled out by then. With several groups, the one with most
    persons. Many windows of one day: give a `Book` made once with that `known_by`, which then speaks for `sizes`.
    """
    at = (known_by or day).toordinal()
    book = cases if isinstance(cases, Book) else Book(cases, sizes=sizes, known_by=known_by or day)
    by_group = book.places(rule.predicate, rule.scope).get(scope_id, {})
    roll = book.roll(scope_id, day.toordinal(), at)
    counted = [
        measure((row for row in rows if row.stop > at), rule, group, day.toordinal(), roll)
        for group, rows in by_group.items()
    ]
    return min(
        counted or [measure((), rule, "", day.toordinal(), roll)],
        key=lambda window: (-len(window.persons), _rank(window.group)),
    )


class Book:
    """The rows of one evaluation, sorted into places once for all rules that count the same cases.

    sizes, known_by, since: as in `evaluate`.
    """

    def __init__(
        self,
        cases: Iterable[Case],
        *,
        sizes: Mapping[str, int] | None = None,
        known_by: date | None = None,
        since: date | None = None,
    ) -> None:
        self.since = 0 if since is None else since.toordinal()
        self.rows = [
            Row(case, _stop(case, known_by), self.since)
            for case in cases
            if known_by is None or case.known() <= known_by
        ]
        self.sizes = sizes or {}
        self._by_diagnosis: dict[str, list[Row]] = defaultdict(list)
        self._stated: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for row in self.rows:
            self._by_diagnosis[row.case.diagnosis].append(row)
            if row.case.class_size is not None:
                self._stated[row.case.scope_id("class")].append((row.onset, row.start, row.case.class_size))
        for stated in self._stated.values():
            stated.sort()
        self._counted: dict[Predicate, list[tuple[Row, tuple[str, ...]]]] = {}
        self._places: dict[tuple[Predicate, str], dict[str, ByGroup]] = {}

    def places(self, predicate: Predicate, scope: str) -> dict[str, ByGroup]:
        """scope_id -> group -> the rows that count, in the order of the cases."""
        key = (predicate, scope)
        if key not in self._places:
            found: dict[str, ByGroup] = {}
            for row, names in self._counted_rows(predicate):
                scope_id = row.case.scope_id(scope)
                if not scope_id:
                    continue
                by_group = found.setdefault(scope_id, {})
                for name in names:
                    by_group.setdefault(name, []).append(row)
            self._places[key] = found
        return self._places[key]

    def judge(self, rule: Rule, scope_id: str, by_group: ByGroup) -> Answer | None:
        detected: list[Hit] = []
        true_on: list[int] = []

        def roll(day: int, known_by: int) -> int | None:
            return self.roll(scope_id, day, known_by)

        for group, rows in by_group.items():
            if rule.attack_rate is None and rule.count is not None and len(rows) < rule.count:
                continue  # most places most of the time

            hit = first_known(rows, rule, group, roll, self.since)
            prompt = all(row.start == row.onset and row.stop == FOREVER for row in rows)
            held = hit if prompt else first_true(rows, rule, group, roll, self.since)
            if hit is not None:
                detected.append(hit)
            if held is not None:
                true_on.append(held.day)
        if not detected:
            return None
        best = min(detected, key=lambda hit: (hit.day, -len(hit.window.persons), _rank(hit.window.group)))
        return Answer(
            rule=rule,
            scope=rule.scope,
            scope_id=scope_id,
            first_true_on=date.fromordinal(min(true_on)) if true_on else None,
            detected_on=date.fromordinal(best.day),
            found=best.window,
        )

    def roll(self, scope_id: str, day: int, known_by: int) -> int | None:
        """The class roll of that day: as given, else as last stated by a row known, else as first stated."""
        if scope_id in self.sizes:
            return self.sizes[scope_id]
        stated = [(onset, size) for onset, start, size in self._stated.get(scope_id, ()) if start <= known_by]
        before = [entry for entry in stated if entry[0] <= day]
        return before[-1][1] if before else stated[0][1] if stated else None

    def _counted_rows(self, predicate: Predicate) -> list[tuple[Row, tuple[str, ...]]]:
        if predicate not in self._counted:
            counts = KINDS[predicate.kind].counts
            pool = self.rows
            if predicate.kind == "diagnosis":
                pool = [row for name in predicate.diagnoses for row in self._by_diagnosis.get(name, ())]
            self._counted[predicate] = [
                (row, groups(row.case, predicate)) for row in pool if counts and counts(row.case, predicate)
            ]
        return self._counted[predicate]


def _stop(case: Case, known_by: date | None) -> date | None:
    """The day a case was ruled out, unless that is not yet known."""
    if case.ruled_out_on is None or (known_by is not None and case.ruled_out_on > known_by):
        return None
    return case.ruled_out_on


def _rank(group: str) -> tuple[int, str]:
    return _RANK.get(group, len(_RANK)), group


def _order(answer: Answer) -> tuple[date, str, str, str]:
    return answer.detected_on, answer.rule.id, answer.scope, answer.scope_id
