"""A saved run: to change it is to change every demo and bench. Do it on purpose and say why in the commit."""

from __future__ import annotations

import hashlib
from dataclasses import fields

import numpy as np

from xiaodun.science.synth.absence import absences
from xiaodun.science.synth.boarding import boarding_outbreak
from xiaodun.science.synth.county import county
from xiaodun.science.synth.names import names, staff_names
from xiaodun.science.synth.population import Frozen


def digest(*tables: Frozen) -> str:
    """Of all columns, arrays as little-endian bytes, words as UTF-8."""
    seen = hashlib.sha256()
    for table in tables:
        for field in fields(table):  # type: ignore[arg-type]
            column = np.asarray(getattr(table, field.name))
            if column.dtype.kind == "U":
                seen.update("\n".join(column.tolist()).encode())
            else:
                seen.update(column.astype(column.dtype.newbyteorder("<")).tobytes())
    return seen.hexdigest()[:16]


def test_county_absence_and_outbreak_of_seed_1_are_as_saved() -> None:
    c = county(1, schools=12)
    rows = np.flatnonzero(c.pupils.room >= 0)
    flu = boarding_outbreak(
        rows, len(rows), 739_000, 1, rooms=c.pupils.room[rows], classes=c.pupils.klass[rows]
    )
    calm = absences(c, [739_000 + 7 * week + day for week in range(3) for day in range(5)], 1)
    assert digest(c.schools, c.grades, c.classes, c.rooms, c.pupils, c.staff) == "07370467509b25f6"
    assert digest(calm) == "3cbf3c14d2ddf623"
    assert digest(flu) == "4b58356f05a14359"


def test_names_of_seed_1_are_as_saved() -> None:
    children = names(1, range(5), [0, 1, 0, 1, 0])
    assert children == ["李映婧", "金立麟", "戴初霏", "周绍诚", "李以宁"]
    assert staff_names(1, range(3), [0, 1, 1]) == ["何玉兰", "张家强", "付国华"]
