"""What the class page costs a phone: the first visit and every later morning (B5 of the burden budget)."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from class_page import ROOM, SCRIPTS, STATIC, page
from django.utils import translation

from xiaodun.web import page as page_room
from xiaodun.web.classroom import script

SHEET = Path(page_room.__file__).parent / "static" / "page" / "xiaodun.css"
HEADERS = 600  # of one answer, with room to spare
LANGUAGES = ["zh-hans", "en"]


def sent(text: str) -> int:
    return len(gzip.compress(text.encode(), 6)) + HEADERS


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_repeated_visit_fetches_only_the_page_and_stays_under_5_kb(language: str) -> None:
    assert sent(page(language=language)) <= 5 * 1024


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_first_visit_with_everything_the_phone_will_keep_stays_under_50_kb(language: str) -> None:
    with translation.override(language):
        whole = script.script()
    sheets = [SHEET.read_text("utf-8"), (STATIC / "classroom.css").read_text("utf-8")]
    pieces = [page(language=language)] * 2 + sheets + [whole, SCRIPTS["worker"]]
    assert sum(sent(piece) for piece in pieces) <= 50 * 1024


def test_without_compression_a_first_visit_still_fits_100_kb() -> None:
    pieces = [
        page(),
        SHEET.read_text("utf-8"),
        (STATIC / "classroom.css").read_text("utf-8"),
        script.script(),
    ]
    assert sum(len(piece.encode()) for piece in pieces) <= 100 * 1024


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.*")), ids=lambda path: path.name)
def test_no_file_of_the_room_is_longer_than_300_lines(path: Path) -> None:
    if path.suffix in (".py", ".js", ".css", ".html"):
        assert len(path.read_text("utf-8").splitlines()) <= 300
