"""A county is a pure function of its seed, and its arrays hang together."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaodun.kernel.codes import school_code
from xiaodun.kernel.errors import DomainError
from xiaodun.kernel.words import klass_name
from xiaodun.science.synth.county import BOARDING_ROLL, MAX_CLASS, MIN_CLASS, county, school_year
from xiaodun.science.synth.hexmap import NEIGHBOURS
from xiaodun.science.synth.population import KINDS, ROLES, STAGE_CODES, County

TABLES = ("schools", "grades", "classes", "rooms", "pupils", "staff")
small = st.integers(min_value=2, max_value=24)
seeds = st.integers(min_value=0, max_value=2**40)


def columns(of: County) -> dict[str, object]:
    tables = {name: getattr(of, name) for name in TABLES}
    return {f"{name}.{f.name}": getattr(t, f.name) for name, t in tables.items() for f in fields(t)}


def kind(of: County, name: str) -> np.ndarray:
    return of.schools.kind == KINDS.index(name)


def test_the_same_seed_gives_identical_arrays() -> None:
    for name, column in columns(county(7, schools=12)).items():
        again = columns(county(7, schools=12))[name]
        assert np.array_equal(column, again), name
        assert getattr(column, "dtype", None) == getattr(again, "dtype", None)


def test_another_seed_gives_another_county(green: County) -> None:
    other = county(2)
    assert other.n_pupil != green.n_pupil
    assert other.schools.name != green.schools.name


def test_no_reader_can_change_a_column(green: County) -> None:
    with pytest.raises(ValueError, match="read-only"):
        green.pupils.sex[0] = 1


def test_the_usual_county_is_as_large_as_announced(green: County) -> None:
    assert len(green.schools.name) == 60
    assert 28_000 <= green.n_pupil <= 32_000
    assert 650 <= len(green.classes.size) <= 780
    assert green.name == "青禾县"
    assert green.schools.name[int(np.flatnonzero(kind(green, "primary"))[0])] == "明德小学"
    assert kind(green, "senior").sum() == 1


def test_one_boarding_school_has_the_roll_of_1978_and_it_can_be_left_out(green: County) -> None:
    (boarding,) = np.flatnonzero(green.schools.boarding)
    assert len(green.pupils_of_school(int(boarding))) == BOARDING_ROLL == 763
    without = county(1, schools=12, boarding_school=False)
    assert not without.schools.boarding.any()
    assert len(without.rooms.size) == 0
    assert (without.pupils.room == -1).all()


@given(seed=seeds, schools=small)
@settings(max_examples=20, deadline=None)
def test_every_pupil_has_a_class_and_sizes_add_up(seed: int, schools: int) -> None:
    c = county(seed, schools=schools)
    assert np.array_equal(np.bincount(c.pupils.klass, minlength=len(c.classes.size)), c.classes.size)
    assert np.array_equal(np.diff(c.classes.start), c.classes.size)
    assert c.classes.size.min() >= MIN_CLASS
    assert c.classes.size.max() <= MAX_CLASS
    assert (np.diff(c.pupils.klass) >= 0).all()
    assert (np.diff(c.classes.school) >= 0).all()
    assert (np.diff(c.schools.town) >= 0).all()
    assert set(c.classes.school.tolist()) == set(range(schools))
    assert np.array_equal(c.grades.school[c.classes.grade], c.classes.school)
    assert np.array_equal(c.grades.stage[c.classes.grade], c.classes.stage)
    assert np.array_equal(c.grades.number[c.classes.grade], c.classes.grade_number)
    assert len(c.schools.name) == len(set(c.schools.name)) == schools


@given(seed=seeds, schools=small)
@settings(max_examples=20, deadline=None)
def test_a_household_has_one_to_four_children_of_different_school_years(seed: int, schools: int) -> None:
    c = county(seed, schools=schools)
    n_children = np.bincount(c.pupils.household)
    assert n_children.min() >= 1
    assert n_children.max() <= 4
    level = school_year(c.classes.stage, c.classes.grade_number)[c.pupils.klass]
    pairs = np.stack([c.pupils.household, level], axis=1)
    assert len(np.unique(pairs, axis=0)) == c.n_pupil


def test_siblings_go_to_different_schools_too(green: County) -> None:
    homes = np.unique(np.stack([green.pupils.household, green.school_of_pupil], axis=1), axis=0)
    assert (np.bincount(homes[:, 0]) >= 2).sum() > 2_000


def test_a_room_holds_one_sex_of_one_school_and_at_most_eight(green: County) -> None:
    boards = green.schools.boarding[green.school_of_pupil]
    assert np.array_equal(green.pupils.room >= 0, boards)
    room = green.pupils.room[boards]
    assert np.array_equal(np.bincount(room), green.rooms.size)
    assert green.rooms.size.min() >= 4
    assert green.rooms.size.max() <= 8
    assert np.array_equal(green.rooms.sex[room], green.pupils.sex[boards])
    assert np.array_equal(green.rooms.school[room], green.school_of_pupil[boards])
    doors = np.stack([green.rooms.school, green.rooms.sex, green.rooms.number], axis=1)
    assert len(np.unique(doors, axis=0)) == len(green.rooms.size)


@given(seed=seeds, schools=st.integers(min_value=2, max_value=160))
@settings(max_examples=15, deadline=None)
def test_each_town_is_one_piece_of_the_map_and_no_cell_is_shared(seed: int, schools: int) -> None:
    c = county(seed, schools=schools)
    cells = list(zip(c.schools.map_q.tolist(), c.schools.map_r.tolist(), strict=True))
    assert len(set(cells)) == schools
    for town in range(len(c.towns)):
        mine = {cell for cell, t in zip(cells, c.schools.town.tolist(), strict=True) if t == town}
        seen, edge = set(), [next(iter(mine))]
        while edge:
            q, r = edge.pop()
            seen.add((q, r))
            edge += [n for dq, dr in NEIGHBOURS if (n := (q + dq, r + dr)) in mine - seen]
        assert seen == mine


def test_school_codes_are_valid_unique_and_fit_the_kind(green: County) -> None:
    assert len(set(green.schools.code)) == 60
    categories = {"kindergarten": "11", "primary": "21", "junior": "31", "nine_year": "31", "senior": "34"}
    for code, k in zip(green.schools.code, green.schools.kind.tolist(), strict=True):
        assert school_code(code).category == categories[KINDS[k]]


def test_every_class_has_a_name_people_use(green: County) -> None:
    labels = {
        klass_name(STAGE_CODES[stage], grade, number)
        for stage, grade, number in zip(
            green.classes.stage.tolist(),
            green.classes.grade_number.tolist(),
            green.classes.number.tolist(),
            strict=True,
        )
    }
    assert {"小(1)班", "三(2)班", "七(1)班", "高一(10)班"} <= labels


def test_children_are_as_old_as_their_school_year(green: County) -> None:
    level = school_year(green.classes.stage, green.classes.grade_number)[green.pupils.klass]
    opening = date(2026, 9, 1).toordinal()
    age = (opening - green.pupils.born) / 365.25
    assert np.abs(age - (level + 5.5)).max() < 0.51
    assert date.fromordinal(int(green.pupils.born[level == 1].min())) >= date(2019, 9, 1)


def test_every_class_has_a_teacher_and_every_school_its_three_posts(green: County) -> None:
    teacher = green.staff.role == ROLES.index("class_teacher")
    assert np.array_equal(green.staff.klass[teacher], np.arange(len(green.classes.size)))
    assert np.array_equal(green.staff.school[teacher], green.classes.school)
    assert (green.staff.klass[~teacher] == -1).all()
    for role in range(3):
        assert np.array_equal(green.staff.school[green.staff.role == role], np.arange(60))


@pytest.mark.parametrize("schools", [1, 601])
def test_a_county_without_room_for_its_schools_is_refused(schools: int) -> None:
    with pytest.raises(DomainError) as refused:
        county(1, schools=schools)
    assert refused.value.code == "synth.schools"


def test_a_school_year_far_away_is_refused() -> None:
    with pytest.raises(DomainError) as refused:
        county(1, first_year=26)
    assert refused.value.code == "synth.first_year"


def test_the_largest_county_still_has_a_name_for_every_school() -> None:
    c = county(3, schools=600)
    assert len(set(c.schools.name)) == len(set(c.schools.code)) == 600
