"""Charts drawn on the server: plain facts in, SVG text out. They need no script and print as they are."""

from __future__ import annotations

from xiaodun.web.page.charts.class_by_day import ClassDays, class_by_day
from xiaodun.web.page.charts.drawing import Drawn
from xiaodun.web.page.charts.epidemic_curve import epidemic_curve
from xiaodun.web.page.charts.hex_map import HexCell, hex_map
from xiaodun.web.page.charts.hex_places import hex_places
from xiaodun.web.page.charts.limit_bar import limit_bar
from xiaodun.web.page.charts.trend import trend

__all__ = [
    "ClassDays",
    "Drawn",
    "HexCell",
    "class_by_day",
    "epidemic_curve",
    "hex_map",
    "hex_places",
    "limit_bar",
    "trend",
]
