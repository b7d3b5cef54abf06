"""One door for all detectors: the options say which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import ArrayLike

from xiaodun.science.detection.bayes import Bayes, Rki, bayes, rki
from xiaodun.science.detection.cusum import Cusum, cusum
from xiaodun.science.detection.ears import Ears, ears
from xiaodun.science.detection.farrington import Farrington, farrington
from xiaodun.science.detection.glr import Glr, glr
from xiaodun.science.detection.outbreakp import OutbreakP, outbreakp
from xiaodun.science.detection.shape import Counts, Detection, checked_counts, checked_span

Options = Ears | Farrington | Cusum | Bayes | Rki | Glr | OutbreakP

_DETECTORS: dict[type, Callable[[Counts, Any, int, int, int | None], Detection]] = {
    Ears: ears,
    Farrington: farrington,
    Cusum: cusum,
    Bayes: bayes,
    Rki: rki,
    Glr: glr,
    OutbreakP: outbreakp,
}


def detect(
    counts: ArrayLike,
    options: Options,
    *,
    span: tuple[int, int] | None = None,
    threads: int | None = None,
) -> Detection:
    """Judge every series, each by itself.

    counts: whole numbers (n_series, n_time), persons per day or week in order, holidays already dropped; NaN in a
    float array = nobody reported, which is not the same as 0. options: which method and how. span: first and last
    t, from 1, to judge (None = all); counts before it serve as history. threads: at most so many, None = the
    processors of this process; the answer does not depend on it.
    Returns a Detection of the same shape; cells outside the span stay blank.
    Raises ShapeError `detection.shape`, DomainError `detection.count`, `detection.span`, `detection.option`.
    Source: named in the module of each method.
    """
    whole = checked_counts(counts)
    first, last = checked_span(span, whole.shape[1])
    return _DETECTORS[type(options)](whole, options, first, last, threads)
