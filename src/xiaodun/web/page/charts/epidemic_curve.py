"""Epidemic curve: by onset day, one square one person, filled = seen by a doctor, open = symptoms only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from xiaodun.web.page.charts.drawing import (
    NARROW,
    WIDE,
    Drawn,
    level,
    picture,
    rect,
    text_width,
    ticks,
    words,
)
from xiaodun.web.page.written import month, month_day

_LEFT, _RIGHT, _TOP, _PLOT, _BELOW = 28, 6, 26, 136, 24
_LEAST_SQUARE = 6  # px; lower than this, persons are no longer counted by eye and a bar takes their place


@dataclass(frozen=True, slots=True)
class _Curve:
    days: Sequence[date]
    piles: Sequence[tuple[int, int, int]]  # persons a day: seen, symptoms only, outside the window
    window: tuple[date, date] | None

    def last(self, n_days: int) -> _Curve:
        return _Curve(self.days[-n_days:], self.piles[-n_days:], self.window)

    @property
    def n_persons(self) -> int:
        return sum(map(sum, self.piles))


def epidemic_curve(
    *,
    days: Sequence[date],
    seen: Sequence[int],
    symptoms_only: Sequence[int],
    outside: Sequence[int] = (),
    window: tuple[date, date] | None = None,
) -> Drawn:
    """Persons by day of onset.

    days: consecutive dates, oldest first. seen, symptoms_only: persons of the event by day. outside: persons
    shown for comparison who do not count for the rule. window: its first and last day, both counted.
    The narrow drawing keeps the last seven days, or the whole window if longer, and says how many
    came before. Raises ValueError if the lengths differ or there is no day.
    """
    outside = outside or [0] * len(days)
    if not days or len({len(days), len(seen), len(symptoms_only), len(outside)}) != 1:
        raise ValueError("days, seen, symptoms_only and outside must be of one length, at least one day")
    whole = _Curve(days, list(zip(seen, symptoms_only, outside, strict=True)), window)
    shortened = whole.last(max(7, (days[-1] - window[0]).days + 1 if window else 0))
    finding = _finding(whole)
    key = [("key_solid", "cluster", _("已就诊")), ("key_open", "cluster", _("仅有症状"))]
    if any(outside):
        key.append(("key_solid", "out", _("窗口外")))
    return Drawn(
        wide=_draw(whole, WIDE, finding, before=0),
        narrow=_draw(shortened, NARROW, finding, before=whole.n_persons - shortened.n_persons),
        finding=finding,
        note=_note(whole),
        key=tuple(key),
    )


def _draw(curve: _Curve, width: float, finding: str, *, before: int) -> str:
    marks = _marks(curve)
    foot = _TOP + _PLOT
    unit = _PLOT / marks[-1]
    column = (width - _LEFT - _RIGHT) / len(curve.days)
    parts = _shade(curve, column, width, foot)
    for mark in marks:
        y = foot - mark * unit
        parts.append(words(_LEFT - 8, y + 4, f"{mark:g}", anchor="end"))
        if mark:
            parts.append(level(_LEFT, width - _RIGHT, y, "grid"))
    for i, pile in enumerate(curve.piles):
        parts += _pile(pile, _LEFT + i * column, column, foot, unit)
    parts.append(level(_LEFT, width - _RIGHT, foot, "axis"))
    parts += _day_labels(curve.days, column, foot + 18)
    if before:
        parts.append(words(_LEFT, 14, _("之前另有 %(n)s 人") % {"n": before}, anchor="start"))
    return picture(parts, width=width, height=foot + _BELOW, title=_("流行曲线"), finding=finding)


def _shade(curve: _Curve, column: float, width: float, foot: float) -> list[str]:
    """The rule's window, with its length and its count."""
    inside = [
        i for i, day in enumerate(curve.days) if curve.window and curve.window[0] <= day <= curve.window[1]
    ]
    if not inside:
        return []
    x, end = _LEFT + inside[0] * column, _LEFT + (inside[-1] + 1) * column
    n_persons = sum(sum(curve.piles[i][:2]) for i in inside)
    said = _("窗口%(days)s天：%(n)s人") % {"days": len(inside), "n": n_persons}
    half = text_width(said, 13) / 2
    middle = min(max((x + end) / 2, _LEFT + half), width - _RIGHT - half)
    return [rect(x, 0, end - x, foot, "win"), words(middle, 14, said, kind="on-win")]


def _pile(pile: tuple[int, int, int], x: float, column: float, foot: float, unit: float) -> list[str]:
    breadth = min(column * 0.84, 40)
    x += (column - breadth) / 2
    parts, below = [], 0
    for n_persons, kind in zip(pile, ("cluster f", "cluster o", "out f"), strict=True):
        height, n_boxes = (
            (unit, n_persons) if unit >= _LEAST_SQUARE else (unit * n_persons, min(n_persons, 1))
        )
        for box in range(n_boxes):
            top = foot - below * unit - (box + 1) * height
            inset = 1 if kind.endswith("o") else 0  # the stroke of an open square lies half outside it
            gap = 2.5 if unit >= _LEAST_SQUARE else 0
            parts.append(
                rect(
                    x + inset,
                    top + gap / 2 + inset,
                    breadth - 2 * inset,
                    max(height - gap - 2 * inset, 0.5),
                    kind,
                )
            )
        below += n_persons
    return parts


def _day_labels(days: Sequence[date], column: float, y: float) -> list[str]:
    """Days of the month, as many as have room, counted back from the last; a new month is named."""
    every = next(n for n in (1, 2, 5, 7, 14, 30, 60, 120, 365) if n * column >= 26 or n == 365)
    shown = sorted(range(len(days) - 1, -1, -every))
    parts = []
    for before, i in zip([None, *shown], shown, strict=False):
        fresh = before is not None and days[before].month != days[i].month
        said = f"{days[i].month}/{days[i].day}" if fresh else str(days[i].day)
        parts.append(words(_LEFT + (i + 0.5) * column, y, said, kind="b" if i == len(days) - 1 else ""))
    return parts


def _note(curve: _Curve) -> str:
    first, last = curve.days[0], curve.days[-1]
    one_month = (first.year, first.month) == (last.year, last.month)
    when = month(first) if one_month else f"{month_day(first)}–{month_day(last)}"
    counted = _PLOT / _marks(curve)[-1] >= _LEAST_SQUARE
    said = _("%(when)s，按发病日，每格1人") if counted else _("%(when)s，按发病日，柱高为人数")
    return said % {"when": when}


def _marks(curve: _Curve) -> list[float]:
    """Ticks of the upright axis: whole persons, and room for four, so that one child does not fill it."""
    return ticks(max(4, *map(sum, curve.piles)), least=1)


def _finding(curve: _Curve) -> str:
    seen, symptoms_only, outside = (sum(pile[k] for pile in curve.piles) for k in range(3))
    worst = max(range(len(curve.days)), key=lambda i: sum(curve.piles[i][:2]))
    first, last = curve.window or (curve.days[0], curve.days[-1])
    said = _("%(first)s至%(last)s发病 %(n)s 人：已就诊 %(seen)s 人，仅有症状 %(open)s 人。") % {
        "first": month_day(first),
        "last": month_day(last),
        "n": seen + symptoms_only,
        "seen": seen,
        "open": symptoms_only,
    }
    if seen + symptoms_only:
        n_worst = sum(curve.piles[worst][:2])
        said += _("最多的一天是%(day)s，%(n)s 人。") % {"day": month_day(curve.days[worst]), "n": n_worst}
    return said + (_("窗口外另有 %(n)s 人。") % {"n": outside} if outside else "")
