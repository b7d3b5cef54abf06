"""The frame of every page: landmarks, one heading, the mode, the account's switches, errors in words."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.template import Context
from django.test import override_settings
from django.utils import translation
from page_gallery import FIRST_TRUE, NOW, PAGES, context, draw, engine

from xiaodun.web.page.states import MODES

LANGUAGES = ("zh-hans", "en")


@pytest.fixture(autouse=True)
def _addresses():
    with override_settings(ROOT_URLCONF="page_addresses"):
        yield


class Outline(HTMLParser):
    """The tags of a page with their attributes, and whether every opened tag is closed."""

    VOID = frozenset(("meta", "link", "input", "br"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_one_heading_one_main_and_its_language(page: str, language: str) -> None:
    outline = Outline(draw(page, language=language))
    assert not outline.open
    assert len(outline.all("h1")) == len(outline.all("main")) == 1
    assert outline.all("html")[0]["lang"] == {"zh-hans": "zh-CN", "en": "en"}[language]
    ids = [attrs["id"] for _tag, attrs in outline.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_no_inline_style_script_or_handler(page: str) -> None:
    for tag, attrs in Outline(draw(page)).tags:
        assert tag != "style"
        assert not [name for name in attrs if name == "style" or name.startswith("on")]
        assert tag != "script" or attrs["src"]


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.code)
def test_the_mode_bar_names_the_mode_and_who_decided(mode) -> None:
    text = draw("signal", mode=mode.code, mode_note="县局 11月20日 决定")
    assert f'data-mode="{mode.code}"' in text
    assert f'<li aria-current="true">{mode.zh}</li>' in text
    assert text.count('aria-current="true"') == 1
    assert "县局 11月20日 决定" in text


def test_the_page_says_as_of_when_once_for_people_and_once_for_the_clock() -> None:
    text = draw("county")
    assert "截至 2026年11月23日 星期一" in re.sub(r"<[^>]+>", "", text)
    assert f'<meta name="xiaodun-now" content="{NOW.isoformat()}">' in text


def test_the_current_place_is_marked_once_in_the_navigation() -> None:
    outline = Outline(draw("signal"))
    assert [link["href"] for link in outline.all("a") if link.get("aria-current") == "page"] == ["#1"]


@pytest.mark.parametrize("page", ["signal", "phone"])
def test_language_type_size_and_leaving_are_posted_with_a_token(page: str) -> None:
    text = draw(page, csrf_token="a-token")
    outline = Outline(text)
    assert [(form["method"], form["action"]) for form in outline.all("form")] == [
        ("post", "/language"),
        ("post", "/large-type"),
        ("post", "/account/sign-out"),
    ]
    assert text.count("a-token") == 3
    switch = next(button for button in outline.all("button") if button.get("name") == "language")
    assert (switch["value"], switch["lang"]) == ("en", "en")


def test_nobody_signed_in_has_nothing_to_sign_out_of() -> None:
    outline = Outline(draw("front", actor_name=""))
    assert [form["action"] for form in outline.all("form")] == ["/language"]
    assert "/account/sign-in" in [link["href"] for link in outline.all("a")]


def test_large_type_is_set_on_the_whole_page() -> None:
    assert Outline(draw("phone", large=True)).all("html")[0]["class"] == "large"


def test_a_page_is_polled_only_when_asked() -> None:
    polled = draw("county", poll_seconds=60)
    assert 'hx-trigger="every 60s"' in polled
    assert "allowEval&quot;:false" in polled or '"allowEval":false' in polled
    assert "htmx" not in draw("county")


def test_names_from_outside_are_escaped() -> None:
    text = draw("signal", org_name="<script>1</script>", actor_name='"><b>')
    assert "<script>1" not in text
    assert "><b>" not in text


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500])
def test_an_error_says_what_happened_what_to_do_and_its_code(status: int) -> None:
    text = draw("error", status=status, code=f"code_{status}")
    title = re.search(r"<h1>([^<]+)</h1>", text)
    assert title
    assert len(title[1]) >= 4
    assert f"代码 code_{status}" in text
    assert re.search(r"<b>[^<]{6,}。</b>", text)
    assert text.count(title[1]) == 1


def test_an_error_may_bring_its_own_words() -> None:
    text = draw("error", status=403, what="只有校医能看症状", remedy="需要时找 周医生", code="health.scope")
    assert "<h1>只有校医能看症状</h1>" in text
    assert "需要时找 周医生" in text


def limit(as_of) -> str:
    text = "{% load faces %}{% limit_clock first_true_at due_at %}"
    with translation.override("zh-hans"):
        return engine().from_string(text).render(Context(context(as_of=as_of)))


@pytest.mark.requirement("R22")
def test_the_clock_counts_from_the_moment_the_facts_held() -> None:
    text = limit(NOW)
    for said in ("从 8:12 事实成立起算", "2小时14分", "21小时46分", "11月24日 星期二 8:12 到期", "都不停表"):
        assert said in text
    assert f'data-clock-from="{FIRST_TRUE.isoformat()}"' in text


@pytest.mark.requirement("R22")
def test_a_limit_that_has_passed_says_by_how_much() -> None:
    text = limit(FIRST_TRUE + timedelta(hours=25, minutes=30))
    assert re.search(r'class="clock over"', text)
    assert "已超过" in text
    assert "1小时30分" in text
    assert 'width="100"' in text


def test_paper_names_the_unit_the_time_the_reader_and_the_data() -> None:
    (paper,) = re.findall(r'<p class="paper note">(.*?)</p>', draw("signal"), flags=re.S)
    for said in ("明德小学", "2026年11月23日 星期一 10:26", "疫情报告人 李老师", "9f86d081"):
        assert said in paper
    assert "884c7d65" not in paper
