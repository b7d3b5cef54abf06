"""A bar that was never missed proves nothing: readers without limits are noticed by what they cost."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.foundation.sheets import hostile
from tests.foundation.sheets.measured import Cost, check_cost, launch

from xiaodun.foundation.sheets import reading
from xiaodun.foundation.sheets.limits import MEMORY

PLANTED = Path(__file__).with_name("planted_reader.py")


def cost_of(reader: str, data: bytes) -> Cost:
    packages = reading.command("", max_rows=1, max_columns=1)[-4]
    return launch([sys.executable, "-I", "-S", str(PLANTED), packages, reader], data)[1]


@pytest.mark.parametrize(
    ("reader", "make"),
    [
        ("calamine", hostile.farther_cell),
        ("calamine", hostile.zip_bomb),
    ],
    ids=["far cell", "zip bomb"],
)
def test_a_reader_without_limits_is_noticed_by_its_memory(reader, make):
    cost = cost_of(reader, make())

    assert cost.status == 0, "the planted reader must get through, or it shows nothing"
    assert cost.peak > MEMORY
    with pytest.raises(AssertionError, match="MB resident"):
        check_cost(cost)


def test_a_reader_that_dies_of_a_file_is_noticed_by_its_end():
    with pytest.raises(AssertionError, match="ended by 1"):
        check_cost(cost_of("unpacked", hostile.cut()))


def test_the_limit_is_in_force_in_the_child_and_not_only_in_the_tests():
    """A far cell in the older format, which goes to calamine: our child may not have what it asks for."""
    data = hostile.far_cell_xls(columns=150)

    assert cost_of("calamine", data).peak > MEMORY
    answer, cost = launch(reading.command(".xls", max_rows=20_000, max_columns=60), data)
    assert cost.peak <= MEMORY
    assert cost.status != 0
    assert answer == b""
