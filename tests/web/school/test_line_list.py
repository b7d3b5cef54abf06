"""The line list of a school: what each disease asks, on screen and in a file that says who took it and why."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.cast import MONDAY, Cast, check, school_scope
from tests.measures.health.desk import diagnosed
from tests.web.school.test_signal_page import signed_in

from xiaodun.foundation.models import JournalRow


@pytest.fixture
def cases(cast: Cast) -> Cast:
    """Measles with its answers, an influenza without any."""
    check(cast, 0, 1, symptoms=("fever", "rash"))
    with school_scope(cast.school):
        diagnosed(
            cast, "measles", 0, fields={"rash_on": "2026-11-23", "vaccination_doses": "1", "pneumonia": "1"}
        )
        diagnosed(cast, "influenza", 1)
    return cast


def take(cast: Cast, **said: str) -> Any:
    return signed_in(cast, "doctor").post(f"/school/{cast.school.pk}/line-list/take", said)


@pytest.mark.requirement("R42")
def test_the_page_shows_what_the_disease_asks(cases: Cast) -> None:
    said = signed_in(cases, "doctor").get(f"/school/{cases.school.pk}/line-list").content.decode()
    assert "病例一览 2 人" in said
    assert "出疹日期 2026-11-23" in said
    assert "该病疫苗接种剂次 1 剂" in said
    assert "合并肺炎 是" in said


def test_it_is_narrowed_by_days_and_disease(cases: Cast) -> None:
    client = signed_in(cases, "doctor")
    base = f"/school/{cases.school.pk}/line-list"
    assert "病例一览 1 人" in client.get(f"{base}?disease=measles").content.decode()
    yesterday = (MONDAY - timedelta(days=1)).isoformat()
    assert "这段时间没有病例" in client.get(f"{base}?first={yesterday}&last={yesterday}").content.decode()
    for query in ("first=x", "first=2026-11-23&last=2026-11-01", "first=2020-01-01"):
        answer = client.get(f"{base}?{query}")
        assert answer.status_code == 400
        assert "banner refused" in answer.content.decode()


def test_the_file_holds_names_answers_and_who_took_it_and_leaves_one_line(cases: Cast) -> None:
    answer = take(cases, reason="疾控流调", form="xlsx")
    assert answer["Content-Disposition"] == 'attachment; filename="line-list-20261123.xlsx"'
    sheet = load_workbook(io.BytesIO(answer.content)).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(row for row in cells if "姓名" in row)
    first = cells[cells.index(head) + 1]
    known = dict(zip(head, first, strict=False))
    assert known["姓名"] == cases.pupils[cases.klass.pk][0].name
    assert (known["诊断"], known["出疹日期"], known["合并肺炎"]) == ("麻疹", "2026-11-23", "是")
    assert "doctor老师 疾控流调" in str(cells)
    line = JournalRow.objects.get(verb="line_list.take")
    assert line.facts == {"n": 2, "form": "xlsx", "purpose": "疾控流调"}


def test_a_csv_for_programs(cases: Cast) -> None:
    text = take(cases, reason="疾控流调", form="csv").content.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("姓名,班级,性别")


def test_without_a_reason_nothing_leaves_and_what_was_chosen_stays(cases: Cast) -> None:
    answer = take(cases, reason=" ", disease="measles")
    assert answer.status_code == 400
    assert "写明用途" in answer.content.decode()
    assert "病例一览 1 人" in answer.content.decode()
    assert not JournalRow.objects.filter(verb="line_list.take").exists()


def test_an_empty_list_and_a_very_long_one_are_not_taken(
    cases: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "这段时间没有病例" in take(cases, reason="疾控流调", disease="mpox").content.decode()
    monkeypatch.setattr("xiaodun.measures.health.line_list.MOST_ROWS", 1)
    assert "一次最多 1 行" in take(cases, reason="疾控流调").content.decode()
