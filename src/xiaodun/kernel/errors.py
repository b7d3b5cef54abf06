"""Faults: what was wrong, where, with which value, what to do. One shape for commands, pages and the API."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `code` is stable (`room.what_is_wrong`); `zh` and `en` are the remedy in words.

    `file` and `where` name the place (a path and `row 3 column onset`, or a field), `value` what stood there.
    Never put a person's name or identity number into any of the five.
    """

    code: str
    zh: str
    en: str
    where: str = ""
    value: str = ""
    file: str = ""

    def words(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en

    def line(self, language: str) -> str:
        """The line of the common contract: `error CODE FILE:WHERE: VALUE: REMEDY`."""
        text = f"error {self.code} {self.file}:{self.where}: {self.value}: {self.words(language)}"
        return " ".join(text.splitlines())  # a cell of a file may hold line ends; a fault is one line


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error of the program
    """The input was refused and nothing was written. Carries one or more faults, in reading order."""

    def __init__(self, *faults: Fault) -> None:
        if not faults:
            raise ValueError("Refused needs at least one fault")
        super().__init__("; ".join(f"{f.code} {f.where}" for f in faults))
        self.faults = faults

    @property
    def code(self) -> str:
        return self.faults[0].code


class ShapeError(Refused):
    """An array has the wrong number of axes or a length that does not fit."""


class DomainError(Refused):
    """A number lies outside the values that make sense."""


def terminal_language() -> str:
    """`zh` when the terminal's locale is Chinese, else `en`."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value and not value.startswith("C"):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
