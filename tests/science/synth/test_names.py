"""Names read like a class list of today, stay with their row, and never stand in an array."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaodun.kernel.errors import DomainError, ShapeError
from xiaodun.science.synth import name_words as words
from xiaodun.science.synth.names import names, staff_names
from xiaodun.science.synth.population import County, Pupils

MIDDLE_DOT = "\u00b7"


@pytest.fixture(scope="module")
def called(green: County) -> list[str]:
    rows = np.arange(green.n_pupil)
    return names(green.seed, rows, green.pupils.sex, green.pupils.household)


@given(
    rows=st.lists(st.integers(0, 10**7), min_size=1, max_size=30, unique=True),
    seed=st.integers(0, 2**40),
)
@settings(deadline=None)
def test_a_row_keeps_its_name_whatever_else_is_asked(rows: list[int], seed: int) -> None:
    sexes = [row % 2 for row in rows]
    together = names(seed, rows, sexes)
    assert together == [names(seed, row, sex)[0] for row, sex in zip(rows, sexes, strict=True)]
    staff = staff_names(seed, rows, sexes)
    assert staff == [staff_names(seed, row, sex)[0] for row, sex in zip(rows, sexes, strict=True)]


@given(seed=st.integers(0, 2**40), rows=st.lists(st.integers(0, 10**7), min_size=1, max_size=30))
@settings(deadline=None)
def test_every_name_is_two_to_fifteen_clean_characters(seed: int, rows: list[int]) -> None:
    for name in names(seed, rows, [row % 2 for row in rows]):
        assert 2 <= len(name) <= 15
        assert name == unicodedata.normalize("NFC", name)
        assert all(letter == MIDDLE_DOT or unicodedata.category(letter) == "Lo" for letter in name)


def test_another_seed_gives_other_names(called: list[str], green: County) -> None:
    other = names(2, np.arange(1000), green.pupils.sex[:1000])
    assert sum(a == b for a, b in zip(other, called, strict=False)) < 20


def test_few_children_of_a_class_share_their_full_name(called: list[str], green: County) -> None:
    shared = 0
    for first, last in zip(green.classes.start[:-1], green.classes.start[1:], strict=True):
        shared += sum(n for n in Counter(called[first:last]).values() if n > 1)
    assert shared < 0.005 * green.n_pupil
    assert len(set(called)) > 0.7 * green.n_pupil


def test_the_commonest_family_names_are_the_commonest_of_the_country(called: list[str]) -> None:
    common = [letter for letter, _ in Counter(name[0] for name in called).most_common(5)]
    assert set(common) == {"王", "李", "张", "刘", "陈"}


def test_siblings_share_their_family_name(called: list[str], green: County) -> None:
    order = np.argsort(green.pupils.household, kind="stable")
    homes = np.split(order, np.flatnonzero(np.diff(green.pupils.household[order])) + 1)
    plain = {surname for surname, _ in words.SURNAMES}
    pairs = [[called[i] for i in home] for home in homes if len(home) > 1]
    han = [pair for pair in pairs if len(pair[0]) <= 3 and pair[0][0] in plain]
    assert len(han) > 6_000
    assert all(len({name[0] for name in pair}) == 1 for pair in han)
    dotted = [pair for pair in pairs if MIDDLE_DOT in pair[0]]
    assert dotted
    assert all(len({name.split(MIDDLE_DOT)[1] for name in pair}) == 1 for pair in dotted)


def test_three_in_a_hundred_names_are_built_otherwise(called: list[str]) -> None:
    parts = {part for _, _, *sexed in words.PEOPLES for by in sexed[1:] for w in by.values() for part in w}
    parts.discard("")
    otherwise = [name for name in called if len(name) >= 4 and any(part in name for part in parts)]
    assert 0.02 * len(called) < len(otherwise) < 0.04 * len(called)
    assert sum(MIDDLE_DOT in name for name in called) > 150
    assert "阿依古丽" in {name.split(MIDDLE_DOT)[0] for name in called}


def test_rare_characters_occur_also_outside_the_basic_plane(called: list[str]) -> None:
    assert sum(any(letter in words.RARE for letter in name) for name in called) > 200
    assert sum(any(ord(letter) > 0xFFFF for letter in name) for name in called) > 30


def test_word_lists_are_as_broad_as_promised() -> None:
    assert len(dict(words.SURNAMES)) == len(words.SURNAMES) >= 100
    single = [
        letter
        for part in (words.FIRST, words.SECOND, words.SINGLE)
        for text in part.values()
        for letter in text
    ]
    whole = [letter for given_names in words.WHOLE.values() for text in given_names for letter in text]
    assert len({*single, *whole, *words.RARE}) >= 250
    for part in (words.FIRST, words.SECOND, words.SINGLE, words.WHOLE):
        assert all(len(set(by_sex)) == len(by_sex) for by_sex in part.values())


def test_girls_and_boys_are_not_called_alike() -> None:
    rows = np.arange(4_000)
    girls, boys = names(1, rows, np.zeros(4_000, dtype=int)), names(1, rows, np.ones(4_000, dtype=int))
    assert len(set(girls) & set(boys)) < 0.12 * len(set(girls))


def test_no_column_of_the_county_can_hold_a_name() -> None:
    assert not any("name" in field.name for field in fields(Pupils))


def test_rows_and_sexes_of_other_lengths_are_refused() -> None:
    with pytest.raises(ShapeError) as refused:
        names(1, [1, 2], [0])
    assert refused.value.code == "synth.names_shape"
    with pytest.raises(ShapeError):
        names(1, [1, 2], [0, 1], [5])


def test_a_third_sex_code_is_refused() -> None:
    with pytest.raises(DomainError) as refused:
        staff_names(1, [1], [2])
    assert refused.value.code == "synth.names_sex"
