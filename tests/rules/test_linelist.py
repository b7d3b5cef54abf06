"""The line list: what is read, and what is refused by row and column."""

from __future__ import annotations

from datetime import date

import pytest

from xiaodun.kernel.errors import Refused
from xiaodun.kernel.words import DIAGNOSES, SYMPTOMS
from xiaodun.rules.linelist import DAY_COLUMNS, Case, parse_linelist, parse_rows, read_linelist

FULL = (
    "person,klass,onset,school,grade,dorm,household,absent_from,absent_to,recovered_on,temperature,symptoms,"
    "diagnosis,exposure,known_on,ruled_out_on,class_size,hospital,lab,died\n"
    "p1,1,2026-03-02,S,4,D1,H1,2026-03-02,2026-03-04,2026-03-05,38.5,fever;cough,influenza,meal,2026-03-03,"
    "2026-03-06,46,0,1,0\n"
)


def faults(text):
    with pytest.raises(Refused) as caught:
        parse_linelist(text, "list.csv")
    return [(fault.code, fault.where, fault.value) for fault in caught.value.faults]


def test_every_column_is_read():
    assert parse_linelist(FULL) == (
        Case(
            person="p1", klass="1", onset=date(2026, 3, 2), school="S", grade="4", dorm="D1", household="H1",
            absent_from=date(2026, 3, 2), absent_to=date(2026, 3, 4), recovered_on=date(2026, 3, 5),
            temperature=38.5, symptoms=frozenset({"fever", "cough"}), diagnosis="influenza", exposure="meal",
            known_on=date(2026, 3, 3), ruled_out_on=date(2026, 3, 6), class_size=46, hospital=False, lab=True,
            died=False,
        ),
    )  # fmt: skip


def test_three_columns_are_enough_and_the_rest_is_empty():
    (case,) = parse_linelist("onset,person,klass\n2026-03-02,p1,1\n")

    assert case == Case(person="p1", onset=date(2026, 3, 2), klass="1")
    assert case.known() == date(2026, 3, 2)


def test_unknown_columns_empty_lines_and_a_byte_order_mark_are_passed_over(tmp_path):
    file = tmp_path / "list.csv"
    file.write_bytes(
        "\ufeffperson,klass,onset,shoe size\np1,1,2026-03-02,38\n\n,,,\np2,1,2026-03-02,39\n".encode()
    )

    assert [case.person for case in read_linelist(file)] == ["p1", "p2"]


def test_a_missing_onset_falls_back_on_the_day_the_case_was_known():
    (case,) = parse_linelist("person,klass,onset,known_on\np1,1,,2026-03-04\n")

    assert case.onset == date(2026, 3, 4)


def test_every_symptom_and_diagnosis_of_the_tables_is_read():
    rows = [f"p,1,2026-03-02,{word.code},\n" for word in SYMPTOMS]
    rows += [f"p,1,2026-03-02,,{word.code}\n" for word in DIAGNOSES]

    assert len(parse_linelist("person,klass,onset,symptoms,diagnosis\n" + "".join(rows))) == 39


def test_a_missing_column_is_named():
    assert faults("person,onset\np1,2026-03-02\n") == [("linelist.column_missing", "row 1 column klass", "")]


def test_an_empty_file_lacks_its_columns():
    assert [where for _, where, _ in faults("")] == [
        "row 1 column person",
        "row 1 column klass",
        "row 1 column onset",
    ]


def test_a_column_written_twice_is_refused():
    assert faults("person,klass,onset,onset\np1,1,2026-03-02,2026-03-03\n") == [
        ("linelist.column_twice", "row 1 column onset", "onset")
    ]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("onset", "2026-02-30", "linelist.date"),
        ("onset", "20260302", "linelist.date"),
        ("onset", "2.3.2026", "linelist.date"),
        ("known_on", "yesterday", "linelist.date"),
        ("temperature", "hot", "linelist.temperature"),
        ("temperature", "nan", "linelist.temperature"),
        ("temperature", "101", "linelist.temperature"),
        ("symptoms", "fever;sneeze", "linelist.symptom"),
        ("symptoms", "fever,cough", "linelist.symptom"),
        ("diagnosis", "flu", "linelist.diagnosis"),
        ("lab", "yes", "linelist.flag"),
        ("died", "2", "linelist.flag"),
        ("class_size", "0", "linelist.class_size"),
        ("class_size", "4.5", "linelist.class_size"),
    ],
)
def test_a_wrong_value_is_named_with_its_row_and_column(column, value, code):
    values = {"person": "p1", "klass": "1", "onset": "2026-03-02"} | {column: f'"{value}"'}
    text = "person,klass,onset\np0,1,2026-03-01\n".replace(
        "onset\n", f"onset,{column}\n" if column != "onset" else "onset\n"
    )
    text += ",".join(values[name] for name in text.split("\n")[0].split(",")) + "\n"

    assert faults(text) == [(code, f"row 3 column {column}", value)]


def test_all_faults_of_a_file_come_at_once_and_in_order():
    text = "person,klass,onset,lab\n,1,2026-03-02,\np2,,2026-13-02,x\n"

    assert faults(text) == [
        ("linelist.missing", "row 2 column person", ""),
        ("linelist.date", "row 3 column onset", "2026-13-02"),
        ("linelist.flag", "row 3 column lab", "x"),
    ]


@pytest.mark.parametrize(
    ("column", "other"), [("recovered_on", "onset"), ("ruled_out_on", "onset"), ("absent_to", "absent_from")]
)
def test_dates_out_of_order_are_refused(column, other):
    header = ["person", "klass", "onset", column] + ([other] if other != "onset" else [])
    row = ["p1", "1", "2026-03-02", "2026-03-01"] + (["2026-03-02"] if other != "onset" else [])

    assert faults(f"{','.join(header)}\n{','.join(row)}\n") == [
        ("linelist.date_order", f"row 2 column {column}", "2026-03-01")
    ]


def test_a_half_filled_school_column_is_refused():
    text = "person,klass,onset,school\np1,1,2026-03-02,S\np2,1,2026-03-02,\n"

    assert faults(text) == [("linelist.school_missing", "row 3 column school", "")]


def test_a_row_longer_than_the_header_is_refused():
    assert faults("person,klass,onset\np1,1,2026-03-02,extra\n") == [("linelist.row_too_long", "row 2", "4")]


def test_a_file_in_another_encoding_or_none_at_all_is_refused(tmp_path):
    file = tmp_path / "list.csv"
    file.write_bytes("person,klass,onset\n张,1,2026-03-02\n".encode("gb18030"))
    for path in (file, tmp_path / "none.csv"):
        with pytest.raises(Refused) as caught:
            read_linelist(path)
        assert caught.value.code == "linelist.unreadable"


def test_a_fault_never_repeats_who_the_row_is_about():
    text = "person,klass,onset\n张小明,1,never\n张小明,1,2026-03-02,x\n"

    with pytest.raises(Refused) as caught:
        parse_linelist(text)
    assert "张小明" not in " ".join(fault.line("zh") for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("scope", "with_school", "without"),
    [
        ("class", "S/1", "1"),
        ("grade", "S/4", "4"),
        ("dorm", "S/D1", "D1"),
        ("school", "S", "school"),
        ("household", "H1", "H1"),
        ("person", "p1", "p1"),
    ],
)
def test_scope_ids_of_a_class_are_read_within_its_school(scope, with_school, without):
    (case,) = parse_linelist(FULL)
    (alone,) = parse_linelist(FULL.replace(",S,", ",,"))

    assert (case.scope_id(scope), alone.scope_id(scope)) == (with_school, without)
    assert Case(person="p", onset=date(2026, 3, 2), school="S").scope_id("dorm") == ""


def test_with_a_day_one_the_day_columns_hold_numbers_and_1_is_that_date():
    text = "person,klass,onset,recovered_on,class_size\np1,1,1,3.0,46\n"
    ((number, case),) = parse_rows(text, day_one=date(2026, 3, 3))
    assert number == 2
    assert (case.onset, case.recovered_on, case.class_size) == (date(2026, 3, 3), date(2026, 3, 5), 46)


@pytest.mark.parametrize("cell", ["0", "-1", "1.5", "2026-03-03", "nan", "1e9"])
def test_with_a_day_one_what_is_no_number_of_a_day_is_refused_by_row_and_column(cell):
    with pytest.raises(Refused) as caught:
        parse_rows(f"person,klass,onset\np1,1,2\np2,1,{cell}\n", "list.csv", day_one=date(2026, 3, 3))
    (fault,) = caught.value.faults
    assert (fault.code, fault.where, fault.value) == ("linelist.day_number", "row 3 column onset", cell)


def test_the_day_columns_are_those_that_hold_dates():
    assert DAY_COLUMNS == ("onset", "absent_from", "absent_to", "recovered_on", "known_on", "ruled_out_on")
