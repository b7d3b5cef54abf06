"""What can be read out of an answer, and what there was to hide."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

from django.http import HttpResponse
from tests.access.table import FULL_NAMES, ROSTER
from tests.access.world import Caller, World

# What stands for a pupil's name on a row shown to somebody who may not even know that there is such a row.
BY_LINK = {"school:verify_slip"}
NAMELESS_ROW = "一名学生"


def readable(answer: HttpResponse) -> str:
    """What a reader can get out of an answer, whatever its letters are wrapped in."""
    headers = {name: value for name, value in answer.headers.items() if name != "Expires"}
    text = answer.content.decode() + str(headers)
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    return html.unescape(unquote(text))


def normal(answer: HttpResponse, path: str) -> tuple[int, str]:
    """An answer without what may differ from call to call: the address asked for, the form's token."""
    text = readable(answer).replace(path, "PATH")
    return answer.status_code, re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "TOKEN", text)


def strange_words(
    world: World, caller: Caller, address: str, answer: HttpResponse, what: str
) -> Iterator[str]:
    """Names of pupils and of schools on an answer to somebody who has no business with them."""
    posts = caller.posts_at(address)
    text = readable(answer)
    carers = [post for post in posts if post.kind in FULL_NAMES.split()]
    has_list = address == "partner:line_list" and any(post.kind == "reader" for post in posts)
    opened = world.case_names if has_list else set()
    for place, names in world.names.items():
        if not any(post.covers(place) for post in carers):
            shown = [name for name in names if name in text and name not in opened]
            if shown:
                yield f"{what}: {len(shown)} full names of {place}"
    if address in BY_LINK:
        return  # the bearer of the link is shown what it opens: the school, a family name with stars
    for place, name in world.schools.items():
        if name in text and not any(post.covers(place) or post.place.startswith(place) for post in posts):
            yield f"{what}: names the school {place}"
    if NAMELESS_ROW in text and not any(post.kind in ROSTER.split() for post in posts):
        yield f"{what}: shows rows of persons"
