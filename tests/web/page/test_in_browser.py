"""The gallery in a real Chromium, under the product's content policy: reach, weight of type, keys, clock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.utils import translation
from page_browser import served
from page_gallery import FIRST_TRUE, PAGES, lay_out

from xiaodun.web.page.written import span

pytestmark = pytest.mark.browser
AXE_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    """Where the gallery is served: one folder a language and type size."""
    folder: Path = tmp_path_factory.mktemp("gallery")
    with override_settings(ROOT_URLCONF="page_addresses"):
        lay_out(folder, "zh")
        lay_out(folder, "zh-large", large=True)
        lay_out(folder, "en", language="en")
        lay_out(folder, "en-large", language="en", large=True)
        lay_out(folder, "polled", poll_seconds=60)
    with served(folder) as address:
        yield address


@pytest.fixture
def view(chromium: Any):
    """Opens a page of the given size; complaints of the console fail the test."""
    complaints: list[str] = []
    context = chromium.new_context()
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def opened(address: str, width: int, height: int) -> Any:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address)
        return page

    yield opened
    context.close()
    assert complaints == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("kind", ["zh", "en-large"])
def test_no_page_scrolls_sideways(view, gallery: str, page: str, width: int, kind: str) -> None:
    seen = view(f"{gallery}/{kind}/{page}.html", width, 640)
    assert seen.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("width", "kind"), [(360, "zh-large"), (1280, "en"), (1280, "polled")])
def test_axe_finds_nothing(view, gallery: str, page: str, width: int, kind: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    seen = view(f"{gallery}/{kind}/{page}.html", width, 800)
    found = Axe().run(seen, options=AXE_RULES).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:120]) for rule in found] == []


TYPE_SIZES = """() => [...document.querySelectorAll('.chart text')].filter(t => t.getClientRects().length)
  .map(t => [t.ownerSVGElement, parseFloat(getComputedStyle(t).fontSize)])
  .map(([svg, size]) => size * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)"""


@pytest.mark.parametrize("page", ["signal", "county"])
@pytest.mark.parametrize("width", [320, 640, 1000, 1280])
def test_type_in_charts_is_12_px_at_any_width(view, gallery: str, page: str, width: int) -> None:
    sizes = view(f"{gallery}/zh/{page}.html", width, 800).evaluate(TYPE_SIZES)
    assert sizes
    assert min(sizes) >= 11.95


@pytest.mark.parametrize(("width", "days"), [(360, 7), (1280, 12)])
def test_the_phone_shows_fewer_days(view, gallery: str, width: int, days: int) -> None:
    seen = view(f"{gallery}/zh/signal.html", width, 800)
    shown = seen.evaluate(
        "() => [...document.querySelectorAll('.days thead th')].filter(t => t.getClientRects().length).length"
    )
    assert shown == days + 1
    assert seen.locator(".chart svg:visible[role=img]").count() == 1


SET_CLOCK = """([used, script]) => new Promise(done => {
  const clock = document.querySelector('[data-clock-from]');
  const from = Date.parse(document.querySelector('meta[name=xiaodun-now]').content) - used * 1000;
  clock.dataset.clockFrom = new Date(from).toISOString();
  clock.dataset.due = new Date(from + 86400000).toISOString();
  const again = document.createElement('script');
  [again.src, again.onload] = [script, done];
  document.head.append(again); })"""


# Half a minute is added so that the second between drawing and reading never tips a minute.
@pytest.mark.parametrize("minutes", [20, 134, 24 * 60 + 90, 3 * 24 * 60])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_clock_counts_in_the_servers_words(view, gallery: str, minutes: int, language: str) -> None:
    seen = view(f"{gallery}/{language}/signal.html", 1280, 800)
    script = seen.locator("script[src*=clock]").get_attribute("src")
    seen.evaluate(SET_CLOCK, [minutes * 60 + 30, script])
    with translation.override({"zh": "zh-hans", "en": "en"}[language]):
        assert seen.locator("[data-used]").text_content() == span(minutes * 60)
        assert seen.locator("[data-left]").text_content() == span(abs(24 * 3600 - minutes * 60 - 30))
    over = "over" in (seen.locator(".clock").get_attribute("class") or "").split()
    assert over == (minutes > 24 * 60)


def test_the_map_is_one_tab_stop_and_arrow_keys_walk_it(view, gallery: str) -> None:
    seen = view(f"{gallery}/zh/county.html", 1280, 800)
    stops = seen.locator("[data-roving] a[tabindex='0']")
    assert stops.count() == 1
    stops.focus()
    first = seen.evaluate("document.activeElement.getBoundingClientRect().x")
    seen.keyboard.press("ArrowRight")
    assert seen.evaluate("document.activeElement.getBoundingClientRect().x") > first
    assert stops.count() == 1
    seen.keyboard.press("ArrowLeft")
    assert seen.evaluate("document.activeElement.getBoundingClientRect().x") == pytest.approx(first, abs=1)


def test_without_script_every_page_reads_the_same(chromium: Any, gallery: str) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{gallery}/zh/signal.html")
    assert page.locator("[data-used]").text_content() == "2小时14分"
    assert page.locator(".who div").is_hidden()
    page.locator(".who summary").click()
    assert page.locator(".who div").is_visible()
    context.close()


def test_print_drops_the_frame_and_keeps_who_and_when(view, gallery: str) -> None:
    seen = view(f"{gallery}/zh/signal.html", 700, 990)
    seen.emulate_media(media="print")
    assert seen.locator(".modebar, .topbar, .button").locator("visible=true").count() == 0
    assert seen.locator(".paper").is_visible()
    assert seen.locator(".tag.signal").is_visible()


def test_the_clock_starts_at_the_servers_time(view, gallery: str) -> None:
    seen = view(f"{gallery}/zh/signal.html", 1280, 800)
    assert seen.locator("[data-used]").text_content() == "2小时14分"
    assert seen.locator("[data-clock-from]").get_attribute("data-clock-from") == FIRST_TRUE.isoformat()
