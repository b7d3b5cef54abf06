"""Roster files for the tests: rows of invented people as CSV or XLSX bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from xiaodun.foundation.sheets.columns import Column
from xiaodun.foundation.sheets.writing import write_xlsx
from xiaodun.kernel.codes import check_character

HEAD = (
    "姓名", "性别", "出生日期", "证件类型", "证件号", "学籍号", "年级", "班级", "入学日期", "宿舍楼", "房间", "校车",
    "监护人1姓名", "监护人1关系", "监护人1电话", "监护人2姓名", "监护人2关系", "监护人2电话",
)  # fmt: skip
STAFF_HEAD = ("姓名", "性别", "出生日期", "证件类型", "证件号", "岗位")


def identity(n: int, born: date = date(2017, 3, 4), area: str = "140105") -> str:
    """The n-th identity number of a birth date (n below 1000); even n is a girl."""
    first17 = f"{area}{born:%Y%m%d}{n % 1000:03}"
    return first17 + check_character(first17)


def csv_file(rows: Iterable[Sequence[str]], head: Sequence[str] = HEAD, encoding: str = "utf-8-sig") -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return buffer.getvalue().encode(encoding)


def xlsx_file(rows: Iterable[Sequence[str]], head: Sequence[str] = HEAD) -> bytes:
    columns = [Column(word, word, word) for word in head]
    return write_xlsx(columns, rows, title="名册")


def pupil(
    name: str, klass: str = "三(1)班", *, born: date | None = date(2017, 3, 4), number: str = "", **more: str
) -> list[str]:
    """One row of HEAD; `more` by heading."""
    said = dict.fromkeys(HEAD, "") | {"姓名": name, "班级": klass, "学籍号": number}
    said["出生日期"] = born.isoformat() if born else ""
    return list((said | more).values())


def many(n: int, per_class: int = 45, grades: int = 6) -> list[list[str]]:
    """n pupils of a primary school with everything a file may hold, class by class."""
    surnames, given = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "子涵雨轩梓萱浩然欣怡宇航思远可馨俊杰诗琪"
    rows = []
    for k in range(n):
        klass = k // per_class
        born = date(2014, 1, 1) + timedelta(days=k % 2000)
        card = identity(k // 2000 + k % 7, born, f"1401{k // 2000 + 5:02}")
        rows.append(
            pupil(
                surnames[k % 16] + given[k % 19] + given[(k // 19) % 19],
                f"{'一二三四五六'[klass % grades]}({klass // grades + 1})班",
                born=born, number=f"G{card}", 性别="男" if int(card[16]) % 2 else "女", 证件类型="居民身份证", 证件号=card,
                入学日期="2026-09-01", 宿舍楼="1号楼" if k % 3 == 0 else "", 房间=f"{k % 40 + 101}" if k % 3 == 0 else "",
                校车="3号线" if k % 11 == 0 else "", 监护人1姓名="家长" + given[k % 19], 监护人1关系="母亲",
                监护人1电话=f"138{k:08}", 监护人2姓名="家长" + given[k % 17], 监护人2关系="父亲", 监护人2电话=f"139{k:08}",
            )
        )  # fmt: skip
    return rows
