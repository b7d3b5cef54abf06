"""Zip files as honest programs write them, each in its own way, and the small lies of others."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from tests.foundation.sheets import books

from xiaodun.foundation.sheets.archive import Archive
from xiaodun.foundation.sheets.table import NotRead

PARTS = {"a.xml": b"<a/>" * 500, "folder/": b"", "folder/b.bin": bytes(range(256)) * 300, "empty.xml": b""}


class OneWay(io.RawIOBase):
    """A stream that cannot go back, as a web server's answer cannot: sizes follow the data."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, piece) -> int:
        self.data += bytes(piece)
        return len(piece)


def packed(method: int, target) -> None:
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, body in PARTS.items():
            archive.writestr(name, body)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("wide", [False, True], ids=["zip", "zip64"])
@pytest.mark.parametrize("stream", [False, True], ids=["file", "stream"])
def test_parts_are_read_however_an_honest_program_wrote_them(method, wide, stream, monkeypatch):
    if wide:
        monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)
    target = OneWay() if stream else io.BytesIO()
    packed(method, target)
    archive = Archive(target.data if stream else target.getvalue())

    assert {name: archive.read(name) for name in archive.members} == PARTS


def changed(place_of: bytes, offset: int, value: bytes) -> bytes:
    """A workbook with some bytes changed at an offset from the last place of a signature."""
    data = bytearray(books.zipped(PARTS))
    place = data.rfind(place_of) + offset
    data[place : place + len(value)] = value
    return bytes(data)


CENTRAL, END = b"PK\x01\x02", b"PK\x05\x06"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (changed(CENTRAL, 8, b"\x01\0"), "encrypted"),
        (changed(CENTRAL, 10, struct.pack("<H", 12)), "damaged"),  # a method that no office program writes
        (changed(CENTRAL, 42, struct.pack("<L", 2)), "polyglot"),  # points between the parts
        (changed(CENTRAL, 46, b"x"), "damaged"),  # another name than at the part itself
        (changed(END, 10, struct.pack("<H", 3)), "damaged"),  # fewer parts than there are
        (changed(END, 20, struct.pack("<H", 5)), "damaged"),  # a comment that is not there
        (changed(END, 16, struct.pack("<L", 0)), "damaged"),  # a directory elsewhere
        (books.zipped(PARTS)[:-1], "damaged"),
        (books.zipped(PARTS) + b"\n", "polyglot"),
        (books.zipped(PARTS)[:40], "damaged"),
        (b"PK\x03\x04", "damaged"),
    ],
)
def test_what_does_not_add_up_is_refused_before_anything_is_unpacked(data, code):
    with pytest.raises(NotRead) as caught:
        Archive(data)
    assert caught.value.finding[0] == code


@pytest.mark.parametrize(("offset", "value"), [(16, b"\0\0\0\0"), (24, b"\1\0\0\0"), (24, b"\0\0\1\0")])
def test_a_part_whose_size_or_checksum_is_not_as_declared_is_refused_while_it_is_read(offset, value):
    data = bytearray(books.zipped({"a.xml": b"<a/>" * 500}))
    place = data.rfind(CENTRAL) + offset
    data[place : place + 4] = value

    archive = Archive(bytes(data))
    with pytest.raises(NotRead) as caught:
        archive.read("a.xml")
    assert caught.value.finding[0] == "damaged"
