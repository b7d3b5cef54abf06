"""The journey of the product in a real browser: offline check, one row; three vomiting children, a report at CDC and bureau."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import DESK, PHONE, Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]


def class_id(page: Any) -> int:
    return int(re.search(r"/class/(\d+)", page.url)[1])  # type: ignore[index]


def mark(page: Any, place: int, symptom: str) -> None:
    """Three taps: the name, the symptom, done."""
    page.locator("#pupils button.name").nth(place).click()
    page.locator(f"[data-symptom={symptom}]").click()
    page.locator("#sheet [data-act=done]").click()


def kept_by_worker(page: Any) -> None:
    for _try in range(50):
        if page.evaluate("navigator.serviceWorker.controller !== null"):
            return
        page.wait_for_timeout(200)
    raise AssertionError("no worker keeps the page")


@pytest.mark.requirement("R74")
def test_a_check_made_without_network_survives_a_reload_and_arrives_exactly_once(
    demo: Demo, enter: Callable[..., Any]
) -> None:
    page = enter("teacher", PHONE)
    kept_by_worker(page)
    klass = class_id(page)
    today = demo.rows("SELECT max(day) FROM checks_schoolday")[0][0]
    count = "SELECT count(*) FROM checks_checksubmission WHERE class_id = %s AND day = %s"
    assert demo.rows(count, klass, today) == [(0,)]

    page.context.set_offline(True)
    free = [
        n
        for n in range(page.locator("#pupils button.name").count())
        if "on" not in page.locator("#pupils button.name").nth(n).get_attribute("class").split()
    ]
    mark(page, free[0], "cough")
    page.locator("#submit").click()
    expect(page.locator("#done [data-stage=here]")).to_have_class(re.compile("on|now"))
    expect(page.locator("#banner")).to_be_visible()

    page.reload()
    expect(page.locator("#banner")).to_be_visible()
    expect(page.locator("#done")).to_be_visible()
    assert demo.rows(count, klass, today) == [(0,)]

    page.context.set_offline(False)
    expect(page.locator("#done [data-stage=confirmed]")).to_have_class(re.compile("on"))
    assert demo.rows(count, klass, today) == [(1,)]
    page.reload()
    expect(page.locator("#done")).to_be_visible()
    assert demo.rows(count, klass, today) == [(1,)]


@pytest.mark.requirement("R26", "R27", "R22")
def test_the_third_vomiting_child_travels_to_signal_task_report_cdc_and_county(
    demo: Demo, enter: Callable[..., Any]
) -> None:
    page = enter("teacher", PHONE)
    page.wait_for_load_state("networkidle")  # the script decides whether the class has reported already
    if page.locator("#done").is_visible():
        page.locator("[data-act=correct]").click()
    names = page.locator("#pupils button.name")
    free = [n for n in range(names.count()) if "on" not in names.nth(n).get_attribute("class").split()]
    for place in free[:3]:
        mark(page, place, "vomiting")
    page.locator("#submit").click()
    expect(page.locator("#done [data-stage=confirmed]")).to_have_class(re.compile("on"))

    reporter = enter("reporter", PHONE)
    title = "三(2)班 1天内3人呕吐或腹泻"
    for _try in range(20):
        if reporter.get_by_role("link", name=title).count():
            break
        reporter.wait_for_timeout(500)
        reporter.reload()
    assert reporter.locator("ol.rows").get_by_role("link", name=title).count() == 1, (
        "the reporter has the task"
    )
    reporter.get_by_role("link", name=title).first.click()
    expect(reporter.get_by_role("heading", level=1)).to_have_text(title)
    signal = int(reporter.url.rsplit("/", 1)[1])
    ((detected, due, level),) = demo.rows(
        "SELECT detected_at, due_at, rule_id FROM signals_reportduty WHERE signal_id = %s", signal
    )
    assert level == "SCH-SIM-CLASS-1D"
    assert (due - detected).total_seconds() == 24 * 3600
    expect(reporter.locator(".clock [data-left]")).to_contain_text(re.compile("23小时|24小时"))

    reporter.get_by_role("button", name=re.compile("发给疾控和教育局")).click()
    expect(reporter.get_by_text(re.compile("第1次报告已发给疾控和教育局"))).to_be_visible()
    assert demo.rows(
        "SELECT receiver FROM reporting_delivery d JOIN reporting_report r ON r.id = d.report_id WHERE r.subject_id = %s ORDER BY 1",
        signal,
    ) == [("bureau",), ("cdc",)]

    cdc = enter("cdc", DESK)
    expect(cdc.get_by_text(title)).to_be_visible()
    cdc.get_by_role("button", name="签收报告").first.click()
    county = enter("county", DESK)
    expect(county.get_by_role("link", name=re.compile("1天内3人呕吐或腹泻")).first).to_be_visible()

    reporter.reload()
    acknowledged = reporter.get_by_text("已签收")
    expect(acknowledged).to_have_count(1)
