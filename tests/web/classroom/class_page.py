"""The class page as a teacher gets it, rendered without a server: 45 pupils, two of them carried over."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import translation

from xiaodun.web.classroom import script

ROOM = Path(script.__file__).parent
STATIC = ROOM / "static" / "classroom"
SCRIPTS = {path.stem: path.read_text("utf-8") for path in sorted(STATIC.glob("*.js"))}

FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚"
GIVEN = "一诺书言子衿安然清和小满嘉树听雨思齐望舒以南知夏闻笛木子秋实见鹿星野时雨千里繁星朵朵朗月行舟星移知意"


def pupils(number: int = 45) -> list[dict[str, Any]]:
    made = []
    for i in range(number):
        name = FAMILY[i % len(FAMILY)] + GIVEN[(2 * i) % (len(GIVEN) - 1) :][:2]
        initials = "".join(chr(65 + (i * step) % 26) for step in (1, 3, 7))
        made.append(
            {"id": 400_123 + 7 * i, "name": name, "initials": initials, "section": "", "carried": None}
        )
    made[10]["carried"] = _carried("ill_absent", "fever", "上周五起发热缺课,第2个上课日", "仍缺课")
    made[20]["carried"] = _carried("unwell", "cough", "周一起咳嗽,第2天", "身体不适")
    made[25]["carried"] = _carried("ill_absent", "vomiting", "家长 7:12 请病假：呕吐", "缺课") | {
        "told": 1_795_389_120
    }
    made[30]["name"] = "祖丽胡玛尔·买买提"
    return made


def _carried(kind: str, symptom: str, words: str, end: str) -> dict[str, Any]:
    return {"symptoms": [symptom], "kind": kind, "words": words, "end": end}


def data(number: int = 45) -> dict[str, Any]:
    return {
        "class_id": 12,
        "unit": "class",
        "day": "2026-11-23",
        "enrolled": number,
        "account": "a1b2c3d4e5f6",
        "measuring": "nobody",
        "gate": None,
        "pupils": pupils(number),
        "sessions": {
            "morning": {"from": 0, "revision": 0, "submitted": None},
            "noon": {"from": 690, "revision": 0, "submitted": None},
        },
        "beyond": {},
        "urls": {
            "checks": "/api/v1/checks",
            "withdraw": "/api/v1/checks/{client_id}/withdraw",
            "page": "/class/12",
            "worker": "/class/worker.js",
        },
    }


def page(number: int = 45, language: str = "zh-hans") -> str:
    held = data(number)
    context = {
        "data": held,
        "listed": [pupil for pupil in held["pupils"] if pupil["carried"]],
        "klass_name": "三(2)班",
        "day": date(2026, 11, 23),
        "sessions": [("morning", "晨检"), ("noon", "午检")],
        "session": "morning",
        "session_word": "晨检",
        "rest": "",
        "enrolled": number,
        "mode": "routine",
        "as_of": datetime(2026, 11, 23, 7, 31, tzinfo=ZoneInfo("Asia/Shanghai")),
        "actor_name": "李老师",
        "actor_role": "班主任",
    }
    with translation.override(language):
        return render_to_string("classroom/check.html", context)


def parts() -> str:
    """The markup that the script puts into the page."""
    return "".join(render_to_string(template) for template in script.PLACES.values())
