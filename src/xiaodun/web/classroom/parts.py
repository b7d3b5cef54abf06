"""The parts of the class page that are the same for every class: views, sheet and words, as one script per language.

They hold no data, so the phone keeps them; the page itself, fetched every morning, stays small (5 KB on a repeated visit).
The script only sets markup made here. Its address carries a digest of its content, language included.
"""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256

from django.template.loader import render_to_string
from django.utils.translation import get_language

_PLACES = {"parts": "classroom/_views.html", "buttons": "classroom/_buttons.html"}


def script() -> str:
    """The script that puts the parts into their places, in the active language."""
    return _rendered(get_language() or "zh-hans")


def version() -> str:
    """Eight hexadecimal digits of the script's content, for its address."""
    return sha256(script().encode()).hexdigest()[:8]


@lru_cache(maxsize=8)
def _rendered(_language: str) -> str:
    lines = ['"use strict";']
    for place, template in _PLACES.items():
        markup = json.dumps(render_to_string(template), ensure_ascii=False)
        lines.append(f'document.getElementById("{place}").innerHTML = {markup};')
    return "\n".join(lines) + "\n"
