"""A zip file, read by ourselves: whatever does not add up is refused before anything is unpacked.

The usual readers forgive a false size, a second directory, bytes before the first or after the last part; each
forgives something else, so that a file can be one thing to a virus scanner and another to us. Nothing is forgiven
here. Source: PKWARE APPNOTE 6.3, sections 4.3-4.5.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from xiaodun.foundation.sheets.limits import MAX_MEMBERS, MAX_RATIO, MAX_SMALL, MAX_UNPACKED
from xiaodun.foundation.sheets.table import NotRead

MAGIC = b"PK\x03\x04"
_END, _CENTRAL, _END64 = b"PK\x05\x06", b"PK\x01\x02", b"PK\x06\x06"
_END_SIZE, _CENTRAL_SIZE, _LOCAL_SIZE, _END64_SIZE = 22, 46, 30, 76
_ENCRYPTED = 0x1
_STORED, _DEFLATED = 0, 8
_DESCRIPTOR = 24  # sizes after the data, where the writer could not know them before
_CHUNK = 1 << 16


class Member(NamedTuple):
    """One part: sizes in bytes, `offset` of its local header."""

    method: int
    crc: int
    packed: int
    size: int
    offset: int


class Archive:
    """The parts of a zip file by name. Raises NotRead when the file lies, is encrypted or would be too big."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.members, begins = _directory(data)
        _weigh(self.members)
        self._bodies = _bodies(data, self.members, begins)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The part, unpacked piece by piece. Raises NotRead `damaged` unless size and checksum are as declared."""
        member, start = self.members[name], self._bodies[name]
        packed = self._data[start : start + member.packed]
        size = crc = 0
        for piece in [packed] if member.method == _STORED else _inflated(packed):
            size += len(piece)
            crc = zlib.crc32(piece, crc)
            if size > member.size:
                break
            yield piece
        if size != member.size or crc != member.crc:
            raise NotRead("damaged", value="zip")

    def read(self, name: str) -> bytes:
        return b"".join(self.chunks(name))


def _inflated(packed: bytes) -> Iterator[bytes]:
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for place in range(0, len(packed), _CHUNK):
            waiting = packed[place : place + _CHUNK]
            while waiting:
                yield machine.decompress(waiting, _CHUNK)
                waiting = machine.unconsumed_tail
        yield machine.flush()
    except zlib.error:
        raise NotRead("damaged", value="zip") from None
    if not machine.eof or machine.unused_data:
        raise NotRead("damaged", value="zip")


def _directory(data: bytes) -> tuple[dict[str, Member], int]:
    """The central directory, and where it begins."""
    end = len(data) - _END_SIZE
    if end < 0 or data[end : end + 4] != _END:
        # A cut file has lost its end; one with something behind its end is two files in one.
        raise NotRead("polyglot" if 0 < data.rfind(_END) < end else "damaged", value="zip")
    disk, first_disk, here, n_members, size, begins, comment = struct.unpack_from("<4H2LH", data, end + 4)
    gap = end - begins - size
    whole = gap == 0 or (gap == _END64_SIZE and data[begins + size : begins + size + 4] == _END64)
    if disk or first_disk or comment or here != n_members or not whole:
        raise NotRead("damaged", value="zip")
    if n_members > MAX_MEMBERS:
        raise NotRead("too_many_parts", value=str(n_members))
    members: dict[str, Member] = {}
    seen: set[str] = set()
    place = begins
    for _ in range(n_members):
        name, member, place = _entry(data, place, begins + size)
        if name.lower() in seen:
            raise NotRead("polyglot", value="zip")
        seen.add(name.lower())
        members[name] = member
    if place != begins + size:
        raise NotRead("damaged", value="zip")
    return members, begins


def _entry(data: bytes, place: int, end: int) -> tuple[str, Member, int]:
    """One entry of the directory and where the next begins."""
    if place + _CENTRAL_SIZE > end or data[place : place + 4] != _CENTRAL:
        raise NotRead("damaged", value="zip")
    flags, method = struct.unpack_from("<2H", data, place + 8)
    crc, packed, size, n_name, n_extra, n_comment = struct.unpack_from("<3L3H", data, place + 16)
    (offset,) = struct.unpack_from("<L", data, place + 42)
    name_end = place + _CENTRAL_SIZE + n_name
    following = name_end + n_extra + n_comment
    if following > end:
        raise NotRead("damaged", value="zip")
    if flags & _ENCRYPTED:
        raise NotRead("encrypted")
    if method not in (_STORED, _DEFLATED) or (method == _STORED and packed != size):
        raise NotRead("damaged", value="zip")
    name = data[place + _CENTRAL_SIZE : name_end].decode("utf-8", "replace").replace("\\", "/")
    size, packed, offset = _wide(data[name_end : name_end + n_extra], size, packed, offset)
    return name, Member(method, crc, packed, size, offset), following


def _wide(extra: bytes, *narrow: int) -> list[int]:
    """Sizes that stand in the zip64 field: Java programs that stream write it even for small files."""
    numbers = list(narrow)
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        place += 4
        if kind == 1:
            field = extra[place : place + length]
            for index in [index for index, number in enumerate(numbers) if number == 0xFFFFFFFF]:
                if len(field) < 8:
                    raise NotRead("damaged", value="zip")
                (numbers[index],), field = struct.unpack("<Q", field[:8]), field[8:]
        place += length
    return numbers


def _weigh(members: dict[str, Member]) -> None:
    """Refuse by the declared sizes; that they are true shows when a part is unpacked."""
    total = sum(member.size for member in members.values())
    if total > MAX_UNPACKED:
        raise NotRead("zip_bomb", value=f"{total >> 20} MB")
    for member in members.values():
        if member.size > MAX_SMALL and member.size > MAX_RATIO * max(member.packed, 1):
            raise NotRead("zip_bomb", value=f"1:{member.size // max(member.packed, 1)}")


def _bodies(data: bytes, members: dict[str, Member], end: int) -> dict[str, int]:
    """Where the bytes of each part begin. The parts fill the file from its first byte to the directory."""
    bodies: dict[str, int] = {}
    free = 0
    for name, member in sorted(members.items(), key=lambda entry: entry[1].offset):
        if not free <= member.offset <= free + (_DESCRIPTOR if free else 0):
            raise NotRead("polyglot", value="zip")
        if member.offset + _LOCAL_SIZE > end or data[member.offset : member.offset + 4] != MAGIC:
            raise NotRead("damaged", value="zip")
        n_name, n_extra = struct.unpack_from("<2H", data, member.offset + 26)
        start = member.offset + _LOCAL_SIZE
        here = data[start : start + n_name].decode("utf-8", "replace").replace("\\", "/")
        bodies[name] = start + n_name + n_extra
        free = bodies[name] + member.packed
        if here != name or free > end:
            raise NotRead("damaged", value="zip")
    if end - free > _DESCRIPTOR:
        raise NotRead("polyglot", value="zip")
    return bodies
