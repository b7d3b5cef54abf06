"""Tails and quantiles of counts: sums worked out term by term, the definition of a quantile, and an end to every loop."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaodun.science.detection.tails import count_quantile, count_tail


def masses(mean: float, dispersion: float, upto: int) -> np.ndarray:
    """Probabilities of 0 to upto - 1 by their ratios, from one that is set to 1, divided by their sum."""
    rate, q = mean / dispersion, 1 - 1 / dispersion
    j = np.arange(upto, dtype=np.longdouble)
    logs = np.concatenate([[0], np.cumsum(np.log((rate + q * j[:-1]) / (j[:-1] + 1)))])
    mass = np.exp(logs - logs.max())
    return np.asarray(mass / mass.sum(), np.float64)


@pytest.mark.parametrize("mean", [0.01, 0.5, 3, 40, 700])
@pytest.mark.parametrize("dispersion", [1, 1 + 1e-9, 1.2, 4, 30])
def test_tails_are_the_sums_of_their_terms(mean: float, dispersion: float) -> None:
    mass = masses(mean, dispersion, 20_000)
    count = np.arange(0, math.ceil(mean + 8 * math.sqrt(mean * dispersion)), max(1, int(mean // 50)))
    tails = np.cumsum(mass[::-1])[::-1][count]
    np.testing.assert_allclose(count_tail(count, mean, dispersion), tails, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("alpha", [0.4, 0.05, 0.001, 1e-9])
def test_a_quantile_is_the_first_count_with_so_small_a_tail(alpha: float) -> None:
    rng = np.random.default_rng(1)
    mean, dispersion = 10 ** rng.uniform(-3, 5, 2_000), 1 + 10 ** rng.uniform(-6, 2.5, 2_000)
    limit = count_quantile(mean, dispersion, alpha)
    assert (count_tail(limit + 1, mean, dispersion) <= alpha * (1 + 1e-9)).all()
    inside = limit > 0
    assert (count_tail(limit, mean, dispersion)[inside] > alpha * (1 - 1e-9)).all()


def test_quantiles_that_everybody_knows() -> None:
    # Poisson with mean 1: P(> 3) = 0.0190, P(> 4) = 0.0037; geometric with mean 1: P(> k) = 2^-(k + 1).
    assert count_quantile(1, 1, 0.01) == 4
    assert count_quantile(1, 2, 2.0**-10) == 9
    assert count_quantile(0, 1, 0.01) == 0


# Far out in numbers no person can reach: an answer or NaN, and never a walk without end.
@settings(max_examples=60, deadline=None)
@given(
    st.one_of(st.floats(0), st.sampled_from([math.nan, 0.0, 1e-300, 1e7, 1e12, 1e300, math.inf])),
    st.one_of(st.floats(1), st.sampled_from([1.0, 1 + 1e-15, 1e12, 1e300])),
    st.sampled_from([0.5, 0.01, 1e-12]),
)
def test_every_number_has_an_end(mean: float, dispersion: float, alpha: float) -> None:
    limit = count_quantile(mean, dispersion, alpha)
    assert np.isnan(limit) or limit >= 0
    tail = count_tail(5, mean, dispersion)
    assert np.isnan(tail) or 0 <= tail <= 1
