"""Believable names by row number, for whoever fills a roster (the demo) and for nobody else.

Names stand apart from the arrays on purpose. Arrays are hashed, saved, sent to other machines and shown in
charts; a name that never enters them cannot leak from them. A row number is all that science knows of a
person, and the same row bears the same name for as long as the seed stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xiaodun.kernel.draws import choice, uniform
from xiaodun.kernel.errors import DomainError, Fault, ShapeError
from xiaodun.science.synth import name_words as words

MINORITY_SHARE = 0.03  # of households whose names are built otherwise (assumption)
RARE_SHARE = 0.012  # of given names with a character that older software loses (assumption)
# How a given name is made, by sex: below the first bound two characters, then a whole word, then one
# character, else one character doubled (assumption).
_MAKES_UPTO = {words.FEMALE: (0.70, 0.85, 0.96), words.MALE: (0.71, 0.86, 1.0)}
_SURNAMES = tuple(name for name, _ in words.SURNAMES)
_BEARERS = tuple(float(per_1000) for _, per_1000 in words.SURNAMES)
_STAFF_SINGLE_SHARE = 0.35

Integers = NDArray[np.int64]
T = TypeVar("T")


def names(seed: int, rows: ArrayLike, sexes: ArrayLike, households: ArrayLike | None = None) -> list[str]:
    """Names of pupils, one for each row, in the order given.

    rows: whole numbers, shape (n,), rows of County.pupils; sexes: shape (n,), 0 girl, 1 boy; households:
    shape (n,), County.pupils.household: siblings then share their family name. Characters may lie outside the
    basic plane; the dot inside a name is U+00B7. Raises ShapeError `synth.names_shape` when lengths differ,
    DomainError `synth.names_sex` for another sex. All names are invented.
    """
    row, sex = _checked(rows, sexes)
    family = row if households is None else _checked(households, sexes)[0]
    surname = choice(seed, "synth.surname", family, 0, weights=_BEARERS).tolist()
    people = choice(seed, "synth.people", family, 0, weights=[share for share, *_ in words.PEOPLES]).tolist()
    otherwise = (uniform(seed, "synth.minority", family, 0) < MINORITY_SHARE).tolist()
    shared = uniform(seed, "synth.family_word", family, 0).tolist()
    make, first, second, rare = (
        uniform(seed, f"synth.given_{part}", row, 0).tolist() for part in ("make", "first", "second", "rare")
    )
    return [
        _otherwise(people[i], s, shared[i], first[i], second[i])
        if otherwise[i]
        else _SURNAMES[surname[i]] + _given(s, make[i], first[i], second[i], rare[i])
        for i, s in enumerate(sex.tolist())
    ]


def staff_names(seed: int, rows: ArrayLike, sexes: ArrayLike) -> list[str]:
    """Names of staff, one for each row of County.staff; arguments and errors as in `names`."""
    row, sex = _checked(rows, sexes)
    surname = choice(seed, "synth.staff_surname", row, 0, weights=_BEARERS).tolist()
    make, first, second = (
        uniform(seed, f"synth.staff_{part}", row, 0).tolist() for part in ("make", "first", "second")
    )
    out = []
    for i, s in enumerate(sex.tolist()):
        given = _pick(words.STAFF_FIRST[s], first[i]) + _pick(words.STAFF_SECOND[s], second[i])
        if make[i] < _STAFF_SINGLE_SHARE:
            given = _pick(words.STAFF_SINGLE[s], first[i])
        out.append(_SURNAMES[surname[i]] + given)
    return out


def _given(sex: int, make: float, first: float, second: float, rare: float) -> str:
    two, whole, single = _MAKES_UPTO[sex]
    if rare < RARE_SHARE:
        # Alone, or before a usual second character: both stand on real class lists.
        tail = _pick(words.SECOND[sex], second) if make < two / 2 else ""
        return _pick(words.RARE, first) + tail
    if make < two:
        a, b = _pick(words.FIRST[sex], first), _pick(words.SECOND[sex], second)
        return a + (b if a != b else _pick(words.SECOND[sex], 1 - second))
    if make < whole:
        return _pick(words.WHOLE[sex], first)
    return _pick(words.SINGLE[sex], first) * (1 if make < single else 2)


def _otherwise(people: int, sex: int, shared: float, first: float, second: float) -> str:
    """A name built from the family's word and the child's own, in the pattern of its people."""
    _, pattern, families, firsts, seconds = words.PEOPLES[people]
    return pattern.format(
        family=_pick(families, shared), first=_pick(firsts[sex], first), second=_pick(seconds[sex], second)
    )


def _pick(items: Sequence[T], u: float) -> T:
    return items[int(u * len(items))]


def _checked(rows: ArrayLike, sexes: ArrayLike) -> tuple[Integers, Integers]:
    row, sex = np.atleast_1d(np.asarray(rows)), np.atleast_1d(np.asarray(sexes))
    if row.ndim != 1 or row.shape != sex.shape:
        raise ShapeError(
            Fault(
                "synth.names_shape",
                zh="行号、性别、家庭三列须一样长",
                en="rows, sexes and households must be of one length",
                where="rows",
                value=f"{row.shape} {sex.shape}",
            )
        )
    if sex.size and not np.isin(sex, (words.FEMALE, words.MALE)).all():
        raise DomainError(
            Fault("synth.names_sex", zh="性别须是0(女)或1(男)", en="sex is 0 girl or 1 boy", where="sexes")
        )
    return row.astype(np.int64), sex.astype(np.int64)
