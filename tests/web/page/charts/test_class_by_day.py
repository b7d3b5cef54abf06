"""The class-by-day table: both heads, 0 apart from no report, the window framed, names escaped."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import translation

from xiaodun.web.page.charts import ClassDays, class_by_day

DAYS = [date(2026, 11, 14) + timedelta(days=i) for i in range(10)]


@pytest.fixture(autouse=True)
def _chinese():
    with translation.override("zh-hans"):
        yield


def table(*rows: ClassDays, **more) -> ElementTree.Element:
    rest = {day for day in DAYS if day.weekday() >= 5}
    drawn = class_by_day(days=DAYS, classes=rows, rest_days=rest, **more)
    return ElementTree.fromstring(drawn.wide.replace("<br>", "<br/>"))


def cells(row: ElementTree.Element) -> list[ElementTree.Element]:
    return row.findall("td")


def body(tree: ElementTree.Element) -> list[ElementTree.Element]:
    return tree.findall("tbody/tr")


def test_every_row_and_column_has_a_head() -> None:
    tree = table(ClassDays("三(1)班", [0] * 10))
    assert [th.attrib["scope"] for th in tree.findall("thead/tr/th")] == ["col"] * 11
    assert [th.attrib["scope"] for th in tree.findall("tbody/tr/th")] == ["row"]
    assert tree.findtext("caption") == "11月14日至11月23日，1 个班新发 0 人。"


@pytest.mark.requirement("R22")
def test_nought_and_no_report_are_told_apart_in_words() -> None:
    (row,) = body(table(ClassDays("三(1)班", [0] * 6 + [None, 0, 0, 0])))
    assert [cell.findtext("span") for cell in cells(row)[5:7]] == ["0", "缺报"]
    assert "none" in cells(row)[6].attrib["class"]


def test_a_count_is_a_link_to_its_rows() -> None:
    (row,) = body(table(ClassDays("三(1)班", [0] * 9 + [2], urls=[""] * 9 + ["/rows?a=1&b=2"])))
    link = cells(row)[-1].find("a")
    assert link is not None
    assert (link.text, link.attrib["href"]) == ("2", "/rows?a=1&b=2")


def test_the_window_is_framed_in_the_signals_own_class_only() -> None:
    hot, quiet = body(
        table(
            ClassDays("四(1)班", [0] * 7 + [2, 2, 2], hot=True),
            ClassDays("四(2)班", [0] * 9 + [1]),
            window=(DAYS[7], DAYS[9]),
        )
    )
    framed = [cell.attrib.get("class", "").split() for cell in cells(hot)]
    assert ["in" in kinds for kinds in framed] == [False] * 7 + [True] * 3
    assert "first" in framed[7]
    assert "last" in framed[9]
    assert not any("in" in cell.attrib.get("class", "").split() for cell in cells(quiet))


def test_a_case_on_a_rest_day_is_shown() -> None:
    (row,) = body(table(ClassDays("四(1)班", [1] + [0] * 9)))
    assert cells(row)[0].text == "1"


def test_a_narrow_screen_keeps_the_last_seven_days() -> None:
    (row,) = body(table(ClassDays("四(1)班", [0] * 10)))
    assert ["far" in cell.attrib.get("class", "") for cell in cells(row)] == [True] * 3 + [False] * 7


def test_names_and_urls_from_outside_are_escaped() -> None:
    drawn = class_by_day(days=DAYS[:1], classes=[ClassDays("<b>", [1], urls=['"><i>'])])
    assert "<b>" not in drawn.wide
    assert "<i>" not in drawn.wide


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="10 counts"):
        table(ClassDays("四(1)班", [0] * 9))
