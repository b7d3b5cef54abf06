"""CUSUM: small excesses add up until they are too many; never reset, as in R's surveillance.

Sources: Rossi, Lampugnani and Marchi 1999, Stat Med 18:2111-2122 (the chart for counts and its transform); Rogerson
and Yamada 2004, Stat Med 23:2195-2214; Pierce and Schafer 1986, J Am Stat Assoc 81:977-986 (Anscombe residuals).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xiaodun.science.detection.shape import (
    Counts,
    Detection,
    Floats,
    Why,
    blank,
    real_option,
    refuse_option,
    whole_option,
)

TRANSFORMS = ("standard", "rossi", "anscombe", "anscombe2nd", "pearsonNegBin")
_ITERATIONS = 25


@dataclass(frozen=True)
class Cusum:
    """Options of CUSUM.

    trans: how a count becomes a standard value; m: the in-control mean: "mean" of the counts before the span,
    "glm" = a Poisson regression on them with one harmonic of the year (freq steps), or a number of persons. k:
    reference value, h: decision value, in standard deviations. alpha: of pearsonNegBin, variance m + alpha m^2.
    Raises DomainError `detection.option`.
    """

    trans: str = "standard"
    m: str | float = "mean"
    k: float = 1.04
    h: float = 2.26
    alpha: float = 0.1
    freq: int = 52

    def __post_init__(self) -> None:
        if self.trans not in TRANSFORMS:
            refuse_option(
                "trans", self.trans, f"写 {'、'.join(TRANSFORMS)} 之一", f"one of {' '.join(TRANSFORMS)}"
            )
        if isinstance(self.m, str):
            if self.m not in ("mean", "glm"):
                refuse_option("m", self.m, "写 mean、glm 或一个数", "mean, glm or a number")
        else:
            real_option("m", self.m, 0, 1e7)
        real_option("k", self.k, 0, 1e6, or_equal=True)
        real_option("h", self.h, 0, 1e6)
        real_option("alpha", self.alpha, 0, 1e6, or_equal=True)
        whole_option("freq", self.freq, 2, 1000)


def cusum(counts: Counts, options: Cusum, first: int, last: int, _threads: int | None) -> Detection:
    """CUSUM over checked counts; see `detect`. The chart begins at 0 on the first day of the span.

    score: the chart S; upper: the count at which the chart would just reach h, by the exact inverse of its own
    transform. A day without report leaves the chart as it is. Raises DomainError `detection.no_history` when m
    is estimated and nothing stands before the span.
    """
    mean = _in_control(counts, options, first, last)
    found = blank(counts.shape)
    y = counts[:, first:last].astype(np.float64)
    present = y >= 0
    with np.errstate(invalid="ignore", divide="ignore"):
        x = _standard(np.where(present, y, 0.0), mean, options)
    chart = np.zeros(len(counts))
    for t in range(last - first):
        known = present[:, t] & np.isfinite(x[:, t])
        found.upper[:, first + t] = np.where(
            known, _reaching(mean[:, t], options.h + options.k - chart, options), np.nan
        )
        chart = np.where(known, np.maximum(0.0, chart + x[:, t] - options.k), chart)
        found.score[:, first + t] = np.where(known, chart, np.nan)
        found.alarm[:, first + t] = np.where(known, chart >= options.h, -1)
    found.expected[:, first:last] = mean
    why = np.where(np.isnan(mean), Why.NO_FIT, np.where(mean > 0, Why.DECIDED, Why.ZERO_MEAN))
    why[~present] = Why.MISSING
    found.why[:, first:last] = why
    return found


def _standard(y: Floats, m: Floats, options: Cusum) -> Floats:
    """Counts as values of mean about 0 and spread about 1; not finite where m is 0."""
    if options.trans == "standard":
        return (y - m) / np.sqrt(m)
    if options.trans == "rossi":
        return np.asarray((y - 3 * m + 2 * np.sqrt(y * m)) / (2 * np.sqrt(m)))
    if options.trans == "pearsonNegBin":
        return (y - m) / np.sqrt(m + options.alpha * m * m)
    centre = m ** (2 / 3)
    if options.trans == "anscombe2nd":
        centre = centre - m ** (-1 / 3) / 9
    return np.asarray(1.5 * (y ** (2 / 3) - centre) / m ** (1 / 6))


def _reaching(m: Floats, c: Floats, options: Cusum) -> Floats:
    """The count whose standard value is c, at least 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        if options.trans == "standard":
            return np.maximum(0.0, np.ceil(m + c * np.sqrt(m)))
        if options.trans == "rossi":
            root = np.sqrt(np.maximum(0.0, 4 * m + 2 * c * np.sqrt(m))) - np.sqrt(m)
            return np.asarray(np.maximum(0.0, root) ** 2)
        if options.trans == "pearsonNegBin":
            return np.maximum(0.0, m + c * np.sqrt(m + options.alpha * m * m))
        power = m ** (2 / 3) + c * m ** (1 / 6) / 1.5
        if options.trans == "anscombe2nd":
            power = power - m ** (-1 / 3) / 9
        return np.asarray(np.maximum(0.0, power) ** 1.5)


def _in_control(counts: Counts, options: Cusum, first: int, last: int) -> Floats:
    """Mean of every cell of the span while nothing happens; NaN where the regression fails."""
    shape = (len(counts), last - first)
    if not isinstance(options.m, str):
        return np.full(shape, float(options.m))
    if not first:
        zh, en = "range 须留出前面一段作对照", "let range leave some history before it"
        refuse_option("range", f"1..{last}", zh, en)
    history = counts[:, :first]
    present = history >= 0
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(present, history, 0).sum(axis=1) / present.sum(axis=1)
    if options.m == "mean":
        return np.broadcast_to(mean[:, np.newaxis], shape).copy()
    turn = 2 * math.pi * np.arange(1, last + 1) / options.freq
    terms = np.stack([np.ones(last), np.sin(turn), np.cos(turn)], axis=1)
    fitted = np.full((len(counts), 3), np.nan)
    for i in np.flatnonzero(mean > 0):
        fitted[i] = _regression(history[i][present[i]].astype(np.float64), terms[:first][present[i]])
    curve: Floats = np.exp(fitted @ terms[first:].T)
    curve[mean == 0] = 0.0
    return curve


def _regression(y: Floats, terms: Floats) -> Floats:
    """Poisson regression, log link, as R's glm iterates; NaN when it does not converge."""
    lost = np.full(terms.shape[1], np.nan)
    mu = y + 0.1
    eta = np.log(mu)
    fixed = np.sum(np.where(y > 0, y * np.log(np.maximum(y, 1)), 0.0) - y)
    deviance = 2 * (fixed - np.sum(y * eta - mu))
    for _ in range(_ITERATIONS):
        root = np.sqrt(mu)
        answer, _rest, rank, _values = np.linalg.lstsq(
            root[:, np.newaxis] * terms, root * (eta + (y - mu) / mu), rcond=None
        )
        if rank < terms.shape[1]:
            return lost
        eta = terms @ answer
        mu = np.maximum(np.exp(np.minimum(eta, 700.0)), np.finfo(np.float64).eps)
        before, deviance = deviance, 2 * (fixed - np.sum(y * eta - mu))
        if abs(deviance - before) < 1e-8 * (abs(deviance) + 0.1):
            return np.asarray(answer, np.float64)
    return lost
