"""Hexagon map: one cell one school, equal weight.

State by fill, a signal by a thick border and its shape, townships parted by ink lines. The map
accompanies the table of schools and never replaces it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import sqrt

from django.utils.translation import gettext as _

from xiaodun.web.page.charts.drawing import NARROW, Drawn, path, polyline, words
from xiaodun.web.page.charts.hex_labels import Spot, place_labels
from xiaodun.web.page.shapes import SHAPES
from xiaodun.web.page.states import LEVELS, state_word

# What lacks a report stands first, in the drawing's order and in the reader's.
_STATES = ("missing", "todo", "late", "reported", "nil")
_KEY = ("reported", "nil", "late", "missing", "todo")
_RADIUS_MOST = 11.0  # px at the narrow width: a county of five schools need not fill the screen
# Corners of a pointy-top cell of radius 1, clockwise from the top; the neighbour beyond the edge after each.
_CORNERS = (
    (0, -1),
    (sqrt(3) / 2, -0.5),
    (sqrt(3) / 2, 0.5),
    (0, 1),
    (-sqrt(3) / 2, 0.5),
    (-sqrt(3) / 2, -0.5),
)
_BEYOND = ((1, -1), (1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1))


@dataclass(frozen=True, slots=True)
class HexCell:
    """One school at (q, r), axial. state: missing, todo (not due yet), late, reported or nil.

    signal: "" or one of LEVELS.
    """

    q: int
    r: int
    state: str
    name: str
    town: str
    signal: str = ""
    url: str = ""

    @property
    def centre(self) -> Spot:
        """In units of the cell's radius, y downward."""
        return sqrt(3) * (self.q + self.r / 2), 1.5 * self.r


def hex_map(cells: Sequence[HexCell], *, ident: str = "schools") -> Drawn:
    """The map. `ident` keeps its inner names apart from those of another map on the same page.

    One drawing serves both widths: the sheet sets its names smaller where it is shown larger.
    Raises ValueError if two schools share a place or there is none, LookupError for an unknown
    state or signal.
    """
    if not cells or len({(cell.q, cell.r) for cell in cells}) != len(cells):
        raise ValueError("every school needs a place of its own")
    for cell in cells:
        if cell.state not in _STATES or cell.signal not in ("", *LEVELS):
            raise LookupError(f"no such cell: {cell.state} {cell.signal}")
    frame = place_labels(
        [(cell.centre, cell.town) for cell in cells],
        width=NARROW,
        radius_most=_RADIUS_MOST,
        clear=[i for i, cell in enumerate(cells) if cell.signal],
    )
    finding = _finding(cells)
    radius = frame.radius
    parts = [
        f'<defs><path id="{ident}-hex" d="{_outline(radius * 0.94)}" vector-effect="non-scaling-stroke"/>'
        f'<path id="{ident}-missing" d="{_bars(radius * 0.94)}" stroke-width="{radius * 0.24:.1f}"/>'
        f'<path id="{ident}-late" class="f" d="{_half(radius * 0.94)}"/></defs>'
    ]
    at = {(cell.q, cell.r): frame.put(cell.centre) for cell in cells}
    for state in _STATES:
        parts += _group(state, [cell for cell in cells if cell.state == state], at, ident)
    parts.append(path(_borders(cells, at, radius), "town"))
    parts += _signals([cell for cell in cells if cell.signal], at, radius, ident)
    parts += [words(x, y, name, kind="b halo") for name, x, y in frame.labels]
    # A group and not an image: the schools in it are links.
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {NARROW} {frame.height:.0f}" role="group"'
        f' aria-label="{escape(finding)}" data-roving=""><title>{_("学校")}</title>'
        f"<desc>{escape(finding)}</desc>{''.join(parts)}</svg>"
    )
    always, seen = ("reported", "nil", "missing"), {cell.state for cell in cells}
    key = [(state, state, state_word(state)) for state in _KEY if state in always or state in seen]
    if any(cell.signal for cell in cells):
        key.append(("key_edge", "", _("有预警")))
    return Drawn(wide=drawing, narrow="", finding=finding, note=_("一格一校，按乡镇相邻"), key=tuple(key))


def _group(state: str, cells: Sequence[HexCell], at: dict[tuple[int, int], Spot], ident: str) -> list[str]:
    if not cells:
        return []
    parts = [f'<g class="{state} c {"f" if state == "reported" else "o"}">']
    for cell in cells:
        x, y = at[cell.q, cell.r]
        drawn = f'<use href="#{ident}-hex" x="{x:.1f}" y="{y:.1f}"/>'
        if state in ("missing", "late"):
            drawn += f'<use href="#{ident}-{state}" x="{x:.1f}" y="{y:.1f}"/>'
        said = f"{cell.name} {state_word(state)}" + (f" {state_word(cell.signal)}" if cell.signal else "")
        if cell.url:
            parts.append(f'<a href="{escape(cell.url)}"><title>{escape(said)}</title>{drawn}</a>')
        else:
            parts.append(f"<g><title>{escape(said)}</title>{drawn}</g>")
    return [*parts, "</g>"]


def _signals(
    cells: Sequence[HexCell], at: dict[tuple[int, int], Spot], radius: float, ident: str
) -> list[str]:
    """A thick ink border, and the level's own shape on a clear ground, so that it reads on any fill."""
    parts, size = [], radius * 1.05
    for cell in cells:
        x, y = at[cell.q, cell.r]
        parts.append(
            f'<g class="{cell.signal} c" pointer-events="none"><use href="#{ident}-hex" class="alarm"'
            f' x="{x:.1f}" y="{y:.1f}"/><g transform="translate({x - size / 2:.1f} {y - size / 2:.1f})'
            f' scale({size / 16:.3f})">{SHAPES[cell.signal]}</g></g>'
        )
    return parts


def _borders(cells: Sequence[HexCell], at: dict[tuple[int, int], Spot], radius: float) -> str:
    """The edges between schools of different towns, each once."""
    town_at = {(cell.q, cell.r): cell.town for cell in cells}
    edges = []
    for cell in cells:
        x, y = at[cell.q, cell.r]
        for k in range(3):  # half of the six edges: the neighbour draws none of these
            q, r = cell.q + _BEYOND[k][0], cell.r + _BEYOND[k][1]
            if town_at.get((q, r), cell.town) != cell.town:
                (ax, ay), (bx, by) = _CORNERS[k], _CORNERS[(k + 1) % 6]
                ends = (x + radius * ax, y + radius * ay), (x + radius * bx, y + radius * by)
                edges.append(polyline(ends))
    return "".join(edges) or "M0 0"


def _outline(radius: float) -> str:
    return "M" + "L".join(f"{radius * x:.1f} {radius * y:.1f}" for x, y in _CORNERS) + "z"


def _half(radius: float) -> str:
    """The right half of a cell: 迟报 is half full, as its shape is."""
    return "M" + "L".join(f"{radius * x:.1f} {radius * y:.1f}" for x, y in _CORNERS[:4]) + "z"


def _bars(radius: float) -> str:
    """Slanting strokes inside a cell: the hatching of 缺报, without a pattern to be named and looked up."""
    strokes = ((-0.72, 0.1, 0, -0.76), (-0.6, 0.62, 0.6, -0.62), (0, 0.76, 0.72, -0.1))
    return "".join("M{:.1f} {:.1f}L{:.1f} {:.1f}".format(*(radius * end for end in line)) for line in strokes)


def _finding(cells: Sequence[HexCell]) -> str:
    n_state = Counter(cell.state for cell in cells)
    n_signals = sum(bool(cell.signal) for cell in cells)
    said = _("%(n)s 所学校：已报 %(reported)s，零报告 %(nil)s，迟报 %(late)s，缺报 %(missing)s。") % {
        "n": len(cells),
        **{state: n_state[state] for state in _STATES},
    }
    if n_state["todo"]:
        said += _("%(n)s 所还没到时间。") % {"n": n_state["todo"]}
    return said + (_("%(n)s 所有预警。") % {"n": n_signals} if n_signals else "")
