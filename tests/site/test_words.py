"""The English catalogue is complete, compiled, and keeps every place for a value."""

from __future__ import annotations

import re

from xiaodun.site.words import MO, catalogue, compiled, said_in_source, untranslated

PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
CHINESE = re.compile(r"[一-鿿]+")
OFFICIAL = ("传染病防治法",)  # titles of law stay as they are


def test_every_sentence_of_the_source_has_its_english() -> None:
    assert untranslated(catalogue()) == []


def test_a_sentence_nobody_translated_is_found() -> None:
    found = catalogue()
    sentence = next(iter(said_in_source()))
    found[sentence].string = ""
    assert untranslated(found) == [sentence]


def test_the_compiled_file_is_the_catalogue() -> None:
    assert MO.read_bytes() == compiled(catalogue())


def test_english_keeps_the_places_of_the_chinese() -> None:
    for message in catalogue():
        if message.id:
            assert sorted(PLACE.findall(str(message.string))) == sorted(PLACE.findall(str(message.id))), (
                message.id
            )


def test_english_holds_no_chinese_but_titles_of_law() -> None:
    said = {word for message in catalogue() if message.id for word in CHINESE.findall(str(message.string))}
    assert not [word for word in said if not any(title in word for title in OFFICIAL)]
