"""The bar of a time limit: how much of it is used."""

from __future__ import annotations

from django.utils.translation import gettext as _

from xiaodun.web.page.charts.drawing import rect
from xiaodun.web.page.written import percent


def limit_bar(used_share: float, *, hot: bool = False) -> str:
    """SVG of one bar, as wide as its place. `used_share` above 1: the limit is over, the bar is full.

    `hot` turns the bar red; the words beside it, not the colour, say that time is short.
    """
    shown = min(max(used_share, 0.0), 1.0) * 100
    said = _("时限已用 %(share)s") % {"share": percent(used_share, 0)}
    kind = "bar hot" if hot else "bar"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" viewBox="0 0 100 8"'
        f' preserveAspectRatio="none" role="img"><title>{said}</title>'
        f"{rect(0, 0, 100, 8, 'all')}{rect(0, 0, shown, 8, 'used')}</svg>"
    )
