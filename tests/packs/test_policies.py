"""The shipped rule packs: shape, and agreement with the reference table of rules, row by row."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from xiaodun.rules.layers import in_force
from xiaodun.rules.packs import SHIPPED, shipped
from xiaodun.rules.wording import RECIPIENTS

TABLE = Path(__file__).resolve().parents[3] / "shared" / "rules" / "rules.yaml"
RULES = {rule.id: (pack, rule) for pack in shipped() for rule in pack.rules}
TODAY = date(2026, 11, 23)

needs_table = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not TABLE.exists(), reason="reference data is not beside the checkout"),
]


def table() -> dict[str, dict[str, Any]]:
    rows = yaml.load(TABLE.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {row["id"]: row for row in rows if row["kind"] in ("threshold", "authority")}


def with_table(test: Any) -> Any:
    for mark in needs_table:
        test = mark(test)
    return test


@with_table
def test_every_threshold_and_authority_row_of_the_table_has_its_rule_and_no_rule_is_invented():
    assert RULES.keys() == table().keys()
    assert len(RULES) == 83


@with_table
def test_every_number_is_the_table_s():
    names = (
        "window_days", "count", "attack_rate", "time_limit_hours", "scope", "level", "count_max",
        "count_unit", "suspend_days", "grade_roman", "conflict",
    )  # fmt: skip
    differences = [
        (name, key, row.get(key))
        for name, row in table().items()
        for key in names
        if row.get(key) != getattr(RULES[name][1], key)
    ]

    assert differences == []


@with_table
def test_every_word_on_trust_and_switching_is_the_table_s():
    for name, row in table().items():
        rule = RULES[name][1]
        said = (rule.grade, rule.certainty, rule.status, rule.words, rule.notes, rule.requires_assessment)
        assert said == (
            row["source_grade"], row["certainty"], row["status"], row["disease_or_syndrome"], row["notes_zh"],
            row.get("requires_assessment", False),
        ), name  # fmt: skip


@with_table
def test_every_report_goes_to_the_receivers_of_the_table():
    for name, row in table().items():
        assert [RECIPIENTS[code][0] for code in RULES[name][1].report_to] == row["report_to"], name


@with_table
def test_every_date_of_the_table_is_kept():
    for name, row in table().items():
        rule = RULES[name][1]
        for key in ("effective_from", "effective_to"):
            if key in row:
                assert str(getattr(rule, key)) == row[key], name


@with_table
def test_every_numbered_source_of_a_row_is_a_source_of_its_rule():
    for name, row in table().items():
        numbered = re.findall(r"(?:^|; )(S\d\d) ", row["source"])
        sources = [source.id for source in RULES[name][1].sources]
        assert (numbered or sources) == sources, name
        assert len(sources) == len(row["source"].split("; ")), name


@with_table
def test_the_rules_in_force_are_those_of_the_contract():
    def is_on(row: dict[str, Any], day: str) -> bool:
        first, last = row.get("effective_from"), row.get("effective_to")
        within = (first or "0") <= day <= (last or "9")
        return within and (
            row["status"] == "in_force" or (row["status"] == "historical" and bool(first and last))
        )

    today = {name for name, row in table().items() if is_on(row, TODAY.isoformat())}
    assert {rule.id for rule in in_force(shipped(), TODAY)} == today
    assert {rule.id for rule in in_force(shipped(), date(2020, 9, 1))} & {
        "COVID-SCH-14D-2",
        "COVID-SCH-7D-2",
    } == {"COVID-SCH-14D-2"}


@pytest.mark.requirement("R05")
def test_every_rule_names_a_source_with_a_title_in_both_languages():
    for pack, rule in RULES.values():
        assert rule.sources, rule.id
        assert all(source.title and source.title_en for source in rule.sources)
        assert pack.issuer == rule.issuer


@pytest.mark.requirement("R05")
def test_nobody_is_said_to_have_verified_a_rule_before_somebody_did():
    assert all(rule.verified is None for _, rule in RULES.values())


@pytest.mark.requirement("R45")
def test_every_rule_of_a_document_issued_on_a_known_day_begins_no_earlier():
    for _, rule in RULES.values():
        issued = rule.sources[0].issued_on
        if rule.effective_from and issued:
            assert rule.effective_from >= issued, rule.id


def test_the_replaced_rule_of_2006_ends_the_day_before_the_law_that_replaced_it():
    old, new = RULES["SCH-UNKNOWN-2006"][1], RULES["LAW-PHE-UNIT"][1]

    assert (new.effective_from - old.effective_to).days == 1
    assert old.status == f"superseded_by:{new.id}"


def test_one_file_is_one_issuing_body_at_one_layer_and_is_named_for_both():
    for pack in shipped():
        assert pack.file == f"{pack.id}.yaml"
        assert pack.id.startswith(pack.layer)
    assert sorted(path.name for path in SHIPPED.glob("*")) == sorted(pack.file for pack in shipped())


def test_every_rule_speaks_both_languages():
    for _, rule in RULES.values():
        assert not re.search("[一-鿿]", rule.words_en + rule.notes_en), rule.id
        assert rule.notes_en != rule.notes


def test_versions_are_unique():
    assert len({(rule.id, rule.version) for _, rule in RULES.values()}) == 83
    assert len({rule.version for _, rule in RULES.values()}) == 83
