"""Farrington Flexible: this week against the same weeks of earlier years, with trend, seasons and past outbreaks weighed.

Sources: Farrington, Andrews, Beale and Catchpole 1996, J R Stat Soc A 159:547-563 (the original method); Noufaily,
Enki, Farrington, Garthwaite, Andrews and Charlett 2013, Stat Med 32:1206-1222 (the improved one); Salmon, Schumacher
and Höhle 2016, J Stat Softw 70(10) (all their options in one function, whose habits are kept here to the bit).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from xiaodun.science.detection.compiled import over_rows
from xiaodun.science.detection.farrington_fit import FIT_FIELDS, fit_rows
from xiaodun.science.detection.shape import (
    Counts,
    Detection,
    Flags,
    Floats,
    Why,
    blank,
    ratio_score,
    real_option,
    refuse_option,
    whole_option,
)
from xiaodun.science.detection.tails import count_quantile, count_tail

THRESHOLDS = ("delta", "nbPlugin", "muan")
POWERS = {"2/3": 2 / 3, "1/2": 1 / 2, "none": 1.0}


@dataclass(frozen=True)
class Farrington:
    """Options of Farrington Flexible, for weekly counts; the defaults are those of R's farringtonFlexible.

    b: years back, 1 to 30. w: half width in weeks of the window around the same week of each year.
    no_periods: parts of the year with a level of their own; 1 = only the windows are used, without levels; the
    improved method takes 10. past_weeks_not_included: weeks just before the one judged that stay out of the
    baseline, None = w; the improved method takes 26. alpha: upper tail probability. threshold_method: delta,
    nbPlugin or muan; power_transform, of delta: 2/3, 1/2 or none. weights_threshold: weeks whose Anscombe
    residual is larger count less (improved 2.58, original 1), if reweight. trend: try a slope, kept if b >= 3, its
    p value is below p_threshold_trend (1 = always) and its prediction not above all of the baseline.
    limit54: (cases, weeks): fewer cases than that in the last weeks raise no alarm. freq: weeks of a year.
    Raises DomainError `detection.option`.
    """

    b: int = 5
    w: int = 3
    no_periods: int = 1
    past_weeks_not_included: int | None = None
    alpha: float = 0.05
    threshold_method: str = "delta"
    power_transform: str = "2/3"
    weights_threshold: float = 2.58
    p_threshold_trend: float = 0.05
    reweight: bool = True
    trend: bool = True
    limit54: tuple[int, int] = (5, 4)
    freq: int = 52

    def __post_init__(self) -> None:
        whole_option("freq", self.freq, 4, 1000)
        whole_option("b", self.b, 1, 30)
        whole_option("w", self.w, 0, (self.freq - 1) // 2)
        whole_option("no_periods", self.no_periods, 1, self.freq)
        if self.past_weeks_not_included is not None:
            whole_option("past_weeks_not_included", self.past_weeks_not_included, 0, self.freq - 1)
        real_option("alpha", self.alpha, 0, 0.5)
        for name, words in (("threshold_method", THRESHOLDS), ("power_transform", tuple(POWERS))):
            value = getattr(self, name)
            if value not in words:
                refuse_option(name, value, f"写 {'、'.join(words)} 之一", f"one of {' '.join(words)}")
        real_option("weights_threshold", self.weights_threshold, 0, 1e6)
        real_option("p_threshold_trend", self.p_threshold_trend, 0, 1, or_equal=True)
        for name in ("reweight", "trend"):
            if not isinstance(getattr(self, name), bool):
                refuse_option(name, getattr(self, name), "写 true 或 false", "true or false")
        if not isinstance(self.limit54, tuple) or len(self.limit54) != 2:
            refuse_option("limit54", self.limit54, "写 [病例数, 周数]", "[cases, weeks]")
        whole_option("limit54", self.limit54[0], 0, 10**9)
        whole_option("limit54", self.limit54[1], 1, 1000)

    @property
    def weeks_left_out(self) -> int:
        """Weeks before the one judged that stay out of its baseline."""
        return self.w if self.past_weeks_not_included is None else self.past_weeks_not_included


def baseline_weeks(options: Farrington) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which weeks a week is compared with, and their level.

    Returns offsets (n_point), weeks back, and levels (n_point), 1 to no_periods, the last being that of the week
    judged; ordered by level. The gap between two windows is cut into no_periods - 1 blocks, the first ones a week
    longer where it does not divide.
    """
    half, freq, last = options.w, options.freq, options.no_periods
    weeks: dict[int, int] = {}
    for year in range(options.b + 1):
        weeks |= {freq * year + step: last for step in range(-half, half + 1) if year or last > 1}
    n_gap = freq - 2 * half - 1
    if last > 1:
        size, longer = divmod(n_gap, last - 1)
        ends = np.cumsum([size + (block < longer) for block in range(last - 1)])
        for year in range(1, options.b + 1):
            first = freq * year - half - 1  # the week after the window of that year
            level = 1 + np.searchsorted(ends, np.arange(n_gap), side="right")
            weeks |= {first - step: int(level[step]) for step in range(n_gap)}
    kept = sorted((level, offset) for offset, level in weeks.items() if offset > options.weeks_left_out)
    levels, offsets = (np.array(column, np.int64) for column in zip(*kept, strict=True))
    return offsets, levels


def farrington(counts: Counts, options: Farrington, first: int, last: int, threads: int | None) -> Detection:
    """Farrington Flexible over checked counts; see `detect`. Its own columns:

    phi: dispersion; trend: 1 = the slope was kept; trend_coef: the slope per week, log scale; p_value:
    probability of the count or more, in the model of the threshold.
    """
    found = blank(counts.shape)
    asked = np.s_[:, first:last]
    fitted = np.full((len(counts), last - first, len(FIT_FIELDS)), np.nan)
    _fit(counts, options, (first, last), (fitted, found.why), threads)
    why = found.why[asked]
    fitted[why != Why.DECIDED] = np.nan
    part = {name: fitted[:, :, place] for place, name in enumerate(FIT_FIELDS)}
    y = np.where(counts < 0, np.nan, counts)[asked]
    mean, centre, upper, p_value = _limits(options, part, y)
    score = ratio_score(y, centre, upper)
    few = _recent(counts, options.limit54[1])[asked] < options.limit54[0]
    why[(why == Why.DECIDED) & few] = Why.FEW_CASES
    why[(why == Why.DECIDED) & ~np.isfinite(upper)] = Why.TOO_LARGE
    shown = why == Why.DECIDED
    found.expected[asked] = np.where(shown, mean, np.nan)
    found.upper[asked] = np.where(shown, upper, np.nan)
    found.score[asked] = np.where(why == Why.TOO_LARGE, np.nan, score)
    alarm = shown & (y > 0) & ((score > 1) | (np.isnan(score) & (y > upper)))
    found.alarm[asked] = np.where(shown | (why == Why.FEW_CASES), alarm, -1)
    coefficient = np.where(part["trend"] == 1, part["trend_coef"], np.nan)
    own = {"phi": part["phi"], "trend": part["trend"], "trend_coef": coefficient, "p_value": p_value}
    whole = {name: np.full(counts.shape, np.nan) for name in own}
    for name, values in own.items():
        whole[name][asked] = values
    return replace(found, own=whole)


def _fit(
    counts: Counts,
    options: Farrington,
    span: tuple[int, int],
    kept: tuple[Floats, Flags],
    threads: int | None,
) -> None:
    """Fill what `fit_rows` finds, and why where it finds nothing."""
    offsets, levels = baseline_weeks(options)
    ends = np.flatnonzero(np.diff(levels, append=options.no_periods + 1)) + 1
    freedom = np.arange(len(offsets) + 1)
    critical = np.zeros(len(freedom))
    critical[1:] = stdtrit(freedom[1:], 1 - options.p_threshold_trend / 2)
    threshold = float(options.weights_threshold) if options.reweight else 0.0
    trend = options.trend and options.b >= 3

    def piece(low: int, high: int) -> None:
        fit_rows(counts, low, high, span, offsets, ends, trend, critical, threshold, *kept)

    over_rows(piece, len(counts), 100 * (span[1] - span[0]), threads)


def _limits(
    options: Farrington, part: Mapping[str, Floats], y: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Mean, centre of the score, upper limit, and probability of the count or more."""
    z = NormalDist().inv_cdf(1 - options.alpha)
    eta, error, phi = part["eta0"], part["se_eta"], part["phi"]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        mean = np.exp(eta)
        if options.threshold_method == "delta":
            tau = phi + mean * error**2  # the standard error of the mean is mean * error
            power = POWERS[options.power_transform]
            spread = power * np.sqrt(mean ** (2 * power - 1) * tau)
            upper = (mean**power + z * spread) ** (1 / power)
            return mean, mean, upper, ndtr((mean**power - y**power) / spread)
        centre = mean if options.threshold_method == "nbPlugin" else np.exp(eta + z * error)
    # The centre of the score is on the log scale here: a habit of the reference, kept.
    return mean, eta, count_quantile(centre, phi, options.alpha), count_tail(y, centre, phi)


def _recent(counts: Counts, weeks: int) -> NDArray[np.int64]:
    """Cases of the last weeks, that of the cell included; a missing week has none."""
    upto = np.cumsum(np.maximum(counts, 0), axis=1, dtype=np.int64)
    before = np.zeros_like(upto)
    before[:, weeks:] = upto[:, : max(0, counts.shape[1] - weeks)]
    return upto - before
