"""`xiaodun science detect`: columns, settings, faults and bytes as other systems will rely on them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from xiaodun.site.command import main

HEADER = "series,t,y,expected,upper,score,alarm"
WEEK = (1, 2, 3, 2, 1, 2, 3, 9)

Write = Callable[[str, str], str]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, text: str) -> str:
        (tmp_path / name).write_text(text, "utf-8")
        return str(tmp_path / name)

    return written


def weekly(**series: tuple[int | str, ...]) -> str:
    """A series file; a count "" is one that nobody reported."""
    rows = [f"{name},{t},{y}" for name, counts in series.items() for t, y in enumerate(counts, 1)]
    return "\n".join(["series,t,y", *rows, ""])


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def test_one_row_for_each_row_in_its_order(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    out = tmp_path / "out.csv"
    text = weekly(甲=WEEK, b=WEEK)
    assert main(["science", "detect", write("s.csv", text), "--method", "ears-c1", "--out", str(out)]) == 0
    found = rows(out)
    assert out.read_text("utf-8").startswith(f"{HEADER},why\n")
    assert [f"{row['series']},{row['t']},{row['y']}" for row in found] == text.splitlines()[1:]
    assert found[6] | {"upper": "", "score": "", "alarm": ""} == found[6]
    assert (found[7]["expected"], found[7]["alarm"]) == ("2.0", "1")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "2 series, 16 rows: 2 alarms, 14 not decided\n")


def test_settings_change_the_method_and_range_cuts_the_rows(write: Write, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    settings = write("s.json", json.dumps({"baseline": 5.0, "min_sigma": 20, "range": [6, 7]}))
    words = ["--method", "ears-c1", "--settings", settings, "--out", str(out)]
    assert main(["science", "detect", write("s.csv", weekly(a=WEEK)), *words]) == 0
    assert [(row["t"], row["alarm"]) for row in rows(out)] == [("6", "0"), ("7", "0")]
