"""Who is a case: the illnesses of the signals, those that match the case definition, and the lead's word on each.

Computed anew for every page, so that nothing has to be kept in step: a new finding, a diagnosis, an exclusion show at once.
Runs inside an open scope of the school.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import local_day
from xiaodun.kernel.words import SYMPTOMS
from xiaodun.measures.health.models import Cause, FollowUp
from xiaodun.response.outbreaks.models import CaseMark, Outbreak


class CaseStatus(StrEnum):
    """By what is recorded: symptoms only, a diagnosis, a laboratory."""

    SUSPECTED = "suspected"
    PROBABLE = "probable"
    CONFIRMED = "confirmed"


STATUS_WORDS = {
    CaseStatus.SUSPECTED: _("疑似"),
    CaseStatus.PROBABLE: _("临床诊断"),
    CaseStatus.CONFIRMED: _("确诊"),
}


class Origin(StrEnum):
    """Why an illness counts."""

    SIGNAL = "signal"
    DEFINITION = "definition"
    LEAD = "lead"


@dataclass(frozen=True, slots=True)
class Definition:
    """The case definition: from when, where, with what. `class_ids` None is the whole school.

    `written`: by the lead; otherwise as the signals' cases say.
    """

    since: date
    class_ids: frozenset[int] | None
    symptoms: frozenset[str]
    diagnoses: frozenset[str]
    written: bool = False

    def looks_like(self, row: FollowUp) -> bool:
        """Time and symptoms or diagnosis, wherever it is. A diagnosis of something else is something else."""
        if row.onset_on < self.since:
            return False
        if row.diagnosis and self.diagnoses:
            return row.diagnosis in self.diagnoses
        return row.diagnosis in self.diagnoses or not self.symptoms.isdisjoint(row.symptoms)

    def holds(self, row: FollowUp) -> bool:
        return self.looks_like(row) and (self.class_ids is None or row.class_id in self.class_ids)


@dataclass(frozen=True, slots=True)
class Case:
    """One counted illness. `number` is its place by onset: what a case is called where names are not read."""

    row: FollowUp
    origin: Origin
    number: int

    @property
    def status(self) -> CaseStatus:
        return status_of(self.row)


@dataclass(frozen=True, slots=True)
class Counting:
    """The cases in the order of their onset; `alike` look the same elsewhere in the school, `struck` the lead took out."""

    definition: Definition | None
    cases: tuple[Case, ...]
    alike: tuple[FollowUp, ...]
    struck: tuple[tuple[FollowUp, CaseMark], ...]

    @property
    def first_on(self) -> date | None:
        return self.cases[0].row.onset_on if self.cases else None

    @property
    def last_on(self) -> date | None:
        return self.cases[-1].row.onset_on if self.cases else None

    @property
    def diagnosis(self) -> str:
        """The diagnosis that most cases have; "" while nobody has one."""
        found = Counter(case.row.diagnosis for case in self.cases if case.row.diagnosis)
        return max(sorted(found), key=lambda code: found[code]) if found else ""

    def n(self, status: CaseStatus) -> int:
        return sum(case.status == status for case in self.cases)

    @property
    def by_class(self) -> dict[int, int]:
        return dict(Counter(case.row.class_id for case in self.cases))


def status_of(row: FollowUp) -> CaseStatus:
    if row.lab:
        return CaseStatus.CONFIRMED
    return CaseStatus.PROBABLE if row.diagnosis else CaseStatus.SUSPECTED


def counting(outbreak: Outbreak) -> Counting:
    """The cases of one outbreak as of now. Runs inside the school's open scope."""
    return countings([outbreak])[outbreak.pk]


def countings(outbreaks: Sequence[Outbreak]) -> dict[int, Counting]:
    """outbreak id -> its cases; four queries for any number of outbreaks. Runs inside the open scope of their schools."""
    signalled: dict[int, set[int]] = {outbreak.pk: set() for outbreak in outbreaks}
    for outbreak in outbreaks:
        for signal in outbreak.signals.all():
            signalled[outbreak.pk].update(signal.follow_up_ids)
    marks: dict[int, list[CaseMark]] = {}
    said = CaseMark.objects.in_scope().filter(outbreak__in=outbreaks).select_related("marked_by")
    for mark in said.order_by("pk"):
        marks.setdefault(mark.outbreak_id, []).append(mark)
    named = set().union(
        *signalled.values(), (mark.follow_up_id for found in marks.values() for mark in found)
    )
    rows = _illnesses(outbreaks, named)
    return {
        outbreak.pk: count(
            outbreak,
            [row for row in rows if row.school_id == outbreak.school_id],
            signalled[outbreak.pk],
            marks.get(outbreak.pk, []),
        )
        for outbreak in outbreaks
    }


def count(
    outbreak: Outbreak, rows: Iterable[FollowUp], signalled: set[int], marks: Sequence[CaseMark]
) -> Counting:
    """Count the school's illnesses for one outbreak; a person counts once, with the first illness."""
    until = local_day(outbreak.closed_at) if outbreak.closed_at else clock.today()
    known = {row.pk: row for row in rows if row.ruled_out_on is None and row.onset_on <= until}
    definition = _definition(outbreak, [known[pk] for pk in signalled if pk in known])
    last_word = {mark.follow_up_id: mark for mark in marks}
    counted: list[tuple[FollowUp, Origin]] = []
    alike: list[FollowUp] = []
    persons: set[int] = set()
    for row in sorted(known.values(), key=lambda row: (row.onset_on, row.pk)):
        origin = _origin(row, signalled, definition, last_word)
        if origin is not None and row.person_id not in persons:
            persons.add(row.person_id)
            counted.append((row, origin))
        elif (
            origin is None and row.pk not in last_word and definition is not None and _alike(row, definition)
        ):
            alike.append(row)
    struck = [(known[pk], mark) for pk, mark in last_word.items() if not mark.counts and pk in known]
    return Counting(
        definition,
        tuple(Case(row, origin, number) for number, (row, origin) in enumerate(counted, 1)),
        tuple(alike),
        tuple(struck),
    )


def _origin(
    row: FollowUp, signalled: set[int], definition: Definition | None, marks: Mapping[int, CaseMark]
) -> Origin | None:
    if row.pk in marks:
        return Origin.LEAD if marks[row.pk].counts else None
    if row.pk in signalled:
        return Origin.SIGNAL
    return Origin.DEFINITION if definition is not None and _ill(row) and definition.holds(row) else None


def _alike(row: FollowUp, definition: Definition) -> bool:
    return _ill(row) and definition.looks_like(row)


def _ill(row: FollowUp) -> bool:
    return row.cause in (Cause.ILLNESS, Cause.UNKNOWN)


def _definition(outbreak: Outbreak, cases: list[FollowUp]) -> Definition | None:
    """The lead's definition; else what the signals' cases share, in their classes; None where there is neither."""
    if outbreak.defined_at is not None and outbreak.cases_from is not None:
        return Definition(
            outbreak.cases_from,
            frozenset(outbreak.class_ids) or None,
            frozenset(outbreak.symptoms),
            frozenset(outbreak.diagnoses),
            written=True,
        )
    if not cases:
        return None
    return Definition(
        min(row.onset_on for row in cases),
        frozenset(row.class_id for row in cases),
        frozenset(shared_symptoms(row.symptoms for row in cases)),
        frozenset(row.diagnosis for row in cases if row.diagnosis),
    )


def shared_symptoms(lists: Iterable[Sequence[str]]) -> set[str]:
    """The symptoms of the group that most of the lists share; all that they name where there is no such group."""
    listed = [set(codes) for codes in lists]
    groups: dict[str, set[str]] = {}
    for word in SYMPTOMS:
        if word.syndrome:
            groups.setdefault(word.syndrome, set()).add(word.code)
    best = max(groups.values(), key=lambda group: sum(bool(group & codes) for codes in listed))
    return best if any(best & codes for codes in listed) else set().union(*listed)


def _illnesses(outbreaks: Sequence[Outbreak], named: set[int]) -> list[FollowUp]:
    """The illnesses of these schools that are named, and all since the earliest of them or of a written definition."""
    rows = FollowUp.objects.in_scope().filter(school_id__in={outbreak.school_id for outbreak in outbreaks})
    first = rows.filter(pk__in=named).aggregate(first=Min("onset_on"))["first"]
    written = [outbreak.cases_from for outbreak in outbreaks if outbreak.cases_from]
    since = min([*written, *([first] if first else [])], default=None)
    return list(rows.filter(onset_on__gte=since)) if since else []
