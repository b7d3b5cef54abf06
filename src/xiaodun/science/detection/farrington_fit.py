"""The regression inside Farrington Flexible: quasi-Poisson, log link, one slope and a level for each part of the year.

With levels as the only other terms, weighted least squares needs no matrix: every level is its own weighted mean and
the slope is the regression of what is left within the levels. The iterations are those of R's glm (start at y + 0.1,
stop at a relative change of the deviance below 1e-8, at most 25), because where they stop shows in the results.
Source: McCullagh and Nelder 1989, Generalized Linear Models, 2.5; Noufaily et al. 2013, Stat Med 32:1206-1222.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from xiaodun.science.detection.compiled import compiled
from xiaodun.science.detection.shape import Counts, Flags, Floats, Why

_ITERATIONS = 25
_LEAST_MEAN = 2.220446049250313e-16
# Rows of the work arrays of a fit: one value for each point of the baseline, one for each level.
_Y, _LOG, _KERNEL, _PRIOR, _ETA, _MU, _Z, _W = range(8)
_SUM, _TIME, _LEVEL = range(3)
# What a fit tells: of itself, and of its answer for the week judged.
_SLOPE, _SPREAD, _N_TERM, _PHI, _DISPERSION, _ETA0, _VARIANCE0, _LARGEST = range(8)
FIT_FIELDS = ("eta0", "se_eta", "phi", "trend_coef", "trend")  # last axis of `found` in fit_rows
_DECIDED, _MISSING, _SHORT_HISTORY = int(Why.DECIDED), int(Why.MISSING), int(Why.SHORT_HISTORY)
_GAPS, _NO_FIT = int(Why.GAPS), int(Why.NO_FIT)


@compiled
def _solve(  # noqa: PLR0917
    points: Floats, time: Floats, ends: NDArray[np.int64], levels: Floats, slope_too: bool, told: Floats
) -> bool:
    """One generalized linear model; False when it does not converge. Leaves eta, mu and the last weights in points."""
    y, prior, eta, mu, z, w = points[_Y], points[_PRIOR], points[_ETA], points[_MU], points[_Z], points[_W]
    deviance = 0.0
    for i in range(len(y)):
        eta[i], mu[i] = points[_LOG, i], y[i] + 0.1
        deviance += prior[i] * (points[_KERNEL, i] - y[i] * eta[i] + mu[i])
    for _ in range(_ITERATIONS):
        start = 0
        spread, along = 0.0, 0.0
        for level in range(len(ends)):
            total, total_t, total_z = 0.0, 0.0, 0.0
            for i in range(start, ends[level]):
                w[i] = prior[i] * mu[i]
                z[i] = eta[i] + (y[i] - mu[i]) / mu[i]
                total += w[i]
                total_t += w[i] * time[i]
                total_z += w[i] * z[i]
            levels[_SUM, level] = total
            levels[_TIME, level] = total_t / total if total > 0.0 else 0.0
            levels[_LEVEL, level] = total_z / total if total > 0.0 else 0.0
            if slope_too:
                for i in range(start, ends[level]):
                    apart = time[i] - levels[_TIME, level]
                    spread += w[i] * apart * apart
                    along += w[i] * apart * z[i]
            start = ends[level]
        slope = along / spread if spread > 0.0 else 0.0
        before = deviance
        deviance = 0.0
        start = 0
        for level in range(len(ends)):
            for i in range(start, ends[level]):
                eta[i] = levels[_LEVEL, level] + slope * (time[i] - levels[_TIME, level])
                mu[i] = max(math.exp(eta[i]), _LEAST_MEAN)
                deviance += prior[i] * (points[_KERNEL, i] - y[i] * eta[i] + mu[i])
            start = ends[level]
        told[_SLOPE], told[_SPREAD] = slope, spread
        if not np.isfinite(deviance):
            return False
        # Twice the sum is the deviance.
        if 2.0 * abs(deviance - before) < 1e-8 * (2.0 * abs(deviance) + 0.1):
            told[_N_TERM] = 1.0 if spread > 0.0 else 0.0
            for level in range(len(ends)):
                told[_N_TERM] += 1.0 if levels[_SUM, level] > 0.0 else 0.0
            return True
    return False


@compiled
def _dispersion(points: Floats, weights: Floats, freedom: float) -> float:
    total = 0.0
    for i in range(len(weights)):
        part = (points[_Y, i] - points[_MU, i]) / points[_MU, i]
        total += weights[i] * part * part
    return total / freedom


@compiled
def _reweigh(  # noqa: PLR0917
    points: Floats, time: Floats, ends: NDArray[np.int64], levels: Floats, threshold: float, told: Floats
) -> None:
    """New prior weights: weeks whose Anscombe residual exceeds the threshold count less, all n together count n."""
    n_present, total = 0, 0.0
    start = 0
    for level in range(len(ends)):
        for i in range(start, ends[level]):
            if points[_PRIOR, i] == 0.0:
                continue
            leverage = 1.0 / levels[_SUM, level]
            if told[_SPREAD] > 0.0:
                leverage += (time[i] - levels[_TIME, level]) ** 2 / told[_SPREAD]
            leverage *= points[_W, i]
            y, eta = points[_Y, i], points[_ETA, i]
            residual = 1.5 * (np.cbrt(y * y) * math.exp(-eta / 6.0) - math.sqrt(points[_MU, i]))
            residual /= math.sqrt(told[_PHI] * (1.0 - leverage))
            points[_PRIOR, i] = 1.0 / (residual * residual) if residual > threshold else 1.0
            total += points[_PRIOR, i]
            n_present += 1
        start = ends[level]
    for i in range(len(time)):
        points[_PRIOR, i] *= n_present / total


@compiled
def _count_present(points: Floats) -> int:
    """How many points have a count; their prior weights are set back to 1."""
    n_present = 0
    for i in range(points.shape[1]):
        if points[_PRIOR, i] > 0.0:
            points[_PRIOR, i] = 1.0
            n_present += 1
    return n_present


@compiled
def _model(  # noqa: PLR0917
    points: Floats,
    time: Floats,
    ends: NDArray[np.int64],
    levels: Floats,
    slope_too: bool,
    threshold: float,
    told: Floats,
) -> bool:
    """Fit, reweigh (threshold 0 = do not) and fit again; False when there is no answer for the week judged."""
    n_present = _count_present(points)
    for again in range(2 if threshold > 0.0 else 1):
        if again:
            _reweigh(points, time, ends, levels, threshold, told)
        if not _solve(points, time, ends, levels, slope_too, told):
            return False
        freedom = n_present - told[_N_TERM]
        if freedom < 1.0 or levels[_SUM, -1] <= 0.0:
            return False
        unbounded = _dispersion(points, points[_W], freedom)
        told[_PHI] = max(1.0, unbounded)
        # Standard errors stand on another dispersion once weights are given: the prior weights take the place
        # of the working weights, and there is no floor. A habit of the reference, kept.
        told[_DISPERSION] = _dispersion(points, points[_PRIOR], freedom) if again else unbounded
    told[_ETA0] = levels[_LEVEL, -1] - told[_SLOPE] * levels[_TIME, -1]
    told[_VARIANCE0] = 1.0 / levels[_SUM, -1]
    if told[_SPREAD] > 0.0:
        told[_VARIANCE0] += levels[_TIME, -1] ** 2 / told[_SPREAD]
    told[_VARIANCE0] *= told[_DISPERSION]
    return bool(np.isfinite(told[_ETA0]))


@compiled
def _keeps_trend(told: Floats, n_present: float, critical: Floats) -> bool:
    """Whether the slope differs from 0 by its t value, and leads to no more than was ever seen."""
    if told[_SPREAD] <= 0.0 or math.exp(told[_ETA0]) > told[_LARGEST]:
        return False
    freedom = int(n_present - told[_N_TERM])
    return bool(abs(told[_SLOPE]) > critical[freedom] * math.sqrt(told[_DISPERSION] / told[_SPREAD]))


@compiled
def _baseline(row: Counts, t: int, offsets: NDArray[np.int64], transformed: Floats, points: Floats) -> float:
    """Fill in y, logarithms and prior weights (0 = missing) of one week; the largest count, -1 = none there."""
    largest = -1.0
    for i in range(len(offsets)):
        at = t - offsets[i]
        y = row[at]
        points[_PRIOR, i] = y >= 0
        points[_Y, i] = max(y, 0)
        points[_LOG, i], points[_KERNEL, i] = transformed[0, at], transformed[1, at]
        largest = max(largest, y)
    return largest


@compiled
def _week(  # noqa: PLR0917
    points: Floats,
    time: Floats,
    ends: NDArray[np.int64],
    levels: Floats,
    trend: bool,
    critical: Floats,
    threshold: float,
    told: Floats,
    found: Floats,
) -> bool:
    """One week: with the slope if asked for and kept, else without; False when neither converges."""
    n_present = _count_present(points)
    kept = trend and _model(points, time, ends, levels, True, threshold, told)
    kept = kept and _keeps_trend(told, n_present, critical)
    if not kept and not _model(points, time, ends, levels, False, threshold, told):
        return False
    found[0], found[1] = told[_ETA0], math.sqrt(told[_VARIANCE0])
    found[2], found[3], found[4] = told[_PHI], told[_SLOPE], kept
    return True


@compiled
def fit_rows(  # noqa: PLR0917
    counts: Counts,
    low: int,
    high: int,
    span: tuple[int, int],
    offsets: NDArray[np.int64],
    ends: NDArray[np.int64],
    trend: bool,
    critical: Floats,
    threshold: float,
    found: Floats,
    why: Flags,
) -> None:
    """Weeks span[0] to span[1] - 1 of rows low to high - 1: into found[i, t - span[0], FIT_FIELDS] and why[i, t].

    offsets: weeks back of each point of the baseline, those of one level side by side, the level of the week
    judged last; ends: where each level ends. critical: for each number of degrees of freedom the least t value of
    a slope that is kept. threshold: of the Anscombe residuals, 0 = no reweighting.
    """
    n_time, n_point = counts.shape[1], len(offsets)
    time = -offsets.astype(np.float64)
    longest = offsets.max()
    points, levels = np.zeros((8, n_point)), np.zeros((3, len(ends)))
    transformed, told = np.zeros((2, n_time)), np.zeros(8)
    for i in range(low, high):
        row = counts[i]
        for t in range(n_time):
            y = max(float(row[t]), 0.0)
            transformed[0, t] = math.log(y + 0.1)
            transformed[1, t] = y * math.log(y) - y if y > 0.0 else 0.0
        for t in range(span[0], span[1]):
            if row[t] < 0:
                why[i, t] = _MISSING
            elif t < longest:
                why[i, t] = _SHORT_HISTORY
            else:
                told[_LARGEST] = _baseline(row, t, offsets, transformed, points)
                cell = found[i, t - span[0]]
                good = _week(points, time, ends, levels, trend, critical, threshold, told, cell)
                gaps = _count_present(points) * 2 < n_point
                why[i, t] = _GAPS if gaps else _DECIDED if good else _NO_FIT
