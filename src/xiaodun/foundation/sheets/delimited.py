"""CSV as schools send it: three encodings, three separators, three kinds of line ends; nothing is guessed.

UTF-8 with or without a mark, UTF-16 with its mark ("Unicode text" of Excel), else GB18030. Never GBK: it has no
place for 𠮷, 䶮, 𫍯 and 㛃. Never a guess from letter frequencies: measured, such a library had no answer.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from xiaodun.foundation.sheets.cells import cell_name
from xiaodun.foundation.sheets.limits import MAX_FILE
from xiaodun.foundation.sheets.table import NotRead, Table

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_LF = b"\n"
_SEPARATORS = ",\t;"


def decoded(data: bytes) -> tuple[str, str]:
    """The text and its encoding. Raises NotRead `encoding` with the line up to which the better one could be read."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            data, candidates = data[len(mark) :], [encoding]
            break
    else:
        candidates = ["utf-8", "gb18030"]
    broken = []
    for encoding in candidates:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError as error:
            broken.append((error.start, encoding))
    start, encoding = max(broken)
    raise NotRead("encoding", f"第{data.count(_LF, 0, start) + 1}行", encoding)


def separator_of(text: str) -> str:
    """The commonest of comma, tab and semicolon outside quotes in the first line that has a letter."""
    counts = dict.fromkeys(_SEPARATORS, 0)
    quoted = filled = False
    for letter in text:
        if letter == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif letter in counts:
            counts[letter] += 1
        elif letter in "\r\n":
            if filled:
                break
            counts = dict.fromkeys(_SEPARATORS, 0)
        filled = filled or not (letter.isspace() or letter in counts)
    return max(_SEPARATORS, key=lambda letter: counts[letter])


def read_delimited(data: bytes, table: Table) -> str:
    """Read all rows into the table; returns the encoding. Row numbers are those a spreadsheet would show."""
    text, encoding = decoded(data)
    for number, values in _records(text):
        table.put(
            number,
            (
                (index, table.cleaned(value, cell_name(number, index)))
                for index, value in enumerate(values)
                if value
            ),
        )
    return encoding


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(MAX_FILE)  # of Python's own 131,072 it would only say that a field is too long
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text), strict=True)
    number = 0
    while True:
        number += 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a quote that is never closed, or text behind a closing one
            raise NotRead("csv_quotes", f"第{number}行") from None
        yield number, values
