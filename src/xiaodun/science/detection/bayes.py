"""Bayes and RKI: this week against the last weeks and the same weeks of a few earlier years.

Sources: Höhle 2007, Comput Stat 22:571-582 (both systems); Riebler 2004, thesis, University of Munich (Bayes); the
Poisson limits of RKI: Crow and Gardner 1959, Biometrika 46:441-453.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xiaodun.science.detection.shape import (
    Counts,
    Detection,
    Floats,
    Why,
    blank,
    ratio_score,
    real_option,
    refuse_option,
    whole_option,
)
from xiaodun.science.detection.tails import count_quantile

# Upper 95 % limit for a Poisson mean, at the whole part of the mean, 0 to 20.
CROW_GARDNER = (
    3.285, 5.323, 6.686, 8.102, 9.598, 11.177, 12.817, 13.765, 14.921, 16.768, 17.633,
    19.050, 20.335, 21.364, 22.945, 23.762, 25.400, 26.306, 27.735, 28.966, 30.017,
)  # fmt: skip


@dataclass(frozen=True)
class BaseWeeks:
    """Which counts a week is compared with.

    b: years back, 0 to 30; w: the last w weeks if act_y, and w weeks on both sides of the same week of each year;
    freq: weeks of a year. At least half of these counts must be there. Raises DomainError `detection.option`.
    """

    b: int = 0
    w: int = 6
    act_y: bool = True
    freq: int = 52

    def __post_init__(self) -> None:
        whole_option("freq", self.freq, 4, 1000)
        whole_option("b", self.b, 0, 30)
        whole_option("w", self.w, 1, (self.freq - 1) // 2)
        if not isinstance(self.act_y, bool):
            refuse_option("act_y", self.act_y, "写 true 或 false", "true or false")
        if not self.act_y and not self.b:
            refuse_option("act_y", self.act_y, "b 为0时须为 true", "must be true where b is 0")


@dataclass(frozen=True)
class Bayes(BaseWeeks):
    """Options of the Bayes system; Bayes 1, 2, 3 are (b, w, act_y) = (0, 6, True), (1, 6, True), (2, 4, False).

    alpha: upper tail probability of the predictive distribution. The rest as BaseWeeks.
    """

    alpha: float = 0.05

    def __post_init__(self) -> None:
        super().__post_init__()
        real_option("alpha", self.alpha, 0, 0.5)


@dataclass(frozen=True)
class Rki(BaseWeeks):
    """Options of the RKI system; RKI 1, 2, 3 as Bayes 1, 2, 3. Its limits are fixed."""


def bayes(counts: Counts, options: Bayes, first: int, last: int, _threads: int | None) -> Detection:
    """The Bayes system over checked counts: quantile of the predictive distribution under Jeffreys' prior; see `detect`."""
    n, total, _squares = _base(counts, options)
    with np.errstate(invalid="ignore", divide="ignore"):
        # Negative binomial with size total + 1/2 and prob n / (n + 1).
        upper = count_quantile((total + 0.5) / n, (n + 1) / n, options.alpha)
    return _against(counts, options, (n, total), upper, (first, last))


def rki(counts: Counts, options: Rki, first: int, last: int, _threads: int | None) -> Detection:
    """The RKI system over checked counts: mean + 2 sd, for small means the Poisson limit; see `detect`."""
    n, total, squares = _base(counts, options)
    with np.errstate(invalid="ignore", divide="ignore"):
        sd = np.sqrt((n * squares - total * total) / (n * (n - 1)))
        upper = total / n + 2 * sd
        small = total <= 20 * n
        upper[small] = np.array(CROW_GARDNER)[(total[small] // np.maximum(n[small], 1)).astype(int)]
    return _against(counts, options, (n, total), upper, (first, last))


def _base(counts: Counts, options: BaseWeeks) -> tuple[Floats, Floats, Floats]:
    """Number, sum and sum of squares of the base values of each cell; number 0 where the history is too short."""
    windows = [(1, options.w)] if options.act_y else []
    windows += [
        (options.freq * year - options.w, options.freq * year + options.w) for year in range(1, options.b + 1)
    ]
    n_time = counts.shape[1]
    sums = []
    for power in range(3):
        values = np.where(counts < 0, 0, counts.astype(np.int64) ** power)
        upto = np.zeros((len(counts), n_time + 1), np.int64)
        np.cumsum(values, axis=1, out=upto[:, 1:])
        total = np.zeros(counts.shape, np.int64)
        for nearest, farthest in windows:
            if farthest < n_time:
                total[:, farthest:] += upto[:, farthest - nearest + 1 : n_time - nearest + 1]
                total[:, farthest:] -= upto[:, : n_time - farthest]
        total[:, : min(_longest(options), n_time)] = 0
        sums.append(total.astype(np.float64))
    return sums[0], sums[1], sums[2]


def _longest(options: BaseWeeks) -> int:
    return options.freq * options.b + options.w


def _against(
    counts: Counts,
    options: BaseWeeks,
    base: tuple[Floats, Floats],
    upper: Floats,
    span: tuple[int, int],
) -> Detection:
    n, total = base
    n_asked = options.w * options.act_y + (2 * options.w + 1) * options.b
    why = _why(counts, n, n_asked, _longest(options))
    decided = why == Why.DECIDED
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(decided, total / n, np.nan)
    upper = np.where(decided, upper, np.nan)
    score = ratio_score(counts.astype(np.float64), mean, upper)
    found = blank(counts.shape)
    asked = np.s_[:, span[0] : span[1]]
    found.expected[asked] = mean[asked]
    found.upper[asked] = upper[asked]
    found.score[asked] = score[asked]
    found.alarm[asked] = np.where(decided, counts > upper, -1)[asked]
    found.why[asked] = why[asked]
    return found


def _why(counts: Counts, n: Floats, n_asked: int, longest: int) -> NDArray[np.int8]:
    why = np.where(2 * n >= n_asked, Why.DECIDED, Why.GAPS).astype(np.int8)
    why[:, :longest] = Why.SHORT_HISTORY
    why[counts < 0] = Why.MISSING
    return why
