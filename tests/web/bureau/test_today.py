"""The county officer's first screen: figures, help, urgent things, signals; no pupil's name."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import MONDAY, Cast, at_time, check
from tests.web.bureau.scenes import climb, names_of, raise_signal, send_report

from xiaodun.kernel.calendar import at
from xiaodun.measures.checks.models import FindingKind


@pytest.fixture
def officer(cast: Cast, client: Client) -> Client:
    client.force_login(cast.accounts["county"])
    return client


def look(officer: Client, cast: Cast, hour: int = 10, minute: int = 26, day: date = MONDAY):
    with at_time(at(day, hour, minute)):
        return officer.get(reverse("bureau:today", args=[cast.county.pk]))


def figures(response) -> tuple[int, int, int]:
    return tuple(response.context[f"n_{state}"] for state in ("reported", "nil", "missing"))


@pytest.mark.requirement("R22")
def test_with_findings_nil_and_missing_are_three_figures(officer: Client, cast: Cast) -> None:
    assert figures(look(officer, cast)) == (0, 0, 2)
    check(cast, 0)
    check(cast, klass=cast.sibling, by="doctor")
    assert figures(look(officer, cast)) == (1, 0, 1)
    check(cast, klass=cast.foreign, by="stranger")
    assert figures(look(officer, cast)) == (1, 0, 1)


def test_a_school_that_says_nobody_is_ill_is_nil_and_not_missing(officer: Client, cast: Cast) -> None:
    check(cast)
    check(cast, klass=cast.sibling, by="doctor")
    assert figures(look(officer, cast)) == (0, 1, 1)


def test_before_the_deadline_a_school_is_not_yet_in_and_nobody_needs_help(
    officer: Client, cast: Cast
) -> None:
    early = look(officer, cast, 9, 30)
    assert "还没报" in early.content.decode()
    assert early.context["helps"] == []
    assert "明德小学 缺报" not in early.content.decode()
    late = look(officer, cast, 9, 31)
    assert "9:30 已截止" in late.content.decode()
    assert "明德小学 缺报" in late.content.decode()
    assert [line.help.row.school for line in late.context["helps"]] == [cast.school, cast.other_school]


def test_a_missing_class_is_named_with_the_person_to_call(officer: Client, cast: Cast) -> None:
    check(cast)
    page = look(officer, cast).content.decode()
    assert "差 1 个班：" in page
    assert "三(2)班" in page
    assert "找报告人 reporter老师" in page


def test_a_sunday_asks_for_no_report(officer: Client, cast: Cast) -> None:
    page = look(officer, cast, day=date(2026, 11, 29)).content.decode()
    assert "今天不上课。" in page
    assert "下一个上课日 11月30日 星期一。" in page


def test_the_rate_counts_pupils_of_classes_that_have_reported(officer: Client, cast: Cast) -> None:
    check(cast, 0, 1)
    response = look(officer, cast)
    n = len(cast.pupils[cast.klass.pk])
    assert response.context["absence"].share == 2 / n
    assert f"{2 / n * 1000:.1f}" in response.content.decode()


def test_leave_is_no_illness(officer: Client, cast: Cast) -> None:
    check(cast, 0, symptoms=(), kind=FindingKind.LEAVE)
    check(cast, klass=cast.sibling, by="doctor")
    response = look(officer, cast)
    assert figures(response) == (0, 1, 1)
    assert response.context["absence"].n_ill_absent == 0


def test_every_figure_leads_to_its_rows(officer: Client, cast: Cast) -> None:
    check(cast, 0, 1)
    page = look(officer, cast).content.decode()
    rows = reverse("bureau:schools", args=[cast.county.pk])
    for state in ("reported", "nil", "missing"):
        assert f'href="{rows}?state={state}"' in page
    assert reverse("bureau:absence", args=[cast.county.pk]) in page


@pytest.mark.requirement("R26")
def test_a_signal_shows_clause_grade_clock_and_both_sides(officer: Client, cast: Cast) -> None:
    signal = raise_signal(cast)
    response = look(officer, cast)
    (line,) = response.context["signals"]
    assert line.sides == (("unsent", "未发送"), ("unsent", "未发送"))
    page = response.content.decode()
    assert "明德小学 三(1)班 1天内3人呕吐或腹泻" in page
    assert "同一班级，1天内3例以上相似症状" in page
    assert "未核" in page
    assert "21小时14分" in page
    assert reverse("school:signal", args=[signal.pk]) in page
    send_report(cast, signal)
    (line,) = look(officer, cast).context["signals"]
    assert [code for code, _word in line.sides] == ["sent", "sent"]


def test_what_waits_for_the_county_stands_among_the_first_things(officer: Client, cast: Cast) -> None:
    signal = raise_signal(cast)
    (thing,) = look(officer, cast).context["things"]
    assert (thing.title, thing.when, thing.hot) == ("明德小学 报告未发送", "还剩 21小时14分", False)
    climb(cast)
    (thing,) = look(officer, cast).context["things"]
    assert (thing.when, thing.hot) == ("已等 2小时46分", True)
    assert "已升到县级" in thing.note
    copies = send_report(cast, signal)
    titles = [thing.title for thing in look(officer, cast).context["things"]]
    assert titles == ["明德小学 的报告待签收", "明德小学 预警没人核实"]
    assert reverse("bureau:report", args=[copies["bureau"].pk]) in look(officer, cast).content.decode()


def test_the_list_of_first_things_says_why_in_this_order(officer: Client, cast: Cast) -> None:
    raise_signal(cast)
    page = officer.get(reverse("bureau:first_things", args=[cast.county.pk])).content.decode()
    assert "明德小学 报告未发送" in page
    assert "为什么是这个顺序" in page


def test_the_page_is_fetched_anew_every_minute_and_holds_no_form_to_lose(officer: Client, cast: Cast) -> None:
    main = look(officer, cast).content.decode().split("<main", 1)[1]
    assert 'hx-trigger="every 60s"' in main
    assert "<form" not in main


def test_no_pupil_is_named_on_any_page_of_the_county(officer: Client, cast: Cast) -> None:
    copies = send_report(cast, raise_signal(cast))
    climb(cast)
    pages = [
        reverse(f"bureau:{page}", args=[cast.county.pk])
        for page in ("today", "absence", "first_things", "signals", "schools", "tasks")
    ] + [reverse("bureau:report", args=[copies["bureau"].pk])]
    for page in pages:
        words = officer.get(page).content.decode()
        assert not [name for name in names_of(cast) if name in words], page


def test_the_page_speaks_english_to_an_english_reader(officer: Client, cast: Cast) -> None:
    raise_signal(cast)
    officer.cookies["django_language"] = "en"
    page = look(officer, cast).content.decode()
    assert '<html lang="en"' in page
    assert "Mon 23 Nov 2026" in page
    assert "三(1)班: 3 persons with vomiting or diarrhoea in 1 day" in page
    assert "same class: 3 or more cases with similar symptoms within 1 day" in page


def test_an_empty_county_has_a_page(officer: Client, cast: Cast) -> None:
    from xiaodun.responsibility.accounts.actions import give_duty
    from xiaodun.responsibility.accounts.models import Role
    from xiaodun.responsibility.orgs.actions import found_org
    from xiaodun.responsibility.orgs.models import Level

    empty = found_org(actor_id=None, level=Level.COUNTY, name="空县", parent=cast.county.parent)
    give_duty(
        actor_id=None, account=cast.accounts["county"], role=Role.COUNTY_OFFICER, org=empty, from_day=MONDAY
    )
    page = officer.get(reverse("bureau:today", args=[empty.pk])).content.decode()
    assert "县里还没有学校。" in page
