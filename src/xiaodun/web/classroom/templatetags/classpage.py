"""Tags of the class page: addresses that carry a version, and the page's data without what it already shows.

The phone keeps what carries a version without asking again; that is what makes the second visit small.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import json_script
from django.utils.safestring import SafeString

from xiaodun.web.classroom.script import address
from xiaodun.web.page.states import CHIPS
from xiaodun.web.page.templatetags.faces import pictogram

register = template.Library()


@register.simple_tag
def versioned(path: str) -> str:
    """Address of a static file with eight hexadecimal digits of its content. LookupError if there is none."""
    found = finders.find(path)
    if found is None:
        raise LookupError(f"static file {path} not found")
    file = Path(found)
    return f"{static(path)}?v={_digest(file, file.stat().st_mtime_ns)}"


@register.simple_tag
def script_address() -> str:
    """Address of the page's one script, in the reader's language."""
    return address()


@register.simple_tag
def class_data(data: dict[str, Any]) -> SafeString:
    """The page's data as JSON. What the page itself shows stays there: names twice would cost 600 B a day."""
    pupils = [[pupil["id"], pupil["initials"]] for pupil in data["pupils"]]
    carried = {
        pupil["id"]: {name: value for name, value in pupil["carried"].items() if name != "end"}
        for pupil in data["pupils"]
        if pupil["carried"]
    }
    return json_script(data | {"pupils": pupils, "carried": carried}, "class-data")


@register.simple_tag
def picture(symptoms: Sequence[str]) -> SafeString:
    """The pictogram of the first symptom that has a chip; that of "other" for all the rest."""
    known = (code for code in symptoms if code in CHIPS)
    return pictogram(next(known, "other"))


@lru_cache(maxsize=64)
def _digest(file: Path, _changed_ns: int) -> str:
    return sha256(file.read_bytes()).hexdigest()[:8]
