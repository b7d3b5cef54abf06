"""What is said on which day: a line list turned into the checks of classes and the findings of a doctor.

Pure: no database, no clock. A day of the script is a day on which the list has something new: a row becomes
known, a pupil is back, or a case is ruled out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.rules.linelist import Case

# What the doctor's form takes; the line list itself reads 30 to 45.
TEMPERATURES = (34, 43)
ONE_DAY = timedelta(days=1)

NumberedCases = Sequence[tuple[int, Case]]


@dataclass(frozen=True, slots=True)
class Listed:
    """One pupil on the list of a class. `carried`: stood there before."""

    illness: Illness
    symptoms: frozenset[str]
    absent: bool
    carried: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """All that the doctor knows of one illness by that day."""

    diagnosis: str
    lab: bool
    severe: bool
    hospital: bool
    died: bool
    temperature: float | None


@dataclass(frozen=True, slots=True)
class Illness:
    """The rows of one person's illness in the order in which they became known, one or more."""

    rows: tuple[Case, ...]

    @property
    def person(self) -> str:
        return self.rows[0].person

    @property
    def klass(self) -> str:
        return self.rows[0].klass

    @property
    def onset(self) -> date:
        return self.rows[0].onset

    @property
    def entered_on(self) -> date:
        return entered_on(self.rows[0])

    @property
    def ruled_out_on(self) -> date | None:
        """When the last of its rows was ruled out; None while one still counts, as the evaluator has it."""
        days = [row.ruled_out_on for row in self.rows if row.ruled_out_on is not None]
        return max(*days, self.entered_on) if len(days) == len(self.rows) else None

    @property
    def back_on(self) -> date | None:
        """The first day on which a check no longer lists the pupil; a pupil is listed at least once."""
        last = None
        for row in self.rows:
            if row.recovered_on is not None:
                last = row.recovered_on
            elif row.absent_to is not None:
                last = row.absent_to + ONE_DAY
        return None if last is None else max(last, self.entered_on + ONE_DAY)

    def is_over(self, day: date) -> bool:
        """Could a new illness of the same person begin on that day? A check before it said that he was back."""
        back = self.back_on
        gone = self.ruled_out_on
        return (back is not None and back < day) or (
            gone is not None and self.entered_on < day and gone <= day
        )

    def listed(self, day: date) -> Listed | None:
        """How that day's check lists the pupil; None when it does not."""
        if not (day == self.entered_on or self.entered_on < day < min(self._ends())):
            return None
        known = [row for row in self.rows if entered_on(row) <= day]
        last = known[-1]
        absent = last.absent_from is not None and last.absent_from <= day
        return Listed(
            illness=self,
            symptoms=frozenset().union(*(row.symptoms for row in known)),
            absent=absent and (last.absent_to is None or day <= last.absent_to),
            carried=day > self.entered_on,
        )

    @property
    def returns_on(self) -> date | None:
        """The day whose check says that the pupil is back; None where a ruling out came before it."""
        return self.back_on if self.back_on == min(self._ends()) else None

    def _ends(self) -> tuple[date, ...]:
        return tuple(end for end in (self.ruled_out_on, self.back_on, date.max) if end is not None)

    def finding(self, day: date) -> Finding | None:
        """What the doctor records on that day; None when the list brings nothing for a doctor."""
        if not any(entered_on(row) == day and _is_for_doctor(row) for row in self.rows):
            return None
        known = [row for row in self.rows if entered_on(row) <= day]
        return Finding(
            diagnosis=next((row.diagnosis for row in reversed(known) if row.diagnosis), ""),
            lab=any(row.lab for row in known),
            severe=any(row.severe for row in known),
            hospital=any(row.hospital for row in known),
            died=any(row.died for row in known),
            temperature=max((row.temperature for row in known if row.temperature is not None), default=None),
        )


@dataclass(frozen=True, slots=True)
class ClassScript:
    """A class of the list. `grade` is "" where no row names one, `size` None where no row states it."""

    value: str
    grade: str
    size: int | None
    persons: tuple[str, ...]

    def roll(self, smallest_share: float) -> int:
        """Pupils to enrol. Where nobody stated the roll, so many that no share of the class is ever reached."""
        if self.size is not None:
            return max(self.size, len(self.persons))
        return len(self.persons) * (int(1 / smallest_share) + 1) + 1


@dataclass(frozen=True, slots=True)
class SchoolScript:
    """One school of the list. `value` is what its column says, "" without one."""

    value: str
    classes: tuple[ClassScript, ...]
    illnesses: tuple[Illness, ...]

    def days(self) -> tuple[date, ...]:
        found: set[date] = set()
        for illness in self.illnesses:
            found.update(entered_on(row) for row in illness.rows)
            found.update(day for day in (illness.returns_on, illness.ruled_out_on) if day is not None)
        return tuple(sorted(found))

    def checks(self, day: date) -> Iterator[tuple[str, tuple[Listed, ...]]]:
        """class -> its list of that day, new and still ill; classes with nobody to list or to drop say nothing."""
        lists: defaultdict[str, list[Listed]] = defaultdict(list)
        for illness in self.illnesses:
            listed = illness.listed(day)
            if listed is not None:
                lists[illness.klass].append(listed)
            elif illness.returns_on == day:
                lists[illness.klass] += []
        return ((room.value, tuple(lists[room.value])) for room in self.classes if room.value in lists)


def entered_on(row: Case) -> date:
    """The day a row is said: known_on, else the first day of absence, else onset; never before onset."""
    return max(row.known_on or row.absent_from or row.onset, row.onset)


def write_script(rows: NumberedCases, file: str = "") -> tuple[SchoolScript, ...]:
    """The schools of a line list, each with its classes and illnesses in the order of the file.

    Refused `replay.*` by row and column for what cannot be entered: a pupil in two classes, a class in two
    grades, a temperature that the doctor's form refuses.
    """
    faults = [*_misplaced(rows, file), *_out_of_range(rows, file)]
    if faults:
        raise Refused(*faults)
    by_school: dict[str, list[Case]] = {}
    for _, row in rows:
        by_school.setdefault(row.school, []).append(row)
    return tuple(
        SchoolScript(school, tuple(_classes(cases)), tuple(_illnesses(cases)))
        for school, cases in by_school.items()
    )


def n_merged(script: SchoolScript) -> int:
    """Rows with an onset of their own that were read as later facts: their illness had not ended before."""
    return sum(row.onset != illness.onset for illness in script.illnesses for row in illness.rows)


def _is_for_doctor(row: Case) -> bool:
    flags = row.lab or row.severe or row.hospital or row.died
    return bool(row.diagnosis) or flags or row.temperature is not None


def _classes(cases: Sequence[Case]) -> Iterator[ClassScript]:
    for value in dict.fromkeys(row.klass for row in cases):
        rows = [row for row in cases if row.klass == value]
        yield ClassScript(
            value=value,
            grade=next((row.grade for row in rows if row.grade), ""),
            size=max((row.class_size for row in rows if row.class_size is not None), default=None),
            persons=tuple(dict.fromkeys(row.person for row in rows)),
        )


def _illnesses(cases: Sequence[Case]) -> Iterator[Illness]:
    """Rows of a person belong together while they name one onset, or while the illness before is not over."""
    open_rows: dict[str, list[Case]] = {}
    done: list[Illness] = []
    for row in sorted(cases, key=lambda row: (entered_on(row), row.onset)):
        before = open_rows.get(row.person)
        if before and before[0].onset != row.onset and Illness(tuple(before)).is_over(entered_on(row)):
            done.append(Illness(tuple(before)))
            before = None
        if before:
            before.append(row)
        else:
            open_rows[row.person] = [row]
    done += [Illness(tuple(rows)) for rows in open_rows.values()]
    places = {row.person: place for place, row in reversed(list(enumerate(cases)))}
    yield from sorted(done, key=lambda illness: (illness.entered_on, places[illness.person]))


def _misplaced(rows: NumberedCases, file: str) -> Iterator[Fault]:
    class_of: dict[tuple[str, str], str] = {}
    grade_of: dict[tuple[str, str], str] = {}
    for number, row in rows:
        if class_of.setdefault((row.school, row.person), row.klass) != row.klass:
            zh = "一名学生只能在一个班；转班还不能回放"
            en = "a pupil is in one class; a change of class cannot be replayed yet"
            yield Fault("replay.two_classes", zh, en, f"row {number} column klass", row.klass, file)
        if row.grade and grade_of.setdefault((row.school, row.klass), row.grade) != row.grade:
            zh = "一个班只属于一个年级；改 grade 或 klass"
            en = "a class belongs to one grade; correct grade or klass"
            yield Fault("replay.two_grades", zh, en, f"row {number} column grade", row.grade, file)


def _out_of_range(rows: NumberedCases, file: str) -> Iterator[Fault]:
    low, high = TEMPERATURES
    for number, row in rows:
        if row.temperature is not None and not low <= row.temperature <= high:
            zh, en = f"校医只能记 {low} 至 {high} 度", f"the doctor's form takes {low} to {high} degrees"
            where = f"row {number} column temperature"
            yield Fault("replay.temperature", zh, en, where, str(row.temperature), file)


def unread_columns(rows: NumberedCases) -> Counter[str]:
    """column -> rows that fill it though a replay has no page to enter it on."""
    found: Counter[str] = Counter()
    for _, row in rows:
        found.update(name for name in ("exposure", "dorm", "household") if getattr(row, name))
    return found
