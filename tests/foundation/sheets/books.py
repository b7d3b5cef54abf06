"""Workbooks made by hand, part by part, so that a test can say exactly what is wrong with one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

import xlwt

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
SHEET = "xl/worksheets/sheet1.xml"

# Pupils of no school: numbers with a wrong check character, names with the characters that get lost elsewhere.
HEADER = ("姓名", "性别", "出生日期", "身份证号", "电话", "班级")
PUPILS = (
    ("张𠮷明", "男", "2016-02-29", "110105201602290000", "13800000001", "三(2)班"),
    ("䶮小雨", "女", "2016-03-01", "110105201603010000", "13800000002", "三(2)班"),
    ("阿卜杜·热合曼", "男", "2016-04-02", "11010520160402000X", "013800000003", "三(3)班"),
    ("㛃𫍯", "女", "2016-05-03", "", "", "三(3)班"),
)


def sheet_xml(rows: str, *, dimension: str = "", lead: str = "") -> bytes:
    """A worksheet part; `rows` is what stands between <sheetData> and its end, `lead` before the root element."""
    said = f'<dimension ref="{dimension}"/>' if dimension else ""
    body = f'<worksheet xmlns="{MAIN}">{said}<sheetData>{rows}</sheetData></worksheet>'
    return f"{HEAD}{lead}{body}".encode()


def rows_xml(table: Iterable[Iterable[str]], first: int = 1) -> str:
    """Rows of texts written in place."""
    return "".join(
        f'<row r="{number}">{"".join(map(text_cell, row))}</row>' for number, row in enumerate(table, first)
    )


def text_cell(text: str, ref: str = "") -> str:
    place = f' r="{ref}"' if ref else ""
    return f'<c{place} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def xlsx(
    rows: str | bytes = rows_xml([HEADER, *PUPILS]),
    *,
    parts: Mapping[str, bytes] | None = None,
    level: int = 6,
) -> bytes:
    """A whole workbook around the rows (or the sheet part as bytes); `parts` replace or add parts."""
    found = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": workbook_xml(),
        "xl/_rels/workbook.xml.rels": _relations(
            {
                "rId1": ("worksheet", "worksheets/sheet1.xml"),
                "rId2": ("worksheet", "worksheets/sheet2.xml"),
                "rId3": ("sharedStrings", "sharedStrings.xml"),
                "rId4": ("styles", "styles.xml"),
            }
        ),
        SHEET: rows if isinstance(rows, bytes) else sheet_xml(rows),
    } | dict(parts or {})
    return zipped(found, level)


def zipped(parts: Mapping[str, bytes], level: int = 6) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, body in parts.items():
            archive.writestr(
                zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED, level
            )  # of 1980: equal every time
    return buffer.getvalue()


def workbook_xml(*states: str, from_1904: bool = False) -> bytes:
    """One sheet for each state (`visible`, `hidden`), named 表1, 表2."""
    sheets = "".join(
        f'<sheet name="表{n}" sheetId="{n}" state="{state}" r:id="rId{n}"/>'
        for n, state in enumerate(states or ("visible",), 1)
    )
    about = '<workbookPr date1904="1"/>' if from_1904 else ""
    return f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{about}<sheets>{sheets}</sheets></workbook>'.encode()


def shared_xml(texts: Iterable[str], *, lead: str = "") -> bytes:
    body = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    return f'{HEAD}{lead}<sst xmlns="{MAIN}">{body}</sst>'.encode()


def styles_xml(*formats: str | int) -> bytes:
    """Style n shows its numbers by formats[n]: a code, or the number of a built-in one."""
    codes = [form for form in formats if isinstance(form, str)]
    own = "".join(
        f'<numFmt numFmtId="{200 + n}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
        for n, code in enumerate(codes)
    )
    used = "".join(
        f'<xf numFmtId="{form if isinstance(form, int) else 200 + codes.index(form)}"/>' for form in formats
    )
    styles = f'<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>{used}</cellXfs>'
    return f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts>{own}</numFmts>{styles}</styleSheet>'.encode()


def xls(table: Iterable[Iterable[object]] = (HEADER, *PUPILS)) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表1")
    for number, row in enumerate(table):
        for index, value in enumerate(row):
            sheet.write(number, index, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def ods(rows: str) -> bytes:
    """`rows` is what stands between <table:table> and its end."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    body = f'<office:spreadsheet><table:table table:name="表1">{rows}</table:table></office:spreadsheet>'
    content = (
        f"{HEAD}<office:document-content {spaces}><office:body>{body}</office:body></office:document-content>"
    )
    manifest = (
        f'{HEAD}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def csv(
    table: Iterable[Iterable[str]] = (HEADER, *PUPILS), encoding: str = "utf-8", end: str = "\r\n"
) -> bytes:
    return "".join(",".join(row) + end for row in table).encode(encoding)


def _content_types() -> bytes:
    return f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'.encode()


def _relations(links: Mapping[str, tuple[str, str]]) -> bytes:
    body = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in links.items()
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{body}</Relationships>'.encode()
