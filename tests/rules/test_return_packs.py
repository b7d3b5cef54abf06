"""The reader of return packs: faults are named, a lower layer is looser only with a document number."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml

from xiaodun.kernel.errors import Refused
from xiaodun.rules.return_packs import CRITERION, criteria_in_force, read_returns, shipped_returns

TODAY = date(2026, 11, 23)
ROW: dict[str, Any] = {
    "id": "RET-MEAS-S1",
    "row": "RET-MEAS",
    "words": {"zh": "麻疹", "en": "measles"},
    "diagnoses": ["measles"],
    "any_of": [{"min_days_from_rash": 5}],
    "contact_observation_days": 21,
    "requires_certificate": True,
    "sources": ["S"],
    "grade": "secondary",
    "certainty": "read",
    "verified": False,
    "status": "in_force",
    "notes": {"zh": "例", "en": "example"},
}


def row(**changes):
    return {key: value for key, value in (ROW | changes).items() if value is not ...}


def write(folder, name, *rows, layer="national", document_no=None, **head):
    source = {"id": "S", "title": {"zh": "文件", "en": "document"}}
    if document_no:
        source["document_no"] = document_no
    data = {
        "format": 1, "kind": "returns", "pack": name, "layer": layer, "issuer": {"zh": "某局", "en": "a bureau"},
        "sources": [source], "criteria": list(rows) or [row()],
    } | head  # fmt: skip
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")


def told(folder):
    with pytest.raises(Refused) as caught:
        read_returns(folder)
    return [(fault.code, fault.file, fault.where) for fault in caught.value.faults]


def chosen(folder, on=()):
    return {each.id: each for each in criteria_in_force(TODAY, on, read_returns(folder))}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"id": "RET-MUMPS-S1"}, "id"),
        ({"diagnoses": ["flu"]}, "diagnoses"),
        ({"without_diagnosis": "rash"}, "without_diagnosis"),
        ({"when": ["rain"]}, "when"),
        ({"any_of": []}, "any_of"),
        ({"any_of": [{}]}, "any_of"),
        ({"any_of": [{"min_days_from_rash": -1}]}, "any_of"),
        ({"any_of": [{"min_days_from_moon": 1}]}, "any_of"),
        ({"any_of": [{"needs": ["luck"]}]}, "any_of"),
        ({"any_of": [{"from_next_day": True}]}, "any_of"),
        ({"any_of": [{"symptom_free_hours": 24, "from_next_day": True}]}, "any_of"),
        ({"contact_observation_days": "21"}, "contact_observation_days"),
        ({"requires_certificate": 1}, "requires_certificate"),
        ({"status": "on"}, "status"),
        ({"verified": True}, "verified"),
        ({"effective_from": "2026-02-02", "effective_to": "2026-02-01"}, "effective_to"),
    ],
)
def test_a_wrong_value_is_named(tmp_path, changes, where):
    write(tmp_path, "bad", row(**changes))

    name = changes.get("id", "RET-MEAS-S1")
    assert told(tmp_path) == [("packs.value", "bad.yaml", f"{name} {where}")]


@pytest.mark.parametrize("key", [key for key, field in CRITERION.items() if field.required])
def test_a_missing_key_is_named(tmp_path, key):
    write(tmp_path, "bad", row(**{key: ...}))

    where = "criterion 1 id" if key == "id" else f"RET-MEAS-S1 {key}"
    assert told(tmp_path) == [("packs.missing_key", "bad.yaml", where)]


def test_unknown_keys_and_sources_are_refused(tmp_path):
    write(tmp_path, "a", row(colour="red"))
    write(tmp_path, "b", row(sources=["T"]))
    write(tmp_path, "c", kind="rules")

    assert told(tmp_path) == [
        ("packs.unknown_key", "a.yaml", "RET-MEAS-S1 colour"),
        ("packs.source_unknown", "b.yaml", "RET-MEAS-S1 sources"),
        ("packs.value", "c.yaml", "kind"),
    ]


def test_a_directory_without_packs_is_refused_and_one_with_returns_is_entered(tmp_path):
    assert told(tmp_path) == [("packs.none", tmp_path.name, "")]
    (tmp_path / "returns").mkdir()
    write(tmp_path / "returns", "good")
    assert [pack.id for pack in read_returns(tmp_path)] == ["good"]


def test_one_pack_name_in_two_files_and_two_versions_for_one_day_are_refused(tmp_path):
    write(tmp_path, "a", row())
    write(tmp_path, "b", row())
    assert told(tmp_path) == [("packs.rule_twice", "b.yaml", "RET-MEAS-S1 id")]
    write(tmp_path, "b", row(id="RET-MEAS-S2"), pack="a")
    assert [code for code, _, _ in told(tmp_path)] == ["packs.pack_twice"] * 2


@pytest.mark.parametrize(
    "change",
    [
        {"any_of": [{"min_days_from_rash": 7}]},
        {"any_of": [{"min_days_from_rash": 5, "needs": ["specimen_negative"]}]},
        {"any_of": [{"min_days_from_rash": 5, "from_next_day": True}]},
        {"any_of": [{"min_days_from_rash": 5, "min_days_from_onset": 1}]},
        {"contact_observation_days": 28},
        {"diagnoses": ["measles", "rubella"]},
    ],
)
def test_a_lower_layer_may_be_stricter_without_more_ado(tmp_path, change):
    write(tmp_path, "a-nation")
    write(tmp_path, "b-county", row(**change), layer="county")

    assert chosen(tmp_path)["RET-MEAS-S1"].layer == "county"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"any_of": [{"min_days_from_rash": 4}]}, "any_of"),
        ({"any_of": [{"min_days_from_onset": 30}]}, "any_of"),
        ({"any_of": [{"min_days_from_rash": 5}, {"needs": ["doctors_advice"]}]}, "any_of"),
        ({"contact_observation_days": 14}, "contact_observation_days"),
        ({"contact_observation_days": None}, "contact_observation_days"),
        ({"requires_certificate": False}, "requires_certificate"),
        ({"diagnoses": ["rubella"]}, "diagnoses"),
        ({"when": ["pneumonia"]}, "when"),
        ({"without_diagnosis": ...}, "without_diagnosis"),
        ({"status": "disabled_here"}, "status"),
    ],
)
def test_a_lower_layer_is_looser_only_with_a_document_number(tmp_path, change, field):
    nation = row(without_diagnosis="ili")
    write(tmp_path, "a-nation", nation)
    county = {key: value for key, value in (nation | change).items() if value is not ...}
    write(tmp_path, "b-county", county, layer="county")

    assert told(tmp_path) == [("packs.looser", "b-county.yaml", f"RET-MEAS-S1 {field}")]
    write(tmp_path, "b-county", county, layer="county", document_no="县卫〔2026〕1号")
    assert read_returns(tmp_path)


def test_a_lower_layer_that_drops_a_tick_is_looser(tmp_path):
    write(tmp_path, "a-nation", row(any_of=[{"min_days_from_rash": 5, "needs": ["specimen_negative"]}]))
    write(tmp_path, "b-county", layer="county")

    assert told(tmp_path) == [("packs.looser", "b-county.yaml", "RET-MEAS-S1 any_of")]


def test_a_criterion_that_is_off_judges_only_where_it_is_named(tmp_path):
    write(tmp_path, "p", row(status="local_example"))

    assert chosen(tmp_path) == {}
    assert chosen(tmp_path, on=["RET-MEAS-S1"]).keys() == {"RET-MEAS-S1"}
    with pytest.raises(Refused) as caught:
        chosen(tmp_path, on=["RET-MARS"])
    assert caught.value.code == "rules.unknown_id"


def test_a_version_changes_exactly_when_the_row_does(tmp_path):
    def version(**changes):
        write(tmp_path, "p", row(**changes))
        return chosen(tmp_path)["RET-MEAS-S1"].version

    assert version() == version()
    assert version().startswith("p@open#")
    assert version() != version(any_of=[{"min_days_from_rash": 6}])


def test_the_shipped_packs_are_read_once():
    assert shipped_returns() is shipped_returns()
