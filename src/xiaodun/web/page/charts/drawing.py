"""What every chart is made of: a few SVG strokes as text, and the finished drawing with its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from math import ceil

# px: the lesser of two columns on a working page, and a phone of 320 px less its margins.
WIDE, NARROW = 480, 288


@dataclass(frozen=True, slots=True)
class Drawn:
    """A finished chart. `wide` and `narrow` are SVG (or a table); an empty `narrow`: one serves both.

    `finding` is the text alternative, `note` names unit and window, `key` holds (shape, ink class, word) of
    each mark that the drawing cannot name itself.
    """

    wide: str
    narrow: str
    finding: str
    note: str = ""
    key: tuple[tuple[str, str, str], ...] = ()


def picture(
    parts: Iterable[str], *, width: float, height: float, title: str, finding: str, kind: str = ""
) -> str:
    """An SVG of the given size in px, with its title, and the finding for readers who do not see it."""
    known = f' class="{kind}"' if kind else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"{known} viewBox="0 0 {width:g} {height:g}" role="img">'
        f"<title>{escape(title)}</title><desc>{escape(finding)}</desc>{''.join(parts)}</svg>"
    )


def rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"/>'


def path(points: str, kind: str) -> str:
    return f'<path class="{kind}" d="{points}"/>'


def level(x1: float, x2: float, y: float, kind: str) -> str:
    """A horizontal line."""
    return path(f"M{_n(x1)} {_n(y)}H{_n(x2)}", kind)


def words(x: float, y: float, text: str, *, anchor: str = "middle", kind: str = "") -> str:
    """Text as text. `anchor` is start, middle or end."""
    known = f' class="{kind}"' if kind else ""
    placed = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text{known} x="{_n(x)}" y="{_n(y)}"{placed}>{escape(text)}</text>'


def polyline(points: Iterable[tuple[float, float]]) -> str:
    """The `d` of a path through the points."""
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)


def text_width(text: str, size: float = 12) -> float:
    """A cautious guess of the width in px: Chinese signs are square, the others about 0.6 as wide."""
    return sum(size if ord(sign) > 0x2E7F else size * 0.6 for sign in text)


def ticks(top: float, *, bottom: float = 0.0, least: float = 0.01, most: int = 5) -> list[float]:
    """Round numbers (1, 2, 5 x 10^k, at least `least` apart, at most `most` steps) around bottom..top."""
    step = next(s for s in _round_steps(least) if ceil(top / s) - bottom // s <= most)
    first, last = int(bottom // step), max(ceil(top / step), int(bottom // step) + 1)
    return [round(step * i, 6) for i in range(first, last + 1)]


def _round_steps(least: float) -> Iterator[float]:
    scale = least
    while True:
        yield from (scale, 2 * scale, 5 * scale)
        scale *= 10


def _n(number: float) -> str:
    """One decimal is a tenth of a pixel; more is weight."""
    return f"{number:.1f}".removesuffix(".0")
