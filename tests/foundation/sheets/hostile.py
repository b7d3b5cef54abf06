"""Files that mean harm, each with the answer it must get: the code and the place of its first fault, or its rows."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.foundation.sheets import books

MIB = 1 << 20
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "哈">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
HTML = b"<html><body><script>alert(1)</script></body></html>"
ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'


@dataclass(frozen=True)
class Hostile:
    """`code` is the first fault's ("" when the file must be read), `where` its place."""

    name: str
    make: Callable[[], bytes]
    filename: str = "名单.xlsx"
    code: str = ""
    where: str = ""


def zip_bomb() -> bytes:
    """100 KB that unpack to one text of 100 MB: below the limit of size, far above that of the ratio."""
    return books.xlsx(
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
        parts={"xl/sharedStrings.xml": _swollen(100)},
        level=1,
    )


def wide_bomb() -> bytes:
    """Sizes alone: two parts of 70 MB."""
    return books.xlsx(ONE, parts={"xl/a.xml": _swollen(70), "xl/b.xml": _swollen(70)}, level=1)


def lying_bomb() -> bytes:
    """As the zip bomb, but its directory calls the part small and gives the checksum of the small piece."""
    body = _swollen(20)
    data = bytearray(books.xlsx(ONE, parts={"xl/sharedStrings.xml": body}))
    short = 4_000
    name = b"xl/sharedStrings.xml"
    for place, crc_at, size_at in ((data.find(name) - 30, 14, 22), (data.rfind(name) - 46, 16, 24)):
        struct.pack_into("<L", data, place + crc_at, zlib.crc32(body[:short]))
        struct.pack_into("<L", data, place + size_at, short)
    return bytes(data)


def far_cell() -> bytes:
    return books.xlsx(ONE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def farther_cell() -> bytes:
    """Near enough for a reader that makes one block of everything to find the memory, and then to hold it."""
    return books.xlsx(ONE + '<row r="250000"><c r="BH250000"><v>1</v></c></row>')


def far_cell_xls(columns: int = 256) -> bytes:
    return books.xls([["x"], *([[]] * 65_534), [*[None] * (columns - 1), "y"]])


def far_row_ods() -> bytes:
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    return books.ods(f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>')


def many_texts() -> bytes:
    """520,000 texts, so different that they do not shrink enough to be called a bomb."""
    draw = random.Random(3)
    texts = [f"{draw.getrandbits(40):x}" for _ in range(65_000)]
    return books.xlsx(ONE, parts={"xl/sharedStrings.xml": books.shared_xml(texts * 8)}, level=1)


def repeated_text() -> bytes:
    """One text of 2,000 characters, shown by 12,000 cells."""
    cells = '<c t="s"><v>0</v></c>' * 20
    rows = "".join(f'<row r="{row}">{cells}</row>' for row in range(1, 601))
    return books.xlsx(rows, parts={"xl/sharedStrings.xml": books.shared_xml(["长" * 2_000])})


def long_text() -> bytes:
    text = random.Random(4).randbytes(500_000).hex()
    return books.xlsx(books.rows_xml([["姓名"], ["张三"], [text]]))


def entity_bomb() -> bytes:
    return books.xlsx(ONE, parts={"xl/sharedStrings.xml": books.shared_xml([], lead=LAUGHS)})


def entity_bomb_unused() -> bytes:
    return books.xlsx(ONE, parts={"docProps/custom.xml": LAUGHS.encode("utf-16")})


def outside_entity() -> bytes:
    sheet = books.sheet_xml('<row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row>', lead=OUTSIDE)
    return books.xlsx(sheet)


def macros() -> bytes:
    return books.xlsx(ONE, parts={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def linked() -> bytes:
    return books.xlsx(ONE, parts={"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})


def encrypted() -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    return head + bytes(1_000) + "EncryptedPackage".encode("utf-16-le") + bytes(3_000)


def garbage_ole() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.Random(5).randbytes(40_000)


def macros_xls() -> bytes:
    return books.xls() + "_VBA_PROJECT_CUR".encode("utf-16-le")


def page_before() -> bytes:
    return HTML + books.xlsx()


def page_behind() -> bytes:
    return books.xlsx() + HTML


def page_between() -> bytes:
    """Hidden where no reader of zip files looks: between the last part and the directory."""
    data = bytearray(books.xlsx())
    end = len(data) - 22
    (begins,) = struct.unpack_from("<L", data, end + 16)
    struct.pack_into("<L", data, end + 16, begins + len(HTML))
    return bytes(data[:begins]) + HTML + bytes(data[begins:])


def page_as_xls() -> bytes:
    return "<html><table><tr><td>姓名</td></tr></table></html>".encode()


def wrong_dimension() -> bytes:
    return books.xlsx(
        books.sheet_xml(books.rows_xml([books.HEADER, *books.PUPILS]), dimension="A1:B2"),
    )


def formulas() -> bytes:
    rows = [
        ["姓名", "电话"],
        ["=HYPERLINK(A1)", "+86 138 0000 0001"],
        ["@SUM(A1)", "-3.5"],
        ["-2+cmd|' /C calc'!A0", "-"],
    ]
    return books.xlsx(books.rows_xml([*rows, ["\t=1", "+1+1"]]))


def empty_rows() -> bytes:
    body = "".join([f'<row r="{n}"/>' for n in range(2, 1_048_577)])
    return books.xlsx(ONE + body, level=1)


def deep() -> bytes:
    n = 100_000
    nest = "".join(f"<n{i % 7}>" for i in range(n)) + "".join(f"</n{i % 7}>" for i in reversed(range(n)))
    return books.xlsx(
        books.sheet_xml(ONE + f'<row r="2"><c r="A2"><extLst>{nest}</extLst><v>2</v></c></row>')
    )


def cut() -> bytes:
    data = books.xlsx()
    return data[: len(data) * 2 // 3]


def many_parts() -> bytes:
    return books.xlsx(ONE, parts={f"xl/media/{n}.png": b"" for n in range(1_500)})


def twice() -> bytes:
    """Two parts of one name but for the case: which one a reader takes is its secret."""
    return books.xlsx(ONE, parts={"XL/Worksheets/Sheet1.xml": books.sheet_xml(ONE)})


def prefixed() -> bytes:
    """Elements with a prefix, as some programs write them."""
    body = '<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>张三</x:t></x:is></x:c></x:row>'
    return books.xlsx(
        f'<x:worksheet xmlns:x="{books.MAIN}"><x:sheetData>{body}</x:sheetData></x:worksheet>'.encode()
    )


def odd_encoding() -> bytes:
    """An encoding that Python does not know; found by the damaged files, where it broke the reader."""
    return books.xlsx(books.sheet_xml(ONE).replace(b"UTF-8", b"UTN-8"))


def wide_encoding() -> bytes:
    """One that Python knows and its XML reader does not."""
    return books.xlsx(books.sheet_xml(ONE).replace(b"UTF-8", b"GB18030"))


def out_of_order() -> bytes:
    return books.xlsx('<row r="5"><c r="A5"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>')


def _swollen(mega: int) -> bytes:
    return books.shared_xml(["a" * (mega * MIB)])


XLS, ODS = "名单.xls", "名单.ods"
CRAFTED = (
    Hostile("zip bomb", zip_bomb, code="zip_bomb"),
    Hostile("far cell", far_cell, code="too_many_rows", where="XFD1048576"),
    Hostile("huge shared texts", many_texts, code="too_much_text"),
    Hostile("entity bomb", entity_bomb, code="xml_entities"),
    Hostile("outside entity", outside_entity, code="xml_entities"),
    Hostile("macros", macros, code="macros"),
    Hostile("encrypted", encrypted, XLS, code="encrypted"),
    Hostile("zip and page in one", page_behind, code="polyglot"),
    Hostile("wrong dimension", wrong_dimension),
    Hostile("formulas", formulas, code="formula_text", where="A2"),
    Hostile("a million empty rows", empty_rows),
    Hostile("deep nest", deep),
    Hostile("cut zip", cut, code="damaged"),
    # and their cousins
    Hostile("bomb by size", wide_bomb, code="zip_bomb"),
    Hostile("bomb that lies", lying_bomb, code="damaged"),
    Hostile("farther cell", farther_cell, code="too_many_rows", where="BH250000"),
    Hostile("far cell xls", far_cell_xls, XLS, code="too_much_memory"),
    Hostile("far row ods", far_row_ods, ODS, code="too_many_rows", where="A20001"),
    Hostile("one text 12,000 times", repeated_text, code="too_much_text", where="A501"),
    Hostile("one long text", long_text, code="too_long", where="A3"),
    Hostile("entity bomb in an unused part", entity_bomb_unused, code="xml_entities"),
    Hostile("links", linked, code="external_links"),
    Hostile("garbage ole", garbage_ole, XLS, code="damaged"),
    Hostile("macros xls", macros_xls, XLS, code="macros"),
    Hostile("macros by name", books.xlsx, "名单.xlsm", code="macros"),
    Hostile("page before zip", page_before, code="web_page"),
    Hostile("page inside zip", page_between, code="polyglot"),
    Hostile("page called xls", page_as_xls, XLS, code="web_page"),
    Hostile("zip called csv", books.xlsx, "名单.csv", code="wrong_suffix"),
    Hostile("text called xlsx", books.csv, code="wrong_suffix"),
    Hostile("too many parts", many_parts, code="too_many_parts"),
    Hostile("two parts of one name", twice, code="polyglot"),
    Hostile("prefixed elements", prefixed),
    Hostile("unknown encoding", odd_encoding, code="damaged"),
    Hostile("unusual encoding", wide_encoding, code="damaged"),
    Hostile("rows out of order", out_of_order, code="damaged", where="第6行"),
)
