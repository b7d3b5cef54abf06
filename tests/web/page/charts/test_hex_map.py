"""The map of schools: states by fill and word, towns parted by ink, names beside their cells."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaodun.web.page.charts import HexCell, hex_map, hex_places

SVG = "{http://www.w3.org/2000/svg}"
AROUND = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))
TWO = [
    HexCell(0, 0, "missing", "松涛中学", "松涛乡", url="/a"),
    HexCell(1, 0, "nil", "新桥中学", "新桥镇", signal="cluster"),
]


@pytest.fixture(autouse=True)
def _chinese():
    with translation.override("zh-hans"):
        yield


def picture(cells) -> ElementTree.Element:
    return ElementTree.fromstring(hex_map(cells).wide)


def test_every_school_says_its_name_its_state_and_its_signal() -> None:
    titles = [title.text for title in picture(TWO).iter(f"{SVG}title")]
    assert titles == ["学校", "松涛中学 缺报", "新桥中学 零报告 聚集"]


def test_a_school_with_an_address_is_a_link() -> None:
    assert [link.attrib["href"] for link in picture(TWO).iter(f"{SVG}a")] == ["/a"]


def test_the_map_is_a_group_that_states_the_finding() -> None:
    drawn = picture(TWO)
    assert drawn.attrib["role"] == "group"
    assert drawn.attrib["aria-label"] == "2 所学校：已报 0，零报告 1，迟报 0，缺报 1。1 所有预警。"


def test_late_and_missing_differ_by_shape() -> None:
    drawn = picture(
        [HexCell(i, 0, state, state, "城关镇") for i, state in enumerate(("late", "missing", "nil"))]
    )
    used = [[use.attrib["href"] for use in group.iter(f"{SVG}use")] for group in drawn.findall(f"{SVG}g")]
    assert used == [["#schools-hex", "#schools-missing"], ["#schools-hex", "#schools-late"], ["#schools-hex"]]


def test_a_school_that_is_not_due_is_not_missing() -> None:
    drawn = hex_map([HexCell(0, 0, "todo", "新桥中学", "新桥镇")])
    assert "缺报 0" in drawn.finding
    assert "1 所还没到时间" in drawn.finding
    assert [state for state, _ink, _word in drawn.key] == ["reported", "nil", "missing", "todo"]


def borders(cells) -> int:
    (town,) = [path for path in picture(cells).iter(f"{SVG}path") if path.attrib.get("class") == "town"]
    return town.attrib["d"].count("L")


def test_ink_runs_between_towns_and_nowhere_else() -> None:
    one_town = [HexCell(q, r, "nil", "x", "甲") for q in range(3) for r in range(3)]
    assert borders(one_town) == 0
    assert borders(TWO) == 1
    seven = [HexCell(0, 0, "nil", "x", "甲"), *(HexCell(q, r, "nil", "x", "乙") for q, r in AROUND)]
    assert borders(seven) == 6


def test_a_border_lies_between_its_two_schools() -> None:
    drawn = picture(TWO)
    (town,) = [path for path in drawn.iter(f"{SVG}path") if path.attrib.get("class") == "town"]
    ends = [float(n) for n in re.findall(r"-?[\d.]+", town.attrib["d"])]
    left, right = (float(use.attrib["x"]) for use in list(drawn.iter(f"{SVG}use"))[:3:2])
    assert ends[0] == pytest.approx((left + right) / 2, abs=0.2)
    assert ends[2] == pytest.approx(ends[0], abs=0.2)


def test_names_from_outside_are_escaped() -> None:
    drawn = hex_map([HexCell(0, 0, "nil", "<b>", "<i>", url='"><u>')]).wide
    assert not any(tag in drawn for tag in ("<b>", "<i>", "<u>"))


def test_two_schools_in_one_place_and_unknown_states_are_refused() -> None:
    with pytest.raises(ValueError, match="place of its own"):
        hex_map([TWO[0], TWO[0]])
    with pytest.raises(LookupError):
        hex_map([HexCell(0, 0, "closed", "x", "y")])
    with pytest.raises(LookupError):
        hex_map([HexCell(0, 0, "nil", "x", "y", signal="missing")])


towns = st.lists(st.integers(1, 40), min_size=1, max_size=14)


@given(towns)
@settings(deadline=None)
def test_places_are_distinct_and_each_town_gets_its_number(n_schools: list[int]) -> None:
    places = hex_places(n_schools)
    assert [len(town) for town in places] == n_schools
    flat = [place for town in places for place in town]
    assert len(set(flat)) == len(flat)


@given(towns)
@settings(deadline=None)
def test_the_county_hangs_together(n_schools: list[int]) -> None:
    left = {place for town in hex_places(n_schools) for place in town}
    edge = [left.pop()]
    while edge:
        q, r = edge.pop()
        near = {(q + a, r + b) for a, b in AROUND} & left
        left -= near
        edge += near
    assert not left


@given(towns)
@settings(max_examples=20, deadline=None)
def test_names_stay_on_the_map_and_off_one_another(n_schools: list[int]) -> None:
    cells = [
        HexCell(q, r, "nil", "x", f"第{i}镇") for i, town in enumerate(hex_places(n_schools)) for q, r in town
    ]
    drawn = picture(cells)
    _x, _y, width, height = map(float, drawn.attrib["viewBox"].split())
    spots = [(float(text.attrib["x"]), float(text.attrib["y"])) for text in drawn.iter(f"{SVG}text")]
    assert len(spots) == len(n_schools)
    assert all(0 < x < width and 0 < y < height for x, y in spots)
    for (ax, ay), (bx, by) in pairwise(sorted(spots)):
        assert abs(ax - bx) > 1 or abs(ay - by) > 1
