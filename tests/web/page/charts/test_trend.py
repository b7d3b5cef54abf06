"""A trend: the line breaks where nothing is known, days above the band are marked, the end is written."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from xiaodun.web.page.charts import trend

DAYS = [date(2026, 10, 15) + timedelta(days=i) for i in range(28)]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _chinese():
    with translation.override("zh-hans"):
        yield


def drawn(values, **more):
    n = len(values)
    band = {"band_low": [20.0] * n, "band_high": [30.0] * n}
    return trend(days=DAYS[:n], values=values, unit="每千人", title="因病缺课", **(band | more))


def marks(drawing: str, tag: str, kind: str) -> list[ElementTree.Element]:
    found = ElementTree.fromstring(drawing).iter(f"{SVG}{tag}")
    return [mark for mark in found if kind in mark.attrib.get("class", "").split()]


def test_a_day_above_the_band_wears_the_triangle_and_is_counted() -> None:
    chart = drawn([25.0] * 10 + [34.2] + [26.4] * 3)
    assert len(marks(chart.wide, "g", "signal")) == 1
    assert "1 天超出预期，最近是10月25日" in chart.finding
    assert "预期 20.0–30.0" in chart.finding


def test_a_quiet_line_says_so() -> None:
    assert drawn([25.0] * 5).finding.endswith("没有超出预期的日子。")


def test_a_day_without_a_value_breaks_the_line() -> None:
    assert len(marks(drawn([25.0, 26.0, None, 27.0, 28.0]).wide, "path", "series")) == 2


def test_the_last_value_stands_at_the_end_with_its_unit() -> None:
    said = [mark.text for mark in ElementTree.fromstring(drawn([25.0, 26.4]).wide).iter(f"{SVG}text")]
    assert {"26.4", "每千人"} <= set(said)


def test_the_narrow_drawing_keeps_fourteen_days() -> None:
    chart = drawn([25.0] * 28)
    assert marks(chart.wide, "path", "series")[0].attrib["d"].count("L") == 27
    assert marks(chart.narrow, "path", "series")[0].attrib["d"].count("L") == 13


def test_a_line_without_a_band_needs_none() -> None:
    chart = drawn([1.0, 2.0], band_low=(), band_high=())
    assert not marks(chart.wide, "path", "band")
    assert [word for _shape, _ink, word in chart.key] == ["每千人"]


def test_the_lowest_tick_is_printed_when_the_line_starts_above_nought() -> None:
    said = [mark.text for mark in ElementTree.fromstring(drawn([25.0, 26.4]).wide).iter(f"{SVG}text")]
    assert said[0] == "20"


@pytest.mark.parametrize("values", [[None, None], []])
def test_a_line_with_nothing_known_is_refused(values: list[None]) -> None:
    with pytest.raises(ValueError, match="one value"):
        drawn(values)


@given(
    st.lists(st.none() | st.floats(0, 5000), min_size=1, max_size=60).filter(
        lambda row: any(v is not None for v in row)
    )
)
def test_every_drawing_is_valid_and_its_points_lie_inside(values: list[float | None]) -> None:
    days = [DAYS[0] + timedelta(days=i) for i in range(len(values))]
    chart = trend(days=days, values=values, unit="人", title="发热")
    for drawing in (chart.wide, chart.narrow):
        picture = ElementTree.fromstring(drawing)
        _x, _y, width, height = map(float, picture.attrib["viewBox"].split())
        for mark in marks(drawing, "path", "series"):
            for pair in mark.attrib["d"][1:].split("L"):
                x, y = map(float, pair.split())
                assert 0 <= x <= width
                assert 0 <= y <= height
