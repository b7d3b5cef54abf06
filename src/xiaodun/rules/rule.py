"""Rows of packs: what every row says about itself, and a rule: what it counts, where, in which window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LAYERS = ("national", "province", "city", "county")  # each may override those before it

# Scopes whose key is a column of a line list; the others need the cases of many schools.
SCHOOL_SCOPES = ("person", "household", "dorm", "class", "grade", "school")
AREA_SCOPES = ("township", "county", "city", "province")

LEVELS = ("signal", "cluster", "outbreak", "public_health_event")  # rising
ADVICE = ("suspend_class", "suspend_school")  # beside the levels; AUTH-STOP-CLASS says who decides

GRADES = ("primary", "official_repost", "secondary", "recall")  # falling trust in the text behind the rule

# count_unit -> cases that a class needs before it is counted
COUNT_UNITS = {"classes_with>=2_cases": 2}


@dataclass(frozen=True, slots=True)
class Source:
    """A document. `document_no`, `issued_on` and `address` are None where the material does not name them."""

    id: str
    title: str
    title_en: str
    document_no: str | None = None
    issued_on: date | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """Who compared the row with the official text, and when."""

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Predicate:
    """Which cases a rule counts: a kind (see kinds.py) and what the kind reads.

    Equal predicates count equal cases.
    """

    kind: str
    diagnoses: tuple[str, ...] = ()
    except_diagnoses: tuple[str, ...] = ()
    symptoms_any: tuple[str, ...] = ()
    outcome_any: tuple[str, ...] = ()
    syndromes: tuple[str, ...] = ()
    link_any: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a row of any pack says about itself: its id for ever, its version, who issued it, what it rests on.

    effective_from, effective_to: inclusive, None is open.
    """

    id: str
    version: str
    pack: str
    layer: str
    issuer: str
    issuer_en: str
    words: str
    words_en: str
    sources: tuple[Source, ...]
    grade: str
    certainty: str
    verified: Verified | None
    status: str
    notes: str
    notes_en: str
    effective_from: date | None = None
    effective_to: date | None = None
    effective_certainty: str | None = None

    @property
    def document_no(self) -> str | None:
        """The number of the first document that has one."""
        return next((source.document_no for source in self.sources if source.document_no), None)

    @property
    def is_verified(self) -> bool:
        """False means that the row shows `unverified` wherever it shows."""
        return self.verified is not None or self.grade == "primary"

    def covers(self, day: date) -> bool:
        """True when the day lies within the dates that the row has."""
        return not (
            (self.effective_from is not None and day < self.effective_from)
            or (self.effective_to is not None and day > self.effective_to)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Row):
    """One row of a policy pack.

    window_days: calendar days, ending on the day judged. count: persons (or count_unit), at least.
    attack_rate: share of the class roll in (0, 1], at least, of the persons ill now or new in the window
    (rate_of). Count and attack_rate both set: either suffices; both None: qualitative. time_limit_hours: 0 is
    at once, None is no fixed limit.
    """

    family: str
    predicate: Predicate
    scope: str
    window_days: int | None
    count: int | None
    attack_rate: float | None
    level: str
    time_limit_hours: int | None
    report_to: tuple[str, ...]
    rate_of: str | None = None
    count_max: int | None = None
    count_unit: str | None = None
    min_lab: int | None = None
    suspend_days: int | None = None
    requires_assessment: bool = False
    grade_roman: str | None = None
    conflict: str | None = None

    @property
    def kind(self) -> str:
        return self.predicate.kind

    @property
    def is_advice(self) -> bool:
        """True for a recommendation to suspend lessons, which only an authority can decide."""
        return self.level in ADVICE

    @property
    def is_qualitative(self) -> bool:
        return self.count is None and self.attack_rate is None


@dataclass(frozen=True, slots=True)
class Pack:
    """One file: one issuing body at one layer."""

    id: str
    layer: str
    issuer: str
    issuer_en: str
    file: str
    sources: tuple[Source, ...]
    rules: tuple[Rule, ...]
