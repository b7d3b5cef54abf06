"""docs/rules.md names every key, kind, code and column that the programs know, and no code that they do not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xiaodun.rules import form_packs, return_packs
from xiaodun.rules.command import EVAL_COLUMNS
from xiaodun.rules.criterion import CIRCUMSTANCE, FACTS
from xiaodun.rules.form_packs import FORM
from xiaodun.rules.kinds import KINDS
from xiaodun.rules.linelist import COLUMNS
from xiaodun.rules.packs import HEAD, RULE
from xiaodun.rules.reading import SOURCE
from xiaodun.rules.return_packs import ALTERNATIVE, CRITERION, shipped_returns
from xiaodun.rules.return_words import criterion_words, illness_words
from xiaodun.rules.returning import WITHOUT_DIAGNOSIS
from xiaodun.rules.rule import ADVICE, AREA_SCOPES, COUNT_UNITS, GRADES, LAYERS, LEVELS, SCHOOL_SCOPES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "rules.md").read_text("utf-8")
CODE = re.compile(r'"((?:packs|linelist|rules|returns|forms|command)\.[a-z_]+)"')


def codes_in_programs() -> set[str]:
    programs = [ROOT / "src" / "xiaodun" / "rules" / f"{name}.py" for name in (
        "command", "fields", "layers", "linelist", "packfile", "packs", "reading",
        "return_packs", "returning", "form_packs", "forms",
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
        return_packs.HEAD,
        CRITERION,
        ALTERNATIVE,
        FACTS,
        CIRCUMSTANCE,
        WITHOUT_DIAGNOSIS,
        form_packs.HEAD,
        form_packs.FIELD,
        form_packs.KINDS,
        FORM,
    ],
)
def test_every_word_of_the_tables_is_explained(table):
    words = {word.rstrip(":") for word in words_of_page()}

    assert {str(word) for word in table} - words == set()


def test_the_page_lists_exactly_the_faults_that_the_programs_raise():
    listed = set(re.findall(r"`((?:packs|linelist|rules|returns|forms|command)\.[a-z_]+)`", PAGE)) | {
        code
        for line in PAGE.splitlines()
        if line.startswith("| `")
        for code in re.findall(r"\b(?:packs|linelist)\.[a-z_]+", line)
    }

    assert listed == codes_in_programs()


def test_the_page_shows_exactly_the_shipped_criteria_of_return():
    def asked(row, language):
        colon = "：" if language == "zh" else ": "
        return f"{illness_words(row, language)}{colon}{criterion_words(row, language)}"

    shown = [line for line in PAGE.splitlines() if line.startswith("| `RET-")]
    assert shown == [
        f"| `{row.id}` | {asked(row, 'zh')}<br>{asked(row, 'en')} | "
        f"{' '.join(source.id for source in row.sources)} | `{row.status}` | "
        f"{'-' if row.contact_observation_days is None else row.contact_observation_days} |"
        for row in sorted(
            (row for pack in shipped_returns() for row in pack.criteria), key=lambda row: row.id
        )
    ]
