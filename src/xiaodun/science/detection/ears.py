"""EARS C1, C2 and C3: today against the mean and spread of the last few days.

Source: Hutwagner, Thompson, Seeman and Treadwell 2003, J Urban Health 80 (suppl 1), i89-i96. C3 is the form of
Fricker, Hegler and Dunfee 2008, Stat Med 27:3407, that R's surveillance computes: the excess of the two days
before, without that of the day itself, so it cannot alarm on the first day of an outbreak.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xiaodun.science.detection.compiled import compiled, over_rows
from xiaodun.science.detection.shape import (
    Counts,
    Detection,
    Floats,
    Why,
    blank,
    checked_counts,
    real_option,
    refuse_option,
    whole_option,
)

_BIT = {"C1": 1, "C2": 2, "C3": 4}
UNDECIDED = 8  # times the bit of a method: it could not decide
_LAG = {"C1": 0, "C2": 2, "C3": 2}  # days between the baseline and the day judged
_BEFORE = {"C1": 0, "C2": 2, "C3": 4}  # days needed before the first decision, besides one baseline
_USUAL_ALPHA = {"C1": 0.001, "C2": 0.001, "C3": 0.025}


@dataclass(frozen=True)
class Ears:
    """Options of EARS.

    baseline: days, 3 to 300; of these at least half, and three, must have a count. alpha: upper tail probability
    of the threshold, None = 0.001 for C1 and C2, 0.025 for C3. min_sigma: least standard deviation, persons; 0 is
    the classical choice, by which one case after days of nothing alarms; everyday use wants 0.5 or more.
    Raises DomainError `detection.option`.
    """

    method: str
    baseline: int = 7
    alpha: float | None = None
    min_sigma: float = 0.0

    def __post_init__(self) -> None:
        if self.method not in _BIT:
            refuse_option("method", self.method, "写 C1、C2 或 C3", "C1, C2 or C3")
        whole_option("baseline", self.baseline, 3, 300)
        if self.alpha is not None:
            real_option("alpha", self.alpha, 0, 0.5)
        real_option("min_sigma", self.min_sigma, 0, 1e6, or_equal=True)

    @property
    def z(self) -> float:
        """The threshold in standard deviations."""
        return NormalDist().inv_cdf(1 - (_USUAL_ALPHA[self.method] if self.alpha is None else self.alpha))


def ears(counts: Counts, options: Ears, first: int, last: int, threads: int | None) -> Detection:
    """One EARS method over checked counts; see `detect`. Columns outside first to last - 1 stay blank."""
    flags = np.zeros(counts.shape, np.uint8)
    mean, spread = np.empty(counts.shape), np.empty(counts.shape)
    _scan(counts, options, (options.z,) * 3, (flags, mean, spread), threads)
    present = counts >= 0
    y = np.where(present, counts, np.nan)
    centre, sd = (later(array, _LAG[options.method]) for array in (mean, spread))
    with np.errstate(invalid="ignore", divide="ignore"):
        score = (y - centre) / sd
        upper = centre + options.z * sd
        if options.method == "C3":
            excess = score - 1.0
            excess[excess < 0] = 0.0
            score = later(excess, 1) + later(excess, 2)
            upper = np.maximum(0.0, y + sd * (options.z - score))
    bit = _BIT[options.method]
    decided = (flags & (bit * UNDECIDED)) == 0
    found = blank(counts.shape)
    asked = np.s_[:, first:last]
    found.expected[asked] = centre[asked]
    found.upper[asked] = np.where(decided, upper, np.nan)[asked]
    found.score[asked] = np.where(decided & np.isfinite(score), score, np.nan)[asked]
    found.alarm[asked] = np.where(decided, (flags & bit) != 0, -1)[asked]
    found.why[asked] = _why(options, present, centre, decided)[asked]
    return found


def ears_flags(
    counts: ArrayLike,
    *,
    baseline: int = 7,
    min_sigma: float = 0.5,
    alphas: tuple[float, float, float] = (0.001, 0.001, 0.025),
    threads: int | None = None,
) -> NDArray[np.uint8]:
    """The decisions of C1, C2 and C3 together, in one pass: for a province every night.

    counts: as for `detect`. Returns uint8 (n_series, n_time): bits 1, 2, 4 = C1, C2, C3 alarm; the same times
    UNDECIDED = that method could not decide. The decisions are those of `detect` with the same options.
    Raises ShapeError and DomainError as `detect` and Ears do.
    """
    each = [Ears(method, baseline, alpha, min_sigma) for method, alpha in zip(_BIT, alphas, strict=True)]
    whole = checked_counts(counts)
    flags = np.empty(whole.shape, np.uint8)
    nothing = np.empty((0, 0))
    _scan(whole, each[0], (each[0].z, each[1].z, each[2].z), (flags, nothing, nothing), threads)
    return flags


def later(values: NDArray[Any], days: int) -> NDArray[Any]:
    """Every row moved so that a day holds what stood `days` before it; NaN (False) where nothing stood."""
    moved = np.full(values.shape, np.nan if values.dtype.kind == "f" else 0, values.dtype)
    moved[:, days:] = values[:, : values.shape[1] - days]
    return moved


def _why(
    options: Ears, present: NDArray[np.bool_], centre: Floats, decided: NDArray[np.bool_]
) -> NDArray[np.int8]:
    known = ~np.isnan(centre)
    if options.method == "C3":  # two earlier days enter, each with its own baseline
        known &= later(present & ~np.isnan(centre), 1) & later(present & ~np.isnan(centre), 2)
    why = np.full(decided.shape, Why.GAPS, np.int8)
    why[known] = Why.NO_SPREAD
    why[~present] = Why.MISSING
    why[decided] = Why.DECIDED
    short = why[:, : options.baseline + _BEFORE[options.method]]
    short[short != Why.MISSING] = Why.SHORT_HISTORY
    return why


def _scan(
    counts: Counts,
    options: Ears,
    z: tuple[float, float, float],
    kept: tuple[NDArray[np.uint8], Floats, Floats],
    threads: int | None,
) -> None:
    """Fill flags, and the mean and sd of the days before each day unless those arrays are empty."""

    def piece(low: int, high: int) -> None:
        _scan_rows(counts, low, high, options.baseline, options.min_sigma, z, *kept)

    over_rows(piece, len(counts), counts.shape[1], threads)


@compiled
def _scan_rows(  # noqa: PLR0917
    counts: Counts,
    low: int,
    high: int,
    baseline: int,
    min_sigma: float,
    z: tuple[float, float, float],
    flags: NDArray[np.uint8],
    mean: Floats,
    spread: Floats,
) -> None:
    """Rows low to high - 1 of what `_scan` fills.

    All sums are whole numbers, so that a baseline without any spread has a sd of exactly 0. With n counts,
    d = n y - sum and r = n sd the question y > mean + z sd reads d > z r: one root and one division a day.
    """
    n_time = counts.shape[1]
    least = max(3, (baseline + 1) // 2)
    widen = np.ones(baseline + 1)
    for n in range(2, baseline + 1):
        widen[n] = n / (n - 1)
    y, excess = np.empty(n_time), np.empty(n_time)
    number, total, root = np.empty(n_time), np.empty(n_time), np.empty(n_time)
    for i in range(low, high):
        row, marks = counts[i], flags[i]
        n, sum_y, sum_yy = 0, 0, 0
        for t in range(n_time):
            number[t] = n
            total[t] = sum_y if t >= baseline and n >= least else np.nan
            root[t] = (n * sum_yy - sum_y * sum_y) * widen[n]
            if t >= baseline and row[t - baseline] >= 0:
                old = int(row[t - baseline])
                n, sum_y, sum_yy = n - 1, sum_y - old, sum_yy - old * old
            y[t] = row[t]
            if row[t] >= 0:
                new = int(row[t])
                n, sum_y, sum_yy = n + 1, sum_y + new, sum_yy + new * new
            else:
                y[t] = np.nan
        # No branches below: NaN runs through and compares as false, and the loops become vector instructions.
        for t in range(n_time):
            root[t] = max(math.sqrt(root[t]), number[t] * min_sigma)
            d = number[t] * y[t] - total[t]
            marks[t] = (d > z[0] * root[t]) | (np.isnan(d) << 3)
        for t in range(2, n_time):
            d = number[t - 2] * y[t] - total[t - 2]
            part = d / root[t - 2] - 1.0
            excess[t] = 0.0 if part < 0.0 else part
            marks[t] |= ((d > z[1] * root[t - 2]) << 1) | (np.isnan(d) << 4)
        for t in range(4, n_time):
            both = excess[t - 1] + excess[t - 2]
            # The upper limit of C3; it is NaN too where an infinite excess meets a sd of 0.
            upper = y[t] + root[t - 2] * (z[2] - both)
            known = not (np.isnan(upper) or np.isnan(total[t - 2]))
            marks[t] |= ((known & (upper < y[t]) & (y[t] > 0)) << 2) | ((not known) << 5)
        for t in range(min(4, n_time)):
            marks[t] |= 32 if t >= 2 else 48
        if mean.size:
            for t in range(n_time):
                mean[i, t] = total[t] / number[t]
                spread[i, t] = root[t] / number[t] if not np.isnan(total[t]) else np.nan
