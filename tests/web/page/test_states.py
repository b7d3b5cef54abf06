"""States: shape, word and ink together; more sides, more serious; escaping at the edge."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from django.utils import translation
from page_gallery import engine

from xiaodun.web.page.shapes import PICTOGRAMS, SHAPES, drawing
from xiaodun.web.page.states import CHIPS, LEVELS, STATES, state_tag


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.code)
@pytest.mark.parametrize(("language", "side"), [("zh-hans", "zh"), ("en", "en")])
def test_a_state_is_shape_then_word_in_its_own_class(state, language: str, side: str) -> None:
    with translation.override(language):
        tag = ElementTree.fromstring(state_tag(state.code))
    assert state.code in tag.attrib["class"].split()
    shape = tag.find("svg")
    assert shape is not None
    assert len(shape)
    assert shape.attrib["aria-hidden"] == "true"
    assert shape.tail == getattr(state, side)


def test_no_two_states_share_a_shape_except_what_never_came() -> None:
    seen: dict[str, str] = {}
    for state in STATES:
        twin = seen.setdefault(SHAPES[state.code], state.code)
        assert {twin, state.code} in ({state.code}, {"missing", "unsent"})


def corners(path: str) -> int:
    """Vertices of the first figure of a path with straight sides."""
    figure = path.split("z", maxsplit=1)[0]
    straight = {"L": 2, "l": 2, "H": 1, "h": 1, "V": 1, "v": 1, "M": 2}
    total = 0
    for command, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", figure):
        total += len(re.findall(r"-?(?:\d*\.\d+|\d+)", numbers)) // straight[command]
    return total


def test_more_sides_are_more_serious() -> None:
    paths = [re.search(r' d="([^"]+)"', SHAPES[level]) for level in LEVELS]
    assert [corners(path[1]) for path in paths if path] == [3, 4, 5, 8]


@pytest.mark.parametrize("name", [*SHAPES, *PICTOGRAMS])
def test_a_shape_is_valid_and_takes_the_ink_around_it(name: str) -> None:
    drawn = drawing(name)
    ElementTree.fromstring(drawn)
    assert not re.search(r"#[0-9a-fA-F]{3}|style=|\bid=", drawn)
    assert "currentColor" in drawn


def test_every_chip_has_a_pictogram_of_its_own() -> None:
    assert len({PICTOGRAMS[code] for code in CHIPS}) == 8


def test_a_label_makes_the_shape_speak_and_is_escaped() -> None:
    drawn = ElementTree.fromstring(drawing("missing", label='缺报 "<b>'))
    assert drawn.attrib["role"] == "img"
    assert drawn.attrib["aria-label"] == '缺报 "<b>'


def test_an_unknown_state_or_shape_is_refused() -> None:
    with pytest.raises(LookupError):
        drawing("nothing")
    with pytest.raises(LookupError):
        state_tag("brand")


def test_a_word_given_from_outside_is_escaped() -> None:
    assert "<script>" not in state_tag("confirmed", word="<script>")


def test_the_tags_draw_what_the_functions_draw() -> None:
    text = engine().from_string(
        '{% load faces %}{% shape "nil" %}|{% pictogram "rash" %}|{% state "late" %}|{{ "rash"|symptom }}'
    )
    from django.template import Context

    with translation.override("en"):
        shape, pictogram, state, word = text.render(Context()).split("|")
        assert (shape, pictogram, state) == (drawing("nil"), drawing("rash"), state_tag("late"))
    assert word == "rash"
