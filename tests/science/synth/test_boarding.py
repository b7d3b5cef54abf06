"""The influenza of 1978 comes out day by day as published, for our boarding school and for any other roll."""

from __future__ import annotations

import csv
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaodun.kernel.errors import DomainError, ShapeError
from xiaodun.science.synth.absence import symptom_mask
from xiaodun.science.synth.boarding import (
    CONVALESCENT_1978,
    ILL_1978,
    IN_BED_1978,
    N_DAYS,
    ROLL_1978,
    BoardingOutbreak,
    boarding_outbreak,
    expected_in_bed,
)
from xiaodun.science.synth.population import County

# Written out again, so that a slip in the product is seen where the reference file is not at hand.
PUBLISHED_IN_BED = [3, 8, 26, 76, 225, 298, 258, 233, 189, 128, 68, 29, 14, 4]
PUBLISHED_CONVALESCENT = [0, 0, 0, 0, 9, 17, 105, 162, 176, 166, 150, 85, 47, 20]
FIRST_DAY = 740_000
SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "outbreaks"


def boarders(of: County) -> np.ndarray:
    (school,) = np.flatnonzero(of.schools.boarding)
    return of.pupils_of_school(int(school))


def outbreak(of: County, seed: int = 1, roll: int = ROLL_1978) -> BoardingOutbreak:
    rows = boarders(of)
    return boarding_outbreak(
        rows, roll, FIRST_DAY, seed, rooms=of.pupils.room[rows], classes=of.pupils.klass[rows]
    )


@pytest.fixture(scope="module")
def flu(green: County) -> BoardingOutbreak:
    return outbreak(green)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_school_of_763_has_the_published_boys_in_bed_and_convalescent(green: County, seed: int) -> None:
    flu = outbreak(green, seed)
    days = range(FIRST_DAY, FIRST_DAY + N_DAYS)
    assert [flu.in_bed(day) for day in days] == PUBLISHED_IN_BED
    assert [flu.convalescent(day) for day in days] == PUBLISHED_CONVALESCENT
    assert len(flu.pupil) == 512
    assert flu.in_bed(FIRST_DAY - 1) == flu.in_bed(FIRST_DAY + N_DAYS) == 0


@pytest.mark.shared_data
def test_the_carried_figures_are_those_of_the_reference_file() -> None:
    with (SHARED / "influenza_england_1978_in_bed.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(int(row["in_bed"]) for row in rows) == IN_BED_1978
    assert tuple(int(row["convalescent"]) for row in rows) == CONVALESCENT_1978


@given(roll=st.integers(1, 3_000), seed=st.integers(0, 2**40))
@settings(max_examples=60, deadline=None)
def test_any_roll_has_the_scaled_figures_exactly(roll: int, seed: int) -> None:
    rows = np.arange(roll)
    flu = boarding_outbreak(rows, roll, FIRST_DAY, seed, rooms=rows // 8, classes=rows // 45)
    published = [int(figure * roll / ROLL_1978 + 0.5) for figure in PUBLISHED_IN_BED]
    assert expected_in_bed(roll).tolist() == published
    assert [flu.in_bed(FIRST_DAY + k) for k in range(N_DAYS)] == published
    assert abs(len(flu.pupil) - ILL_1978 * roll / ROLL_1978) < 6
    assert len(np.unique(flu.pupil)) == len(flu.pupil)
    assert (flu.bed_from <= flu.bed_to).all()
    assert (flu.bed_to < flu.back - 1).all()


def test_everybody_is_three_to_seven_days_away_as_reported(flu: BoardingOutbreak) -> None:
    away = flu.back - flu.bed_from
    assert away.min() >= 3
    assert away.max() <= 7
    assert abs(away.mean() - (sum(IN_BED_1978) + sum(CONVALESCENT_1978)) / ILL_1978) < 0.05
    assert abs((flu.bed_to - flu.bed_from + 1).mean() - sum(IN_BED_1978) / ILL_1978) < 0.01


def test_the_same_seed_gives_identical_rows_and_another_seed_other_children(
    green: County, flu: BoardingOutbreak
) -> None:
    again, other = outbreak(green), outbreak(green, 2)
    for field in fields(BoardingOutbreak):
        assert np.array_equal(getattr(flu, field.name), getattr(again, field.name)), field.name
    assert not np.array_equal(flu.pupil, other.pupil)
    assert set(flu.pupil.tolist()) <= set(boarders(green).tolist())


@pytest.mark.parametrize("seed", range(1, 6))
def test_it_begins_in_a_few_rooms_and_ends_in_most_classes(green: County, seed: int) -> None:
    flu = outbreak(green, seed)
    room, klass = green.pupils.room[flu.pupil], green.pupils.klass[flu.pupil]
    first_three_days = flu.bed_from <= FIRST_DAY + 2
    assert len(np.unique(room[flu.bed_from == FIRST_DAY])) <= 3
    # 26 boys by chance alone would lie in about 23 of the 98 rooms.
    assert len(np.unique(room[first_three_days])) < 20
    assert len(np.unique(klass)) == 18


def test_rooms_fall_ill_together_more_than_by_chance(green: County, flu: BoardingOutbreak) -> None:
    same, apart = [], []
    shuffled = np.random.default_rng(1).permutation(flu.bed_from)
    room = green.pupils.room[flu.pupil]
    for number in np.unique(room):
        same.append(np.var(flu.bed_from[room == number]))
        apart.append(np.var(shuffled[room == number]))
    assert np.mean(same) < 0.9 * np.mean(apart)


def test_every_patient_fits_influenza_like_illness(flu: BoardingOutbreak) -> None:
    assert ((flu.symptoms & symptom_mask("fever")) > 0).all()
    assert ((flu.symptoms & symptom_mask("cough sore_throat")) > 0).all()
    assert flu.temperature.min() >= 38.0
    assert flu.temperature.max() <= 40.0
    lag = flu.bed_from - flu.onset
    assert set(np.unique(lag).tolist()) == {0, 1}


def test_pupils_ill_of_something_else_can_be_left_out(green: County) -> None:
    rows = boarders(green)[::10]
    rest = np.setdiff1d(boarders(green), rows)
    flu = boarding_outbreak(
        rest, ROLL_1978, FIRST_DAY, 1, rooms=green.pupils.room[rest], classes=green.pupils.klass[rest]
    )
    assert not np.isin(flu.pupil, rows).any()
    assert flu.in_bed(FIRST_DAY + 5) == 298


def test_columns_of_other_lengths_are_refused() -> None:
    with pytest.raises(ShapeError) as refused:
        boarding_outbreak([1, 2], 2, FIRST_DAY, 1, rooms=[1], classes=[1, 1])
    assert refused.value.code == "synth.boarders_shape"


@pytest.mark.parametrize(("rows", "roll"), [([1, 2], 0), ([1, 2], 763), ([1, 1], 2)])
def test_a_roll_that_the_rows_cannot_fill_is_refused(rows: list[int], roll: int) -> None:
    with pytest.raises(DomainError) as refused:
        boarding_outbreak(rows, roll, FIRST_DAY, 1, rooms=[1, 1], classes=[1, 1])
    assert refused.value.code == "synth.roll"
