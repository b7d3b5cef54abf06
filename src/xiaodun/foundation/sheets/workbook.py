"""The parts of an XLSX file around its cells: which sheets there are, their texts, and how numbers are shown.

Why not calamine, which reads XLS and ODS for us: measured with 0.9.1, an error cell and a formula that was never
computed come as empty without a word, 007 shown by a format comes as 7, and one far cell makes it ask for one block
of all cells up to there (512 GiB for XFD1048576) and abort, so that the cell could not be named.
Source: ECMA-376 part 1, sections 18.2, 18.4, 18.8.
"""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple

from xiaodun.foundation.sheets.archive import Archive
from xiaodun.foundation.sheets.cells import MAX_CELL
from xiaodun.foundation.sheets.elements import feed, local, new_parser, walk
from xiaodun.foundation.sheets.table import NotRead

CONTENT_TYPES = "[Content_Types].xml"
MAX_TEXTS = 500_000  # different texts: 25 in each of 20,000 rows
MAX_STYLES = 65_536

# Built-in formats that stand in no file. 27-36 and 50-58 are those of Chinese Excel (section 18.8.30).
_BUILTIN = {
    **dict.fromkeys((14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "d"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56), "t"),
    22: "dt",
    46: "e",
}
_SILENT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_ZEROS = re.compile(r"0{2,20}")
MAIN = (  # usual and strict
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main ",
    "http://purl.oclc.org/ooxml/spreadsheetml/main ",
)
_TAGS = {space + word: word for space in MAIN for word in ("si", "t", "rPh")}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class SheetPart(NamedTuple):
    name: str
    visible: bool
    path: str


class Book(NamedTuple):
    """`shapes[style]`: "" as it is, `d` date, `t` time, `dt` both, `e` span of time, `0` x n padded to n digits."""

    sheets: list[SheetPart]
    texts: list[str]
    shapes: list[str]
    from_1904: bool


def open_book(archive: Archive) -> Book:
    """Everything but the cells. Raises NotRead `damaged`, `macros`, `external_links`, `not_a_table`."""
    _refuse_active(archive)
    path = _target_of(archive, "", "/officeDocument") or "xl/workbook.xml"
    links = _relations(archive, path)
    found: list[tuple[str, bool, str]] = []
    from_1904 = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal from_1904
        if local(name) == "sheet":
            link = next((value for key, value in attributes.items() if key.endswith("relationships id")), "")
            visible = attributes.get("state", "visible") == "visible"
            found.append((attributes.get("name", "")[:100], visible, link))
        elif local(name) == "workbookPr":
            from_1904 = attributes.get("date1904", "0") in ("1", "true")

    walk(_part(archive, path), start)
    sheets = []
    for name, visible, link in found:
        kind, target = links.get(link, ("", ""))
        if kind.endswith("/worksheet") and target in archive.members:
            sheets.append(SheetPart(name, visible, target))
    if not sheets:
        raise NotRead("damaged", value="workbook.xml")
    kinds = {kind.rpartition("/")[2]: target for kind, target in links.values()}
    return Book(sheets, _texts(archive, kinds), _shapes(archive, kinds), from_1904)


def unescaped(text: str) -> str:
    """`_x000D_` is how XLSX writes characters that XML cannot hold."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _refuse_active(archive: Archive) -> None:
    for name in map(str.lower, archive.members):
        if name.endswith("vbaproject.bin") or name.startswith(("xl/macrosheets/", "xl/activex/")):
            raise NotRead("macros")
        if name.startswith(("xl/externallinks/", "xl/querytables/")) or name == "xl/connections.xml":
            raise NotRead("external_links")
    if b"macroenabled" in archive.read(CONTENT_TYPES).lower():
        raise NotRead("macros")


def _part(archive: Archive, path: str) -> list[bytes]:
    if path not in archive.members:
        raise NotRead("damaged", value=posixpath.basename(path)[:40])
    return [archive.read(path)]


def _relations(archive: Archive, path: str) -> dict[str, tuple[str, str]]:
    """id -> (type, path inside the archive) of what a part points at."""
    folder, base = posixpath.split(path)
    links: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            links[attributes.get("Id", "")] = (attributes.get("Type", ""), target)

    name = posixpath.join(folder, "_rels", f"{base}.rels")
    if name in archive.members:
        walk(archive.chunks(name), start)
    return links


def _target_of(archive: Archive, path: str, kind: str) -> str:
    return next((target for name, target in _relations(archive, path).values() if name.endswith(kind)), "")


def _texts(archive: Archive, kinds: dict[str, str]) -> list[str]:
    """The shared texts, each cut one character above what a cell may hold; readings (phonetic) left out."""
    path = kinds.get("sharedStrings", "xl/sharedStrings.xml")
    texts: list[str] = []
    pieces: list[str] = []
    reading = False

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal reading
        tag = _TAGS.get(name)
        if tag == "t" and not reading:
            parser.CharacterDataHandler = pieces.append
        elif tag == "rPh":
            reading = True

    def end(name: str) -> None:
        nonlocal reading
        tag = _TAGS.get(name)
        if tag == "t":
            parser.CharacterDataHandler = None
        elif tag == "si":
            texts.append(unescaped("".join(pieces))[: MAX_CELL + 1])
            pieces.clear()
            if len(texts) > MAX_TEXTS:
                raise NotRead("too_much_text", value="sharedStrings")
        elif tag == "rPh":
            reading = False

    parser = new_parser(start, end)
    if path in archive.members:
        feed(parser, archive.chunks(path))
    return texts


def _shapes(archive: Archive, kinds: dict[str, str]) -> list[str]:
    path = kinds.get("styles", "xl/styles.xml")
    formats: dict[int, str] = {}
    shapes: list[str] = []
    inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        word = local(name)
        if word == "numFmt":
            formats[whole_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif word == "cellXfs":
            inside = True
        elif word == "xf" and inside:
            number = whole_number(attributes.get("numFmtId"))
            shapes.append(shape_of(formats[number]) if number in formats else _BUILTIN.get(number, ""))
            if len(shapes) > MAX_STYLES:
                raise NotRead("damaged", value="styles.xml")

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and local(name) != "cellXfs"

    if path in archive.members:
        walk(archive.chunks(path), start, end)
    return shapes


def shape_of(code: str) -> str:
    """What a number format shows: see Book. Words in quotes and colours say nothing of it."""
    bare = _SILENT.sub("", code[:255].partition(";")[0]).strip().lower()
    if bare in ("", "general", "@", "g/通用格式"):
        return ""
    if "[" in bare:
        return "e"
    if _ZEROS.fullmatch(bare):
        return bare
    clock = "t" if set(bare) & set("hs") else ""
    day = "d" if set(bare) & set("yd") or ("m" in bare and not clock) else ""
    return day + clock


def whole_number(text: str | None) -> int:
    """A whole number of at most nine digits; -1 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1
