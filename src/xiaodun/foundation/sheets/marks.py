"""Lines that the product writes into a table for the reader's eye; reading passes them over.

A marked line begins, in its first filled cell, with ※ and one of three words. The sign alone is not enough: some
schools put it before the name of a column that must be filled in.
"""

from __future__ import annotations

from collections.abc import Sequence

NOTE = ("※说明", "※Note")
EXAMPLE = ("※示例", "※Example")
EXPORTED = ("※导出", "※Exported")
_ALL = NOTE + EXAMPLE + EXPORTED


def mark(words: tuple[str, str], language: str) -> str:
    """The mark in that language: words[0] is Chinese, words[1] English."""
    return words[0 if language.startswith("zh") else 1]


def is_marked(cells: Sequence[str]) -> bool:
    first = next((cell for cell in cells if cell), "")
    return first.startswith(_ALL)
