"""The shape of a synthetic county: frozen arrays; a school, a grade, a class is a range of rows."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from xiaodun.kernel.words import STAGES

# Index into kernel.words.STAGES, which has more stages than a county's schools.
STAGE_CODES = tuple(word.code for word in STAGES)
SEXES = ("f", "m")
KINDS = ("kindergarten", "primary", "junior", "nine_year", "senior")
ROLES = ("principal", "epidemic_reporter", "school_doctor", "class_teacher")

Ints = NDArray[np.int32]
Codes = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Frozen:
    """Columns of equal length. The arrays are read-only: no reader can change another's county."""

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)


@dataclass(frozen=True, eq=False)
class Schools(Frozen):
    """Schools in order of town. All columns have length n_school.

    code: ten digits, unique; name: as on the gate; kind: index into KINDS; town: index into County.towns;
    boarding: every pupil sleeps at school; map_q, map_r: axial cell on the hexagon map (pointy cells, in cell
    widths x = q + r / 2, y = 0.866 r downwards); no two schools share a cell, each town is one piece.
    """

    code: tuple[str, ...]
    name: tuple[str, ...]
    kind: Codes
    town: Ints
    boarding: Bools
    map_q: Ints
    map_r: Ints


@dataclass(frozen=True, eq=False)
class Grades(Frozen):
    """Grades in order of school. Length n_grade.

    stage: index into STAGE_CODES; number: the grade as in kernel.words (kindergarten 1-3, primary 1-6,
    junior 7-9, senior 10-12).
    """

    school: Ints
    stage: Codes
    number: Codes


@dataclass(frozen=True, eq=False)
class Classes(Frozen):
    """Classes in order of school and grade. Length n_class, but `start` n_class + 1.

    school, grade: row numbers; stage, grade_number: as in Grades; number: 1-based within the grade; size:
    pupils; start: class c holds the pupil rows start[c] to start[c + 1] - 1.
    """

    school: Ints
    grade: Ints
    stage: Codes
    grade_number: Codes
    number: Codes
    size: Ints
    start: Ints


@dataclass(frozen=True, eq=False)
class Rooms(Frozen):
    """Dormitory rooms. Length n_room.

    school: row; sex: index into SEXES; number: 101, 102, ... in the house of that sex; size: pupils, 1-8.
    """

    school: Ints
    sex: Codes
    number: Ints
    size: Ints


@dataclass(frozen=True, eq=False)
class Pupils(Frozen):
    """Pupils in order of class. Length n_pupil; the row number stands for the person everywhere in `science`.

    klass: class row; sex: index into SEXES; born: ordinal (date.toordinal) of the birthday; room: row or -1;
    household: 0-based, one number one home, also across schools; bus: -1 (nobody rides one yet).
    Names are not here and never will be: see `names`.
    """

    klass: Ints
    sex: Codes
    born: Ints
    room: Ints
    household: Ints
    bus: Ints


@dataclass(frozen=True, eq=False)
class Staff(Frozen):
    """Staff in order of school. Length n_staff.

    role: index into ROLES; klass: class row of a class teacher, -1 for the others; sex: index into SEXES.
    """

    school: Ints
    role: Codes
    klass: Ints
    sex: Codes


@dataclass(frozen=True, eq=False)
class County:
    """One county in the autumn of `first_year` (a school year is called by the year in which it begins)."""

    name: str
    seed: int
    first_year: int
    towns: tuple[str, ...]
    schools: Schools
    grades: Grades
    classes: Classes
    rooms: Rooms
    pupils: Pupils
    staff: Staff

    @property
    def n_pupil(self) -> int:
        return len(self.pupils.klass)

    @property
    def school_of_pupil(self) -> Ints:
        """School row of every pupil, shape (n_pupil,)."""
        return self.classes.school[self.pupils.klass]

    def pupils_of_school(self, school: int) -> Ints:
        """Pupil rows of one school, ascending."""
        classes = np.flatnonzero(self.classes.school == school)
        start = self.classes.start
        return np.arange(start[classes[0]], start[classes[-1] + 1], dtype=np.int32)
