"""Every page of the cast at three widths: no sideways scroll, nothing for axe to find, English without Chinese sentences."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.journeys.conftest import DESK, PHONE, Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

NARROW = (320, 640)
# who, link texts to follow from home (none = home itself)
DOORS = [
    ("teacher", []),
    ("reporter", []),
    ("reporter", ["预警"]),
    ("reporter", ["随访"]),
    ("reporter", ["我的任务"]),
    ("doctor", []),
    ("principal", []),
    ("county", []),
    ("county", ["预警"]),
    ("county", ["学校"]),
    ("county", ["我的任务"]),
    ("cdc", []),
    ("boarding-reporter", []),
]
# Names of persons, units and official titles stay Chinese in English pages; sentences do not.
CHINESE_SENTENCE = re.compile(r"[一-鿿][，。；：]")


def walk(page: Any, steps: list[str]) -> None:
    for step in steps:
        page.get_by_role("navigation").get_by_role("link", name=step, exact=True).first.click()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(("who", "steps"), DOORS)
def test_a_page_fits_three_widths_and_axe_finds_nothing(
    enter: Callable[..., Any], who: str, steps: list[str]
) -> None:
    page = enter(who, DESK)
    walk(page, steps)
    for width, height in (DESK, PHONE, NARROW):
        page.set_viewport_size({"width": width, "height": height})
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{who} {steps} scrolls sideways by {overflow} px at {width}"
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("who", ["reporter", "county", "cdc", "principal"])
def test_an_english_reader_meets_no_chinese_sentence(demo: Demo, enter: Callable[..., Any], who: str) -> None:
    page = enter(who, DESK)
    page.locator("details.who summary").click()
    page.get_by_role("button", name="English").click()
    said = page.locator("body").inner_text()
    left = [line for line in said.splitlines() if CHINESE_SENTENCE.search(line)]
    page.locator("details.who summary").click()
    page.get_by_role("button", name="中文").click()
    assert not left
