"""What a cell says, as one line of text: the same rules for every format, for reading and for writing."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

MAX_CELL = 2_000  # characters; Excel allows 32,767, but no name, address or remark of a person is so long

# Blanks and invisible marks that a person does not see at the ends of a cell; programs that show phone numbers
# hand on marks of writing direction (U+202A-E) when one copies from them.
_OUTER = " \t\n\r\x0b\x0c\x85\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff"
_ENDS = re.compile(f"^[{_OUTER}]+|[{_OUTER}]+$")
_BREAKS = re.compile("[ \t]*[\t\n\r\x0b\x0c\x85\u2028\u2029][ \t\n\r\x0b\x0c\x85\u2028\u2029]*")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufff9-\uffff]")
_ODD = re.compile(f"[{_OUTER}\x00-\x1f\x7f-\x9f\ud800-\udfff\ufff9-\uffff]")
_LOST = "\ufffd"  # the mark of a character that an earlier program could not read

_LEADS = ("=", "+", "-", "@")
# +86 138..., -3.5, 1 234: digits cannot call anything. A lone dash is how people write "none".
_SIGNED = re.compile(r"[+-] ?[0-9][0-9 .,-]*%?|-+")


class CellFault(Exception):  # noqa: N818 - a fault is a finding, not an error of the program
    """What is wrong with one cell; `value` never holds what the cell says, for that may be a name or a number."""

    def __init__(self, code: str, value: str = "") -> None:
        super().__init__(code)
        self.code, self.value = code, value


def clean(raw: str) -> str:
    """The text as a person reads it: one line, no outer blanks, our own leading apostrophe taken off.

    Raises CellFault `too_long`, `control_character`, `lost_character` or `formula_text`.
    """
    if not raw or (len(raw) <= MAX_CELL and raw[0] not in "=+-@'" and not _ODD.search(raw)):
        return raw
    if raw[:1] in ("\t", "\r") and tidy(raw):
        raise CellFault("formula_text", "TAB" if raw[0] == "\t" else "CR")
    found = _CONTROL.search(raw)
    if found:
        lost = found[0] == _LOST
        raise CellFault("lost_character" if lost else "control_character", f"U+{ord(found[0]):04X}")
    text = tidy(raw)
    if text.startswith("'") and is_escaped(text):
        text = tidy(text[1:])
    elif is_live(text):
        raise CellFault("formula_text", text[0])
    if len(text) > MAX_CELL:
        raise CellFault("too_long", str(len(text)))
    return text


def tidy(raw: str) -> str:
    """Without outer blanks; a line break or tab inside becomes one space."""
    return _BREAKS.sub(" ", _ENDS.sub("", raw))


def is_live(text: str) -> bool:
    """Might a spreadsheet that opens this text as CSV run it instead of showing it?"""
    return text[:1] in _LEADS and not _SIGNED.fullmatch(text)


def is_escaped(text: str) -> bool:
    """Does it begin with apostrophes before one of = + - @? Then the first of them is ours."""
    return text.startswith("'") and tidy(text).lstrip("' \u3000")[:1] in _LEADS


def written(text: str) -> str:
    """The text as it goes into a cell: an apostrophe before = + - @, one more before what has one already.

    Signed numbers too, though they are read without: +86 138... would become a number in Excel's hands.
    `clean(written(text)) == tidy(text)` for every text without control characters; those are dropped.
    """
    text = _ENDS.sub("", _CONTROL.sub("", text))
    return f"'{text}" if text[:1] in _LEADS or is_escaped(text) else text


def number_text(number: float) -> str:
    """A number as Excel shows it: up to 15 significant digits, no exponent, no `.0`.

    Raises CellFault `digits_lost` from 16 digits before the point on (Excel keeps 15), `error_cell` if not finite.
    """
    if number - number != 0:
        raise CellFault("error_cell", "#NUM!")
    if abs(number) >= 1e15:
        raise CellFault("digits_lost", str(len(f"{abs(number):.0f}")))
    text = f"{number:.15g}"
    if "e" in text:
        text = f"{number:.20f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def moment_text(moment: date | time | timedelta) -> str:
    """2026-09-01; 2026-09-01 07:40 where a time of day is set; 07:40; hours may pass 24 in a span of time."""
    if isinstance(moment, datetime):
        clock = _clock(moment.hour, moment.minute, moment.second)
        return moment.date().isoformat() + ("" if clock == "00:00" else f" {clock}")
    if isinstance(moment, date):
        return moment.isoformat()
    if isinstance(moment, time):
        return _clock(moment.hour, moment.minute, moment.second)
    seconds = round(moment.total_seconds())
    sign = "-" if seconds < 0 else ""
    minutes, seconds = divmod(abs(seconds), 60)
    return sign + _clock(*divmod(minutes, 60), seconds)


def _clock(hours: int, minutes: int, seconds: int) -> str:
    return f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def column_letters(index: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, index: int) -> str:
    """`B18` for row 18 (from 1) and column index 1 (from 0)."""
    return f"{column_letters(index)}{row}"
