"""The one shape of all detectors: counts and options in, a Detection out; and the doors that check what comes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xiaodun.kernel.errors import DomainError, Fault, ShapeError

Counts = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.int8]

MISSING = -1  # in Counts: nobody reported; a 0 is a report
LARGEST_COUNT = 10_000_000  # persons in one cell; squares over a baseline then stay exact in 64 bits


class Why(IntEnum):
    """Why a cell is as it is. DECIDED and FEW_CASES carry a decision, the others none."""

    DECIDED = 0
    NOT_ASKED = 1
    MISSING = 2
    SHORT_HISTORY = 3
    GAPS = 4
    NO_SPREAD = 5
    ZERO_MEAN = 6
    FEW_CASES = 7
    NO_FIT = 8
    TOO_LARGE = 9

    @property
    def word(self) -> str:
        """The word in files; empty for a plain decision."""
        return "" if self is Why.DECIDED else self.name.lower()

    def words(self, language: str) -> str:
        return WHY_WORDS[self][0 if language.startswith("zh") else 1]


WHY_WORDS = {
    Why.DECIDED: ("已判定", "decided"),
    Why.NOT_ASKED: ("不在所要求的时段内", "outside the range asked for"),
    Why.MISSING: ("当日没有报告", "no count was reported"),
    Why.SHORT_HISTORY: ("历史不够长", "the history is too short"),
    Why.GAPS: ("基线里缺报太多", "too many counts of the baseline are missing"),
    Why.NO_SPREAD: ("基线毫无波动，比值无法计算", "the baseline does not vary, the ratio is undefined"),
    Why.ZERO_MEAN: ("对照期均数为0", "the in-control mean is 0"),
    Why.FEW_CASES: ("近期病例太少，不报警", "too few recent cases, no alarm is raised"),
    Why.NO_FIT: ("回归不收敛", "the regression does not converge"),
    Why.TOO_LARGE: ("期望值大得不合理", "the expected count is beyond all reason"),
}


@dataclass(frozen=True, eq=False)
class Detection:
    """What a detector says of every cell; all arrays have the shape (n_series, n_time) of the counts.

    expected: persons per step of time, the centre of the baseline; upper: the count above which (for CUSUM: from
    which) an alarm is raised; score: unusualness in the method's own unit; all three NaN where there is none.
    alarm: 1, 0, or -1 = not decided, which is never the same as no alarm. why: a code of Why. own: the columns
    that only this method has.
    """

    expected: Floats
    upper: Floats
    score: Floats
    alarm: Flags
    why: Flags
    own: Mapping[str, Floats] = field(default_factory=dict)


def blank(shape: tuple[int, ...]) -> Detection:
    """Nothing decided yet: for detectors to fill in the cells they are asked for."""
    expected, upper, score = (np.full(shape, np.nan) for _ in range(3))
    alarm = np.full(shape, -1, np.int8)
    return Detection(expected, upper, score, alarm, np.full(shape, Why.NOT_ASKED, np.int8))


def checked_counts(counts: ArrayLike) -> Counts:
    """Counts as int32 (n_series, n_time), MISSING for NaN.

    Raises ShapeError `detection.shape` unless there are two axes, DomainError `detection.count` for a count that
    is negative, infinite, a fraction or above LARGEST_COUNT; the fault names series and t, both from 1.
    """
    given = np.asarray(counts)
    if given.ndim != 2:
        zh, en = "须为二维：序列 × 时间", "must have two axes: series, time"
        raise ShapeError(Fault("detection.shape", zh, en, "counts", str(given.shape)))
    if given.dtype.kind not in "iuf":
        zh, en = "须为整数数组，缺报用 NaN", "must be an array of whole numbers, NaN where missing"
        raise DomainError(Fault("detection.count", zh, en, "counts", str(given.dtype)))
    if not given.size:
        return np.zeros(given.shape, np.int32)
    if given.dtype.kind != "f":
        if given.min() < 0 or given.max() > LARGEST_COUNT:
            _refuse_count(given, (given < 0) | (given > LARGEST_COUNT))
        return np.ascontiguousarray(given, np.int32)
    absent = np.isnan(given)
    filled = np.where(absent, 0, given)
    bad = ~((filled >= 0) & (filled <= LARGEST_COUNT) & (filled == np.floor(filled)))
    if bad.any():
        _refuse_count(given, bad)
    return np.where(absent, MISSING, filled).astype(np.int32)


def _refuse_count(given: NDArray[Any], bad: NDArray[np.bool_]) -> None:
    series, t = np.argwhere(bad)[0]
    zh = f"写 0 至 {LARGEST_COUNT} 的整数，缺报用 NaN"
    en = f"give whole numbers from 0 to {LARGEST_COUNT}, NaN where missing"
    where = f"series {series + 1} t {t + 1}"
    raise DomainError(Fault("detection.count", zh, en, where, str(given[series, t])))


def ratio_score(y: Floats, centre: Floats, upper: Floats) -> Floats:
    """(y - centre) / (upper - centre), above 1 for an alarm; NaN where the limit is not above the centre."""
    with np.errstate(invalid="ignore", divide="ignore"):
        score = (y - centre) / (upper - centre)
    return np.where((upper > centre) & np.isfinite(score), score, np.nan)


def checked_span(span: tuple[int, int] | None, n_time: int) -> tuple[int, int]:
    """First and last column (from 0, last excluded) of a span in t (from 1, last included); None = all.

    Raises DomainError `detection.span`.
    """
    if span is None:
        return 0, n_time
    first, last = span
    if not 1 <= first <= last <= n_time:
        zh, en = f"须 1 <= 起 <= 止 <= {n_time}", f"need 1 <= first <= last <= {n_time}"
        raise DomainError(Fault("detection.span", zh, en, "range", f"{first}..{last}"))
    return first - 1, last


def refuse_option(name: str, value: object, zh: str, en: str) -> None:
    """Raise the DomainError `detection.option` of an options object."""
    raise DomainError(Fault("detection.option", zh, en, name, str(value)))


def whole_option(name: str, value: object, least: int, most: int) -> None:
    """Raises DomainError `detection.option` unless value is a whole number from least to most."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        refuse_option(name, value, f"写 {least} 至 {most} 的整数", f"a whole number from {least} to {most}")


def real_option(name: str, value: object, above: float, most: float, *, or_equal: bool = False) -> None:
    """Raises DomainError `detection.option` unless above < value <= most (or_equal: above <= value)."""
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")
    if not ((above <= number if or_equal else above < number) and number <= most):
        sign = ">=" if or_equal else ">"
        refuse_option(
            name, value, f"写 {sign} {above} 且 <= {most} 的数", f"a number {sign} {above} and <= {most}"
        )
