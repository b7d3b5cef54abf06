"""What an import would do: who is new, changed, moved, back, missing; what must be founded; what must be asked first.

A plan is worked out anew whenever it is shown or applied, from the sealed rows and what is stored at that moment; its digest
says whether it is still the one that was shown.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from xiaodun.kernel.errors import Fault
from xiaodun.responsibility.roster.importing_cells import GuardianRow, RosterRow
from xiaodun.responsibility.roster.importing_classes import ClassRef
from xiaodun.responsibility.roster.importing_match import Ask, Keys
from xiaodun.responsibility.roster.importing_stored import Stored, StoredGuardian
from xiaodun.responsibility.roster.importing_units import SchoolUnits
from xiaodun.responsibility.roster.models import PersonKind


class Step(StrEnum):
    NEW = "new"
    RETURNING = "returning"
    MOVED = "moved"
    CHANGED = "changed"
    SAME = "same"


Group = tuple[str, str]  # group kind, name as written


@dataclass(frozen=True, slots=True)
class GuardianStep:
    """A guardian of a row: None is new, else the stored row whose named columns change."""

    row: GuardianRow
    stored: StoredGuardian | None
    columns: tuple[str, ...]
    phone_index: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Planned:
    """One row and what becomes of it. `changed` names the columns that are written; places are resolved when they stand."""

    row: RosterRow
    keys: Keys
    person: Stored | None
    step: Step
    changed: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    guardians: tuple[GuardianStep, ...] = ()


@dataclass
class Plan:
    """The whole of it. `problems` and open `asks` stand in the way; `new_classes` and `new_groups` wait for a yes."""

    kind: PersonKind
    units: SchoolUnits
    steps: list[Planned] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    problems: list[Fault] = field(default_factory=list)
    missing: list[Stored] = field(default_factory=list)
    whole: bool = False
    new_classes: list[ClassRef] = field(default_factory=list)
    new_groups: list[Group] = field(default_factory=list)
    found: bool = False
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)

    def of(self, *steps: Step) -> list[Planned]:
        return [one for one in self.steps if one.step in steps]

    @property
    def leaving(self) -> list[Stored]:
        return self.missing if self.whole else []

    @property
    def needs_founding(self) -> bool:
        return bool(self.new_classes or self.new_groups) and not self.found

    @property
    def is_ready(self) -> bool:
        return not (self.problems or self.asks or self.needs_founding) and self.n_writes > 0

    @property
    def n_writes(self) -> int:
        return sum(one.step != Step.SAME for one in self.steps) + len(self.leaving)

    @property
    def figures(self) -> dict[str, int]:
        counts = Counter(one.step for one in self.steps)
        return {step.value: counts[step] for step in Step} | {
            "leaving": len(self.leaving),
            "missing": len(self.missing),
            "guardians": sum(len(one.guardians) for one in self.steps),
            "founded": len(self.new_classes) + len(self.new_groups),
        }

    @property
    def digest(self) -> str:
        """32 digits that change when anything that would be written does."""
        said = [
            [
                one.row.number,
                one.person.id if one.person else 0,
                one.step,
                one.changed,
                one.row.klass,
                one.groups,
            ]
            + [[step.stored.id if step.stored else 0, step.columns] for step in one.guardians]
            for one in self.steps
        ]
        rest = [[one.id for one in self.leaving], self.new_classes, self.new_groups, self.found]
        text = json.dumps([said, rest], ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:32]
