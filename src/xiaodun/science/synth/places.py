"""Where the schools of a synthetic county stand: towns, invented names, codes, cells of the hexagon map."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from xiaodun.kernel.draws import uniform
from xiaodun.science.synth.hexmap import grow_towns
from xiaodun.science.synth.population import KINDS, Floats, Schools

COUNTY_NAME = "青禾县"
# Town, bearing of its middle from the county seat in degrees clockwise from east (a map with y downwards).
TOWNS = (
    ("城关镇", 0.0),
    ("云台镇", 270.0),
    ("新桥镇", 330.0),
    ("杏林乡", 25.0),
    ("柳岸镇", 85.0),
    ("松涛乡", 150.0),
    ("河湾镇", 205.0),
)
SEAT_SHARE = 0.25  # of all schools, in the county seat (assumption)

# Codes count down from 999999, a range that no province is likely to have reached (assumption): an invented
# school must not wear a real school's code.
PROVINCE_CODE = "14"
_LAST_SEQUENCE = 999_999
# A nine-year school takes the category of its highest stage; the stage itself belongs to the grade.
_CATEGORIES = {"kindergarten": "11", "primary": "21", "junior": "31", "nine_year": "31", "senior": "34"}

# Shares of the schools that are not fixed by hand (assumption, after the look of a small inland county).
_SHARES = {"kindergarten": 0.36, "primary": 0.40, "junior": 0.12, "nine_year": 0.12}

_SEAT_NAMES = {
    "primary": (
        "明德小学",
        "育英小学",
        "启航小学",
        "城关中心小学",
        "文峰小学",
        "朝晖小学",
        "向阳小学",
        "新苗小学",
    ),
    "kindergarten": (
        "城关中心幼儿园",
        "小太阳幼儿园",
        "春芽幼儿园",
        "七彩幼儿园",
        "童心幼儿园",
        "蓝天幼儿园",
    ),
    "junior": ("青禾二中", "青禾三中", "青禾四中", "青禾五中"),
    "senior": ("青禾一中",),
}
_TOWN_NAMES = {"primary": "中心小学", "kindergarten": "中心幼儿园", "junior": "中学"}
_VILLAGE_NAMES = {"primary": "小学", "kindergarten": "幼儿园", "junior": "初级中学", "nine_year": "学校"}
BOARDING_NAME = "寄宿中学"
_VILLAGE_FIRST = "西东南北上下石白青金双长竹梅枫桃清龙高平沙兰丰秋"
_VILLAGE_SECOND = "岭桥坪溪塘沟泉坡井林河岗坝田园渡垭洼铺"
_NINE_YEAR_SHIFT = 20  # a village with a nine-year school seldom has a primary school beside it
N_VILLAGE = len(_VILLAGE_FIRST) * len(_VILLAGE_SECOND)


def lay_out_schools(seed: int, n_school: int, boarding_school: bool) -> Schools:
    """Schools in order of town and kind, each with a name, a code and a map cell; see `population.Schools`.

    n_school: 2-600. The first primary school is 明德小学 in the county seat; from ten schools on there is one
    senior school; the boarding school, if any, is the one junior school of which `boarding` is True.
    """
    n_town = int(np.clip(n_school // 6, 1, len(TOWNS)))
    rows = _rows(n_school, n_town, boarding_school)
    names = _names(seed, rows)
    sizes = [sum(town == t for town, _, _ in rows) for t in range(n_town)]
    cells = grow_towns(seed, sizes, [bearing for _, bearing in TOWNS[:n_town]])
    return Schools(
        code=_codes([kind for _, kind, _ in rows]),
        name=tuple(names),
        kind=np.array([KINDS.index(kind) for _, kind, _ in rows], dtype=np.uint8),
        town=np.array([town for town, _, _ in rows], dtype=np.int32),
        boarding=np.array([boarding for _, _, boarding in rows]),
        map_q=cells[:, 0].copy(),
        map_r=cells[:, 1].copy(),
    )


def _rows(n_school: int, n_town: int, boarding_school: bool) -> list[tuple[int, str, bool]]:
    """(town, kind, boarding) of every school, in order of town; within a town primary schools stand first."""
    fixed = [(0, "primary", False)]
    if boarding_school:
        fixed.append((min(1, n_town - 1), "junior", True))
    if n_school >= 10:
        fixed.append((0, "senior", False))
    counts = _apportion(list(_SHARES.values()), n_school - len(fixed))
    in_town = np.bincount([town for town, _, _ in fixed], minlength=n_town)
    rows = fixed
    for kind, count in zip(_SHARES, counts, strict=True):
        for _ in range(count):
            # The emptiest town for its weight gets the next school; ties go to the earlier town.
            town = int(np.argmin((in_town + 1) / town_weights(n_town)))
            in_town[town] += 1
            rows.append((town, kind, False))
    order = {"primary": 0, "kindergarten": 1, "junior": 2, "nine_year": 3, "senior": 4}
    return sorted(rows, key=lambda row: (row[0], order[row[1]], row[2]))


def town_weights(n_town: int) -> Floats:
    if n_town == 1:
        return np.ones(1)
    rest = (1 - SEAT_SHARE) / (n_town - 1)
    return np.array([SEAT_SHARE] + [rest] * (n_town - 1))


def _apportion(shares: Sequence[float], total: int) -> list[int]:
    """Whole numbers near shares * total that add up to total, by largest remainder."""
    exact = [share * total for share in shares]
    floors = [math.floor(x) for x in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (floors[i] - exact[i], i))
    for i in by_remainder[: total - sum(floors)]:
        floors[i] += 1
    return floors


def _names(seed: int, rows: list[tuple[int, str, bool]]) -> list[str]:
    """A name for every school, unique in the county. A village names at most one school of each kind."""
    villages = [a + b for a in _VILLAGE_FIRST for b in _VILLAGE_SECOND]
    order = np.argsort(uniform(seed, "synth.village", np.arange(N_VILLAGE), 0), kind="stable")
    used: dict[tuple[int, str], int] = {}
    n_town = max(town for town, _, _ in rows) + 1
    names = []
    for town, kind, boarding in rows:
        stem = TOWNS[town][0][:-1]
        if boarding:
            names.append(stem + BOARDING_NAME)
            continue
        place = used.get((town, kind), 0)
        used[town, kind] = place + 1
        shift = _NINE_YEAR_SHIFT if kind == "nine_year" else 0
        village = villages[order[town + n_town * (place + shift)]]
        own = (
            _SEAT_NAMES.get(kind, ())
            if town == 0
            else (stem + _TOWN_NAMES[kind],)
            if kind in _TOWN_NAMES
            else ()
        )
        names.append(own[place] if place < len(own) else village + _VILLAGE_NAMES[kind])
    return names


def _codes(kinds: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        f"{_CATEGORIES[kind]}{PROVINCE_CODE}{_LAST_SEQUENCE - row:06d}" for row, kind in enumerate(kinds)
    )
