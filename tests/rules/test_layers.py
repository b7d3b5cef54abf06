"""Layers and dates: which version speaks on a day, and what a lower layer may change."""

from __future__ import annotations

from datetime import date

import pytest
from tests.rules.packbook import row, write

from xiaodun.kernel.errors import Refused
from xiaodun.rules.layers import in_force
from xiaodun.rules.packs import read_packs

TODAY = date(2026, 11, 23)


def chosen(folder, as_of=TODAY, on=()):
    return {rule.id: rule for rule in in_force(read_packs(folder), as_of, on)}


def told(folder):
    with pytest.raises(Refused) as caught:
        read_packs(folder)
    return [(fault.code, fault.file, fault.where) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("changes", "is_on"),
    [
        ({}, True),
        ({"certainty": "recall", "grade": "recall"}, True),
        ({"effective_from": "2026-11-23"}, True),
        ({"effective_from": "2026-11-24"}, False),
        ({"effective_to": "2026-11-23"}, True),
        ({"effective_to": "2026-11-22"}, False),
        ({"status": "historical"}, False),
        ({"status": "historical", "effective_from": "2020-01-01"}, False),
        ({"status": "historical", "effective_from": "2020-01-01", "effective_to": "2026-12-31"}, True),
        ({"status": "historical", "effective_from": "2020-01-01", "effective_to": "2021-12-31"}, False),
        ({"status": "local_example"}, False),
        ({"status": "disabled_missing_values"}, False),
        ({"status": "verify_against:S16"}, False),
        ({"status": "superseded_by:LAW-PHE-UNIT"}, False),
    ],
)
@pytest.mark.requirement("R45")
def test_a_row_is_on_by_its_status_and_dates_alone(tmp_path, changes, is_on):
    write(tmp_path, "p", row(**changes))

    assert ("HFMD-CLS-7D-2" in chosen(tmp_path)) is is_on
    assert "HFMD-CLS-7D-2" in chosen(tmp_path, on=["HFMD-CLS-7D-2"])


def test_an_id_that_no_pack_has_cannot_be_switched_on(tmp_path):
    write(tmp_path, "p")

    with pytest.raises(Refused) as caught:
        chosen(tmp_path, on=["HFMD-CLS-7D-2", "HFMD-MARS"])
    assert [(fault.code, fault.value) for fault in caught.value.faults] == [("rules.unknown_id", "HFMD-MARS")]


def test_the_version_of_the_day_is_chosen(tmp_path):
    write(tmp_path, "p", row(count=2, effective_to="2021-12-31"), row(count=3, effective_from="2022-01-01"))

    assert chosen(tmp_path, date(2021, 12, 31))["HFMD-CLS-7D-2"].count == 2
    assert chosen(tmp_path, date(2022, 1, 1))["HFMD-CLS-7D-2"].count == 3


def test_switched_on_outside_its_dates_the_latest_version_speaks(tmp_path):
    write(
        tmp_path,
        "p",
        row(count=2, status="historical", effective_from="2010-01-01", effective_to="2011-12-31"),
        row(count=3, status="historical", effective_from="2012-01-01", effective_to="2013-12-31"),
    )

    assert chosen(tmp_path, on=["HFMD-CLS-7D-2"])["HFMD-CLS-7D-2"].count == 3
    assert chosen(tmp_path, date(2011, 1, 1), on=["HFMD-CLS-7D-2"])["HFMD-CLS-7D-2"].count == 2


def test_two_versions_for_one_day_in_one_layer_are_refused(tmp_path):
    write(tmp_path, "a", row(effective_to="2022-01-01"))
    write(tmp_path, "b", row(effective_from="2022-01-01"))

    assert told(tmp_path) == [("packs.rule_twice", "b.yaml", "HFMD-CLS-7D-2 id")]


def test_one_pack_name_in_two_files_is_refused(tmp_path):
    write(tmp_path, "a", row(), pack="same")
    write(tmp_path, "b", row(id="X"), pack="same")

    assert told(tmp_path) == [("packs.pack_twice", "a.yaml", "pack"), ("packs.pack_twice", "b.yaml", "pack")]


@pytest.mark.parametrize(
    "change",
    [{"count": 1}, {"window_days": 14}, {"time_limit_hours": 2}, {"report_to": ["cdc", "education_bureau"]}],
)
def test_a_lower_layer_may_be_stricter_without_more_ado(tmp_path, change):
    write(tmp_path, "a-nation", row())
    write(tmp_path, "b-county", row(**change), layer="county")

    (rule,) = chosen(tmp_path).values()
    assert rule.layer == "county"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"count": 3}, "count"),
        ({"window_days": 3}, "window_days"),
        ({"time_limit_hours": 48}, "time_limit_hours"),
        ({"time_limit_hours": None}, "time_limit_hours"),
        ({"level": "signal"}, "level"),
        ({"scope": "dorm"}, "scope"),
        ({"diagnoses": ["measles"]}, "predicate"),
        ({"count_max": 9}, "count_max"),
        ({"report_to": ["education_bureau"]}, "report_to"),
        ({"min_lab": 1}, "min_lab"),
        ({"status": "disabled_here"}, "status"),
    ],
)
def test_a_lower_layer_is_looser_only_with_a_document_number(tmp_path, change, field):
    write(tmp_path, "a-nation", row())
    write(tmp_path, "b-county", row(**change), layer="county")

    assert told(tmp_path) == [("packs.looser", "b-county.yaml", f"HFMD-CLS-7D-2 {field}")]
    write(tmp_path, "b-county", row(**change), layer="county", document_no="县卫〔2026〕1号")
    assert read_packs(tmp_path)


def test_the_order_of_the_files_does_not_hide_a_looser_row(tmp_path):
    write(tmp_path, "a-county", row(count=3), layer="county")
    write(tmp_path, "b-nation", row())

    assert told(tmp_path) == [("packs.looser", "a-county.yaml", "HFMD-CLS-7D-2 count")]


def test_a_county_that_switches_a_rule_off_by_document_is_heard(tmp_path):
    write(tmp_path, "a-nation", row())
    write(tmp_path, "b-county", row(status="disabled_by_county"), layer="county", document_no="1号")

    assert chosen(tmp_path) == {}


def test_an_example_of_a_lower_layer_does_not_speak_for_it(tmp_path):
    write(tmp_path, "a-nation", row())
    write(tmp_path, "b-county", row(count=9, status="local_example"), layer="county")

    assert chosen(tmp_path)["HFMD-CLS-7D-2"].count == 2


def test_outside_the_dates_of_the_lower_row_the_upper_one_speaks(tmp_path):
    write(tmp_path, "a-nation", row())
    write(tmp_path, "b-county", row(count=1, effective_to="2025-12-31"), layer="county")

    assert chosen(tmp_path, date(2025, 6, 1))["HFMD-CLS-7D-2"].count == 1
    assert chosen(tmp_path)["HFMD-CLS-7D-2"].count == 2


def test_a_shorter_suspension_is_looser(tmp_path):
    write(tmp_path, "a-nation", row(suspend_days=10))
    write(tmp_path, "b-city", row(suspend_days=7), layer="city")

    assert told(tmp_path) == [("packs.looser", "b-city.yaml", "HFMD-CLS-7D-2 suspend_days")]
