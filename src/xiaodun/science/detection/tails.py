"""Upper tails and quantiles of negative binomial and Poisson counts, in bounded time for any numbers.

General routines walk from a guess and may walk for minutes when a mean explodes; here every loop has an end.
Poisson is the limit of dispersion 1 and runs through the same formulas: with mean m, dispersion f = variance / m,
q = 1 - 1/f and m/f = size * q, each ratio of neighbouring probabilities is (m/f + q j) / (j + 1).

Sources: continued fraction of the incomplete beta function, DLMF 8.17.22; probabilities by the saddle point, Loader
2000, Fast and accurate computation of binomial probabilities; the first guess, Cornish and Fisher 1938, Rev Inst Int
Stat 5:307.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from xiaodun.science.detection.compiled import compiled, over_rows
from xiaodun.science.detection.shape import Floats

LARGEST_MEAN = 1e300
_EXACT_MEAN = 1e12  # above it whole numbers are soon not told apart: the first guess is the answer
_MOST_STEPS = 5_000


def count_quantile(mean: ArrayLike, dispersion: ArrayLike, alpha: float) -> Floats:
    """Smallest whole number that a count exceeds with probability at most alpha.

    mean: persons, 0 or more; dispersion: variance / mean, 1 (Poisson) or more; they broadcast. alpha: in (0, 1).
    NaN where mean or dispersion is NaN or outside, or above LARGEST_MEAN. Means beyond all counts of persons (above
    1e12) get the Cornish-Fisher value.
    """
    means, dispersions = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (mean, dispersion)))
    found = np.empty(means.size)
    flat_mean, flat_dispersion = means.ravel(), dispersions.ravel()
    z = NormalDist().inv_cdf(1 - alpha)

    def piece(low: int, high: int) -> None:
        _quantiles(flat_mean, flat_dispersion, low, high, alpha, z, found)

    over_rows(piece, found.size, 10, None)
    return found.reshape(means.shape)


def count_tail(count: ArrayLike, mean: ArrayLike, dispersion: ArrayLike) -> Floats:
    """Probability of `count` persons or more; arguments and NaN as in count_quantile, they broadcast."""
    arrays = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (count, mean, dispersion)))
    found = np.empty(arrays[0].size)
    counts, means, dispersions = (array.ravel() for array in arrays)

    def piece(low: int, high: int) -> None:
        _tails(counts, means, dispersions, low, high, found)

    over_rows(piece, found.size, 10, None)
    return found.reshape(arrays[0].shape)


@compiled
def _stirling_error(n: float) -> float:
    """log(n!) less Stirling's approximation log(sqrt(2 pi n) (n/e)^n), n > 0."""
    if n < 16.0:
        return math.lgamma(n + 1.0) - (n + 0.5) * math.log(n) + n - 0.9189385332046728
    nn = n * n
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / nn) / nn) / nn) / nn) / n


@compiled
def _deviance(x: float, expected: float) -> float:
    """x log(x / expected) + expected - x, exact also where both are close."""
    if abs(x - expected) >= 0.1 * (x + expected):
        return x * math.log(x / expected) + expected - x
    v = (x - expected) / (x + expected)
    total = (x - expected) * v
    power = 2.0 * x * v
    for j in range(1, 100):
        power *= v * v
        term = power / (2 * j + 1)
        if total + term == total:
            break
        total += term
    return total


@compiled
def _probability(k: float, rate: float, q: float) -> float:
    """P(count = k); rate = mean / dispersion."""
    if rate == 0.0:
        return 1.0 if k == 0.0 else 0.0
    if k == 0.0:
        return math.exp(rate * math.log1p(-q) / q) if q > 0.0 else math.exp(-rate)
    if q == 0.0:
        exponent = -_stirling_error(k) - _deviance(k, rate)
        return math.exp(exponent) / math.sqrt(2 * math.pi * k)
    size = rate / q
    n = size + k
    exponent = _stirling_error(n) - _stirling_error(size) - _stirling_error(k)
    exponent -= _deviance(size, n * (1.0 - q)) + _deviance(k, n * q)
    return math.exp(exponent) * math.sqrt(size / (2 * math.pi * k * n))


@compiled
def _above(k: float, rate: float, q: float) -> float:
    """P(count > k) by the continued fraction: exact to rounding for k from about the mean upwards."""
    first = _probability(k + 1.0, rate, q)
    if first == 0.0:
        return 0.0
    a = k + 1.0
    tiny = 1e-300
    fraction, upper, lower = 1.0, 1.0, 0.0
    for step in range(1, _MOST_STEPS):
        m = step // 2
        if step % 2:
            d = -(a + m) * (rate + q * (a + m)) / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            d = m * (rate - q * m) / ((a + 2 * m - 1) * (a + 2 * m))
        lower = 1.0 + d * lower
        lower = 1.0 / (lower if abs(lower) > tiny else tiny)
        upper = 1.0 + d / upper
        upper = upper if abs(upper) > tiny else tiny
        change = upper * lower
        fraction *= change
        if abs(change - 1.0) < 1e-16:
            break
    return first / fraction


@compiled
def _up_to(k: float, rate: float, q: float) -> float:
    """P(count <= k) by summing downwards: for k below the mean, where terms only fall; and for huge means."""
    sd = math.sqrt(rate) / (1.0 - q)
    if sd > 20.0 * _MOST_STEPS:  # too many terms; a smooth curve is near enough below the mean
        x = (k + 0.5 - rate / (1.0 - q)) / sd
        edge = (1.0 + q) / math.sqrt(rate) * (x * x - 1.0) * math.exp(-x * x / 2.0) / 15.04
        return min(max(0.5 * math.erfc(-x / math.sqrt(2.0)) - edge, 0.0), 1.0)
    term = _probability(k, rate, q)
    total = term
    j = k
    for _ in range(100 * _MOST_STEPS):
        if j <= 0.0 or term < 1e-17 * total:
            break
        term *= j / (rate + q * (j - 1.0))
        total += term
        j -= 1.0
    return min(total, 1.0)


@compiled
def _more_than(k: float, mean: float, dispersion: float) -> float:
    """P(count > k) for any whole k."""
    if k < 0.0:
        return 1.0
    rate, q = mean / dispersion, 1.0 - 1.0 / dispersion
    return 1.0 - _up_to(k, rate, q) if k < mean or mean > _EXACT_MEAN else _above(k, rate, q)


@compiled
def _tails(  # noqa: PLR0917
    counts: Floats, means: Floats, dispersions: Floats, low: int, high: int, found: Floats
) -> None:
    for i in range(low, high):
        if counts[i] >= 0.0 and 0.0 <= means[i] <= LARGEST_MEAN and 1.0 <= dispersions[i] <= LARGEST_MEAN:
            found[i] = _more_than(np.ceil(counts[i]) - 1.0, means[i], dispersions[i])
        else:
            found[i] = np.nan


@compiled
def _quantiles(  # noqa: PLR0917
    means: Floats, dispersions: Floats, low: int, high: int, alpha: float, z: float, found: Floats
) -> None:
    limit = alpha * (1.0 + 1e-12)  # a tail that equals alpha but for rounding is small enough
    for i in range(low, high):
        mean, dispersion = means[i], dispersions[i]
        if not (0.0 <= mean <= LARGEST_MEAN and 1.0 <= dispersion <= LARGEST_MEAN):
            found[i] = np.nan
            continue
        rate, q = mean / dispersion, 1.0 - 1.0 / dispersion
        skewness = (1.0 + q) / math.sqrt(rate) if rate > 0.0 else 0.0
        guess = mean + math.sqrt(mean * dispersion) * (z + skewness * (z * z - 1.0) / 6.0)
        k = max(0.0, np.floor(guess))
        if mean > _EXACT_MEAN:
            found[i] = k
            continue
        # Bracket the answer: it lies above `below` and not above `enough`.
        below, enough = k, k
        step = 1.0
        if _more_than(k, mean, dispersion) <= limit:
            below = k - 1.0
            while below >= 0.0 and _more_than(below, mean, dispersion) <= limit:
                enough, below, step = below, max(-1.0, below - step), 2.0 * step
        else:
            enough = k + 1.0
            while _more_than(enough, mean, dispersion) > limit:
                below, enough, step = enough, enough + step, 2.0 * step
        while enough - below > 1.0:
            middle = np.floor((below + enough) / 2.0)
            if _more_than(middle, mean, dispersion) <= limit:
                enough = middle
            else:
                below = middle
        found[i] = enough
