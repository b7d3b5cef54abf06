"""docs/rules.md names every key, kind, code and column that the programs know, and no code that they do not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xiaodun.rules.command import EVAL_COLUMNS
from xiaodun.rules.kinds import KINDS
from xiaodun.rules.linelist import COLUMNS
from xiaodun.rules.packs import HEAD, RULE
from xiaodun.rules.reading import SOURCE
from xiaodun.rules.rule import ADVICE, AREA_SCOPES, COUNT_UNITS, GRADES, LAYERS, LEVELS, SCHOOL_SCOPES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "rules.md").read_text("utf-8")
CODE = re.compile(r'"((?:packs|linelist|rules|command)\.[a-z_]+)"')


def codes_in_programs() -> set[str]:
    programs = [ROOT / "src" / "xiaodun" / "rules" / f"{name}.py" for name in (
        "command", "fields", "layers", "linelist", "packfile", "packs", "reading",
    )]  # fmt: skip
    return {code for path in programs for code in CODE.findall(path.read_text("utf-8"))}


def words_of_page() -> set[str]:
    return {
        word
        for span in re.findall(r"`([^`]+)`", PAGE.replace("```", ""))
        for word in re.split(r"[\s,;]+", span)
    }


@pytest.mark.parametrize(
    "table",
    [
        HEAD,
        SOURCE,
        RULE,
        KINDS,
        COLUMNS,
        EVAL_COLUMNS,
        LAYERS,
        SCHOOL_SCOPES,
        AREA_SCOPES,
        LEVELS,
        ADVICE,
        GRADES,
        COUNT_UNITS,
    ],
)
def test_every_word_of_the_tables_is_explained(table):
    words = {word.rstrip(":") for word in words_of_page()}

    assert {str(word) for word in table} - words == set()


def test_the_page_lists_exactly_the_faults_that_the_programs_raise():
    listed = set(re.findall(r"`((?:packs|linelist|rules|command)\.[a-z_]+)`", PAGE)) | {
        code
        for line in PAGE.splitlines()
        if line.startswith("| `")
        for code in re.findall(r"\b(?:packs|linelist)\.[a-z_]+", line)
    }

    assert listed == codes_in_programs()
