"""The states of the product: each has a shape, a word and an ink, in that order of trust, never colour alone.

A state's shape in `shapes` and its ink class in xiaodun.css both carry the state's own code; INKS says which
colour of the sheet the class takes, so that a test can hold the two together.
"""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from xiaodun.kernel.words import Word
from xiaodun.web.page.shapes import drawing
from xiaodun.web.page.written import tongue

STATES = (
    Word("reported", "已报", "Reported"),
    Word("nil", "零报告", "Nil report"),
    Word("late", "迟报", "Late"),
    Word("missing", "缺报", "Missing"),
    Word("signal", "信号", "Signal"),
    Word("cluster", "聚集", "Cluster"),
    Word("outbreak", "暴发", "Outbreak"),
    Word("emergency", "突发事件", "Emergency"),
    Word("on_device", "在本机", "On this device"),
    Word("sent", "已发送", "Sent"),
    Word("confirmed", "已确认", "Confirmed"),
    Word("unsent", "未发送", "Not sent"),
    Word("waiting", "等待", "Waiting"),
    Word("todo", "未到", "Not yet"),
    Word("absent_carried", "仍缺课", "Still absent"),
    Word("absent", "缺课", "Absent"),
    Word("ask", "请核对", "Please check"),
    Word("admit", "放行", "Admit"),
    Word("refuse", "先不进校", "Not today"),
    Word("blank", "空白", "Blank"),
    Word("double_owner", "两人", "Two owners"),
)

# Six status inks in all; a state that is not named here is written in plain ink.
INKS: dict[str, str] = {
    **dict.fromkeys(("reported", "sent", "confirmed", "admit"), "--qing"),
    "nil": "--nil",
    **dict.fromkeys(("late", "signal", "ask", "double_owner"), "--ochre"),
    **dict.fromkeys(("missing", "cluster", "refuse", "blank", "unsent"), "--red"),
    "outbreak": "#87239b",
    "emergency": "#350c16",
    **dict.fromkeys(("todo", "waiting"), "--ink-2"),
}

# More sides, more serious; also the order of listing, the last first.
LEVELS = ("signal", "cluster", "outbreak", "emergency")

MODES = (
    Word("routine", "平时", "Routine"),
    Word("watch", "关注", "Watch"),
    Word("emergency", "应急", "Emergency"),
    Word("recovery", "恢复", "Recovery"),
)

# The eight chips of the morning check, in their order on the sheet; their words are the kernel's.
CHIPS = ("fever", "cough", "sore_throat", "vomiting", "diarrhoea", "rash", "conjunctivitis", "other")

_STATE = {word.code: word for word in STATES}


def state_word(code: str) -> str:
    """The state's word in the reader's language. LookupError for a state that does not exist."""
    return _STATE[code].words(tongue())


def state_tag(code: str, *, word: str = "", size: str = "") -> SafeString:
    """Shape and word of a state; `word` replaces the usual one (已签收 for confirmed)."""
    usual = state_word(code)
    shape = mark_safe(drawing(code, size=size))  # noqa: S308  drawn in shapes.py, nothing from outside
    return format_html('<span class="tag {}">{}{}</span>', code, shape, word or usual)
