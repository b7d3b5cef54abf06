"""`xiaodun rules`: columns, exit codes, error lines and bytes as other systems will rely on them."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.rules.packbook import row, write

from xiaodun.site.command import main

ROOT = Path(__file__).resolve().parents[2]
HEADER = "rule,scope,scope_id,first_true_on,detected_on,cases"

THREE = "person,klass,onset,symptoms\n" + "".join(f"p{i},4-1,2026-03-02,vomiting\n" for i in range(3))


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


@pytest.fixture
def linelist(tmp_path):
    def made(text):
        file = tmp_path / "list.csv"
        file.write_text(text, "utf-8")
        return str(file)

    return made


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_answers_go_to_the_file_and_the_talk_to_standard_error(linelist, tmp_path, capsys):
    out = tmp_path / "out.csv"

    assert main(["rules", "eval", linelist(THREE), "--out", str(out)]) == 0
    assert out.read_text("utf-8") == f"{HEADER}\nSCH-SIM-CLASS-1D,class,4-1,2026-03-02,2026-03-02,3\n"
    said = capsys.readouterr()
    assert said.out == ""
    assert "3 rows judged by" in said.err


def test_without_out_or_with_a_dash_the_answers_go_to_standard_output(linelist, capsys):
    assert main(["rules", "eval", linelist(THREE)]) == 0
    absent = capsys.readouterr().out
    assert main(["rules", "eval", linelist(THREE), "--out", "-"]) == 0
    assert capsys.readouterr().out == absent
    assert absent.startswith(HEADER)


def test_no_answer_is_a_header_and_done(linelist, capsys):
    assert main(["rules", "eval", linelist("person,klass,onset\np1,1,2026-03-02\n")]) == 0
    assert capsys.readouterr().out == f"{HEADER}\n"


def test_skipped_rules_are_counted(linelist, capsys):
    main(["rules", "eval", linelist(THREE), "--as-of", "2026-11-23"])

    assert capsys.readouterr().err.splitlines()[1] == (
        "skipped 25 rules: 16 of a county, township or city, 1 qualitative, 8 needing a person's judgement"
    )


def test_rules_that_need_judgement_stay_silent_whatever_the_list_says(linelist, capsys):
    text = "person,klass,onset,diagnosis,died\n" + "".join(f"p{i},1,2026-03-02,hfmd,1\n" for i in range(2))
    main(["rules", "eval", linelist(text), "--on", "HFMD-CLS-SEVERE,FOOD-2-LOCAL,FLU-SCH-SUSPEND"])

    told = {each["rule"] for each in rows(capsys.readouterr().out)}
    assert "HFMD-CLS-7D-2" in told
    assert not told & {"HFMD-CLS-SEVERE", "FOOD-2-LOCAL", "FLU-SCH-SUSPEND"}


def test_a_withdrawn_case_leaves_the_first_day_empty(linelist, capsys):
    text = THREE.replace("symptoms\n", "symptoms,ruled_out_on\n").replace("vomiting\n", "vomiting,\n")
    text = text.replace("p2,4-1,2026-03-02,vomiting,", "p2,4-1,2026-03-02,vomiting,2026-03-03")
    main(["rules", "eval", linelist(text)])

    assert rows(capsys.readouterr().out) == [
        {
            "rule": "SCH-SIM-CLASS-1D", "scope": "class", "scope_id": "4-1", "first_true_on": "",
            "detected_on": "2026-03-02", "cases": "3",
        }
    ]  # fmt: skip


def test_the_school_column_names_the_places(linelist, capsys):
    text = "person,klass,onset,school,diagnosis\np1,1,2026-03-02,S,hfmd\np2,1,2026-03-03,S,hfmd\n"
    main(["rules", "eval", linelist(text)])

    found = {each["rule"]: each["scope_id"] for each in rows(capsys.readouterr().out)}
    assert found == {"SCH-DX-SUSP": "S", "HFMD-CLS-7D-2": "S/1", "HFMD-CLS-SUSP": "S/1"}


COVID = "person,klass,onset,diagnosis\np1,A,2026-03-02,covid19\np2,B,2026-03-12,covid19\n"


@pytest.mark.requirement("R45")
@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (["--as-of", "2020-09-01"], ["COVID-SCH-14D-2,school,school,2026-03-12,2026-03-12,2"]),
        (["--as-of", "2022-07-01"], []),
        ([], []),
    ],
)
def test_the_day_chooses_the_rules_and_the_dates_of_the_cases_do_not(linelist, capsys, as_of, expected):
    assert main(["rules", "eval", linelist(COVID), *as_of]) == 0

    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("COVID")] == expected


def test_on_adds_rules_to_those_in_force(linelist, capsys):
    text = "person,klass,onset,diagnosis,lab\n" + "".join(
        f"p{i},{i},2026-03-0{2 + i % 3},norovirus,1\n" for i in range(5)
    )
    main(["rules", "eval", linelist(text)])
    before = capsys.readouterr().out
    main(["rules", "eval", linelist(text), "--on", "NOV-SCH-3D-5,COVID-SCH-14D-2"])
    after = capsys.readouterr().out

    added = [each for each in rows(after) if each not in rows(before)]
    assert [each["rule"] for each in added] == ["NOV-SCH-3D-5"]
    assert len(rows(after)) == len(rows(before)) + 1


def test_own_packs_replace_the_shipped_ones(linelist, tmp_path, capsys):
    folder = tmp_path / "packs"
    folder.mkdir()
    write(folder, "own", row(id="MINE-1", count=1, scope="school"))
    text = "person,klass,onset,diagnosis\np1,1,2026-03-02,hfmd\n"

    assert main(["rules", "eval", linelist(text), "--packs", str(folder)]) == 0
    assert [each["rule"] for each in rows(capsys.readouterr().out)] == ["MINE-1"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["eval"], "error command.usage "),
        (["judge"], "error command.usage "),
        (["eval", "LIST", "--as-of", "20260901"], "error command.usage "),
        (["eval", "none.csv"], "error linelist.unreadable none.csv:"),
        (["eval", "LIST", "--on", "HFMD-MARS"], "error rules.unknown_id :--on: HFMD-MARS: "),
        (["eval", "LIST", "--packs", "nowhere"], "error packs.none nowhere:"),
    ],
)
def test_what_is_wrong_is_refused_in_one_line_with_exit_2(linelist, capsys, arguments, line):
    words = [linelist(THREE) if word == "LIST" else word for word in arguments]

    assert main(["rules", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(line)
    assert len(said.err.splitlines()) == 1


def test_a_faulty_line_list_gives_one_line_for_each_fault_and_writes_nothing(linelist, tmp_path, capsys):
    text = "person,klass,onset,symptoms\np1,1,2026-03-32,vomiting\np2,1,2026-03-02,sneezing\n"
    out = tmp_path / "out.csv"

    assert main(["rules", "eval", linelist(text), "--out", str(out)]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("error linelist.date list.csv:row 2 column onset: 2026-03-32: ")
    assert second.startswith("error linelist.symptom list.csv:row 3 column symptoms: sneezing: ")
    assert not out.exists()


def test_faulty_packs_are_named_and_nothing_is_written(linelist, tmp_path, capsys):
    folder = tmp_path / "packs"
    folder.mkdir()
    write(folder, "own", row(count=0))
    out = tmp_path / "out.csv"

    assert main(["rules", "eval", linelist(THREE), "--packs", str(folder), "--out", str(out)]) == 2
    assert capsys.readouterr().err.startswith("error packs.value own.yaml:HFMD-CLS-7D-2 count: 0: ")
    assert not out.exists()


def test_an_output_that_cannot_be_written_is_refused(linelist, tmp_path, capsys):
    (tmp_path / "file").write_text("")

    assert main(["rules", "eval", linelist(THREE), "--out", str(tmp_path / "file" / "out.csv")]) == 2
    assert capsys.readouterr().err.startswith("error command.not_written ")


def test_the_list_shows_every_rule_with_its_switch_and_version(capsys):
    assert main(["rules", "list", "--as-of", "2020-09-01"]) == 0

    book = {each["rule"]: each for each in rows(capsys.readouterr().out)}
    assert len([each for each in book.values() if each["kind"] != "return"]) == 83
    assert (book["COVID-SCH-14D-2"]["on"], book["COVID-SCH-7D-2"]["on"]) == ("1", "0")
    assert book["SCH-SIM-CLASS-1D"]["checked"] == "unverified"
    assert book["SCH-SIM-CLASS-1D"]["version"].startswith("national-moh-moe@2006-04-06#")


def test_the_list_shows_the_criteria_of_return_with_what_they_ask_for(capsys):
    assert main(["rules", "list", "--on", "RET-MEAS-S10,NOV-SCH-3D-5"]) == 0

    book = {each["rule"]: each for each in rows(capsys.readouterr().out)}
    assert book["RET-MEAS-S11"]["words_en"] == "Measles: 4 days after the rash began"
    assert (book["RET-MEAS-S11"]["kind"], book["RET-MEAS-S11"]["checked"]) == ("return", "unverified")
    on = [name for name in ("RET-MEAS-S10", "RET-TYPH-NOW", "NOV-SCH-3D-5") if book[name]["on"] == "1"]
    assert on == ["RET-MEAS-S10", "NOV-SCH-3D-5"]


def test_own_rules_without_returns_list_none_and_judge_by_none(linelist, tmp_path, capsys):
    write(tmp_path, "own", row(id="MINE-1"))

    assert main(["rules", "list", "--packs", str(tmp_path)]) == 0
    assert [each["rule"] for each in rows(capsys.readouterr().out)] == ["MINE-1"]
    assert main(["rules", "eval", linelist(THREE), "--on", "RET-MEAS-S10"]) == 2


def test_two_runs_give_identical_bytes_in_a_process_without_django(linelist, tmp_path):
    text = "person,klass,onset,symptoms,diagnosis,dorm\n" + "".join(
        f"p{i},{i % 4},2026-03-{1 + i % 9:02},fever;vomiting,{'hfmd' if i % 3 else ''},{i % 5}\n"
        for i in range(60)
    )
    code = (
        "import sys; from xiaodun.site.command import main; code = main(sys.argv[1:]);"
        "assert 'django' not in sys.modules; sys.exit(code)"
    )
    written = []
    for seed in ("0", "1"):
        out = tmp_path / f"out{seed}.csv"
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": seed}
        words = [sys.executable, "-c", code, "rules", "eval", linelist(text), "--out", str(out)]
        assert subprocess.run(words, env=environment, check=False).returncode == 0
        written.append(out.read_bytes())
    assert written[0] == written[1]
    assert written[0].count(b"\n") > 10
