"""The sheets and scripts: light, under the content policy, and true to the tokens of the design."""

from __future__ import annotations

import re

import pytest
from page_gallery import ROOM

from xiaodun.web.page.states import INKS, MODES, STATES

STATIC = ROOM / "static" / "page"
TEMPLATES = sorted((ROOM / "templates").rglob("*.html"))
SHEET = (STATIC / "xiaodun.css").read_text("utf-8")
PAPER = "#faf7f0"


def token(name: str) -> str:
    if name.startswith("#"):
        return name
    found = re.search(rf"{name}:(#[0-9a-f]{{6}})", SHEET)
    assert found, name
    return found[1]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("file", "most"),
    [("xiaodun.css", 12 * 1024), ("charts.css", 3 * 1024), ("clock.js", 2 * 1024), ("roving.js", 2 * 1024)],
)
def test_what_a_page_loads_stays_light(file: str, most: int) -> None:
    assert (STATIC / file).stat().st_size <= most


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_carry_no_inline_style_script_or_handler(template) -> None:
    text = template.read_text("utf-8")
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_chinese_text_of_a_template_is_marked_for_translation(template) -> None:
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", template.read_text("utf-8"), flags=re.S)
    text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", text, flags=re.S)
    text = re.sub(r'translate "[^"]*"|_\("[^"]*"\)', "", text)
    assert not re.findall(r"[\u4e00-\u9fff]+", text)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.code)
def test_every_state_is_inked_as_the_register_says(state) -> None:
    rule = re.search(rf"(?:^|[,}}])\.{state.code}(?:,[^{{]*)?{{--c:([^}}]+)}}", SHEET, flags=re.M)
    ink = INKS.get(state.code)
    if ink is None:
        assert rule is None, "written in plain ink"
        return
    assert rule, "the sheet has no ink for it"
    assert rule[1] == (ink if ink.startswith("#") else f"var({ink})")


def test_there_are_six_status_inks_and_all_read_on_paper() -> None:
    inks = {token(ink) for ink in INKS.values()} - {token("--ink-2")}
    assert len(inks) == 6
    assert min(contrast(ink, PAPER) for ink in inks) >= 4.5


@pytest.mark.parametrize("ground", ["--paper", "--sheet", "--qing-wash", "--ochre-wash", "--red-wash"])
def test_text_inks_read_on_every_ground(ground: str) -> None:
    for ink in ("--ink", "--ink-2"):
        assert contrast(token(ink), token(ground)) >= 4.5
    assert contrast(token("--ink-3"), token("--sheet")) >= 4.5


def test_every_mode_has_its_colour_and_white_reads_on_it() -> None:
    assert "--mode:var(--qing)" in SHEET
    for mode in MODES[1:]:
        found = re.search(rf"\[data-mode={mode.code}\]{{--mode:var\((--\w+)\)}}", SHEET)
        assert found, mode.code
        assert contrast(token(found[1]), "#ffffff") >= 4.5


def test_the_focus_ring_is_never_removed() -> None:
    both = SHEET + (STATIC / "charts.css").read_text("utf-8")
    assert "outline:3px" in both
    assert not re.search(r"outline:\s*(0|none)", both)
