"""The words of every fault of a row: code -> Chinese, English. A fault says what to do; its cell stands beside it."""

from __future__ import annotations

from xiaodun.kernel.errors import Fault
from xiaodun.responsibility.roster.models import Post

_POSTS = "、".join(str(post.label) for post in Post)

WORDS: dict[str, tuple[str, str]] = {
    "roster.class_missing": (
        "第 {row} 行缺班级。在 {cell} 填“{example}”后再导入",
        "row {row} has no class: write {example} in {cell}, then import again",
    ),
    "roster.id_missing": (
        "有证件类型，缺证件号。补上，或把类型改成“无”",
        "a kind of document without its number: add it, or write 无 as the kind",
    ),
    "roster.birth_differs": (
        "出生日期与证件号不一致。对照证件改正",
        "the birth date is not the one in the identity number: compare with the document",
    ),
    "roster.sex_differs": (
        "性别与证件号不一致。对照证件改正",
        "the sex is not the one in the identity number: compare with the document",
    ),
    "roster.birth_on": (
        "出生日期写成 2015-03-04，不晚于今天",
        "write the birth date as 2015-03-04, not after today",
    ),
    "roster.entered_on": (
        "日期写成 2026-09-01，最多一年以后",
        "write the day as 2026-09-01, at most a year ahead",
    ),
    "roster.sex": ("性别填 男 或 女", "write 男 or 女"),
    "roster.post": (f"没有这个岗位。填 {_POSTS} 之一", f"no such post: write one of {_POSTS}"),
    "roster.post_missing": (f"缺岗位。填 {_POSTS} 之一", f"the post is missing: write one of {_POSTS}"),
    "roster.too_long": ("太长，最多 {most} 个字", "too long: at most {most} characters"),
    "roster.id_number_twice": (
        "证件号与第 {first} 行相同。对照证件改正，或删去重复的一行",
        "the same identity number as in row {first}: correct it, or remove one of the rows",
    ),
    "roster.student_number_twice": (
        "学籍号与第 {first} 行相同。对照学籍系统改正，或删去重复的一行",
        "the same student number as in row {first}: correct it, or remove one of the rows",
    ),
    "roster.row_twice": (
        "与第 {first} 行姓名、出生日期、班级都相同。是两个人就补学籍号或证件号，是一个人就删去一行",
        "the same name, birth date and class as in row {first}: two persons need numbers, one person needs one row",
    ),
}


def fault(code: str, cell: str, **values: object) -> Fault:
    """One fault of a row in its words."""
    zh, en = WORDS[code]
    return Fault(code, zh.format(cell=cell, **values), en.format(cell=cell, **values), cell)
