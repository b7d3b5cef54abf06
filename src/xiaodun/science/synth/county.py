"""One synthetic county: schools, classes, pupils, households, rooms, staff, as pure functions of a seed."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from xiaodun.kernel.draws import choice, integers, uniform
from xiaodun.kernel.errors import DomainError, Fault
from xiaodun.science.synth.households import assign_rooms, draw_households
from xiaodun.science.synth.places import COUNTY_NAME, TOWNS, lay_out_schools, town_weights
from xiaodun.science.synth.population import (
    KINDS,
    ROLES,
    STAGE_CODES,
    Bools,
    Classes,
    Codes,
    County,
    Grades,
    Ints,
    Pupils,
    Rooms,
    Schools,
    Staff,
)

MIN_CLASS, MAX_CLASS = 28, 52
BOARDING_ROLL = 763  # as many as the English boarding school of 1978, so that its figures need no scaling
BOYS_SHARE = 0.53  # of pupils (assumption)
MIN_SCHOOLS, MAX_SCHOOLS = 2, 600

# School years of each kind: (stage, first grade, last grade).
_GRADES = {
    "kindergarten": (("kindergarten", 1, 3),),
    "primary": (("primary", 1, 6),),
    "junior": (("junior", 7, 9),),
    "nine_year": (("primary", 1, 6), ("junior", 7, 9)),
    "senior": (("senior", 10, 12),),
}
# Parallel classes of a grade, fewest and most, and the usual class size: in the seat, in a town (assumption).
_PARALLEL = {
    "kindergarten": ((3, 4), (2, 3)),
    "primary": ((3, 5), (1, 2)),
    "junior": ((6, 7), (4, 6)),
    "nine_year": ((1, 2), (1, 2)),
    "senior": ((10, 10), (10, 10)),
}
_USUAL_SIZE = {
    "kindergarten": (33, 31),
    "primary": (46, 40),
    "junior": (48, 45),
    "nine_year": (40, 38),
    "senior": (50, 50),
}
_BOARDING_PARALLEL = 6
# Share of women by role (assumption), in the order of ROLES.
_WOMEN = (0.40, 0.60, 0.85, 0.78)


def county(
    seed: int = 1, *, schools: int = 60, boarding_school: bool = True, first_year: int = 2026
) -> County:
    """A county in the autumn of `first_year`, a pure function of its arguments; arrays as in `population`.

    schools: number of schools, 2-600; 60 give about 700 classes and 30,000 pupils. boarding_school: one
    junior school of BOARDING_ROLL pupils, who all sleep there. Raises DomainError `synth.schools` or
    `synth.first_year`. Class sizes and shares are assumptions for a small inland county; no place is real.
    """
    _check(schools, first_year)
    places = lay_out_schools(seed, schools, boarding_school)
    grades, classes = _classes(seed, places)
    pupils, rooms = _pupils(seed, places, classes, first_year)
    return County(
        name=COUNTY_NAME,
        seed=seed,
        first_year=first_year,
        towns=tuple(name for name, _ in TOWNS[: int(places.town.max()) + 1]),
        schools=places,
        grades=grades,
        classes=classes,
        rooms=rooms,
        pupils=pupils,
        staff=_staff(seed, places, classes),
    )


def school_year(stage: Codes, grade_number: Codes) -> Ints:
    """School years counted through, of the same shape: kindergarten -2, -1, 0, then 1-12."""
    kindergarten = stage == STAGE_CODES.index("kindergarten")
    years: Ints = grade_number.astype(np.int32) - 3 * kindergarten.astype(np.int32)
    return years


def _check(schools: int, first_year: int) -> None:
    if not MIN_SCHOOLS <= schools <= MAX_SCHOOLS:
        raise DomainError(
            Fault(
                "synth.schools",
                zh="学校数须在2到600之间",
                en="give 2 to 600 schools",
                where="schools",
                value=str(schools),
            )
        )
    if not 1990 <= first_year <= 2100:
        raise DomainError(
            Fault(
                "synth.first_year",
                zh="学年须在1990到2100之间",
                en="give a year from 1990 to 2100",
                where="first_year",
                value=str(first_year),
            )
        )


def _classes(seed: int, places: Schools) -> tuple[Grades, Classes]:
    grades = np.array(_grade_rows(seed, places), dtype=np.int32)
    n_parallel = grades[:, 3]
    grade = np.repeat(np.arange(len(grades), dtype=np.int32), n_parallel)
    school = grades[grade, 0]
    number = np.arange(len(grade)) - np.repeat(np.cumsum(n_parallel) - n_parallel, n_parallel) + 1
    usual = np.array([_USUAL_SIZE[kind] for kind in KINDS], dtype=np.int32)
    size = _sizes(
        seed,
        usual[places.kind[school], (places.town[school] > 0).astype(np.int32)],
        places.boarding[school],
    )
    stage, grade_number = grades[:, 1].astype(np.uint8), grades[:, 2].astype(np.uint8)
    return (
        Grades(school=grades[:, 0].copy(), stage=stage, number=grade_number),
        Classes(
            school=school,
            grade=grade,
            stage=stage[grade],
            grade_number=grade_number[grade],
            number=number.astype(np.uint8),
            size=size,
            start=np.concatenate([[0], np.cumsum(size)]).astype(np.int32),
        ),
    )


def _grade_rows(seed: int, places: Schools) -> list[tuple[int, int, int, int]]:
    """(school, stage, grade number, parallel classes) of every grade, in order of school."""
    rows = []
    for school, kind_index in enumerate(places.kind.tolist()):
        kind = KINDS[kind_index]
        fewest, most = _PARALLEL[kind][int(places.town[school] > 0)]
        n_parallel = int(integers(seed, "synth.parallel", school, 0, low=fewest, high=most + 1))
        if places.boarding[school]:
            n_parallel = _BOARDING_PARALLEL
        for stage, first, last in _GRADES[kind]:
            rows += [(school, STAGE_CODES.index(stage), n, n_parallel) for n in range(first, last + 1)]
    return rows


def _sizes(seed: int, usual: Ints, boards: Bools) -> Ints:
    """Pupils of every class: usual size give or take 4; the boarding classes add up to BOARDING_ROLL."""
    spread = integers(seed, "synth.class_size", np.arange(len(usual)), 0, low=-4, high=5).astype(np.int32)
    size: Ints = np.clip(usual + spread, MIN_CLASS, MAX_CLASS).astype(np.int32)
    n_boarding = int(boards.sum())
    if n_boarding:
        # Each class gives its spread to the next one, so the sum stays.
        level = BOARDING_ROLL // n_boarding + (np.arange(n_boarding) < BOARDING_ROLL % n_boarding)
        moved = spread[boards] // 2
        size[boards] = level + moved - np.roll(moved, 1)
    return size


def _pupils(seed: int, places: Schools, classes: Classes, first_year: int) -> tuple[Pupils, Rooms]:
    klass = np.repeat(np.arange(len(classes.size), dtype=np.int32), classes.size)
    person = np.arange(len(klass))
    school = classes.school[klass]
    level = school_year(classes.stage, classes.grade_number)[klass]
    sex = (uniform(seed, "synth.sex", person, 0) < BOYS_SHARE).astype(np.uint8)
    boards = places.boarding[school]
    room, first = assign_rooms(classes.grade[klass], sex, boards)
    home = _home_towns(seed, places, school)
    pupils = Pupils(
        klass=klass,
        sex=sex,
        born=_birthdays(seed, level, first_year),
        room=room,
        household=draw_households(seed, home, level),
        bus=np.full(len(klass), -1, dtype=np.int32),
    )
    return pupils, _rooms(school[first], sex[first], np.bincount(room[boards], minlength=len(first)))


def _home_towns(seed: int, places: Schools, school: Ints) -> Ints:
    """Town of each pupil's family: the school's own, or anywhere for senior and boarding pupils."""
    n_town = int(places.town.max()) + 1
    anywhere = places.boarding | (places.kind == KINDS.index("senior"))
    drawn = choice(seed, "synth.home", np.arange(len(school)), 0, weights=town_weights(n_town))
    return np.where(anywhere[school], drawn, places.town[school]).astype(np.int32)


def _birthdays(seed: int, level: Ints, first_year: int) -> Ints:
    """Ordinals of birthdays: a school year takes those who turned its age by 31 August (six for grade 1)."""
    u = uniform(seed, "synth.born", np.arange(len(level)), 0)
    born = np.empty(len(level), dtype=np.int32)
    for year in np.unique(level):
        first = date(first_year - 6 - int(year), 9, 1).toordinal()
        days = date(first_year - 5 - int(year), 9, 1).toordinal() - first
        mine = level == year
        born[mine] = first + np.floor(u[mine] * days).astype(np.int32)
    return born


def _rooms(school: Ints, sex: Codes, size: NDArray[np.int64]) -> Rooms:
    """Numbers run 101-112, 201-212, ... in one house for girls and one for boys of every boarding school."""
    number = np.empty(len(school), dtype=np.int32)
    for house in np.unique(school * 2 + sex):
        mine = np.flatnonzero(school * 2 + sex == house)
        order = np.arange(len(mine))
        number[mine] = 101 + order // 12 * 100 + order % 12
    return Rooms(school=school, sex=sex, number=number, size=size.astype(np.int32))


def _staff(seed: int, places: Schools, classes: Classes) -> Staff:
    """Per school its principal, epidemic reporter and school doctor, then a class teacher for every class."""
    teacher = ROLES.index("class_teacher")
    rows = [(school, role, -1) for school in range(len(places.name)) for role in range(teacher)]
    rows += [(int(school), teacher, klass) for klass, school in enumerate(classes.school)]
    table = np.array(sorted(rows), dtype=np.int32)
    women = np.array(_WOMEN)[table[:, 1]]
    women[places.kind[table[:, 0]] == KINDS.index("kindergarten")] = 0.97
    sex = (uniform(seed, "synth.staff_sex", np.arange(len(table)), 0) >= women).astype(np.uint8)
    return Staff(
        school=table[:, 0].copy(), role=table[:, 1].astype(np.uint8), klass=table[:, 2].copy(), sex=sex
    )
