"""XML parts, element by element, without document types: they are where entities come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.parsers import expat

from xiaodun.foundation.sheets.archive import Archive
from xiaodun.foundation.sheets.table import NotRead

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]

_NO_MEMORY = 1  # XML_ERROR_NO_MEMORY
_DOCTYPE = b"<!DOCTYPE"
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def walk(chunks: Iterable[bytes], start: Start, end: End | None = None, text: Text | None = None) -> None:
    """Call the handlers in document order. Raises NotRead `damaged`, `xml_entities`."""
    parser = new_parser(start, end)
    parser.CharacterDataHandler = text
    feed(parser, chunks)


def new_parser(start: Start, end: End | None) -> expat.XMLParserType:
    """Names are `namespace name`; attributes come as a dict; text in pieces of at most 8,192 characters."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.XmlDeclHandler = _refuse_encoding
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    return parser


def feed(parser: expat.XMLParserType, chunks: Iterable[bytes]) -> None:
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        if error.code == _NO_MEMORY:
            raise MemoryError from None
        raise NotRead("damaged", value=f"xml {error.code}") from None


def local(name: str) -> str:
    """The name without its namespace."""
    return name.rpartition(" ")[2]


def refuse_doctypes(archive: Archive) -> None:
    """Read every XML part once, also those that nobody will use: no document types, true sizes and checksums."""
    for name in archive.members:
        if name.lower().endswith((".xml", ".rels", ".vml")):
            _scan(archive.chunks(name))


def _scan(chunks: Iterable[bytes]) -> None:
    tail, wide = b"", None
    for chunk in chunks:
        wide = chunk[:2] in _WIDE if wide is None else wide
        piece = tail + (chunk.replace(b"\0", b"") if wide else chunk)
        if _DOCTYPE in piece:
            raise NotRead("xml_entities")
        tail = piece[1 - len(_DOCTYPE) :]


def _refuse_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() not in ("utf-8", "utf-16"):
        raise NotRead("damaged", value="xml encoding")


def _refuse_doctype(*_: object) -> None:
    raise NotRead("xml_entities")
