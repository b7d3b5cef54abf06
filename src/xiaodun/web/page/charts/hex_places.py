"""Gives schools their cells on a hexagon map when only their townships are known."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, ceil, hypot, pi, sqrt

Place = tuple[int, int]

_BREADTH = 1.35  # counties are drawn broader than high, to fit a page


def hex_places(n_schools: Sequence[int]) -> list[list[Place]]:
    """Axial places (q, r) for each town's schools: one list a town, in the given order.

    n_schools: schools of each town. The first town is the county seat and takes the middle; the
    others follow round it, clockwise from the north, as sectors of one closed shape without holes.
    The same input gives the same map, so a school keeps its place from day to day.
    """
    # n cells in an oval 1.35 times as broad as high reach 0.53 root n rows and 0.87 root n columns from its middle.
    across, down = ceil(sqrt(sum(n_schools))) + 1, ceil(0.6 * sqrt(sum(n_schools))) + 1
    field = [(q, r) for q in range(-across, across + 1) for r in range(-down, down + 1)]
    chosen = sorted(field, key=_from_middle)[: sum(n_schools)]
    seat, ring = chosen[: n_schools[0]], sorted(chosen[n_schools[0] :], key=_bearing)
    towns = [seat]
    for n in n_schools[1:]:
        towns.append(ring[:n])
        ring = ring[n:]
    return towns


def _middle(place: Place) -> tuple[float, float]:
    q, r = place
    return sqrt(3) * (q + r / 2) / _BREADTH, 1.5 * r


def _from_middle(place: Place) -> tuple[float, Place]:
    return round(hypot(*_middle(place)), 6), place


def _bearing(place: Place) -> tuple[float, Place]:
    """Clockwise from the north."""
    x, y = _middle(place)
    return round(atan2(x, -y) % (2 * pi), 6), place
