"""`xiaodun replay`: what it reads, where it plays, what it leaves behind, what it refuses."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from tests.cast import Cast

from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import at
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.replay import play as playing
from xiaodun.response.replay.line import COLUMNS, KINDS
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.rules.evaluate import evaluate
from xiaodun.rules.layers import in_force
from xiaodun.rules.linelist import DAY_COLUMNS, read_rows
from xiaodun.rules.packs import shipped
from xiaodun.site import replay
from xiaodun.site.command import main

DERBYSHIRE = (
    Path(__file__).resolve().parents[3] / "shared/data/outbreaks/norovirus_derbyshire_2001_linelist.csv"
)
DAY_ONE = date(2026, 3, 3)
THREE = "person,klass,onset,symptoms\np1,A,1,vomiting\np2,A,1,vomiting\np3,A,2,fever\np4,A,3,vomiting\np5,A,1,vomiting\n"

Row = dict[str, str]
Lived = Callable[[bool], tuple[Path, list[Row]]]


def table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def listed(folder: Path, text: str = THREE, name: str = "list.csv") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def derbyshire(folder: Path, *, diagnosed: bool) -> str:
    """The raw file with the columns of the contract: onset and absence are the first day absent, still as numbers."""
    more = {"diagnosis": "norovirus", "lab": "1"} if diagnosed else {}
    rows = [
        {"person": raw["child"], "klass": raw["class"], "onset": raw["day_absent"], "absent_from": raw["day_absent"],
         "symptoms": "vomiting"} | more
        for raw in table(DERBYSHIRE)
        if raw["day_absent"] != "0"
    ]  # fmt: skip
    path = folder / "derbyshire.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def on(n: int) -> str:
    """08:00 of the n-th day, 1 = day one."""
    return at(DAY_ONE + timedelta(days=n - 1), 8).isoformat()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "timeline.csv"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """The prepared Derbyshire file and its timeline, played once for all tests (each brings the database)."""

    @cache
    def played(diagnosed: bool) -> tuple[Path, list[Row]]:
        folder = tmp_path_factory.mktemp("derbyshire")
        file, out = derbyshire(folder, diagnosed=diagnosed), folder / "timeline.csv"
        switched = ["--on", "NOV-SCH-3D-5"] if diagnosed else []
        assert main(["replay", file, "--day-one", DAY_ONE.isoformat(), *switched, "--out", str(out)]) == 0
        return Path(file), table(out)

    return played


@pytest.mark.shared_data
@pytest.mark.requirement("R26")
def test_derbyshire_2001_is_detected_in_its_classes_on_day_14(db: None, lived: Lived) -> None:
    file, lines = lived(False)
    signals = [row for row in lines if row["kind"] == "signal" and row["rule"] == "SCH-SIM-CLASS-1D"]
    first = [row for row in signals if row["detected_at"] == min(row["detected_at"] for row in signals)]
    assert {row["detected_at"] for row in first} == {on(14)}
    assert {row["scope_id"]: row["cases"] for row in first} == {"1": "3", "11": "3", "15": "4", "9": "3"}
    assert sum(int(row["onset"]) <= 14 for row in table(file)) == 28
    due = [row for row in lines if row["kind"] == "report" and row["at"] == on(14)]
    assert {row["due_at"] for row in due} == {on(15)}


@pytest.mark.shared_data
@pytest.mark.requirement("R26")
def test_derbyshire_2001_diagnosed_is_detected_in_the_school_on_day_7(db: None, lived: Lived) -> None:
    file, lines = lived(True)
    (signal,) = [row for row in lines if row["kind"] == "signal" and row["rule"] == "NOV-SCH-3D-5"]
    assert (signal["scope"], signal["scope_id"], signal["cases"]) == ("school", "school", "6")
    assert (signal["first_true_at"], signal["detected_at"], signal["due_at"]) == (on(7), on(7), on(8))
    assert sum(int(row["onset"]) <= 7 for row in table(file)) == 7


@pytest.mark.shared_data
def test_derbyshire_2001_gives_the_answers_of_rules_eval(db: None, lived: Lived, tmp_path: Path) -> None:
    file, lines = lived(True)
    cases = [case for _, case in read_rows(file, day_one=DAY_ONE)]
    answers = evaluate(cases, in_force(shipped(), DAY_ONE, ["NOV-SCH-3D-5"]))
    names = ("rule", "scope", "scope_id", "first_true_at", "detected_at", "cases")
    told = [row for row in lines if row["kind"] == "signal"]
    assert {tuple(row[name].split("T")[0] for name in names) for row in told} == {
        (
            each.rule.id, each.scope, each.scope_id, str(each.first_true_on), str(each.detected_on),
            str(len(each.persons)),
        )
        for each in answers
    }  # fmt: skip


def test_the_timeline_has_the_columns_of_the_contract_and_instants_of_shanghai(
    db: None, tmp_path: Path, out: Path
) -> None:
    assert main(["replay", listed(tmp_path), "--day-one", "2026-03-03", "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8").splitlines()[:3] == [
        "at,kind,rule,scope,scope_id,cases,first_true_at,detected_at,due_at,ref",
        "2026-03-03T08:00:00+08:00,check,,class,A,3,,,,check-1",
        "2026-03-03T08:00:00+08:00,signal,SCH-SIM-CLASS-1D,class,A,3,2026-03-03T08:00:00+08:00,"
        "2026-03-03T08:00:00+08:00,2026-03-04T08:00:00+08:00,signal-1",
    ]


def test_without_out_the_timeline_alone_goes_to_standard_output(
    db: None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", listed(tmp_path), "--day-one", "2026-03-03"]) == 0
    told = capfd.readouterr()
    assert told.out.startswith("at,kind,rule,")
    assert told.out.count("\n") == 7
    assert "rolled back at the end" in told.err
    assert "1 classes without class_size: their attack rates are not judged" in told.err


def test_the_same_list_gives_the_same_bytes(db: None, tmp_path: Path, out: Path) -> None:
    words = ["replay", listed(tmp_path), "--day-one", "2026-03-03", "--out", str(out)]
    assert main(words) == 0
    first = out.read_bytes()
    assert main(words) == 0
    assert out.read_bytes() == first


def test_without_a_school_nothing_is_kept(db: None, tmp_path: Path, out: Path) -> None:
    assert main(["replay", listed(tmp_path), "--day-one", "2026-03-03", "--out", str(out)]) == 0
    assert not Org.objects.exists()


def test_a_list_without_rows_gives_the_header_alone_and_needs_no_database(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    assert main(["replay", listed(tmp_path, "person,klass,onset\n"), "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8").count("\n") == 1


def test_what_a_replay_leaves_out_is_said(
    db: None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = "person,klass,onset,symptoms,dorm,exposure\np1,A,1,fever,D,meal\np1,A,2,fever,D,\n"
    assert main(["replay", listed(tmp_path, text), "--day-one", "2026-03-03", "--on", "HFMD-DORM-7D-2"]) == 0
    told = capfd.readouterr().err
    assert "2 rows have dorm, which a replay does not enter" in told
    assert "1 rows have exposure" in told
    assert "1 rows were read as later facts" in told
    assert "HFMD-DORM-7D-2 is not judged by a replay (dorm)" in told


# ---- into a school ----


@pytest.fixture
def empty_school(cast: Cast) -> Org:
    return found_org(
        actor_id=None, level=Level.SCHOOL, name="新建小学", parent=cast.county, code="2199000077"
    )


def illnesses(school: Org) -> int:
    with open_scope(schools=[school.pk]):
        return int(FollowUp.objects.in_scope().filter(school_id=school.pk).count())


def into(code: str, tmp_path: Path, out: Path, *more: str) -> int:
    return main(
        ["replay", listed(tmp_path), "--day-one", "2026-03-03", "--school", code, "--out", str(out), *more]
    )


def test_in_a_school_the_rows_stay_and_it_is_said(
    empty_school: Org, tmp_path: Path, out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert into(empty_school.code, tmp_path, out) == 0
    assert illnesses(empty_school) == 5
    assert "entering into school 2199000077 of DATABASE_URL; the rows stay" in capfd.readouterr().err


def test_a_timeline_that_cannot_be_written_leaves_the_school_as_it_was(
    empty_school: Org, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert into(empty_school.code, tmp_path, tmp_path / "file" / "timeline.csv") == 2
    assert illnesses(empty_school) == 0
    assert refusal(capfd) == "command.not_written"


def refusal(capfd: pytest.CaptureFixture[str]) -> str:
    return next(line for line in capfd.readouterr().err.splitlines() if line.startswith("error ")).split()[1]


def test_a_school_with_pupils_is_refused_outside_the_demo(
    cast: Cast, tmp_path: Path, out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert into(cast.school.code, tmp_path, out) == 2
    assert refusal(capfd) == "replay.school_in_use"
    assert not out.exists()
    with override_settings(DEMO=True):
        assert into(cast.school.code, tmp_path, out) == 0
    assert illnesses(cast.school) == 5


def test_an_unknown_school_is_refused(
    db: None, tmp_path: Path, out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert into("2199999999", tmp_path, out) == 2
    assert refusal(capfd) == "replay.no_school"


def test_days_to_come_are_refused_for_a_school_that_stays(
    tmp_path: Path, out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert into("2199000077", tmp_path, out, "--day-one", "2999-01-01") == 2
    assert refusal(capfd) == "replay.future"


def test_a_school_takes_the_list_of_one_school(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = "person,klass,school,onset\np1,A,S,2026-03-03\np1,A,T,2026-03-03\n"
    assert main(["replay", listed(tmp_path, text), "--school", "2199000077"]) == 2
    assert refusal(capfd) == "replay.schools"


def test_a_school_without_a_configured_database_is_refused(
    tmp_path: Path, out: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    assert into("2199000077", tmp_path, out, "--data-dir", str(tmp_path / "none")) == 2
    assert refusal(capfd) == "replay.no_database"
    assert not (tmp_path / "none").exists()


# ---- interrupted ----


def test_interrupted_it_writes_the_days_played_and_a_school_keeps_nothing(
    empty_school: Org, tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = playing.play

    def stopped(*arguments: Any, **options: Any) -> Iterator[Any]:
        yield next(whole(*arguments, **options))
        raise KeyboardInterrupt

    monkeypatch.setattr(playing, "play", stopped)
    assert into(empty_school.code, tmp_path, out) == 130
    assert {row["at"][:10] for row in table(out)} == {"2026-03-03"}
    assert illnesses(empty_school) == 0


# ---- refused ----


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], "command.usage"),
        (["--day-one", "20260303"], "command.usage"),
        (["--day-one", "2026-03-03", "--on", "NO-SUCH-RULE"], "rules.unknown_id"),
        (["--on", "NOV-SCH-3D-5"], "linelist.date"),
    ],
)
def test_wrong_words_are_refused_before_any_database_is_touched(
    words: list[str], code: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = [listed(tmp_path)] if words else []
    assert main(["replay", *file, *words]) == 2
    assert refusal(capfd) == code


def test_a_day_before_day_one_is_refused_by_row_and_column(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", listed(tmp_path, "person,klass,onset\np1,A,0\n"), "--day-one", "2026-03-03"]) == 2
    assert capfd.readouterr().err.startswith(
        "error linelist.day_number list.csv:row 2 column onset: 0: write the"
    )


def test_a_database_that_does_not_answer_is_refused(
    db: None, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    def silent() -> bool:
        raise OperationalError

    monkeypatch.setattr(Org.objects, "exists", silent)
    assert main(["replay", listed(tmp_path), "--day-one", "2026-03-03"]) == 2
    assert refusal(capfd) == "replay.database"


@pytest.mark.slow
def test_without_a_database_it_brings_a_temporary_one_and_leaves_nothing(tmp_path: Path, out: Path) -> None:
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL")
    (tmp_path / "tmp").mkdir(mode=0o755)
    environment = {name: value for name, value in os.environ.items() if name not in names}
    words = [
        sys.executable,
        "-m",
        "xiaodun.site.command",
        "replay",
        listed(tmp_path),
        "--day-one",
        "2026-03-03",
    ]
    source = str(Path(replay.__file__).resolve().parents[2])
    done = subprocess.run(
        [*words, "--out", str(out)],
        env=environment | {"PYTHONPATH": source, "TMPDIR": str(tmp_path / "tmp")},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [row["kind"] for row in table(out)][:2] == ["check", "signal"]
    assert [
        path.name for path in (tmp_path / "tmp").iterdir() if path.name.startswith("xiaodun-replay")
    ] == []
    assert not (tmp_path / "var").exists()


def test_the_document_names_every_column_kind_and_refusal() -> None:
    root = Path(__file__).resolve().parents[2]
    told = (root / "docs" / "replay.md").read_text(encoding="utf-8")
    sources = [root / "src/xiaodun/site/replay.py", *(root / "src/xiaodun/response/replay").glob("*.py")]
    codes = {
        code
        for source in sources
        for code in re.findall(r'"(replay\.\w+)"', source.read_text(encoding="utf-8"))
    }
    assert len(codes) == 9
    missing = [name for name in (*COLUMNS, *KINDS, *DAY_COLUMNS, *codes) if f"`{name}`" not in told]
    assert missing == []
