"""New cases by class and day.

A table and not a drawing: a reader by ear walks it cell by cell with its two heads, the numbers are links to
their rows, it grows with the reader's type, and copied into a spreadsheet it stays numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from django.utils.translation import gettext as _

from xiaodun.web.page.charts.drawing import Drawn
from xiaodun.web.page.written import month_day, weekday_sign

_NARROW_DAYS = 7


@dataclass(frozen=True, slots=True)
class ClassDays:
    """One row: persons newly unwell by day. None = no report came that day (缺报), which is not 0.

    `hot` marks the class of the signal; `urls` lead from each count to its rows ("" for none).
    """

    name: str
    counts: Sequence[int | None]
    hot: bool = False
    urls: Sequence[str] = ()


def class_by_day(
    *,
    days: Sequence[date],
    classes: Sequence[ClassDays],
    window: tuple[date, date] | None = None,
    rest_days: Collection[date] = (),
) -> Drawn:
    """The table of classes x days; on a narrow screen the last seven days.

    Rest days are grey; the window is framed in the rows that are hot. Raises ValueError if a row
    has not one count for each day.
    """
    for row in classes:
        if len(row.counts) != len(days) or (row.urls and len(row.urls) != len(days)):
            raise ValueError(f"class row needs {len(days)} counts and as many urls or none")
    n_far = max(len(days) - _NARROW_DAYS, 0)
    framed = [bool(window and window[0] <= day <= window[1]) for day in days]
    heads = "".join(
        f'<th scope="col"{_kinds("far" if i < n_far else "", "b" if i == len(days) - 1 else "")}>'
        f"{day.day}<br>{weekday_sign(day)}</th>"
        for i, day in enumerate(days)
    )
    body = "".join(_row(row, days, framed, rest_days, n_far) for row in classes)
    finding = _finding(days, classes)
    table = (
        f'<table class="days"><caption class="vh">{escape(finding)}</caption>'
        f'<thead><tr><th scope="col"><span class="vh">{_("班级")}</span></th>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
    return Drawn(wide=table, narrow="", finding=finding, note=_("新发人数；点为 0，斜线为缺报，灰底为休息日"))


def _row(
    row: ClassDays, days: Sequence[date], framed: Sequence[bool], rest: Collection[date], n_far: int
) -> str:
    cells = []
    for i, (day, count) in enumerate(zip(days, row.counts, strict=True)):
        in_frame = row.hot and framed[i]
        kinds = _kinds(
            "far" if i < n_far else "",
            "in" if in_frame else "",
            "first" if in_frame and not (i and framed[i - 1]) else "",
            "last" if in_frame and framed[i + 1 : i + 2] != [True] else "",
            _ground(count, day in rest),
        )
        cells.append(f"<td{kinds}>{_value(count, row.urls[i] if row.urls else '', day in rest)}</td>")
    return f'<tr><th scope="row"{_kinds("b" if row.hot else "")}>{escape(row.name)}</th>{"".join(cells)}</tr>'


def _ground(count: int | None, is_rest: bool) -> str:
    if count:
        return "some"
    if is_rest:
        return "rest"
    return "none" if count is None else ""


def _value(count: int | None, url: str, is_rest: bool) -> str:
    if count is None:
        return "" if is_rest else f'<span class="vh">{_("缺报")}</span>'
    if not count:
        return "" if is_rest else '<span class="vh">0</span>'
    return f'<a class="n" href="{escape(url)}">{count}</a>' if url else str(count)


def _kinds(*names: str) -> str:
    said = " ".join(name for name in names if name)
    return f' class="{said}"' if said else ""


def _finding(days: Sequence[date], classes: Sequence[ClassDays]) -> str:
    total = sum(count or 0 for row in classes for count in row.counts)
    n_missing = sum(count is None for row in classes for count in row.counts)
    said = _("%(first)s至%(last)s，%(classes)s 个班新发 %(n)s 人。") % {
        "first": month_day(days[0]),
        "last": month_day(days[-1]),
        "classes": len(classes),
        "n": total,
    }
    if total:
        most = max(classes, key=lambda row: sum(count or 0 for count in row.counts))
        said += _("最多的是%(name)s，%(n)s 人。") % {"name": most.name, "n": sum(c or 0 for c in most.counts)}
    return said + (_("有 %(n)s 个班日缺报。") % {"n": n_missing} if n_missing else "")
