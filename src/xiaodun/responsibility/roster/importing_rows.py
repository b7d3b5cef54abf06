"""What the rows of a roster file mean, as a whole: who stands in it, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from xiaodun.foundation.sheets.reading import Row, Sheet
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.roster.importing_cells import RosterRow, RowReader
from xiaodun.responsibility.roster.importing_columns import Layout, find_layout
from xiaodun.responsibility.roster.importing_units import SchoolUnits
from xiaodun.responsibility.roster.importing_words import fault
from xiaodun.responsibility.roster.models import PersonKind
from xiaodun.responsibility.roster.numbers import plain

MOST_FAULTS = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says, row by row, and what is wrong with it in reading order: the first MOST_FAULTS, and how many in all."""

    layout: Layout
    rows: tuple[RosterRow, ...]
    faults: tuple[Fault, ...]
    n_faults: int
    n_people: int


def read_rows(sheet: Sheet, units: SchoolUnits, kind: PersonKind, today: date) -> Reading:
    """The meaning of every row. Refused `roster.no_headings` and the like, `roster.other_school`, `roster.no_rows`."""
    layout, below = find_layout(sheet.rows, kind)
    if not below:
        raise Refused(
            Fault(
                "roster.no_rows",
                "表头下面没有人。填好再导入",
                "there is nobody below the headings",
                f"第{layout.heading_row}行",
            )
        )
    _refuse_other_school(layout, below, units)
    reader = RowReader(layout, units, kind, today)
    rows = [row for row in map(reader.read, below) if row is not None]
    faults = sorted([*reader.faults, *doubles(rows, layout)], key=lambda pair: pair[0])
    return Reading(
        layout, tuple(rows), tuple(one for _, one in faults[:MOST_FAULTS]), len(faults), len(below)
    )


def doubles(rows: list[RosterRow], layout: Layout) -> Iterator[tuple[int, Fault]]:
    """(row, fault) of each number that stands twice, and of a person who stands twice without a number."""
    yield from _doubles(rows, layout, "id_number", lambda row: row.identity and row.identity.key)
    yield from _doubles(
        rows, layout, "student_number", lambda row: row.student_number and row.student_number.key
    )
    without = [row for row in rows if row.identity is None and row.student_number is None]
    yield from _doubles(without, layout, "row", lambda row: (row.folded, row.birth_on, row.klass, row.post))


def _doubles(
    rows: list[RosterRow], layout: Layout, what: str, key: Callable[[RosterRow], Any]
) -> Iterator[tuple[int, Fault]]:
    first: dict[Any, int] = {}
    for row in rows:
        said = key(row)
        if said is not None and first.setdefault(said, row.number) != row.number:
            cell = layout.cell("name" if what == "row" else what, row.number)
            yield row.number, fault(f"roster.{what}_twice", cell, first=first[said])


def _refuse_other_school(layout: Layout, rows: tuple[Row, ...], units: SchoolUnits) -> None:
    """A file that names another school's code is refused whole, before anything of it is read."""
    own = units.school.code
    for row in rows:
        code = plain(layout.text("school_code", row))
        if code and own and code != own:
            shown = code if code.isdigit() and len(code) == 10 else f"({len(code)})"
            raise Refused(
                Fault(
                    "roster.other_school",
                    f"这份名册写的是另一所学校（标识码 {shown}），本校是 {own}。换成本校的文件",
                    f"the file is another school's (code {shown}); this school is {own}: take its own file",
                    layout.cell("school_code", row.number),
                    shown,
                )
            )
