"""Every sentence on screen has its English: complete, compiled, with the same blanks, and in English."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from xiaodun.site import words

CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff\u3000-\u303f\uff00-\uffef]")
BLANK = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}|%[sd]")
# Titles of laws and standards keep their Chinese name in English, with a translation beside it; so does the product.
TITLES = ("传染病防治法", "校盾", "中文")
TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.S)
LEFT_OUT = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}|{%\s*comment\b.*?{%\s*endcomment\s*%}",
    re.S,
)


@pytest.fixture(scope="module")
def found() -> Catalog:
    return words.catalogue()


def english(found: Catalog) -> dict[str, str]:
    return {str(message.id): str(message.string) for message in found if message.id}


def without_titles(text: str) -> str:
    for title in TITLES:
        text = text.replace(title, "")
    return text


def test_there_is_something_to_say() -> None:
    assert len(words.said_in_source()) > 300


def test_every_sentence_of_the_source_has_english(found: Catalog) -> None:
    assert words.untranslated(found) == []


def test_the_catalogue_keeps_no_sentence_that_nobody_says(found: Catalog) -> None:
    assert set(english(found)) - set(words.said_in_source()) == set()


def test_the_compiled_catalogue_is_the_written_one(found: Catalog) -> None:
    assert words.MO.read_bytes() == words.compiled(found)


def test_english_has_the_blanks_of_the_chinese(found: Catalog) -> None:
    differing = {
        zh: en for zh, en in english(found).items() if sorted(BLANK.findall(zh)) != sorted(BLANK.findall(en))
    }
    assert differing == {}


def test_no_chinese_in_english_but_official_titles(found: Catalog) -> None:
    mixed = {zh: en for zh, en in english(found).items() if CHINESE.search(without_titles(en))}
    assert mixed == {}


def test_no_sentence_is_only_half_checked(found: Catalog) -> None:
    assert [message.id for message in found if message.fuzzy and message.id] == []


def test_no_template_speaks_outside_a_translation() -> None:
    """Chinese in a template stands inside a tag that translates it."""
    spoken = {}
    for path in sorted(words.SOURCE.rglob("*.html")):
        text = TAG.sub("", LEFT_OUT.sub("", path.read_text(encoding="utf-8")))
        if CHINESE.search(without_titles(text)):
            spoken[str(path.relative_to(words.SOURCE))] = CHINESE.findall(without_titles(text))
    assert spoken == {}


def test_a_sentence_of_a_tag_or_a_call_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.html").write_text(
        '{% load i18n %}{% translate "一" %}{% blocktranslate %}二 {{ n }}{% endblocktranslate %}',
        encoding="utf-8",
    )
    (tmp_path / "room.py").write_text('gettext("三"); _("四"); print("五")', encoding="utf-8")
    monkeypatch.setattr(words, "SOURCE", tmp_path)
    assert set(words.said_in_source()) == {"一", "二 %(n)s", "三", "四"}


def test_every_marked_sentence_is_said_in_chinese() -> None:
    """The source language is Chinese: an English sentence in a mark would stay English on a Chinese screen."""
    plain = [
        sentence for sentence in words.said_in_source() if re.search(r"[A-Za-z]{4,} [a-z]{2,}", sentence)
    ]
    assert [sentence for sentence in plain if not CHINESE.search(sentence)] == []


def test_marks_hold_plain_sentences() -> None:
    """A mark around an expression (`_(f"…")`, `_(name)`) is invisible to the catalogue."""
    hidden = []
    for path in sorted(words.SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in words.CALLS:
                first = node.args[0] if node.args else None
                if isinstance(first, ast.JoinedStr | ast.BinOp):
                    hidden.append(f"{path.relative_to(words.SOURCE)}:{node.lineno}")
    assert hidden == []
