"""Seeded draws without a generator: a draw is a pure function of (seed, decision, person, day).

Two plans therefore differ only by the plan, and any chunking, order or number of workers gives the same
answer. `decision` names the purpose (`infect`, `latent_days`, ...); draws of different purposes are
independent. `person` and `day` are integers or integer arrays that broadcast against each other; a group's
number may stand where a person's does. Uniforms and integers are the same bits on every machine; normals
may differ in the last bit between processors, because NumPy's logarithm and cosine do.

Source: the mixing step is variant 13 of Stafford's 64-bit finalisers, as used by SplitMix64 (Steele, Lea and
Flood 2014, OOPSLA, doi 10.1145/2660193.2660195). One step takes in the person, a second one the day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xiaodun.kernel.errors import DomainError, Fault, ShapeError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_STEP = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio, odd: spreads neighbouring numbers
_TO_UNIT = np.float64(2.0**-53)


def uniform(seed: int, decision: str, person: ArrayLike, day: ArrayLike) -> Floats:
    """Uniform draws in [0, 1), multiples of 2^-53. Shape: that of `person` and `day` broadcast.

    Raises ShapeError `draws.shape` when they do not broadcast, DomainError `draws.not_whole` for a fraction.
    """
    drawn: Floats = (bits(seed, decision, person, day) >> np.uint64(11)) * _TO_UNIT
    return drawn


def integers(seed: int, decision: str, person: ArrayLike, day: ArrayLike, *, low: int, high: int) -> Integers:
    """Whole numbers from low to high - 1, equally likely to within 2^-21. Raises DomainError `draws.range`.

    The span is at most 2^32, so that the 53 bits of a uniform suffice.
    """
    if not 0 < high - low <= 2**32:
        raise DomainError(
            _fault(
                "draws.range",
                f"{low}..{high}",
                "须 low < high，跨度不超过 2^32",
                "low < high, at most 2^32 apart",
            )
        )
    return (uniform(seed, decision, person, day) * (high - low)).astype(np.int64) + low


def choice(
    seed: int, decision: str, person: ArrayLike, day: ArrayLike, *, weights: Sequence[float] | Floats
) -> Integers:
    """Places 0..len(weights)-1, each as likely as its share of the weights; a weight of 0 is never chosen.

    Raises DomainError `draws.weights` unless the weights are finite, not negative and not all 0.
    """
    shares = np.asarray(weights, dtype=np.float64)
    if shares.ndim != 1 or not np.isfinite(shares).all() or (shares < 0).any() or not shares.sum() > 0:
        raise DomainError(
            _fault(
                "draws.weights", "", "权重须为非负数，且不全为0", "weights must not be negative, nor all 0"
            )
        )
    upto = np.cumsum(shares)
    return np.searchsorted(upto / upto[-1], uniform(seed, decision, person, day), side="right").astype(
        np.int64
    )


def normal(seed: int, decision: str, person: ArrayLike, day: ArrayLike) -> Floats:
    """Standard normal draws, mean 0 and sd 1. Source: Box and Muller 1958, Ann Math Stat 29, 610-611."""
    radius = np.sqrt(-2.0 * np.log(1.0 - uniform(seed, f"{decision}/radius", person, day)))
    turn = 2.0 * np.pi * uniform(seed, f"{decision}/angle", person, day)
    drawn: Floats = radius * np.cos(turn)
    return drawn


def bits(seed: int, decision: str, person: ArrayLike, day: ArrayLike) -> NDArray[np.uint64]:
    """The 64 random bits behind a draw."""
    persons, days = _whole(person, "person"), _whole(day, "day")
    try:
        shape = np.broadcast_shapes(persons.shape, days.shape)
    except ValueError:
        raise ShapeError(
            _fault(
                "draws.shape",
                f"{persons.shape} {days.shape}",
                "person 与 day 的形状不相容",
                "the shapes of person and day do not broadcast",
            )
        ) from None
    # At least one axis: arrays wrap around 2^64 in silence, NumPy scalars warn.
    mixed = _mix(_key(seed, decision) + np.atleast_1d(persons) * _STEP)
    return _mix(mixed + np.atleast_1d(days) * _STEP).reshape(shape)


def _mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A bijection of 64 bits in which each bit put in flips each bit put out about half the time."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


@lru_cache(maxsize=1024)
def _key(seed: int, decision: str) -> np.uint64:
    """64 bits for a seed of any size and a decision; a hash, so that seeds 1 and 2 are no neighbours."""
    digest = hashlib.sha256(f"{seed}:{decision}".encode()).digest()
    return np.uint64(int.from_bytes(digest[:8], "little"))


def _whole(values: ArrayLike, where: str) -> NDArray[np.uint64]:
    array = np.asarray(values)
    if array.dtype.kind not in "iu":
        raise DomainError(_fault("draws.not_whole", str(array.dtype), "须是整数", "must be integers", where))
    return array.astype(np.uint64)


def _fault(code: str, value: str, zh: str, en: str, where: str = "") -> Fault:
    return Fault(code, zh=zh, en=en, where=where, value=value)
