"""Dates, spans and numbers as they are written on screen and on paper, in the reader's language.

The forms are fixed by the house (2026年11月23日 星期一 / Mon 23 Nov 2026; 24-hour clock in both), so they are
written here and not left to a locale's defaults.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import get_language

from xiaodun.kernel.calendar import SHANGHAI, local_day

DASH = "–"  # stands where there is nothing to show; a nought is written 0
WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Below ten minutes the seconds matter (undo); from two days on the minutes do not.
SECONDS_BELOW = timedelta(minutes=10)
DAYS_FROM = timedelta(days=2)


def tongue() -> str:
    """The reader's language, "zh" or "en"; Chinese where none is active."""
    return "en" if (get_language() or "zh").startswith("en") else "zh"


def in_chinese() -> bool:
    return tongue() == "zh"


def _day(moment: date | datetime) -> date:
    return local_day(moment) if isinstance(moment, datetime) else moment


def full_date(moment: date | datetime) -> str:
    """2026年11月23日 星期一, or Mon 23 Nov 2026."""
    day = _day(moment)
    if in_chinese():
        return f"{day.year}年{short_date(day)}"
    return f"{short_date(day)} {day.year}"


def short_date(moment: date | datetime) -> str:
    """11月23日 星期一, or Mon 23 Nov: in lists, where the year is plain."""
    day = _day(moment)
    if in_chinese():
        return f"{month_day(day)} {weekday(day)}"
    return f"{weekday(day)} {month_day(day)}"


def month_day(moment: date | datetime) -> str:
    """11月23日, or 23 Nov: on an axis."""
    day = _day(moment)
    return f"{day.month}月{day.day}日" if in_chinese() else f"{day.day} {MONTHS_EN[day.month - 1]}"


def month(moment: date | datetime) -> str:
    day = _day(moment)
    return f"{day.month}月" if in_chinese() else MONTHS_EN[day.month - 1]


def weekday(moment: date | datetime) -> str:
    """星期一, or Mon."""
    return f"星期{weekday_sign(moment)}" if in_chinese() else weekday_sign(moment)


def weekday_sign(moment: date | datetime) -> str:
    """一, or Mon: at the head of a narrow column."""
    day = _day(moment)
    return WEEKDAYS_ZH[day.weekday()] if in_chinese() else WEEKDAYS_EN[day.weekday()]


def clock_time(moment: datetime) -> str:
    """8:12 in China, 24 hours, no leading nought."""
    if moment.tzinfo is None:
        raise ValueError("an instant is an aware datetime")
    local = moment.astimezone(SHANGHAI)
    return f"{local.hour}:{local.minute:02d}"


def span(length: timedelta | float) -> str:
    """2小时14分, or 2 h 14 min; a number counts seconds. Rounded down: time left is never overstated."""
    if not isinstance(length, timedelta):
        length = timedelta(seconds=length)
    if length < timedelta(0):
        return "−" + span(-length)
    seconds = int(length.total_seconds())
    days, hours, minutes = seconds // 86400, seconds // 3600, seconds // 60
    if length >= DAYS_FROM:
        parts = [(days, "天", " d"), (hours % 24, "小时", " h")]
    elif length >= SECONDS_BELOW:
        parts = [(hours, "小时", " h"), (minutes % 60, "分", " min")]
    else:
        parts = [(minutes, "分", " min"), (seconds % 60, "秒", " s")]
    said = [part for part in parts if part[0]] or [parts[-1]]
    if in_chinese():
        return "".join(f"{number}{unit}" for number, unit, _ in said)
    return " ".join(f"{number}{unit}" for number, _, unit in said)


def thousands(number: float | None) -> str:
    """2,418; a dash for None."""
    return DASH if number is None else f"{number:,}"


def per_1000(share: float | None, *, bare: bool = False) -> str:
    """26.4 每千人 from the share 0.0264, or the number alone where the page sets the unit beside it."""
    if share is None:
        return DASH
    number = f"{share * 1000:.1f}"
    if bare:
        return number
    return f"{number} 每千人" if in_chinese() else f"{number} per 1,000"


def percent(share: float | None, decimals: int = 1) -> str:
    """13.0% from the share 0.13; a dash for None."""
    return DASH if share is None else f"{share * 100:.{decimals}f}%"


def number_range(low: float, high: float, decimals: int = 1) -> str:
    """23.0–32.9."""
    return f"{low:.{decimals}f}–{high:.{decimals}f}"
