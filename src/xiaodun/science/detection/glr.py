"""GLR charts: since which day, if any, have the counts been higher than they should be, Poisson or negative binomial.

Source: Höhle and Paul 2008, Comput Stat Data Anal 52:4357-4368. One-sided; after an alarm the chart begins anew the
next day. The search over all earlier days is exact yet short: for any size of the change the best day lies on the
lower convex hull of (expected so far, counted so far), and only that hull is kept (Romano, Eckley, Fearnhead and
Rigaill 2023, J Mach Learn Res 24(81)).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from xiaodun.kernel.errors import Fault, ShapeError
from xiaodun.science.detection.compiled import compiled, over_rows
from xiaodun.science.detection.shape import (
    LARGEST_COUNT,
    Counts,
    Detection,
    Flags,
    Floats,
    Why,
    blank,
    real_option,
    refuse_option,
)


@dataclass(frozen=True, eq=False)
class Glr:
    """Options of GLR.

    mu0: in-control mean, persons: a number, one for each series (n_series), or a curve (n_series, n_time). alpha:
    variance mu0 + alpha mu0^2, 0 = Poisson. theta: log of the factor looked for (log 2 = a doubling), None = any
    rise, estimated (with alpha > 0 then no curve). c_arl: the statistic at which an alarm is raised.
    Raises DomainError `detection.option`.
    """

    mu0: ArrayLike
    alpha: float = 0.0
    theta: float | None = None
    c_arl: float = 5.0

    def __post_init__(self) -> None:
        mean = np.asarray(self.mu0)
        if mean.dtype.kind not in "iuf" or not ((mean > 0) & (mean <= LARGEST_COUNT)).all():
            refuse_option("mu0", self.mu0, "写大于0的均数", "means above 0")
        if self.alpha != 0:
            real_option("alpha", self.alpha, 1e-6, 1e6, or_equal=True)
        if self.theta is not None:
            real_option("theta", self.theta, 0, 10)
        elif self.alpha > 0 and mean.ndim == 2:
            zh, en = "均数为曲线且 alpha > 0 时须给出", "must be given where mu0 is a curve and alpha > 0"
            refuse_option("theta", None, zh, en)
        real_option("c_arl", self.c_arl, 0, 1e6)


def glr(counts: Counts, options: Glr, first: int, last: int, threads: int | None) -> Detection:
    """GLR over checked counts; see `detect`. The chart begins on the first day of the span.

    score: the statistic; upper: the least count that would alarm. A day without report is passed over. Raises
    ShapeError `detection.shape` when mu0 fits neither the series nor the counts.
    """
    mean = np.asarray(options.mu0, np.float64)
    if mean.shape not in ((), (len(counts),), counts.shape):
        zh, en = (
            "mu0 须为一个数、每序列一个数或与 counts 同形",
            "one number, one a series, or the shape of counts",
        )
        raise ShapeError(Fault("detection.shape", zh, en, "mu0", str(mean.shape)))
    means = np.broadcast_to(mean[:, np.newaxis] if mean.ndim == 1 else mean, counts.shape)
    found = blank(counts.shape)
    theta = 0.0 if options.theta is None else float(options.theta)
    limits = (float(options.alpha), theta, float(options.c_arl))

    def piece(low: int, high: int) -> None:
        _chart_rows(counts, means, low, high, (first, last), limits, found.score, found.upper, found.alarm)

    over_rows(piece, len(counts), 20 * (last - first), threads)
    asked = np.s_[:, first:last]
    found.expected[asked] = means[asked]
    found.why[asked] = np.where(counts[asked] < 0, Why.MISSING, Why.DECIDED)
    return found


@compiled
def _gain(x: float, mean: float, alpha: float, theta: float) -> float:
    """Log-likelihood ratio of a day with count x under mean exp(theta) against mean."""
    if alpha == 0.0:
        return theta * x - math.expm1(theta) * mean
    return x * theta - (x + 1.0 / alpha) * math.log1p(alpha * mean * math.expm1(theta) / (1.0 + alpha * mean))


@compiled
def _best(x: float, mean: float, days: float, alpha: float) -> float:
    """Log-likelihood ratio of `days` days with sum x at its best rise, against the sum `mean` of their means."""
    if x <= mean:
        return 0.0
    if alpha == 0.0:
        return x * math.log(x / mean) - (x - mean)
    log_factor = math.log((days + alpha * x) / (days + alpha * mean))
    return x * math.log(x / mean) - (x + days / alpha) * log_factor


@compiled
def _statistic(  # noqa: PLR0917
    x: float,
    mean: float,
    limits: tuple[float, float, float],
    before: float,
    hull: Floats,
    bottom: int,
    top: int,
) -> float:
    """The chart after a day with count x.

    hull: rows days, sum of means, sum of counts; column `top` is the state before the day, and the columns from
    `bottom` on are the states after which a rise may have begun.
    """
    alpha, theta = limits[0], limits[1]
    if theta > 0.0:
        return max(0.0, before + _gain(x, mean, alpha, theta))
    best = 0.0
    for at in range(bottom, top + 1):
        days = hull[0, top] - hull[0, at] + 1.0
        means = hull[1, top] - hull[1, at] + mean
        best = max(best, _best(hull[2, top] - hull[2, at] + x, means, days, alpha))
    return best


@compiled
def _extend(x: float, mean: float, hull: Floats, bottom: int, top: int) -> tuple[int, int]:
    """Take the day into the hull: its new bottom and top."""
    days, means, counts = hull[0, top] + 1.0, hull[1, top] + mean, hull[2, top] + x
    while top > bottom and (hull[1, top] - hull[1, top - 1]) * (counts - hull[2, top]) <= (
        hull[2, top] - hull[2, top - 1]
    ) * (means - hull[1, top]):
        top -= 1
    top += 1
    hull[0, top], hull[1, top], hull[2, top] = days, means, counts
    # No rise begins before a stretch that stayed at its mean or below.
    while bottom < top and hull[2, bottom + 1] - hull[2, bottom] <= hull[1, bottom + 1] - hull[1, bottom]:
        bottom += 1
    return bottom, top


@compiled
def _least_alarm(  # noqa: PLR0917
    mean: float, limits: tuple[float, float, float], before: float, hull: Floats, bottom: int, top: int
) -> float:
    """The least count at which the chart would alarm; NaN when no count of persons does."""
    below, enough = -1.0, 1.0
    while _statistic(enough, mean, limits, before, hull, bottom, top) < limits[2]:
        if enough > 4.0 * LARGEST_COUNT:
            return np.nan
        below, enough = enough, 2.0 * enough
    while enough - below > 1.0:
        middle = np.floor((below + enough) / 2.0)
        if _statistic(middle, mean, limits, before, hull, bottom, top) < limits[2]:
            below = middle
        else:
            enough = middle
    return enough


@compiled
def _chart_rows(  # noqa: PLR0917
    counts: Counts,
    means: Floats,
    low: int,
    high: int,
    span: tuple[int, int],
    limits: tuple[float, float, float],
    score: Floats,
    upper: Floats,
    alarm: Flags,
) -> None:
    """The chart of rows low to high - 1 over days span[0] to span[1] - 1; limits: alpha, theta (0 = any), c_arl."""
    hull = np.zeros((3, counts.shape[1] + 2))
    for i in range(low, high):
        bottom, top, before = 0, 0, 0.0
        hull[:, 0] = 0.0
        for t in range(span[0], span[1]):
            if counts[i, t] < 0:
                continue
            x, mean = float(counts[i, t]), means[i, t]
            now = _statistic(x, mean, limits, before, hull, bottom, top)
            upper[i, t] = _least_alarm(mean, limits, before, hull, bottom, top)
            score[i, t] = now
            alarm[i, t] = now >= limits[2]
            if alarm[i, t] == 1:
                bottom, top, before = 0, 0, 0.0
                hull[:, 0] = 0.0
            else:
                before = now
                bottom, top = _extend(x, mean, hull, bottom, top)
