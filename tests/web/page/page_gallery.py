"""The gallery: every part of the frame on invented facts, drawn for tests and for looking.

By hand: `PYTHONPATH=src python tests/web/page/page_gallery.py FOLDER` writes pages and pictures there.
"""

from __future__ import annotations

import sys
from datetime import date, datetime, timedelta, timezone
from importlib import import_module
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.test import RequestFactory
from django.utils import translation

import xiaodun.web.page
from xiaodun.kernel.errors import Fault
from xiaodun.web.page.charts import (
    ClassDays,
    HexCell,
    class_by_day,
    epidemic_curve,
    hex_map,
    hex_places,
    trend,
)
from xiaodun.web.page.states import LEVELS, STATES

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 23, 10, 26, tzinfo=CHINA)
FIRST_TRUE = datetime(2026, 11, 23, 8, 12, tzinfo=CHINA)
DAYS = [date(2026, 11, 12) + timedelta(days=i) for i in range(12)]
WINDOW = (date(2026, 11, 21), date(2026, 11, 23))
ROOM = Path(xiaodun.web.page.__file__).parent
PAGES = ("signal", "county", "parts", "phone", "front", "error")


def curve() -> Any:
    return epidemic_curve(
        days=DAYS,
        seen=[0] * 9 + [2, 1, 0],
        symptoms_only=[0] * 9 + [0, 1, 2],
        outside=[0] * 4 + [1] + [0] * 7,
        window=WINDOW,
    )


def big_curve() -> Any:
    seen = [1, 3, 8, 28, 76, 120, 98, 60, 31, 14, 7, 3, 1, 0]
    days = [date(2026, 11, 22) + timedelta(days=i) for i in range(14)]
    return epidemic_curve(
        days=days, seen=seen, symptoms_only=[n // 2 for n in seen], window=(days[2], days[4])
    )


def grid() -> Any:
    names = ("三(1)班", "三(2)班", "三(3)班", "四(1)班", "四(2)班", "四(3)班", "五(1)班", "五(2)班")
    marks = {
        (0, 0): 1,
        (2, 1): 1,
        (3, 4): 1,
        (3, 9): 2,
        (3, 10): 2,
        (3, 11): 2,
        (4, 11): 1,
        (5, 7): 1,
        (6, 6): 1,
    }
    rows = []
    for i, name in enumerate(names):
        counts: list[int | None] = [marks.get((i, k), 0) for k in range(len(DAYS))]
        if i == 1:
            counts[11] = None
        rows.append(ClassDays(name, counts, hot=i == 3, urls=["#"] * len(DAYS)))
    rest = {day for day in DAYS if day.weekday() >= 5}
    return class_by_day(days=DAYS, classes=rows, window=WINDOW, rest_days=rest)


def county_map() -> Any:
    towns = {"城关镇": 30, "云台镇": 22, "新桥镇": 24, "杏林乡": 18, "柳岸镇": 22, "松涛乡": 18, "河湾镇": 22}
    cells = []
    for (town, n), places in zip(towns.items(), hex_places(list(towns.values())), strict=True):
        for i, (q, r) in enumerate(places):
            state = (
                "missing" if i % 23 == 5 else "late" if i % 29 == 7 else "reported" if i % 4 == 1 else "nil"
            )
            signal = {("城关镇", 9): "cluster", ("新桥镇", 6): "signal", ("松涛乡", 5): "signal"}.get(
                (town, i), ""
            )
            cells.append(HexCell(q, r, state, f"{town}第{i + 1}小学", town, signal, f"#{town}{i}"))
        assert len(places) == n
    return hex_map(cells)


def line() -> Any:
    days = [day for k in range(42) if (day := date(2026, 10, 13) + timedelta(days=k)).weekday() < 5][-28:]
    values: list[float | None] = [
        24.1,
        23.5,
        25.2,
        26.8,
        25.9,
        24.4,
        24.9,
        27.3,
        28.1,
        26.2,
        25.7,
        24.9,
        26.6,
        28.0,
    ]
    values += [29.0, 28.4, 27.1, 26.0, None, 28.7, 34.2, 30.2, 28.0, 27.5, 26.1, 26.9, 27.2, 26.4]
    low = [20.5 + 0.08 * i for i in range(28)]
    high = [30.2 + 0.1 * i for i in range(28)]
    return trend(days=days, values=values, band_low=low, band_high=high, unit="每千人", title="因病缺课")


def context(**more: Any) -> dict[str, Any]:
    labels = ("今日", "预警", "台账", "物资", "预案")
    facts = {
        "request": RequestFactory().get("/somewhere"),
        "mode": "routine",
        "as_of": NOW,
        "actor_name": "李老师",
        "actor_role": "疫情报告人",
        "org_name": "明德小学",
        "nav": [(label, f"#{i}", i == 1) for i, label in enumerate(labels)],
        "data_hash": "9f86d081884c7d65",
        "first_true_at": FIRST_TRUE,
        "due_at": FIRST_TRUE + timedelta(hours=24),
        "used": NOW - FIRST_TRUE,
        "undo": 588,
        "came_in": ("reported", "nil", "late", "missing"),
        "levels": LEVELS,
        "all_states": [state.code for state in STATES],
        "faults": [
            Fault(
                "roster.class_missing", "第 18 行缺班级。在 C18 填“三(2)班”后再导入。", "Row 18 has no class."
            )
        ],
        "curve": curve(),
        "big_curve": big_curve(),
        "grid": grid(),
        "map": county_map(),
        "line": line(),
        "status": 404,
        "code": "not_found",
    }
    return facts | more


def engine() -> Engine:
    return Engine(
        dirs=[Path(__file__).parent / "gallery_pages", ROOM / "templates"],
        libraries={
            "faces": "xiaodun.web.page.templatetags.faces",
            "i18n": "django.templatetags.i18n",
            "static": "django.templatetags.static",
        },
    )


def draw(page: str, *, language: str = "zh-hans", **more: Any) -> str:
    """One page of the gallery as HTML."""
    name = f"page/{page}.html" if page in ("front", "error") else f"{page}.html"
    with translation.override(language):
        return engine().get_template(name).render(Context(context(**more)))


def lay_out(folder: Path, kind: str = "", *, language: str = "zh-hans", **more: Any) -> None:
    """Writes all pages (into the subfolder `kind`) and what they load, for any web server to show."""
    import django_htmx

    (folder / kind).mkdir(parents=True, exist_ok=True)
    for page in PAGES:
        (folder / kind / f"{page}.html").write_text(draw(page, language=language, **more), "utf-8")
    for source in (ROOM / "static", Path(django_htmx.__file__).parent / "static"):
        for file in source.rglob("*.*"):
            target = folder / "static" / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())


if __name__ == "__main__":
    import_module("conftest")  # sets Django up
    import_module("page_browser").look(Path(sys.argv[1]))
