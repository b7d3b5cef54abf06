"""The reader of rule packs: everything wrong is named with file, row, field, value and remedy."""

from __future__ import annotations

import pytest
import yaml
from tests.rules.packbook import row, write

from xiaodun.kernel.errors import Refused
from xiaodun.rules.packs import RULE, read_pack, read_packs, shipped


def faults(folder):
    with pytest.raises(Refused) as caught:
        read_packs(folder)
    return caught.value.faults


def told(folder):
    return [(fault.code, fault.file, fault.where, fault.value) for fault in faults(folder)]


def test_a_good_pack_is_read_with_its_issuer_and_sources(tmp_path):
    pack = read_pack(write(tmp_path, "good", document_no="1号"))
    (rule,) = pack.rules

    assert (rule.id, rule.layer, rule.issuer, rule.issuer_en, rule.document_no) == (
        "HFMD-CLS-7D-2", "national", "某局", "a bureau", "1号",
    )  # fmt: skip
    assert rule.sources == pack.sources
    assert not rule.is_verified


@pytest.mark.parametrize(
    ("changes", "where", "value"),
    [
        ({"scope": "planet"}, "scope", "planet"),
        ({"kind": "magic"}, "kind", "magic"),
        ({"level": "red"}, "level", "red"),
        ({"window_days": 0}, "window_days", "0"),
        ({"window_days": "7"}, "window_days", "7"),
        ({"window_days": None}, "window_days", "None"),
        ({"count": 2.5}, "count", "2.5"),
        ({"count": True}, "count", "True"),
        ({"count": float("nan")}, "count", "nan"),
        ({"attack_rate": 30}, "attack_rate", "30"),
        ({"attack_rate": 0.3}, "rate_of", ""),
        ({"attack_rate": 0.3, "rate_of": "new", "scope": "school"}, "attack_rate", "0.3"),
        ({"rate_of": "new"}, "rate_of", "new"),
        ({"count_max": 1}, "count_max", "1"),
        ({"count_unit": "dozens"}, "count_unit", "dozens"),
        ({"time_limit_hours": -1}, "time_limit_hours", "-1"),
        ({"report_to": []}, "report_to", "[]"),
        ({"report_to": ["cdc", "cdc"]}, "report_to", "['cdc', 'cdc']"),
        ({"report_to": ["press"]}, "report_to", "['press']"),
        ({"diagnoses": ["flu"]}, "diagnoses", "['flu']"),
        ({"diagnoses": "hfmd"}, "diagnoses", "hfmd"),
        ({"grade": "good"}, "grade", "good"),
        ({"verified": True}, "verified", "True"),
        ({"verified": {"by": "Li"}}, "verified", "{'by': 'Li'}"),
        ({"status": "on"}, "status", "on"),
        ({"effective_from": "soon"}, "effective_from", "soon"),
        ({"effective_from": "2026-02-02", "effective_to": "2026-02-01"}, "effective_to", "2026-02-01"),
        ({"words": {"zh": "手足口病"}}, "words", "{'zh': '手足口病'}"),
        ({"words": {"zh": "手足口病", "en": " "}}, "words", "{'zh': '手足口病', 'en': ' '}"),
        ({"requires_assessment": 1}, "requires_assessment", "1"),
    ],
)
def test_a_wrong_value_is_named(tmp_path, changes, where, value):
    write(tmp_path, "bad", row(**changes))

    assert told(tmp_path) == [("packs.value", "bad.yaml", f"HFMD-CLS-7D-2 {where}", value)]


def test_an_id_that_breaks_the_pattern_is_named(tmp_path):
    write(tmp_path, "bad", row(id="hfmd"))

    assert told(tmp_path) == [("packs.value", "bad.yaml", "hfmd id", "hfmd")]


@pytest.mark.parametrize("key", [key for key, field in RULE.items() if field.required])
def test_a_missing_key_is_named(tmp_path, key):
    write(tmp_path, "bad", row(**{key: ...}))

    where = "rule 1 id" if key == "id" else f"HFMD-CLS-7D-2 {key}"
    assert told(tmp_path) == [("packs.missing_key", "bad.yaml", where, "")]


def test_a_key_that_the_kind_needs_is_asked_for_and_one_it_does_not_read_is_refused(tmp_path):
    write(tmp_path, "bad", row(diagnoses=..., syndromes=["fever"]))

    assert told(tmp_path) == [
        ("packs.missing_key", "bad.yaml", "HFMD-CLS-7D-2 diagnoses", ""),
        ("packs.unknown_key", "bad.yaml", "HFMD-CLS-7D-2 syndromes", "('fever',)"),
    ]


def test_unknown_keys_are_refused_in_row_source_and_head(tmp_path):
    source = {"id": "S", "title": {"zh": "文件", "en": "document"}, "colour": "red"}
    write(tmp_path, "bad", row(tresholds=3), sources=[source])

    assert [where for _, _, where, _ in told(tmp_path)] == ["S colour", "HFMD-CLS-7D-2 tresholds"]
    write(tmp_path, "bad", row(), owner="me")
    assert told(tmp_path) == [("packs.unknown_key", "bad.yaml", "owner", "me")]


def test_a_source_that_the_file_does_not_have_is_named(tmp_path):
    write(tmp_path, "bad", row(sources=["S", "T"]))

    assert [(code, where) for code, _, where, _ in told(tmp_path)] == [
        ("packs.source_unknown", "HFMD-CLS-7D-2 sources")
    ]
    assert "T" in faults(tmp_path)[0].en


def test_the_faults_of_all_files_come_at_once(tmp_path):
    write(tmp_path, "a", row(scope="planet"), row(id="HFMD-X", count=-1))
    write(tmp_path, "b", row(level="red"))

    assert [(file, where) for _, file, where, _ in told(tmp_path)] == [
        ("a.yaml", "HFMD-CLS-7D-2 scope"),
        ("a.yaml", "HFMD-X count"),
        ("b.yaml", "HFMD-CLS-7D-2 level"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("format: [1\n", "packs.not_yaml"),
        ("format: 1\nformat: 1\n", "packs.not_yaml"),
        ("- 1\n", "packs.not_a_mapping"),
        ("", "packs.not_a_mapping"),
        ("a: !!python/object/apply:os.getcwd []\n", "packs.not_yaml"),
    ],
)
def test_a_file_that_is_no_pack_is_refused(tmp_path, content, code):
    (tmp_path / "bad.yaml").write_text(content)

    assert [fault.code for fault in faults(tmp_path)] == [code]


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    (tmp_path / "bad.yaml").write_bytes("a: 张".encode("gb18030"))

    assert [fault.code for fault in faults(tmp_path)] == ["packs.unreadable"]


def test_a_directory_without_packs_is_refused_and_one_with_policies_is_entered(tmp_path):
    assert [fault.code for fault in faults(tmp_path)] == ["packs.none"]
    (tmp_path / "policies").mkdir()
    write(tmp_path / "policies", "good")
    assert [pack.id for pack in read_packs(tmp_path)] == ["good"]


def test_every_fault_has_a_remedy_in_both_languages(tmp_path):
    write(tmp_path, "bad", row(scope="planet", colour="red", level=...), row(id="X", diagnoses=...))

    found = faults(tmp_path)
    assert len(found) == 4
    assert all(fault.zh and fault.en and fault.zh != fault.en for fault in found)


def test_a_version_changes_exactly_when_the_row_does(tmp_path):
    first = read_pack(write(tmp_path, "p", row(), row(id="OTHER-1"))).rules
    moved = read_pack(write(tmp_path, "p", row(id="OTHER-1"), row())).rules
    changed = read_pack(write(tmp_path, "p", row(count=3), row(id="OTHER-1"))).rules

    assert {r.id: r.version for r in first} == {r.id: r.version for r in moved}
    assert first[0].version != changed[0].version
    assert first[1].version == changed[1].version


def test_a_version_reads_as_pack_first_day_and_hash(tmp_path):
    (dated,) = read_pack(write(tmp_path, "p", row(effective_from="2012-06-21"))).rules
    (open_,) = read_pack(write(tmp_path, "p")).rules

    assert dated.version.startswith("p@2012-06-21#")
    assert len(dated.version) == len("p@2012-06-21#") + 8
    assert open_.version.startswith("p@open#")


def test_a_second_reader_makes_a_row_verified(tmp_path):
    file = write(tmp_path, "p", row())
    file.write_text(
        file.read_text("utf-8").replace("verified: false", "verified: {by: 周医生, date: 2026-09-01}"),
        "utf-8",
    )
    (rule,) = read_pack(file).rules

    assert rule.is_verified
    assert rule.verified.by == "周医生"


def test_the_shipped_packs_are_read_once():
    assert shipped() is shipped()


def test_quoted_and_bare_dates_are_one(tmp_path):
    quoted = write(tmp_path, "p", row(effective_from="2012-06-21"))
    bare = yaml.safe_load(quoted.read_text("utf-8").replace("'2012-06-21'", "2012-06-21"))

    assert str(bare["rules"][0]["effective_from"]) == "2012-06-21"
    assert read_pack(quoted).rules == read_pack(write(tmp_path, "p", *bare["rules"])).rules
