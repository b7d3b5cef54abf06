from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.utils import translation

from xiaodun.web.page.charts import limit_bar

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("share", "width", "said"), [(0.093, 9.3, "9%"), (0, 0, "0%"), (1.4, 100, "140%"), (-1, 0, "-100%")]
)
def test_the_bar_fills_with_the_time_used_and_says_it(share: float, width: float, said: str) -> None:
    with translation.override("zh-hans"):
        bar = ElementTree.fromstring(limit_bar(share))
    used = [rect for rect in bar.iter(f"{SVG}rect") if rect.attrib["class"] == "used"]
    assert [float(rect.attrib["width"]) for rect in used] == [width]
    assert bar.findtext(f"{SVG}title") == f"时限已用 {said}"


def test_a_hot_bar_is_marked() -> None:
    assert 'class="bar hot"' in limit_bar(0.9, hot=True)
