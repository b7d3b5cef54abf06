"""`{% load faces %}`: shapes, states, charts and the written forms of dates, spans and numbers.

Tags:    {% shape "missing" %}  {% shape "signal" size="big" label="…" %}  {% pictogram "fever" %}
         {% state "late" %}  {% state "confirmed" word="…" %}
         {% chart drawn %}  {% limit_bar used_share hot=True %}  {% limit_clock first_true_at due_at %}
         {% modes as all_modes %}  {% chips as codes %}
Filters: zh_date short_date month_day clock span thousands per_1000 percent symptom state_word
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from xiaodun.foundation.clock import now as present
from xiaodun.kernel import words
from xiaodun.web.page import charts, states, written
from xiaodun.web.page.shapes import drawing
from xiaodun.web.page.states import CHIPS, MODES, state_tag

register = template.Library()


@register.simple_tag
def shape(name: str, label: str = "", size: str = "") -> SafeString:
    """A shape alone; give it a label when no word stands beside it."""
    return mark_safe(drawing(name, label=str(label), size=size))  # noqa: S308  drawing() escapes


@register.simple_tag
def pictogram(name: str, label: str = "") -> SafeString:
    """The pictogram of a symptom chip."""
    return mark_safe(drawing(name, label=str(label)))  # noqa: S308


@register.simple_tag
def state(name: str, word: str = "", size: str = "") -> SafeString:
    return state_tag(name, word=word, size=size)


@register.simple_tag
def chart(drawn: charts.Drawn, kind: str = "") -> SafeString:
    """A chart in both widths, with its key and its note. `kind` is an extra class ("map")."""
    # The drawings escape every outside word themselves (charts/drawing.py), so they are safe here
    # and only here.
    wide, narrow = mark_safe(drawn.wide), mark_safe(drawn.narrow)  # noqa: S308
    body = format_html('<div class="w">{}</div><div class="s">{}</div>', wide, narrow) if narrow else wide
    marks = format_html_join("", "<li>{}{}</li>", ((_mark(name, ink), word) for name, ink, word in drawn.key))
    return format_html(
        '<figure class="chart {}">{}{}{}</figure>',
        kind,
        body,
        format_html('<ul class="key">{}</ul>', marks) if marks else "",
        format_html('<figcaption class="note">{}</figcaption>', drawn.note) if drawn.note else "",
    )


@register.simple_tag
def limit_bar(used_share: float, hot: bool = False) -> SafeString:
    return mark_safe(charts.limit_bar(used_share, hot=hot))  # noqa: S308  numbers only


@register.inclusion_tag("page/_limit_clock.html", takes_context=True)
def limit_clock(context: dict[str, Any], first_true_at: datetime, due_at: datetime) -> dict[str, Any]:
    """The clock of a time limit: used, left, due, and what does not stop it. clock.js counts on."""
    now = context.get("as_of") or present()
    used, left = now - first_true_at, due_at - now
    whole = max((due_at - first_true_at).total_seconds(), 1.0)
    share = used.total_seconds() / whole
    return {
        "first_true_at": first_true_at,
        "due_at": due_at,
        "used": used,
        "left": left,
        "over": -left,
        "is_over": left < timedelta(0),
        "share": share,
        "hot": share >= 0.75,
    }


@register.filter
def zh_date(moment: date | datetime | None) -> str:
    return written.DASH if moment is None else written.full_date(moment)


@register.filter
def short_date(moment: date | datetime | None) -> str:
    return written.DASH if moment is None else written.short_date(moment)


@register.filter
def month_day(moment: date | datetime | None) -> str:
    return written.DASH if moment is None else written.month_day(moment)


@register.filter
def clock(moment: datetime | None) -> str:
    return written.DASH if moment is None else written.clock_time(moment)


@register.filter
def span(length: timedelta | float | None) -> str:
    return written.DASH if length is None else written.span(length)


@register.filter
def thousands(number: float | None) -> str:
    return written.thousands(number)


@register.filter
def per_1000(share: float | None, form: str = "") -> str:
    """`{{ share|per_1000 }}` with its unit; `{{ share|per_1000:"bare" }}` where the page sets it itself."""
    return written.per_1000(share, bare=form == "bare")


@register.filter
def percent(share: float | None, decimals: int = 1) -> str:
    return written.percent(share, decimals)


@register.filter
def symptom(code: str) -> str:
    """The word of a symptom in the reader's language."""
    return words.symptom(code).words(written.tongue())


@register.filter
def symptom_list(codes: Iterable[str]) -> str:
    """The words of several symptoms; a dash where there are none."""
    return _("、").join(symptom(code) for code in codes) or written.DASH


@register.filter
def state_word(code: str) -> str:
    return states.state_word(code)


@register.simple_tag
def modes() -> list[tuple[str, str]]:
    """Code and word of the four modes, in their order."""
    return [(mode.code, mode.words(written.tongue())) for mode in MODES]


@register.simple_tag
def chips() -> tuple[str, ...]:
    """Codes of the eight symptom chips, in their order: `{% chips as codes %}`."""
    return CHIPS


def _mark(name: str, ink: str) -> SafeString:
    return format_html('<span class="{} c">{}</span>', ink, mark_safe(drawing(name)))  # noqa: S308
