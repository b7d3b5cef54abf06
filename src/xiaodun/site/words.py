"""The English catalogue: what the source says in Chinese, what is not yet translated, and the compiled file.

`python -m xiaodun.site.words` adds the missing sentences to the catalogue (empty), drops those nobody says any more, compiles it,
and names what still needs English. A test holds the catalogue complete and the compiled file equal to it.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[1]
PO = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
_SAID = re.compile(r"""\b(?:gettext|_)\(\s*u?((?:'(?:[^'\\]|\\.)*')|(?:"(?:[^"\\]|\\.)*"))""", re.S)


def said_in_source() -> dict[str, list[str]]:
    """Every sentence marked for translation, with the files that say it, in order of first appearance."""
    said: dict[str, list[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            for sentence in _in_python(path.read_text(encoding="utf-8")):
                said.setdefault(sentence, []).append(str(path.relative_to(SOURCE)))
    for path in sorted(SOURCE.rglob("*.html")):
        for sentence in _in_template(path.read_text(encoding="utf-8"), str(path.relative_to(SOURCE))):
            said.setdefault(sentence, []).append(str(path.relative_to(SOURCE)))
    return said


def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def untranslated(found: Catalog) -> list[str]:
    """Sentences of the source without English."""
    return [sentence for sentence in said_in_source() if not (found.get(sentence) and found[sentence].string)]


def compiled(found: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, found)
    return buffer.getvalue()


def renew() -> list[str]:
    """Bring the catalogue in line with the source and compile it; returns what still needs English."""
    said = said_in_source()
    old = catalogue() if PO.exists() else Catalog(locale="en")
    made = datetime(2026, 1, 1, tzinfo=UTC)  # fixed: a run that finds nothing new changes nothing
    new = Catalog(
        locale="en", project="xiaodun", charset="utf-8", fuzzy=False, creation_date=made, revision_date=made
    )
    for sentence, places in said.items():
        known = old.get(sentence)
        flags = {"python-format"} if re.search(r"%\(\w+\)", sentence) else set()
        new.add(sentence, string=known.string if known else "", auto_comments=[places[0]], flags=flags)
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, new, omit_header=False, width=0, sort_output=False)
    MO.write_bytes(compiled(catalogue()))
    return untranslated(catalogue())


def _in_python(text: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            first = node.args[0]
            if name in CALLS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.append(first.value)
    return found


def _in_template(text: str, origin: str) -> list[str]:
    return [ast.literal_eval(found.group(1)) for found in _SAID.finditer(templatize(text, origin=origin))]


if __name__ == "__main__":
    left = renew()
    for sentence in left:
        print(sentence)
    print(f"{len(left)} without English", file=sys.stderr)
