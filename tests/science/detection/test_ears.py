"""EARS: parity with R's surveillance, a week worked by hand, and the fast scan that decides as the full answer does."""

from __future__ import annotations

import numpy as np
import pytest
from tests.science.detection.reference import assert_same, decisions, series, table, where

from xiaodun.science.detection.detect import detect
from xiaodun.science.detection.ears import UNDECIDED, Ears, ears_flags
from xiaodun.science.detection.shape import Why

WEEK = [1, 2, 3, 2, 1, 2, 3]  # mean 2, sum of squares about it 4, sd sqrt(4 / 6)
SD = (4 / 6) ** 0.5


@pytest.mark.shared_data
@pytest.mark.parametrize(
    "setting",
    [
        ("C1", 7, 0.001, 0),
        ("C1", 14, 0.01, 0.5),
        ("C2", 7, 0.001, 0),
        ("C2", 7, 0.01, 1),
        ("C3", 7, 0.025, 0),
        ("C3", 7, 0.025, 0.5),
    ],
)
def test_limits_and_alarms_are_those_of_the_reference(setting: tuple[str, int, float, float]) -> None:
    read = table("ears.csv")
    method, *numbers = setting
    chosen = read["method"] == method
    for name, number in zip(("baseline", "alpha", "minSigma"), numbers, strict=True):
        chosen &= read[name] == number
    found = detect(series()[1], Ears(*setting))
    cells = where(read, chosen)
    assert chosen.sum() > 11_000
    assert_same(found.upper[cells], read["upperbound"][chosen])
    assert np.array_equal(found.alarm[cells], decisions(read["alarm"][chosen]))
    assert (found.alarm >= 0).sum() == (decisions(read["alarm"][chosen]) >= 0).sum()


def test_a_week_worked_by_hand() -> None:
    found = detect([[*WEEK, 9]], Ears("C1"))
    assert found.expected[0, 7] == 2
    assert found.upper[0, 7] == pytest.approx(2 + 3.090232306167813 * SD, rel=1e-12)
    assert found.score[0, 7] == pytest.approx(7 / SD, rel=1e-12)
    assert found.alarm[0].tolist() == [-1] * 7 + [1]
    assert (found.why[0, :7] == Why.SHORT_HISTORY).all()


def test_c2_leaves_the_last_two_days_out_of_the_baseline() -> None:
    found = detect([[*WEEK, 9, 9, 4]], Ears("C2"))
    assert found.expected[0, 9] == 2
    assert found.alarm[0, 9] == 0
    assert found.score[0, 9] == pytest.approx(2 / SD)


def test_c3_adds_what_two_earlier_days_had_too_much_and_stays_silent_on_the_first() -> None:
    rise = [[*WEEK, 2, 2, 2, 2, 9, 9]]
    found = detect(rise, Ears("C3", min_sigma=0.5))
    c2 = detect(rise, Ears("C2", min_sigma=0.5))
    assert c2.alarm[0, 11] == 1
    assert found.alarm[0, 11] == 0
    assert found.alarm[0, 12] == 1
    assert found.score[0, 12] == pytest.approx(c2.score[0, 11] - 1)


def test_one_case_after_days_of_nothing_alarms_only_without_a_least_spread() -> None:
    quiet = [[0] * 7 + [1]]
    bare = detect(quiet, Ears("C1"))
    assert (bare.upper[0, 7], bare.alarm[0, 7]) == (0, 1)
    assert np.isnan(bare.score[0, 7])
    assert detect(quiet, Ears("C1", min_sigma=0.5)).alarm[0, 7] == 0


def test_nothing_over_nothing_leaves_c3_undecided_and_says_why() -> None:
    found = detect([[0] * 14], Ears("C3"))
    assert (found.alarm == -1).all()
    assert found.why[0, 13] == Why.NO_SPREAD
    assert detect([[0] * 14], Ears("C3", min_sigma=0.5)).alarm[0, 13] == 0


def test_a_day_without_report_is_no_day_with_nothing() -> None:
    reported = detect([[*WEEK, 0, 5]], Ears("C1", min_sigma=0.5))
    absent = detect([[*WEEK, np.nan, 5]], Ears("C1", min_sigma=0.5))
    assert absent.alarm[0, 7] == -1
    assert absent.why[0, 7] == Why.MISSING
    assert reported.expected[0, 8] == pytest.approx(13 / 7)
    assert absent.expected[0, 8] == pytest.approx(13 / 6)


def test_a_baseline_with_half_of_its_days_missing_decides_nothing() -> None:
    absent = np.nan
    found = detect([[1, absent, absent, absent, absent, 2, 3, 9]], Ears("C1"))
    assert found.alarm[0, 7] == -1
    assert found.why[0, 7] == Why.GAPS
    assert detect([[1, absent, absent, absent, 1, 2, 3, 9]], Ears("C1")).alarm[0, 7] == 1


@pytest.mark.parametrize("min_sigma", [0, 0.5])
def test_the_fast_scan_decides_as_the_full_answer(min_sigma: float) -> None:
    rng = np.random.default_rng(1)
    counts = rng.poisson(rng.choice([0.05, 1, 20], (200, 1)), (200, 60)).astype(float)
    counts[rng.random(counts.shape) < 0.1] = np.nan
    flags = ears_flags(counts, min_sigma=min_sigma)
    for bit, method in ((1, "C1"), (2, "C2"), (4, "C3")):
        found = detect(counts, Ears(method, min_sigma=min_sigma))
        assert np.array_equal((flags & bit) > 0, found.alarm == 1)
        assert np.array_equal((flags & (bit * UNDECIDED)) > 0, found.alarm == -1)
        assert np.array_equal(found.alarm == 1, counts > found.upper)
