"""The burden budget: taps, keys and bytes of a teacher's morning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import PHONE, Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

FIRST_VISIT_BYTES = 50_000
COUNT_TAPS = "window.taps = 0; addEventListener('pointerdown', () => { window.taps += 1 }, true)"


def other_class(demo: Demo, n: int) -> str:
    """A class of the cast's school that nobody has reported today; the reporter may record for it."""
    rows = demo.rows(
        "SELECT k.id FROM orgs_org k JOIN accounts_duty d ON d.org_id = k.school_id JOIN accounts_account a ON a.id = d.account_id"
        " WHERE a.username = 'demo-reporter' AND k.level = 'class' ORDER BY k.sort"
    )
    return f"/class/{rows[n][0]}"


def uncheck(demo: Demo, path: str) -> None:
    """Take today's demo check of a class away, so that it is missing again."""
    import psycopg

    from xiaodun.foundation.postgres.server import Server

    klass = int(path.rsplit("/", 1)[1])
    with psycopg.connect(Server(demo.folder / "pg").url("admin"), autocommit=True) as connection:
        for table in ("checks_classcheck", "checks_finding", "checks_checksubmission"):
            connection.execute(
                f"DELETE FROM {table} WHERE class_id = %s AND day = (SELECT max(day) FROM checks_schoolday)",
                [klass],
            )


@pytest.mark.requirement("R55")
def test_a_healthy_class_costs_at_most_two_taps(demo: Demo, enter: Callable[..., Any]) -> None:
    path = other_class(demo, 0)
    uncheck(demo, path)
    page = enter("reporter", PHONE, path)
    page.evaluate(COUNT_TAPS)
    page.locator("#submit").click()
    expect(page.locator("#done")).to_be_visible()
    assert page.evaluate("window.taps") <= 2


@pytest.mark.requirement("R55")
def test_each_exception_costs_at_most_three_taps(demo: Demo, enter: Callable[..., Any]) -> None:
    path = other_class(demo, 1)
    uncheck(demo, path)
    page = enter("reporter", PHONE, path)
    page.evaluate(COUNT_TAPS)
    page.locator("#pupils button.name:not(.on)").first.click()
    page.locator("[data-symptom=fever]").click()
    page.locator("#sheet [data-act=done]").click()
    assert page.evaluate("window.taps") <= 3


def test_the_whole_check_can_be_done_by_keyboard_without_one_tab_for_each_pupil(
    demo: Demo, enter: Callable[..., Any]
) -> None:
    path = other_class(demo, 2)
    uncheck(demo, path)
    page = enter("reporter", PHONE, path)
    tabs = 0
    while page.evaluate("document.activeElement.closest('#pupils') === null"):
        page.keyboard.press("Tab")
        tabs += 1
        assert tabs < 20, "the register is not within reach of the Tab key"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#done")).to_be_visible()


def test_the_first_visit_of_the_class_page_weighs_at_most_fifty_kilobytes(
    demo: Demo, enter: Callable[..., Any]
) -> None:
    page = enter("", PHONE)
    page.goto(f"{demo.url}/demo/demo-teacher")
    path = page.url
    fresh = page.context.browser.new_context(viewport={"width": 360, "height": 640})
    fresh.add_cookies(page.context.cookies())
    visit = fresh.new_page()
    sizes: list[int] = []
    client = fresh.new_cdp_session(visit)
    client.send("Network.enable")
    client.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    visit.goto(path)
    visit.wait_for_load_state("networkidle")
    fresh.close()
    assert 0 < sum(sizes) <= FIRST_VISIT_BYTES, f"{sum(sizes)} bytes"
