"""Where the towns' names stand on a hexagon map: beside their cells, over them only when walled in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin, sqrt

from xiaodun.web.page.charts.drawing import text_width

Spot = tuple[float, float]

_SIZE = 12.0  # px of a name at the narrow width
_LINE = _SIZE * 1.3
_MARGIN = 3.0
_HALF = sqrt(3) / 2  # half the breadth of a cell of radius 1


@dataclass(frozen=True, slots=True)
class _Box:
    x: float  # of the middle
    y: float
    half_width: float
    half_height: float

    def meets(self, other: _Box) -> bool:
        return (
            abs(self.x - other.x) < self.half_width + other.half_width
            and abs(self.y - other.y) < self.half_height + other.half_height
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """How units of a cell's radius become px, and the names with the middle of their baseline."""

    radius: float
    shift: Spot
    height: float
    labels: tuple[tuple[str, float, float], ...]

    def put(self, spot: Spot) -> Spot:
        return self.radius * spot[0] + self.shift[0], self.radius * spot[1] + self.shift[1]


def place_labels(
    cells: Sequence[tuple[Spot, str]], *, width: float, radius_most: float, clear: Collection[int] = ()
) -> Frame:
    """Fits cells (middle in units of their radius, town) and the towns' names into `width` px.

    The room for the cells depends on the names and the places of the names on the cells, so the radius is
    brought down until both fit. A name that finds no room outside lies on its town, but not on the cells `clear`.
    """
    radius = radius_most
    while True:
        hexes = [_Box(radius * x, radius * y, radius * _HALF, radius * 0.9) for (x, y), _town in cells]
        names = _arrange(cells, hexes, [hexes[i] for i in clear])
        boxes = [*hexes, *names.values()]
        left, right = min(b.x - b.half_width for b in boxes), max(b.x + b.half_width for b in boxes)
        needed = right - left + 2 * _MARGIN
        if needed <= width or radius < 3:
            break
        radius *= min(width / needed, 0.98)
    top, bottom = min(b.y - b.half_height for b in boxes), max(b.y + b.half_height for b in boxes)
    shift = (width - left - right) / 2, _MARGIN - top
    labels = tuple((town, box.x + shift[0], box.y + shift[1] + _SIZE * 0.36) for town, box in names.items())
    return Frame(radius, shift, bottom - top + 2 * _MARGIN, labels)


def _arrange(
    cells: Sequence[tuple[Spot, str]], hexes: Sequence[_Box], clear: Sequence[_Box]
) -> dict[str, _Box]:
    """A box for each town's name, first come first served in the towns' own order: the map keeps still."""
    towns: dict[str, list[_Box]] = {}
    for box, (_spot, town) in zip(hexes, cells, strict=True):
        towns.setdefault(town, []).append(box)
    centre = _mean(hexes)
    names: dict[str, _Box] = {}
    for town, own in towns.items():
        names[town] = _best(town, own, [*hexes, *names.values()], centre, clear)
    return names


def _best(town: str, own: Sequence[_Box], taken: Sequence[_Box], centre: Spot, clear: Sequence[_Box]) -> _Box:
    """The free box nearest to the middle of the town, rather outward than inward."""
    x, y = _mean(own)
    half_width = text_width(town, _SIZE) / 2

    def cost(box: _Box) -> float:
        outward = hypot(box.x - centre[0], box.y - centre[1])
        return hypot(box.x - x, box.y - y) + 0.5 * max(abs(box.x - x) - half_width, 0) - 0.3 * outward

    near = max(hypot(box.x - x, box.y - y) for box in own) + 3 * own[0].half_height + half_width
    # The nearest come first: of some hundred boxes only a few are ever held against all the cells.
    for box in sorted(_beside(own, half_width), key=cost):
        if hypot(box.x - x, box.y - y) <= near and not any(box.meets(other) for other in taken):
            return box
    inside = [_Box(cell.x, cell.y, half_width, _LINE / 2) for cell in own]
    inside.sort(key=lambda box: (sum(box.meets(cell) for cell in clear), hypot(box.x - x, box.y - y)))
    return inside[0]


def _beside(own: Sequence[_Box], half_width: float) -> Iterator[_Box]:
    """Boxes that touch a cell of the town from outside, in twelve directions."""
    for cell in own:
        for k in range(12):
            dx, dy = cos(k * pi / 6), sin(k * pi / 6)
            # Along the way out, whichever side is met first decides how far the name must go.
            reach = min(
                (cell.half_width + half_width + 3) / max(abs(dx), 1e-9),
                (cell.half_height + _LINE / 2 + 1) / max(abs(dy), 1e-9),
            )
            yield _Box(cell.x + dx * reach, cell.y + dy * reach, half_width, _LINE / 2)


def _mean(boxes: Sequence[_Box]) -> Spot:
    return sum(box.x for box in boxes) / len(boxes), sum(box.y for box in boxes) / len(boxes)
