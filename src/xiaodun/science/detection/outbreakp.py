"""OutbreakP: whether the counts since the beginning only rise, or just stay level.

Sources: Frisén, Andersson and Schiöler 2009, Online J Public Health Inform 1(1); Frisén and Andersson 2009, Stat Med
28:2010-2027: the likelihood ratio of the best rising curve to the best constant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xiaodun.science.detection.compiled import compiled, over_rows
from xiaodun.science.detection.shape import Counts, Detection, Floats, Why, blank, real_option


@dataclass(frozen=True)
class OutbreakP:
    """Options of OutbreakP. k: the likelihood ratio above which an alarm is raised.

    Raises DomainError `detection.option`.
    """

    k: float = 100.0

    def __post_init__(self) -> None:
        real_option("k", self.k, 0, 1e300)


def outbreakp(counts: Counts, options: OutbreakP, first: int, last: int, threads: int | None) -> Detection:
    """OutbreakP over checked counts; see `detect`. score: log of the likelihood ratio; upper stays NaN.

    The whole history enters from t = 1 on, whatever the span; days without report are passed over. expected: the
    mean of all counts so far.
    """
    found = blank(counts.shape)
    score, mean = np.full(counts.shape, np.nan), np.full(counts.shape, np.nan)

    def piece(low: int, high: int) -> None:
        _ratio_rows(counts, low, high, score, mean)

    over_rows(piece, len(counts), counts.shape[1], threads)
    asked = np.s_[:, first:last]
    present = (counts >= 0)[asked]
    found.expected[asked] = mean[asked]
    found.score[asked] = score[asked]
    found.alarm[asked] = np.where(present, score[asked] > math.log(options.k), -1)
    found.why[asked] = np.where(present, Why.DECIDED, Why.MISSING)
    return found


@compiled
def _ratio_rows(counts: Counts, low: int, high: int, score: Floats, mean: Floats) -> None:
    """Log likelihood ratios of rows low to high - 1, a day in constant time on average.

    The best rising curve is a stack of level blocks; a new day is a block of its own and swallows those before
    it that are not lower. fit[b] is the sum over blocks up to b of sum * log(mean).
    """
    n_time = counts.shape[1]
    sums, sizes, fit = np.zeros(n_time + 1), np.zeros(n_time + 1), np.zeros(n_time + 1)
    for i in range(low, high):
        top, total, days = 0, 0.0, 0.0
        for t in range(n_time):
            if counts[i, t] < 0:
                continue
            block, size = float(counts[i, t]), 1.0
            total += block
            days += 1.0
            while top > 0 and sums[top] * size >= block * sizes[top]:
                block += sums[top]
                size += sizes[top]
                top -= 1
            top += 1
            sums[top], sizes[top] = block, size
            fit[top] = fit[top - 1] + (block * math.log(block / size) if block > 0.0 else 0.0)
            level = total * math.log(total / days) if total > 0.0 else 0.0
            score[i, t] = max(0.0, fit[top] - level)
            mean[i, t] = total / days
