"""A thousand files that were once good: a seed, a few bytes flipped, cut out, put in or repeated."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from functools import cache

from tests.foundation.sheets import books

KINDS = 4
_TRICKY = (
    b"<",
    b">",
    b"&",
    b'"',
    b"\0",
    b"\xff",
    b"'",
    b"]]>",
    b"99999999999",
    b"-1",
    b"NaN",
    b"r=",
    b"\xd8\x00",
)


@cache
def _good() -> tuple[tuple[str, bytes], ...]:
    table = [books.HEADER, *books.PUPILS * 3]
    styled = '<row r="20"><c r="A20" s="0"><v>45000.25</v></c><c r="B20" s="1"><v>7</v></c></row>'
    shared = '<row r="21"><c r="A21" t="s"><v>0</v></c><c r="B21"><f>A1</f><v>3</v></c></row>'
    parts = {"xl/styles.xml": books.styles_xml(14, "000"), "xl/sharedStrings.xml": books.shared_xml(["张三"])}
    return (
        (".xlsx", books.xlsx(books.rows_xml(table) + styled + shared, parts=parts)),
        (".xls", books.xls([*table, [1.5, True, 12345678901.0]])),
        (".csv", books.csv(table)),
        (".csv", books.csv([*table, ['引"号', "a", "b"]], "gb18030")),
    )


def mutant(seed: int) -> tuple[str, bytes]:
    """Suffix and bytes. Half of the workbooks are changed inside and packed again: their checksums are right."""
    draw = random.Random(seed)
    suffix, data = _good()[seed % KINDS]
    if suffix == ".xlsx" and draw.random() < 0.6:
        return suffix, _repacked(data, draw)
    return suffix, _changed(data, draw)


def _repacked(data: bytes, draw: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    chosen = draw.choice(sorted(parts))
    parts[chosen] = _changed(parts[chosen], draw)
    return books.zipped(parts)


def _changed(data: bytes, draw: random.Random) -> bytes:
    body = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 5, 20))):
        draw.choice(_CHANGES)(body, draw)
    return bytes(body) or b"\0"


def _flip(body: bytearray, draw: random.Random) -> None:
    if body:
        body[draw.randrange(len(body))] ^= 1 << draw.randrange(8)


def _cut(body: bytearray, draw: random.Random) -> None:
    place = draw.randrange(len(body) + 1)
    del body[place : place + draw.choice((1, 4, 100))]


def _truncate(body: bytearray, draw: random.Random) -> None:
    if draw.random() < 0.3:
        del body[draw.randrange(len(body) + 1) :]


def _insert(body: bytearray, draw: random.Random) -> None:
    place = draw.randrange(len(body) + 1)
    body[place:place] = draw.choice((*_TRICKY, draw.randbytes(draw.choice((1, 8, 200)))))


def _repeat(body: bytearray, draw: random.Random) -> None:
    place = draw.randrange(len(body) + 1)
    body[place:place] = body[place : place + draw.choice((2, 30, 300))] * draw.choice((1, 5))


def _overwrite(body: bytearray, draw: random.Random) -> None:
    place = draw.randrange(len(body) + 1)
    body[place : place + 4] = draw.choice(
        (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\x01\0\0\0")
    )


_CHANGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _flip, _flip, _flip, _cut, _truncate, _insert, _repeat, _overwrite
)  # fmt: skip
