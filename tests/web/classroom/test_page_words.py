"""Page and scripts agree: what a script asks for stands in the templates, and no more words than that."""

from __future__ import annotations

import re

import pytest
from class_page import ROOM, SCRIPTS, STATIC, page, parts

from xiaodun.kernel.words import SYMPTOMS
from xiaodun.measures.checks.models import FindingKind
from xiaodun.web.classroom import script

TEMPLATES = sorted((ROOM / "templates").rglob("*.html"))
PAGE_SCRIPTS = "\n".join(text for name, text in SCRIPTS.items() if name != "worker")
QUOTED = set(re.findall(r'"([a-z_]+)"', PAGE_SCRIPTS))


def words() -> dict[str, str]:
    return dict(re.findall(r'<i data-word="(\w+)">([^<]*)</i>', parts()))


def test_every_word_a_script_says_stands_in_the_page() -> None:
    calls = re.findall(r"room\.say\(([^,)]*)", re.sub(r'=== "\w+"', "", PAGE_SCRIPTS))
    said = {word for call in calls for word in re.findall(r'"(\w+)"', call)}
    said |= set(
        re.findall(r'"((?:title|reach|banner|end|time|not_yet|state|hint|difference)_\w+)"', PAGE_SCRIPTS)
    )
    assert len(said) > 40
    assert said <= words().keys()


def test_no_word_stands_in_the_page_that_no_script_says() -> None:
    assert words().keys() <= QUOTED


def test_every_place_in_a_sentence_is_filled_by_a_script() -> None:
    places = {place for sentence in words().values() for place in re.findall(r"\{(\w+)\}", sentence)}
    given = set(re.findall(r"[{,]\s*(\w+)(?=[:,\s}])", PAGE_SCRIPTS))
    assert places <= given


def test_every_element_a_script_looks_up_is_in_the_page_or_its_parts() -> None:
    ids = set(re.findall(r'getElementById\("([\w-]+)"\)', script.script()))
    names = set(re.findall(r'part\("(\w+)"\)', PAGE_SCRIPTS))
    names |= set(re.findall(r"data-part=\"?(\w+)\"?\]", PAGE_SCRIPTS))
    markup = page() + parts()
    assert len(ids) > 15
    assert {one for one in ids if f'id="{one}"' not in markup} == set()
    assert {one for one in names if f'data-part="{one}"' not in markup} == set()


def test_chips_and_kinds_are_those_the_server_knows() -> None:
    chips = re.findall(r'data-symptom="(\w+)"', parts())
    kinds = re.findall(r'data-kind="(\w+)"', parts())
    assert len(chips) == 8
    assert set(chips) <= {word.code for word in SYMPTOMS}
    assert set(kinds) - {"present"} == {str(kind) for kind in FindingKind}


def test_an_id_is_given_once() -> None:
    ids = re.findall(r'\sid="([\w-]+)"', page() + parts())
    assert len(ids) == len(set(ids))


def test_the_one_script_holds_every_file_of_the_page_and_none_of_the_worker() -> None:
    assert set(script.FILES) == SCRIPTS.keys() - {"worker"}
    assert all(script.flush(SCRIPTS[name]) in script.script() for name in script.FILES)
    assert "skipWaiting" not in script.script()


def test_no_text_of_a_script_goes_over_a_line_end_where_indentation_would_count() -> None:
    lines = [line for text in SCRIPTS.values() for line in text.splitlines()]
    assert not [line for line in lines if line.count("`") % 2]


def test_the_worker_keeps_the_class_page_and_nothing_that_lacks_its_mark() -> None:
    mark = re.search(r"IS_CLASS_PAGE = '([^']+)'", SCRIPTS["worker"])
    assert mark
    assert mark[1] in page()
    assert mark[1] not in parts()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_carry_no_inline_style_script_or_handler(template) -> None:
    text = template.read_text("utf-8")
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_chinese_text_of_a_template_is_marked_for_translation(template) -> None:
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", template.read_text("utf-8"), flags=re.S)
    assert not re.findall(r"[\u4e00-\u9fff]+", re.sub(r'{% translate "[^"]*" %}', "", text))


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_hold_no_sentence_no_markup_and_no_code_made_of_text(name: str) -> None:
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", SCRIPTS[name], flags=re.S)
    assert not re.search(r"[\u4e00-\u9fff]", code)
    assert not re.search(
        r"\beval\(|new Function|innerHTML\s*=|insertAdjacentHTML|document\.write|console\.", code
    )


def test_the_sheet_asks_for_nothing_from_outside() -> None:
    assert not re.search(r"url\(|@import|@font-face", (STATIC / "classroom.css").read_text("utf-8"))
