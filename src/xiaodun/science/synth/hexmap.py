"""Cells of a hexagon map: one cell a school, each town one connected piece, the county seat in the middle."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from xiaodun.kernel.draws import uniform
from xiaodun.science.synth.population import Ints

Cell = tuple[int, int]

NEIGHBOURS: tuple[Cell, ...] = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))

# A county drawn a third wider than tall fills the page of the mock-ups better than a disc.
_STRETCH = 1.3
_ROUGHNESS = 0.5  # in cell widths; enough for an irregular outline, too little for holes

_REACH = 60  # cells from the middle that a county may spread


def grow_towns(seed: int, sizes: Sequence[int], bearings: Sequence[float]) -> Ints:
    """Axial cells (q, r), shape (sum(sizes), 2), town after town.

    sizes: cells of each town, each at least 1; the first town is the seat and lies in the middle. bearings:
    degrees clockwise from east, where each town lies. No cell twice; every town is connected.
    Cells stand on a corner: in cell widths x = q + r / 2, y = 0.866 r downwards.
    """
    field = _Field(seed)
    seat = field.grow(0, sizes[0], middle=(0.0, 0.0), start=(0, 0))
    towns = [seat] + [[] for _ in sizes[1:]]
    reach = math.sqrt(sizes[0] / math.pi) + math.sqrt(sum(sizes) / len(sizes) / math.pi)
    middles = [_point_at(bearing, reach) for bearing in bearings]
    for town in range(1, len(sizes)):
        towns[town] = field.grow(town, 1, middles[town], start=field.nearest_free(middles[town]))
    while True:
        behind = [len(cells) / size for cells, size in zip(towns, sizes, strict=True)]
        town = behind.index(min(behind))
        if behind[town] >= 1:
            return np.array([cell for cells in towns for cell in cells], dtype=np.int32)
        towns[town] += field.grow(town, 1, middles[town])


def point(cell: Cell) -> tuple[float, float]:
    """The middle of a cell in cell widths, y downwards."""
    q, r = cell
    return q + r / 2, r * math.sqrt(3) / 2


class _Field:
    """The cells taken so far, and by which town."""

    def __init__(self, seed: int) -> None:
        side = 2 * _REACH + 1
        self.rough = uniform(seed, "synth.map", np.arange(side * side), 0).reshape(side, side)
        self.owner: dict[Cell, int] = {}

    def grow(
        self, town: int, n_cell: int, middle: tuple[float, float], start: Cell | None = None
    ) -> list[Cell]:
        """Take n_cell more cells for a town, each the cheapest free neighbour of what it has."""
        grown: list[Cell] = []
        for _ in range(n_cell):
            cell = (
                start if start is not None else min(self._border(town), key=lambda c: self._cost(c, middle))
            )
            start = None
            self.owner[cell] = town
            grown.append(cell)
        return grown

    def nearest_free(self, middle: tuple[float, float]) -> Cell:
        reach = range(-_REACH, _REACH + 1)
        free = (cell for q in reach for r in reach if (cell := (q, r)) not in self.owner)
        return min(free, key=lambda cell: math.dist(_squeezed(point(cell)), middle))

    def _border(self, town: int) -> list[Cell]:
        mine = [cell for cell, owner in self.owner.items() if owner == town]
        around = {(q + dq, r + dr) for q, r in mine for dq, dr in NEIGHBOURS}
        return sorted(around - self.owner.keys())

    def _cost(self, cell: Cell, middle: tuple[float, float]) -> float:
        """Near the county's middle first (no holes), then near the town's own middle (compact towns)."""
        x, y = _squeezed(point(cell))
        rough = float(self.rough[cell[0] + _REACH, cell[1] + _REACH])
        return math.hypot(x, y) + 0.8 * math.dist((x, y), middle) + _ROUGHNESS * rough


def _squeezed(at: tuple[float, float]) -> tuple[float, float]:
    return at[0] / _STRETCH, at[1]


def _point_at(bearing: float, reach: float) -> tuple[float, float]:
    angle = math.radians(bearing)
    return math.cos(angle) * reach, math.sin(angle) * reach
