"""The work of the child: bytes in, rows and findings out as lines of JSON. It knows codes, not words.

[18, ["三(2)班", ...]]                          a row that says something
{"kind": ..., "faults": [[code, where, value]]}  the last line, always there unless the child died
"""

from __future__ import annotations

import json
from typing import IO, Any

from xiaodun.foundation.sheets.archive import MAGIC, Archive
from xiaodun.foundation.sheets.delimited import read_delimited
from xiaodun.foundation.sheets.elements import refuse_doctypes
from xiaodun.foundation.sheets.older import OLE_MAGIC, read_older, refuse_unsafe_ole
from xiaodun.foundation.sheets.table import Enough, NotRead, Table
from xiaodun.foundation.sheets.workbook import CONTENT_TYPES, open_book
from xiaodun.foundation.sheets.worksheet import WorksheetReader, has_content

SUFFIXES = {"xlsx": (".xlsx",), "xls": (".xls", ".et"), "ods": (".ods",), "csv": (".csv", ".txt", ".tsv")}
MACRO_SUFFIXES = (".xlsm", ".xltm", ".xlam")
_PAGES = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta", b"<style", b"<head", b"<body", b"<script")
_OTHERS = (b"%pdf", b"{\\rtf", b"\x89png", b"\xff\xd8\xff", b"gif8", b"rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def serve(data: bytes, suffix: str, out: IO[bytes], *, max_rows: int, max_columns: int) -> None:
    """Write the answer about one file. Only a MemoryError or a panic of calamine gets out."""
    about: dict[str, Any] = {"kind": "", "encoding": "", "sheet": "", "others": []}
    n_rows = 0

    def emit(number: int, cells: list[str]) -> None:
        nonlocal n_rows
        n_rows += 1
        if not table.faults:
            out.write(_encode([number, cells]).encode() + b"\n")

    table = Table(emit, max_rows=max_rows, max_columns=max_columns)
    try:
        _read(data, suffix, table, about)
        if not n_rows and not table.faults:
            raise NotRead("empty")
    except Enough:
        pass
    except NotRead as refusal:
        table.faults.append(refusal.finding)
    out.write(_encode(about | {"faults": table.faults}).encode() + b"\n")


def _read(data: bytes, suffix: str, table: Table, about: dict[str, Any]) -> None:
    """Find out by the content what the file is, compare that with its name, then read it."""
    if data.startswith(MAGIC):
        archive = Archive(data)
        about["kind"] = _kind(archive, suffix)
        refuse_doctypes(archive)
        if about["kind"] == "xlsx":
            about["sheet"], about["others"] = _read_xlsx(archive, table)
            return
    elif data.startswith(OLE_MAGIC):
        refuse_unsafe_ole(data)
        about["kind"] = _named("xls", suffix)
    else:
        _refuse_page(data)
        about["kind"] = _named("csv", suffix)
        about["encoding"] = read_delimited(data, table)
        return
    about["sheet"], about["others"] = read_older(data, table)


def _kind(archive: Archive, suffix: str) -> str:
    """What a zip file is, by its parts."""
    names = archive.members
    if suffix in MACRO_SUFFIXES:
        raise NotRead("macros")
    if (
        CONTENT_TYPES in names
        and any(name.startswith("xl/") for name in names)
        and "xl/workbook.bin" not in names
    ):
        return _named("xlsx", suffix)
    if "mimetype" in names and archive.read("mimetype").strip() == _ODS:
        if any(name.startswith(("Basic/", "Scripts/")) for name in names):
            raise NotRead("macros")
        return _named("ods", suffix)
    raise NotRead("not_a_table", value=suffix)


def _named(kind: str, suffix: str) -> str:
    if suffix and suffix not in SUFFIXES[kind]:
        raise NotRead("wrong_suffix", value=f"{suffix} → .{kind}")
    return kind


def _refuse_page(data: bytes) -> None:
    """Many systems call a web page .xls; pictures and documents get sent by mistake."""
    lead = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if lead.startswith(_PAGES):
        raise NotRead("web_page")
    if lead.startswith(_OTHERS):
        raise NotRead("not_a_table")


def _read_xlsx(archive: Archive, table: Table) -> tuple[str, list[str]]:
    book = open_book(archive)
    filled = [part for part in book.sheets if part.visible and has_content(archive.chunks(part.path))]
    if not filled:
        return "", []
    WorksheetReader(book, table).read(archive.chunks(filled[0].path))
    return filled[0].name, [part.name for part in filled[1:]]
