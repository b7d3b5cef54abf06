"""Farrington Flexible: parity with R's surveillance, the baseline worked by hand, and how each option acts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.science.detection.reference import assert_same, decisions, series, table, where

from xiaodun.kernel.errors import DomainError
from xiaodun.science.detection.detect import detect
from xiaodun.science.detection.farrington import Farrington, baseline_weeks
from xiaodun.science.detection.shape import Why

IMPROVED: dict[str, Any] = {"no_periods": 10, "past_weeks_not_included": 26, "p_threshold_trend": 1}
SETTINGS = {
    "F1": Farrington(b=3),
    "F2": Farrington(b=3, alpha=0.01, threshold_method="nbPlugin", **IMPROVED),
    "F3": Farrington(b=3, alpha=0.01, threshold_method="muan", **IMPROVED),
    "F4": Farrington(b=3, alpha=0.01, weights_threshold=1, limit54=(0, 4)),
    "F5": Farrington(
        b=3, alpha=0.01, power_transform="1/2", reweight=False, trend=False, limit54=(0, 4)
    ),
    "F6": Farrington(
        b=2, w=4, no_periods=5, past_weeks_not_included=10, alpha=0.005, threshold_method="nbPlugin",
        limit54=(0, 4),
    ),
}  # fmt: skip


@pytest.mark.shared_data
@pytest.mark.parametrize("setting", SETTINGS)
def test_every_column_is_that_of_the_reference(setting: str) -> None:
    read = table("farrington_flexible.csv")
    chosen = read["setting"] == setting
    cells = where(read, chosen)
    found = detect(series()[1], SETTINGS[setting])
    assert chosen.sum() == 816
    assert_same(found.upper[cells], read["upperbound"][chosen])
    assert_same(found.expected[cells], read["expected"][chosen])
    assert_same(found.own["phi"][cells], read["phi"][chosen])
    # Scores near 0 are differences of nearly equal numbers; tails are 1 less a distribution function in R.
    assert_same(found.score[cells], read["score"][chosen], absolute=1e-12)
    assert_same(found.own["p_value"][cells], read["pvalue"][chosen], absolute=1e-12)
    assert_same(found.own["trend_coef"][cells], read["trend_coef"][chosen])
    assert np.array_equal(found.own["trend"][cells], read["trend"][chosen])
    assert np.array_equal(found.alarm[cells], decisions(read["alarm"][chosen]))


def test_windows_alone_are_the_baseline_without_periods() -> None:
    offsets, levels = baseline_weeks(Farrington(b=2, w=1))
    assert sorted(offsets.tolist()) == [51, 52, 53, 103, 104, 105]
    assert set(levels.tolist()) == {1}


def test_the_year_between_the_windows_is_cut_into_levels_in_time_order() -> None:
    offsets, levels = baseline_weeks(Farrington(b=1, w=1, no_periods=4, freq=16, past_weeks_not_included=2))
    by_week = dict(zip(offsets.tolist(), levels.tolist(), strict=True))
    # 13 weeks between the windows: blocks of 5, 4 and 4, the earliest first; week 2 back is left out.
    assert [by_week[offset] for offset in range(14, 1, -1) if offset > 2] == [1] * 5 + [2] * 4 + [3] * 3
    assert {offset for offset, level in by_week.items() if level == 4} == {15, 16, 17}
    assert levels[-1] == 4
    assert min(offsets) == 3


def history(n_time: int = 300, mean: float = 20, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean, (1, n_time)).astype(float)


def test_constant_counts_give_their_own_mean_and_the_poisson_limit() -> None:
    found = detect(np.full((1, 200), 10), Farrington(b=3, trend=False), span=(200, 200))
    assert found.expected[0, 199] == pytest.approx(10, rel=1e-12)
    assert found.own["phi"][0, 199] == 1
    # 21 baseline weeks without any spread: the standard error is 0, so only the floor of phi is left.
    assert found.upper[0, 199] == pytest.approx(
        (10 ** (2 / 3) + 1.6448536269514722 * 2 / 3 * 10 ** (1 / 6)) ** 1.5
    )


def test_a_past_outbreak_weighs_less() -> None:
    counts = history()
    counts[0, 246] = 90
    plain = detect(counts, Farrington(trend=False, reweight=False), span=(300, 300))
    weighed = detect(counts, Farrington(trend=False), span=(300, 300))
    assert weighed.expected[0, 299] < plain.expected[0, 299]
    assert weighed.upper[0, 299] < plain.upper[0, 299]
    assert weighed.own["phi"][0, 299] < plain.own["phi"][0, 299] / 2


def test_a_trend_is_kept_when_it_is_plain_and_never_beyond_what_was_seen() -> None:
    rng = np.random.default_rng(2)
    falling = rng.poisson(np.exp(5 - np.arange(300) / 150))[np.newaxis]
    level = falling[0, 300 - 52 - 3 : 300 - 52 + 4].mean()
    kept = detect(falling, Farrington(), span=(300, 300))
    assert kept.own["trend"][0, 299] == 1
    assert kept.own["trend_coef"][0, 299] == pytest.approx(-1 / 150, rel=0.2)
    assert kept.expected[0, 299] < level
    for options in (Farrington(trend=False), Farrington(b=2)):
        dropped = detect(falling, options, span=(300, 300))
        assert dropped.own["trend"][0, 299] == 0
        assert dropped.expected[0, 299] > level
    rising = rng.poisson(np.exp(1 + np.arange(300) / 100))[np.newaxis]
    assert detect(rising, Farrington(), span=(300, 300)).own["trend"][0, 299] == 0


def test_few_recent_cases_raise_no_alarm_and_say_so() -> None:
    counts = np.zeros((1, 300))
    counts[0, :260:40] = 1
    counts[0, 299] = 4
    quiet = detect(counts, Farrington(), span=(300, 300))
    assert (quiet.alarm[0, 299], quiet.why[0, 299]) == (0, Why.FEW_CASES)
    assert np.isnan(quiet.upper[0, 299])
    assert quiet.score[0, 299] > 1
    assert detect(counts, Farrington(limit54=(4, 4)), span=(300, 300)).alarm[0, 299] == 1


def test_missing_weeks_leave_the_baseline_and_too_many_leave_no_decision() -> None:
    counts = history()
    gone = counts.copy()
    gone[0, 299 - 52] = np.nan
    assert detect(gone, Farrington(), span=(300, 300)).alarm[0, 299] >= 0
    gone[0, 20:240] = np.nan
    found = detect(gone, Farrington(), span=(300, 300))
    assert (found.alarm[0, 299], found.why[0, 299]) == (-1, Why.GAPS)
    assert np.isnan(found.own["phi"][0, 299])


def test_no_history_no_decision() -> None:
    found = detect(history(264), Farrington())
    assert (found.alarm[0, :263] == -1).all()
    assert (found.why[0, :263] == Why.SHORT_HISTORY).all()
    assert found.alarm[0, 263] >= 0


def test_nothing_but_zeros_is_decided_with_finite_numbers() -> None:
    for options in SETTINGS.values():
        found = detect(np.zeros((1, 300)), options, span=(300, 300))
        assert found.alarm[0, 299] == 0
        assert found.expected[0, 299] < 1e-6 or options.limit54[0] > 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"b": 0},
        {"w": 26},
        {"alpha": 0},
        {"threshold_method": "nbplugin"},
        {"power_transform": "3/4"},
        {"no_periods": 2.5},
        {"limit54": (5,)},
        {"reweight": 1},
        {"weights_threshold": float("nan")},
        {"past_weeks_not_included": 52},
        {"p_threshold_trend": 1.01},
    ],
)
def test_options_are_checked_at_the_door(wrong: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refused:
        Farrington(**wrong)
    assert refused.value.code == "detection.option"
    assert refused.value.faults[0].where == next(iter(wrong))
