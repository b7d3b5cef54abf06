"""What a class page says before any script runs, and what of a pupil it carries."""

from __future__ import annotations

import json
import re

import pytest
from class_page import SCRIPTS, data, page, pupils
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.utils import translation

from xiaodun.web.classroom import script


def embedded() -> dict:
    found = re.search(r'<script id="class-data" type="application/json">(.*?)</script>', page(), re.S)
    assert found
    return json.loads(found[1])


def grid() -> list[tuple[str, str]]:
    names = re.search(r'<ul class="names".*?</ul>', page(), re.S)
    assert names
    cells = re.findall(r'value="(\d+)">(.*?)</button>', names[0])
    return [(value, re.sub(r"<[^>]*>", "", name)) for value, name in cells]


def test_every_pupil_stands_once_in_the_grid_in_the_order_of_the_roster() -> None:
    assert grid() == [(str(pupil["id"]), pupil["name"]) for pupil in pupils()]


def test_pupils_carried_over_are_listed_with_their_words_before_any_script_runs() -> None:
    listed = re.search(r'<ul class="rule" id="listed".*?</ul>', page(), re.S)
    assert listed
    assert re.findall(r'data-part="name">(.*?)<', listed[0]) == [p["name"] for p in pupils() if p["carried"]]
    assert re.findall(r'data-part="end">(.*?)<', listed[0]) == ["仍缺课", "身体不适", "缺课"]
    assert "上周五起发热缺课" in listed[0]


def test_the_data_for_the_scripts_name_nobody_and_keep_the_least_of_a_pupil() -> None:
    text = json.dumps(embedded(), ensure_ascii=False)
    assert not [pupil["name"] for pupil in pupils() if pupil["name"] in text]
    assert embedded()["pupils"] == [[pupil["id"], pupil["initials"]] for pupil in pupils()]
    assert embedded().keys() == data().keys() | {"carried"}


def test_markup_in_a_name_stays_text() -> None:
    template = Template("{% load classpage %}{% class_data data %}")
    hostile = data() | {"class_name": "</script><script>alert(1)</script>"}
    assert template.render(Context({"data": hostile})).count("<script") == 1


def test_a_row_of_the_queue_is_made_without_names() -> None:
    made = re.search(r"room\.newRow = function.*?\n  };", SCRIPTS["check"], re.S)
    assert made
    assert "name" not in re.sub(r"class_name|function", "", made[0])


def test_without_script_the_page_says_that_nothing_can_be_handed_in() -> None:
    words = re.search(r"<noscript>(.*?)</noscript>", page(), re.S)
    assert words
    assert "不能提交" in words[1]


def test_the_page_has_one_heading_a_language_and_a_label_on_its_field() -> None:
    text = page()
    assert text.count("<h1") == 1
    assert '<html lang="zh-CN"' in text
    assert '<label class="vh" for="find">' in text


def test_the_script_address_changes_with_the_language_and_with_a_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chinese = script.address()
    with translation.override("en"):
        assert script.address() != chinese
    monkeypatch.setattr(script, "_built", lambda _language, _changed: "changed")
    assert script.address() != chinese


def test_the_script_speaks_the_language_of_its_address_whoever_asks() -> None:
    chinese = script.script()
    with translation.override("en"):
        assert script.script("zh-hans") == chinese


def test_a_language_not_spoken_here_is_named() -> None:
    with pytest.raises(LookupError, match="tlh"):
        script.script("tlh")


def test_a_static_address_carries_the_digest_of_its_file() -> None:
    template = Template('{% load classpage %}{% versioned "classroom/classroom.css" %}')
    assert re.fullmatch(r"/static/classroom/classroom\.css\?v=[0-9a-f]{8}", template.render(Context()))


def test_a_static_file_that_does_not_exist_is_named() -> None:
    template = Template('{% load classpage %}{% versioned "classroom/none.css" %}')
    with pytest.raises(LookupError, match=r"classroom/none\.css"):
        template.render(Context())


def test_the_worker_is_found_where_the_view_looks_for_it() -> None:
    assert finders.find("classroom/worker.js")
