"""A trend: observed an ink line, expected a pale band; a point above the band wears the triangle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from xiaodun.web.page.charts.drawing import NARROW, WIDE, Drawn, level, path, picture, polyline, ticks, words
from xiaodun.web.page.shapes import SHAPES
from xiaodun.web.page.written import month_day, number_range, percent

_LEFT, _RIGHT, _TOP, _PLOT, _BELOW = 34, 62, 20, 190, 26
_NARROW_DAYS = 14
Numbers = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class _Trend:
    days: Sequence[date]
    values: Numbers
    low: Numbers
    high: Numbers
    marks: Sequence[bool]
    unit: str
    title: str

    def last(self, n_days: int) -> _Trend:
        cut = slice(-n_days, None)
        return _Trend(
            self.days[cut],
            self.values[cut],
            self.low[cut],
            self.high[cut],
            self.marks[cut],
            self.unit,
            self.title,
        )


@dataclass(frozen=True, slots=True)
class _Scale:
    width: float
    n_days: int
    bottom: float
    top: float

    def x(self, i: int) -> float:
        return _LEFT + (self.width - _LEFT - _RIGHT) * (i / (self.n_days - 1) if self.n_days > 1 else 0.5)

    def y(self, value: float) -> float:
        return _TOP + _PLOT * (self.top - value) / (self.top - self.bottom)


def trend(
    *,
    days: Sequence[date],
    values: Numbers,
    band_low: Numbers = (),
    band_high: Numbers = (),
    marks: Sequence[bool] = (),
    unit: str,
    title: str,
    band_share: float = 0.9,
) -> Drawn:
    """A line over the days with the band of what was expected.

    days: oldest first, evenly set out (school days). values, band_low, band_high: in `unit`, as
    they are to be read (26.4 per 1,000, not 0.0264); None where there is nothing, the line then
    breaks. marks: days that wear the triangle; by default those above the band. band_share: share
    of days the band should hold, in [0, 1]. The narrow drawing keeps the last fourteen days.
    Raises ValueError if lengths differ or no value is known.
    """
    n_days = len(days)
    low, high = band_low or [None] * n_days, band_high or [None] * n_days
    if not marks:
        marks = [v is not None and h is not None and v > h for v, h in zip(values, high, strict=False)]
    if {len(values), len(low), len(high), len(marks)} != {n_days} or all(v is None for v in values):
        raise ValueError("values, band and marks need one entry for each day, and one value at least")
    whole = _Trend(days, values, low, high, marks, unit, title)
    finding = _finding(whole)
    key = [("key_line", "", unit)]
    if any(h is not None for h in high):
        key.append(("key_band", "expected", _("预期（%(share)s）") % {"share": percent(band_share, 0)}))
    if any(marks):
        key.append(("signal", "signal", _("超出预期")))
    return Drawn(
        wide=_draw(whole, WIDE, finding),
        narrow=_draw(whole.last(_NARROW_DAYS), NARROW, finding),
        finding=finding,
        key=tuple(key),
    )


def _draw(line: _Trend, width: float, finding: str) -> str:
    known = [v for row in (line.values, line.low, line.high) for v in row if v is not None]
    # A rate may start above nought when all of it lies high; the lowest tick is printed either way.
    bottom = min(known) if known and min(known) > 0.4 * max(known) else 0.0
    marks = ticks(max(known, default=1.0) or 1.0, bottom=bottom)
    scale = _Scale(width, len(line.days), marks[0], marks[-1])
    parts = []
    for mark in marks:
        parts.append(words(_LEFT - 8, scale.y(mark) + 4, f"{mark:g}", anchor="end"))
        parts.append(level(_LEFT, width - _RIGHT, scale.y(mark), "axis" if mark == marks[0] else "grid"))
    parts += _band(line, scale)
    for run in _runs(line.values):
        parts.append(path(polyline((scale.x(i), scale.y(line.values[i] or 0)) for i in run), "series"))
    parts += _triangles(line, scale)
    parts += _end_label(line, scale)
    parts += _day_labels(line.days, scale)
    return picture(parts, width=width, height=_TOP + _PLOT + _BELOW, title=line.title, finding=finding)


def _band(line: _Trend, scale: _Scale) -> Iterator[str]:
    both = [None if a is None or b is None else (a, b) for a, b in zip(line.low, line.high, strict=True)]
    for run in _runs(both):
        pairs = [(scale.x(i), *(both[i] or (0, 0))) for i in run]
        upper = [(x, scale.y(high)) for x, _low, high in pairs]
        lower = [(x, scale.y(low)) for x, low, _high in reversed(pairs)]
        yield path(polyline(upper + lower) + "z", "band")
        # On paper the band is hatched: these strokes are seen in print only.
        yield path("".join(polyline([(x, scale.y(a)), (x, scale.y(b))]) for x, a, b in pairs), "hatch")


def _triangles(line: _Trend, scale: _Scale) -> Iterator[str]:
    for i, (value, marked) in enumerate(zip(line.values, line.marks, strict=True)):
        if marked and value is not None:
            x, y = scale.x(i) - 6.5, scale.y(value) - 17
            placed = f"translate({x:.1f} {y:.1f}) scale(.8)"
            yield f'<g class="signal c" transform="{placed}">{SHAPES["signal"]}</g>'


def _end_label(line: _Trend, scale: _Scale) -> Iterator[str]:
    last = line.values[-1]
    if last is None:
        return
    x, y = scale.x(len(line.days) - 1), scale.y(last)
    yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
    yield words(x + 8, y + 5, f"{last:g}", anchor="start", kind="b end")
    yield words(x + 8, y + 20, line.unit, anchor="start")


def _day_labels(days: Sequence[date], scale: _Scale) -> Iterator[str]:
    """The first day, the last, and as many between as have 70 px of room."""
    steps = max(min(int((scale.width - _LEFT - _RIGHT) // 90), len(days) - 1), 1)
    shown = sorted({round(k * (len(days) - 1) / steps) for k in range(steps + 1)})
    for i in shown:
        yield words(scale.x(i), _TOP + _PLOT + 18, month_day(days[i]))


def _runs(values: Sequence[object | None]) -> Iterator[list[int]]:
    """Indices of each unbroken stretch of known values."""
    run: list[int] = []
    for i, value in enumerate([*values, None]):
        if value is not None:
            run.append(i)
        elif run:
            yield run
            run = []


def _finding(line: _Trend) -> str:
    i = max(k for k, value in enumerate(line.values) if value is not None)
    low, high = line.low[i], line.high[i]
    said = _("%(title)s，%(n)s 天：%(day)s为 %(value)s %(unit)s") % {
        "title": line.title,
        "n": len(line.days),
        "day": month_day(line.days[i]),
        "value": f"{line.values[i]:g}",
        "unit": line.unit,
    }
    if low is not None and high is not None:
        said += _("，预期 %(range)s") % {"range": number_range(low, high)}
    above = [k for k, marked in enumerate(line.marks) if marked]
    if not above:
        return said + _("。没有超出预期的日子。")
    latest = month_day(line.days[above[-1]])
    return said + _("。%(n)s 天超出预期，最近是%(day)s。") % {"n": len(above), "day": latest}
