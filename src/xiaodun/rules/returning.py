"""When a child who was ill may come back: every enabled source is asked, and the strictest decides.

How days are counted (product choice where the texts are silent; to be signed off by a CDC):
- 发病后n天, 自发病之日起n天, 出疹后n天, 自治疗之日起n天: the day of the fact is day 0 and the child may come on
  day n (the fact's day + n). 发病后第10天 in the mumps text reads so.
- 次日起n天 (one rubella table): counting begins a day later, the child may come on the fact's day + n + 1.
- Days are calendar days in China; weekends and holidays count.
- 症状消失满n小时 counts instants. Where only a day is known, symptoms are taken to have ended when it did
  (24:00). The child may come on the first day on whose morning (07:00 in China) the hours are full.
- A tick has no day of its own: a way back by ticks alone is open from the day asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from xiaodun.kernel.calendar import ONE_DAY, at, local_day
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.rules.criterion import (
    CIRCUMSTANCE,
    COUNTED_FROM,
    RETURN_DIAGNOSES,
    TICK_CODES,
    Alternative,
    Criterion,
)
from xiaodun.rules.kinds import ILI_SYMPTOMS, ILI_TEMPERATURE
from xiaodun.rules.linelist import SYMPTOM_CODES

# Hour in China by which the hours must be full, so that the morning check of the day finds them so.
MORNING = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is known of one illness. No name or number of a person enters here.

    diagnosis: a code of kernel/words (or `polio`), "" where no doctor named one. symptoms: codes of
    kernel/words. temperature: highest, degrees Celsius. symptom_free_at: an aware instant; where it is
    given, symptom_free_on is not read. ticks, circumstances: codes of criterion.TICKS and CIRCUMSTANCES.
    """

    diagnosis: str
    onset_on: date
    symptoms: frozenset[str] = frozenset()
    temperature: float | None = None
    rash_on: date | None = None
    treated_from: date | None = None
    fever_free_on: date | None = None
    symptom_free_on: date | None = None
    symptom_free_at: datetime | None = None
    ticks: frozenset[str] = frozenset()
    circumstances: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AlternativeAnswer:
    """One way back: `not_before` by the days known so far, `missing` codes of criterion.FACTS."""

    alternative: Alternative
    not_before: date | None
    missing: tuple[str, ...]
    earliest_on: date | None


@dataclass(frozen=True, slots=True)
class CriterionAnswer:
    """What one criterion says.

    earliest_on: the day its first way back opens; None while every way misses a fact. not_before: the day
    before which no way can open, whatever is found out; None where that cannot be said. So a not_before
    earlier than earliest_on, or None, tells that one more fact may bring the return forward.
    missing: what the ways lack, of which one way's facts suffice; empty as soon as one way lacks nothing.
    satisfied: on the day asked.
    """

    criterion: Criterion
    earliest_on: date | None
    not_before: date | None
    missing: tuple[str, ...]
    satisfied: bool
    alternatives: tuple[AlternativeAnswer, ...]


@dataclass(frozen=True, slots=True)
class ReturnAnswer:
    """What all enabled criteria say together.

    earliest_on: the first day on which every criterion holds; None while a fact is missing, and where no
    criterion applies. not_before: the latest of the criteria's. binding: id of the criterion that sets
    earliest_on, or not_before while facts are missing (the first of equals); None where there is no such day.
    missing: facts over all criteria.
    contact_observation_days: the longest, None where none is said.
    """

    as_of: date
    earliest_on: date | None
    not_before: date | None
    binding: str | None
    answers: tuple[CriterionAnswer, ...]
    requires_certificate: bool
    contact_observation_days: int | None
    missing: tuple[str, ...]

    @property
    def without_criterion(self) -> bool:
        """True where no source says anything: the child returns when well, as the school doctor judges."""
        return not self.answers

    @property
    def may_return(self) -> bool:
        """True when no criterion speaks against a return on the day asked; certificate and doctor apart."""
        return all(answer.satisfied for answer in self.answers)


def earliest_return(course: Course, criteria: Iterable[Criterion], as_of: date) -> ReturnAnswer:
    """The first day on which all criteria that apply to the course hold, asked on `as_of`.

    criteria: those in force (return_packs.criteria_in_force); which of them apply is decided here.
    Refused `returns.unknown_code` and `returns.before_onset`, `calendar.naive_instant`.
    """
    _check(course)
    answers = tuple(_answer(each, course, as_of) for each in criteria if applies(each, course))
    missing = tuple(dict.fromkeys(fact for answer in answers for fact in answer.missing))
    name = "not_before" if missing else "earliest_on"
    decided = _latest(getattr(each, name) for each in answers)
    deciding = [
        each.criterion.id for each in answers if decided is not None and getattr(each, name) == decided
    ]
    observed = [days for answer in answers if (days := answer.criterion.contact_observation_days) is not None]
    return ReturnAnswer(
        as_of=as_of,
        earliest_on=None if missing else decided,
        not_before=_latest(each.not_before for each in answers),
        binding=deciding[0] if deciding else None,
        answers=answers,
        requires_certificate=any(answer.criterion.requires_certificate for answer in answers),
        contact_observation_days=max(observed, default=None),
        missing=missing,
    )


def applies(criterion: Criterion, course: Course) -> bool:
    """True when the criterion speaks of this illness and of all its circumstances."""
    if not set(criterion.when) <= course.circumstances:
        return False
    if course.diagnosis:
        return course.diagnosis in criterion.diagnoses
    kind = criterion.without_diagnosis
    return kind is not None and WITHOUT_DIAGNOSIS[kind](course)


def is_like_influenza(course: Course) -> bool:
    """38.0 degrees or more, or a fever told, with a cough or a sore throat.

    Wider than the definition that counts cases (a fever told suffices): a child at home is often not
    measured by the school. Product choice.
    """
    hot = "fever" in course.symptoms or (course.temperature or 0) >= ILI_TEMPERATURE
    return hot and not course.symptoms.isdisjoint(ILI_SYMPTOMS)


# Illnesses that a criterion covers where no doctor named one. Only the influenza texts speak of one.
WITHOUT_DIAGNOSIS: dict[str, Callable[[Course], bool]] = {"ili": is_like_influenza}


def _answer(criterion: Criterion, course: Course, as_of: date) -> CriterionAnswer:
    ways = tuple(_way(each, course, as_of) for each in criterion.any_of)
    open_days = [way.earliest_on for way in ways if way.earliest_on is not None]
    earliest = min(open_days, default=None)
    bounds = [way.not_before for way in ways if way.not_before is not None]
    bound = min(bounds) if len(bounds) == len(ways) else None  # a way without a day may open any day
    missing = tuple(dict.fromkeys(fact for way in ways for fact in way.missing))
    return CriterionAnswer(
        criterion=criterion,
        earliest_on=earliest,
        not_before=bound,
        missing=missing if earliest is None else (),
        satisfied=earliest is not None and earliest <= as_of,
        alternatives=ways,
    )


def _way(way: Alternative, course: Course, as_of: date) -> AlternativeAnswer:
    days: list[date] = []
    missing: list[str] = []
    for name, number in way.numbers.items():
        day = _free_on(course, number) if name == "symptom_free_hours" else _day_n(course, way, name, number)
        if day is None:
            missing.append(COUNTED_FROM[name])
        else:
            days.append(day)
    missing += [tick for tick in way.needs if tick not in course.ticks]
    last = _latest(days)
    return AlternativeAnswer(way, last, tuple(missing), None if missing else last or as_of)


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _day_n(course: Course, way: Alternative, name: str, number: int) -> date | None:
    first: date | None = getattr(course, COUNTED_FROM[name])
    return None if first is None else first + timedelta(days=number + way.from_next_day)


def _free_on(course: Course, hours: int) -> date | None:
    """The first day on whose morning the symptoms have been gone for so many hours; None if they are not."""
    gone = course.symptom_free_at
    if gone is None:
        if course.symptom_free_on is None:
            return None
        gone = at(course.symptom_free_on + ONE_DAY, 0)
    full = gone + timedelta(hours=hours)
    day = local_day(full)
    return day if full <= at(day, MORNING) else day + ONE_DAY


def _check(course: Course) -> None:
    """A code that nobody knows, or an end before the beginning, would let a child in too early."""
    faults = [
        Fault("returns.unknown_code", f"只能是: {' '.join(sorted(known))}",
              f"must be one of: {' '.join(sorted(known))}", where, code)
        for where, said, known in (
            ("diagnosis", {course.diagnosis} - {""}, RETURN_DIAGNOSES),
            ("symptoms", course.symptoms, SYMPTOM_CODES),
            ("ticks", course.ticks, TICK_CODES),
            ("circumstances", course.circumstances, CIRCUMSTANCE.keys()),
        )
        for code in sorted(said - known)
    ]  # fmt: skip
    # Onset is the first symptom, so that nothing of the same illness lies before it.
    later = {
        "rash_on": course.rash_on,
        "treated_from": course.treated_from,
        "fever_free_on": course.fever_free_on,
        "symptom_free_on": course.symptom_free_on,
        "symptom_free_at": course.symptom_free_at and local_day(course.symptom_free_at),
    }
    faults += [
        Fault("returns.before_onset", "不能早于发病日期", "cannot lie before the onset", where, str(day))
        for where, day in later.items()
        if day is not None and day < course.onset_on
    ]
    if faults:
        raise Refused(*faults)
