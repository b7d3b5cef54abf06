"""The shipped criteria of return: agreement with the reference table, row by row and source by source."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from xiaodun.kernel.words import DIAGNOSES
from xiaodun.rules.criterion import NUMBERS
from xiaodun.rules.return_packs import criteria_in_force, shipped_returns
from xiaodun.rules.rule import GRADES

TABLE = Path(__file__).resolve().parents[3] / "shared" / "rules" / "rules.yaml"
CRITERIA = [row for pack in shipped_returns() for row in pack.criteria]
TODAY = date(2026, 11, 23)

# No source of the table speaks of these.
WITHOUT_CRITERION = {"other_diarrhoea", "dengue", "mpox"}


@pytest.fixture(scope="module")
def table() -> dict[str, dict[str, Any]]:
    if not TABLE.exists():
        pytest.skip("reference data is not beside the checkout")
    rows = yaml.load(TABLE.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {row["id"]: row for row in rows if row["kind"] == "return"}


def of(row: str) -> list[Any]:
    return [each for each in CRITERIA if each.row == row]


@pytest.mark.shared_data
@pytest.mark.requirement("R74")
def test_every_row_of_the_table_has_its_criteria_and_none_is_invented(table):
    assert {row.row for row in CRITERIA} == table.keys()
    assert len(table) == 17


@pytest.mark.shared_data
def test_the_number_of_every_row_is_on(table):
    for name, row in table.items():
        numbers = {key: row[key] for key in NUMBERS if key in row}
        on = [way.numbers for each in criteria_in_force(TODAY) if each.row == name for way in each.any_of]
        assert len(numbers) == 1, name
        assert any(numbers.items() <= way.items() for way in on), name


@pytest.mark.shared_data
def test_observation_and_certificate_are_those_of_the_table(table):
    for row in CRITERIA:
        asked = (row.contact_observation_days, row.requires_certificate)
        assert asked == (
            table[row.row]["contact_observation_days"],
            table[row.row]["requires_certificate"],
        ), row.id


@pytest.mark.shared_data
def test_no_criterion_is_trusted_more_than_its_row(table):
    for row in CRITERIA:
        assert GRADES.index(row.grade) >= GRADES.index(table[row.row]["source_grade"]), row.id
        assert (row.certainty == "recall") or table[row.row]["certainty"] == "read", row.id
    for name, row in table.items():
        if row.get("value_certainty") == "recall":
            number = {key: row[key] for key in NUMBERS if key in row}
            said = [
                each for each in of(name) if any(number.items() <= way.numbers.items() for way in each.any_of)
            ]
            assert {each.certainty for each in said} == {"recall"}, name


@pytest.mark.shared_data
def test_every_source_of_a_row_speaks_and_no_other_numbered_one(table):
    for name, row in table.items():
        numbered = set(re.findall(r"(?:^|; )(S\d\d) ", row["source"]))
        cited = {source.id for each in of(name) for source in each.sources}
        assert {source for source in cited if re.fullmatch(r"S\d\d", source)} == numbered, name


@pytest.mark.shared_data
def test_the_product_s_own_number_is_marked(table):
    assert {row.row for row in CRITERIA if row.default_is_ours} == {
        name for name, row in table.items() if row.get("default_is_ours")
    }


def test_off_are_the_local_example_the_older_texts_and_what_is_only_remembered():
    on = {row.id for row in criteria_in_force(TODAY)}

    assert {row.id: row.status for row in CRITERIA if row.id not in on} == {
        "RET-MEAS-S10": "local_example",
        "RET-NOV-S15": "verify_against:S16",
        "RET-TYPH-NOW": "disabled_recall",
        "RET-PERT-S13": "superseded_by:RET-PERT-NOW",
        "RET-HEP-S13": "superseded_by:RET-HEP-NOW",
    }


def test_what_replaces_an_older_criterion_is_there_and_on():
    on = {row.id for row in criteria_in_force(TODAY)}
    pointed = {row.status.partition(":")[2] for row in CRITERIA if row.status.startswith("superseded_by:")}

    assert pointed <= on


@pytest.mark.requirement("R05")
def test_every_criterion_names_a_source_and_nobody_is_said_to_have_verified_it():
    for row in CRITERIA:
        assert row.sources
        assert row.verified is None
        assert not row.is_verified


def test_every_disease_has_a_criterion_on_or_is_known_to_have_none():
    covered = {code for row in criteria_in_force(TODAY) for code in row.diagnoses}

    assert {word.code for word in DIAGNOSES} - covered == WITHOUT_CRITERION


def test_each_id_belongs_to_one_pack_and_each_file_is_named_as_its_pack():
    assert len({row.id for row in CRITERIA}) == len(CRITERIA)
    assert all(pack.file == f"{pack.id}.yaml" for pack in shipped_returns())
