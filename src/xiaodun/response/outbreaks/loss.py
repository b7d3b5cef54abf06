"""What a suspension costs: lessons lost and households that must care for a child at home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xiaodun.foundation.periods import on
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import ONE_DAY
from xiaodun.measures.checks.school_days import is_school_day
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Enrolment, Person


@dataclass(frozen=True, slots=True)
class ClassLoss:
    """One class: pupils on the roll and the households they live in. A pupil of unknown household is one of its own."""

    klass: Org
    roll: int
    n_households: int


@dataclass(frozen=True, slots=True)
class Loss:
    """n_lost = sum over the classes of pupils x school days, in pupil-days. None where there is no last day."""

    classes: tuple[ClassLoss, ...]
    n_days: int | None
    n_households: int

    @property
    def roll(self) -> int:
        return sum(one.roll for one in self.classes)

    @property
    def n_lost(self) -> int | None:
        return None if self.n_days is None else self.roll * self.n_days


def loss_of(school_id: int, class_ids: Sequence[int], from_on: date, to_on: date | None) -> Loss:
    """The loss of suspending these classes from a day to a day, by the rolls of the first day. No person leaves it."""
    homes: dict[int, set[str]] = {class_id: set() for class_id in class_ids}
    rolls = dict.fromkeys(class_ids, 0)
    with open_scope(schools=[school_id]):
        enrolled = Enrolment.objects.in_scope().filter(
            on(from_on), school_id=school_id, class_id__in=class_ids
        )
        pairs = list(enrolled.values_list("class_id", "person_id"))
        persons = Person.objects.in_scope().filter(pk__in=[person for _klass, person in pairs])
        household = dict(persons.values_list("pk", "household"))
    for class_id, person_id in pairs:
        rolls[class_id] += 1
        home = household.get(person_id)
        homes[class_id].add(f"h{home}" if home else f"p{person_id}")
    units = Org.objects.filter(pk__in=class_ids).order_by("sort")
    return Loss(
        tuple(ClassLoss(unit, rolls[unit.pk], len(homes[unit.pk])) for unit in units),
        None if to_on is None else n_school_days(from_on, to_on),
        len(set().union(*homes.values())),
    )


def n_school_days(first: date, last: date) -> int:
    """School days from first to last, both inclusive."""
    return sum(is_school_day(first + n * ONE_DAY) for n in range((last - first).days + 1))
