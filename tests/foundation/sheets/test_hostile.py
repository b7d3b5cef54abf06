"""Files that mean harm: each gets its answer, from a child that stays within its limits."""

from __future__ import annotations

from functools import cache

import pytest
from tests.foundation.sheets import books
from tests.foundation.sheets.hostile import CRAFTED, Hostile
from tests.foundation.sheets.measured import Outcome, check_harmless, read


@cache
def answer(name: str) -> Outcome:
    (file,) = (file for file in CRAFTED if file.name == name)
    return read(file.make(), file.filename)


@pytest.mark.parametrize("file", CRAFTED, ids=lambda file: file.name)
def test_a_hostile_file_gets_an_answer_within_the_limits_and_its_place_is_named(file: Hostile) -> None:
    outcome = answer(file.name)

    check_harmless(outcome)
    assert outcome.found[:1] == ([(file.code, file.where)] if file.code else [])


def test_rows_outside_the_declared_dimension_are_read() -> None:
    assert answer("wrong dimension").table == [books.HEADER, *books.PUPILS]


def test_every_text_that_might_be_run_is_named_and_signed_numbers_pass() -> None:
    outcome = answer("formulas")

    assert outcome.found == [("formula_text", place) for place in ("A2", "A3", "A4", "A5", "B5")]
    assert [fault.value for fault in outcome.faults] == ["=", "@", "-", "TAB", "+"]


def test_what_stands_among_a_million_empty_rows_or_beside_a_deep_nest_is_read() -> None:
    assert answer("a million empty rows").table == [("1",)]
    assert answer("deep nest").table == [("1",), ("2",)]
    assert answer("prefixed elements").table == [("张三",)]
