"""One square one person; the window is shaded and counted; a phone gets fewer days, not smaller type."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaodun.web.page.charts import epidemic_curve

DAYS = [date(2026, 11, 12) + timedelta(days=i) for i in range(12)]
WINDOW = (date(2026, 11, 21), date(2026, 11, 23))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _chinese():
    with translation.override("zh-hans"):
        yield


def kinds(drawing: str) -> list[str]:
    return [mark.attrib["class"] for mark in ElementTree.fromstring(drawing).iter(f"{SVG}rect")]


def texts(drawing: str) -> list[str]:
    return [mark.text or "" for mark in ElementTree.fromstring(drawing).iter(f"{SVG}text")]


def six_in_three_days():
    return epidemic_curve(
        days=DAYS,
        seen=[0] * 9 + [2, 1, 0],
        symptoms_only=[0] * 9 + [0, 1, 2],
        outside=[0] * 4 + [1] + [0] * 7,
        window=WINDOW,
    )


def test_one_square_is_one_person() -> None:
    drawn = kinds(six_in_three_days().wide)
    assert [drawn.count(kind) for kind in ("cluster f", "cluster o", "out f", "win")] == [3, 3, 1, 1]


def test_the_window_says_its_length_and_its_count() -> None:
    assert "窗口3天：6人" in texts(six_in_three_days().wide)


def test_the_text_alternative_states_the_finding() -> None:
    drawn = six_in_three_days()
    assert drawn.finding.startswith("11月21日至11月23日发病 6 人：已就诊 3 人，仅有症状 3 人。")
    assert "窗口外另有 1 人" in drawn.finding
    for drawing in (drawn.wide, drawn.narrow):
        picture = ElementTree.fromstring(drawing)
        assert picture.attrib["role"] == "img"
        assert picture.findtext(f"{SVG}title") == "流行曲线"
        assert picture.findtext(f"{SVG}desc") == drawn.finding


def test_the_narrow_drawing_keeps_seven_days_and_says_what_came_before() -> None:
    said = texts(six_in_three_days().narrow)
    assert {"17", "23"} <= set(said)
    assert "16" not in said
    assert "之前另有 1 人" in said


def test_the_narrow_drawing_keeps_a_longer_window_whole() -> None:
    drawn = epidemic_curve(days=DAYS, seen=[1] * 12, symptoms_only=[0] * 12, window=(DAYS[2], DAYS[-1]))
    assert kinds(drawn.narrow).count("cluster f") == 10


def test_a_large_outbreak_is_drawn_as_bars_of_the_same_height_a_person() -> None:
    drawn = epidemic_curve(days=DAYS[:3], seen=[10, 100, 200], symptoms_only=[0, 0, 0])
    bars = list(ElementTree.fromstring(drawn.wide).iter(f"{SVG}rect"))
    heights = [float(bar.attrib["height"]) for bar in bars]
    assert len(bars) == 3
    assert heights[1] / heights[0] == pytest.approx(10, rel=0.02)
    assert "柱高为人数" in drawn.note


def test_days_of_a_new_month_are_named() -> None:
    days = [date(2026, 11, 29) + timedelta(days=i) for i in range(4)]
    assert "12/1" in texts(epidemic_curve(days=days, seen=[1] * 4, symptoms_only=[0] * 4).wide)


def test_nobody_ill_is_a_finding_too() -> None:
    drawn = epidemic_curve(days=DAYS, seen=[0] * 12, symptoms_only=[0] * 12)
    assert "发病 0 人" in drawn.finding
    assert "最多" not in drawn.finding


@pytest.mark.parametrize("seen", [[1], [1] * 13])
def test_unequal_lengths_are_refused(seen: list[int]) -> None:
    with pytest.raises(ValueError, match="one length"):
        epidemic_curve(days=DAYS, seen=seen, symptoms_only=[0] * 12)


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=90))
@settings(deadline=None)
def test_every_drawing_is_valid_and_stays_inside_its_frame(piles: list[tuple[int, int]]) -> None:
    days = [DAYS[0] + timedelta(days=i) for i in range(len(piles))]
    drawn = epidemic_curve(days=days, seen=[p[0] for p in piles], symptoms_only=[p[1] for p in piles])
    for drawing in (drawn.wide, drawn.narrow):
        assert "style=" not in drawing
        picture = ElementTree.fromstring(drawing)
        _x, _y, width, height = map(float, picture.attrib["viewBox"].split())
        for mark in picture.iter(f"{SVG}rect"):
            x, y, w, h = (float(mark.attrib[name]) for name in ("x", "y", "width", "height"))
            assert min(x, y, w, h) >= 0
            assert x + w <= width + 0.1
            assert y + h <= height + 0.1
