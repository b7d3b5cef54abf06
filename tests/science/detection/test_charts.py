"""CUSUM, Bayes, RKI, GLR and OutbreakP: parity with R's surveillance, and each worked by hand on a few numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from tests.science.detection.reference import assert_same, decisions, series, table, where

from xiaodun.kernel.errors import DomainError, ShapeError
from xiaodun.science.detection.bayes import Bayes, Rki
from xiaodun.science.detection.cusum import TRANSFORMS, Cusum
from xiaodun.science.detection.detect import Options, detect
from xiaodun.science.detection.glr import Glr
from xiaodun.science.detection.outbreakp import OutbreakP
from xiaodun.science.detection.shape import Detection, Why

SETTINGS = [(0, 6, True, 0.05), (1, 6, True, 0.05), (2, 4, False, 0.05), (0, 4, True, 0.01)]


def frequency(name: str) -> int:
    return 200 if name.startswith("daily") else 52


def by_series(
    read: dict[str, np.ndarray], chosen: np.ndarray, options: Any
) -> list[tuple[Detection, np.ndarray]]:
    """Detections of the chosen rows, series by series over the span that the file has of it."""
    names, counts = series()
    found = []
    for name in dict.fromkeys(read["series"][chosen].tolist()):
        rows = np.flatnonzero(chosen & (read["series"] == name))
        t = read["t"][rows].astype(int)
        answer = detect(counts[[names[name]], : t[-1]], options(name, rows), span=(t[0], t[-1]))
        found.append((answer, rows))
    return found


@pytest.mark.shared_data
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
@pytest.mark.parametrize("algo", ["bayes", "rki"])
def test_bayes_and_rki_are_those_of_the_reference(algo: str, setting: tuple[int, int, bool, float]) -> None:
    read = table("bayes_rki.csv")
    b, w, act_y, alpha = setting
    chosen = (read["algo"] == algo) & (read["b"] == b) & (read["w"] == w) & (read["actY"] == act_y)
    if algo == "bayes":
        chosen &= read["alpha"] == alpha
    for freq in (52, 200):
        mine = chosen & np.array([frequency(name) == freq for name in read["series"]])
        base = (b, w, act_y, freq)
        found = detect(series()[1], Bayes(*base, alpha) if algo == "bayes" else Rki(*base))
        cells = where(read, mine)
        assert_same(found.upper[cells], read["upperbound"][mine])
        assert np.array_equal(found.alarm[cells], decisions(read["alarm"][mine]))
    assert chosen.sum() > 1_700 or (algo == "rki" and alpha == 0.01)


@pytest.mark.shared_data
@pytest.mark.parametrize("m", ["mean", "glm"])
@pytest.mark.parametrize("trans", TRANSFORMS)
def test_cusum_is_that_of_the_reference(trans: str, m: str) -> None:
    read = table("cusum.csv")
    chosen = (read["trans"] == trans) & (read["m"] == m)
    parts = by_series(read, chosen, lambda name, _rows: Cusum(trans, m, freq=frequency(name)))
    assert len(parts) == 25
    for found, rows in parts:
        cells = (0, read["t"][rows].astype(int) - 1)
        assert_same(found.expected[cells], read["mean"][rows])
        assert_same(found.score[cells], read["cusum"][rows], absolute=1e-11)
        assert np.array_equal(found.alarm[cells], decisions(read["alarm"][rows]))
        # The bounds of the other two do not invert their own statistic in R; ours do.
        if trans in ("standard", "anscombe", "pearsonNegBin"):
            assert_same(found.upper[cells], read["upperbound"][rows])


@pytest.mark.shared_data
@pytest.mark.parametrize("alpha", [0, 0.2])
@pytest.mark.parametrize("theta", [math.log(2), None])
def test_glr_is_that_of_the_reference(alpha: float, theta: float | None) -> None:
    read = table("glrnb_outbreakP.csv")
    chosen = (
        (read["algo"] == "glrnb") & (read["alpha"] == alpha) & (np.isnan(read["theta"]) == (theta is None))
    )
    parts = by_series(read, chosen, lambda _name, rows: Glr(read["mu0"][rows[0]], alpha, theta))
    assert len(parts) == 25
    for found, rows in parts:
        cells = (0, read["t"][rows].astype(int) - 1)
        assert_same(found.score[cells], read["value"][rows], absolute=1e-10)
        assert np.array_equal(found.alarm[cells], decisions(read["alarm"][rows]))


@pytest.mark.shared_data
def test_outbreakp_is_that_of_the_reference_where_it_did_not_overflow() -> None:
    read = table("glrnb_outbreakP.csv")
    with np.errstate(invalid="ignore"):
        chosen = (read["algo"] == "outbreakP") & (read["value"] > 0) & (read["value"] < 1e60)
    found = detect(series()[1], OutbreakP())
    cells = where(read, chosen)
    assert chosen.sum() == 1_953
    np.testing.assert_allclose(found.score[cells], np.log(read["value"][chosen]), rtol=1e-9, atol=1e-9)
    assert np.array_equal(found.alarm[cells], decisions(read["alarm"][chosen]))


def last(counts: list[float], options: Options, first: int = 1) -> Detection:
    found = detect([counts], options, span=(first, len(counts)))
    return Detection(
        *(getattr(found, name)[:, -1] for name in ("expected", "upper", "score", "alarm", "why"))
    )


def test_bayes_by_hand() -> None:
    # Six weeks of nothing: size 1/2, prob 6/7, P(0) = 0.926, P(<= 1) = 0.992.
    found = last([0] * 6 + [2], Bayes())
    assert (found.expected, found.upper, found.alarm) == (0, 1, 1)
    assert last([0] * 6 + [1], Bayes()).alarm == 0


def test_rki_by_hand() -> None:
    assert last([2, 3, 2, 3, 2, 3, 7], Rki()).upper == 6.686  # mean 2.5, so the limit of 2
    found = last([30, 32, 30, 32, 30, 32, 40], Rki())
    assert found.upper == pytest.approx(31 + 2 * math.sqrt(1.2))
    assert found.score == pytest.approx(9 / (2 * math.sqrt(1.2)))
    assert last([20] * 6 + [31], Rki()).upper == 30.017


def test_the_same_weeks_of_earlier_years_are_the_base() -> None:
    counts = [0.0] * 60
    counts[58 - 52 : 61 - 52] = [9, 9, 9]
    assert last(counts, Rki(b=1, w=1, act_y=False)).expected == 9
    assert last(counts, Rki(b=1, w=1)).expected == pytest.approx(27 / 4)


def test_cusum_adds_up_small_excesses_and_does_not_begin_anew() -> None:
    found = detect([[4, 4, 4, 4, 8, 8, 8, 8, 0]], Cusum(), span=(5, 9))
    assert found.score[0, 4:].tolist() == pytest.approx([0.96, 1.92, 2.88, 3.84, 0.8])
    assert found.alarm[0, 4:].tolist() == [0, 0, 1, 1, 0]
    assert found.upper[0, 4] == math.ceil(4 + 2 * 3.3)
    assert found.expected[0, 4] == 4


@pytest.mark.parametrize("trans", TRANSFORMS)
def test_the_upper_limit_of_cusum_is_where_its_alarms_begin(trans: str) -> None:
    counts = np.random.default_rng(1).negative_binomial(2, 0.3, (40, 80))
    found = detect(counts, Cusum(trans), span=(21, 80))
    assert 0 < (found.alarm[:, 20:] == 1).mean() < 1
    apart = np.abs(counts - found.upper)[:, 20:] > 1e-9
    assert np.array_equal((counts >= found.upper)[:, 20:][apart], (found.alarm == 1)[:, 20:][apart])


def test_cusum_with_a_season_expects_it() -> None:
    t = np.arange(1, 261)
    season = 20 * np.exp(0.5 * np.sin(2 * math.pi * t / 52))
    found = detect(np.round(season)[np.newaxis], Cusum(m="glm"), span=(157, 260))
    np.testing.assert_allclose(found.expected[0, 156:], season[156:], rtol=0.02)


def test_cusum_needs_some_history_or_a_mean() -> None:
    with pytest.raises(DomainError) as refused:
        detect([[1, 2, 3]], Cusum())
    assert refused.value.faults[0].where == "range"
    assert detect([[1, 2, 3]], Cusum(m=2.0)).alarm.tolist() == [[0, 0, 0]]


def test_an_in_control_mean_of_nothing_decides_nothing() -> None:
    for m in ("mean", "glm"):
        found = detect([[0] * 10 + [3]], Cusum(m=m), span=(11, 11))
        assert (found.alarm[0, 10], found.why[0, 10]) == (-1, Why.ZERO_MEAN)


def test_glr_by_hand_and_anew_after_an_alarm() -> None:
    given = detect([[3, 5, 6, 0]], Glr(2.0, theta=math.log(2)))
    steps = [x * math.log(2) - 2 for x in (3, 5, 6)]
    assert given.score[0, :2].tolist() == pytest.approx([steps[0], steps[0] + steps[1]])
    found = detect([[1, 9, 9, 0]], Glr(2.0))
    two_days = 18 * math.log(18 / 4) - 14
    assert found.score[0, 0] == 0
    assert found.score[0, 1] == pytest.approx(9 * math.log(4.5) - 7)
    assert found.alarm[0].tolist() == [0, 1, 1, 0]
    patient = detect([[1, 9, 9, 0]], Glr(2.0, c_arl=50))
    assert patient.score[0, 2] == pytest.approx(two_days)


@pytest.mark.parametrize("alpha", [0.0, 0.3])
def test_the_short_search_of_glr_finds_what_the_long_one_finds(alpha: float) -> None:
    rng = np.random.default_rng(3)
    counts = rng.poisson(3, (20, 60))
    found = detect(counts, Glr(2.5, alpha, c_arl=1e6))
    for row, scores in zip(counts, found.score, strict=True):
        for t in range(60):
            assert scores[t] == pytest.approx(
                max(ratio(row[j : t + 1], 2.5, alpha) for j in range(t + 1)), abs=1e-9
            )


def ratio(x: np.ndarray, mean: float, alpha: float) -> float:
    """Log-likelihood ratio of the best rise against none over all these days."""
    total, days = float(x.sum()), len(x)
    if total <= days * mean:
        return 0.0
    if alpha == 0:
        return total * math.log(total / days / mean) - total + days * mean
    factor = math.log((1 + alpha * total / days) / (1 + alpha * mean))
    return total * math.log(total / days / mean) - (total + days / alpha) * factor


@pytest.mark.parametrize("options", [Glr(2.0), Glr(2.0, theta=0.7), Glr(2.0, 0.2), Glr(2.0, 0.2, 0.7)])
def test_the_upper_limit_of_glr_is_the_least_count_that_alarms(options: Glr) -> None:
    counts = np.random.default_rng(1).negative_binomial(2, 0.4, (40, 80))
    found = detect(counts, options)
    assert 0 < (found.alarm == 1).mean() < 0.5
    assert np.array_equal(counts >= found.upper, found.alarm == 1)


def test_glr_takes_a_mean_for_each_series_or_each_day() -> None:
    counts = [[5, 5], [5, 5]]
    apart = detect(counts, Glr([1.0, 5.0]))
    assert apart.expected.tolist() == [[1, 1], [5, 5]]
    assert apart.score[1].tolist() == [0, 0]
    curve = detect(counts, Glr([[1.0, 5.0], [5.0, 1.0]]))
    assert curve.score[0, 0] == pytest.approx(apart.score[0, 0])
    assert curve.score[1, 0] == 0
    with pytest.raises(ShapeError):
        detect(counts, Glr([1.0, 2.0, 3.0]))


def test_outbreakp_by_hand() -> None:
    found = detect([[1, 3, 2]], OutbreakP())
    assert found.score[0, 0] == 0
    assert found.score[0, 1] == pytest.approx(math.log(1 / 2) + 3 * math.log(3 / 2))
    # 3 and 2 fall, so the best rising curve is 1, 2.5, 2.5.
    assert found.score[0, 2] == pytest.approx(math.log(1 / 2) + 5 * math.log(2.5 / 2))
    assert found.expected[0].tolist() == [1, 2, 2]


def test_outbreakp_passes_over_days_without_report() -> None:
    absent = detect([[1, np.nan, 3, 2]], OutbreakP())
    assert absent.alarm[0, 1] == -1
    assert absent.score[0, [0, 2, 3]].tolist() == detect([[1, 3, 2]], OutbreakP()).score[0].tolist()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Cusum("Rossi"),
        lambda: Cusum(m="median"),
        lambda: Cusum(h=0),
        lambda: Bayes(act_y=False),
        lambda: Bayes(w=26),
        lambda: Rki(b=-1),
        lambda: Glr(0.0),
        lambda: Glr("2"),
        lambda: Glr(float("nan")),
        lambda: Glr(2.0, alpha=-1),
        lambda: Glr([[1.0]], alpha=0.2),
        lambda: Glr(2.0, theta=0.0),
        lambda: OutbreakP(0),
    ],
)
def test_options_are_checked_at_the_door(wrong: Any) -> None:
    with pytest.raises(DomainError) as refused:
        wrong()
    assert refused.value.code == "detection.option"
