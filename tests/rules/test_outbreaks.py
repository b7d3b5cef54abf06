"""The Derbyshire school of 2001, a real line list: when the rules would have spoken, with whom known."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from xiaodun.rules.evaluate import evaluate
from xiaodun.rules.layers import in_force
from xiaodun.rules.linelist import Case
from xiaodun.rules.packs import shipped
from xiaodun.site.command import main

FILE = (
    Path(__file__).resolve().parents[3]
    / "shared"
    / "data"
    / "outbreaks"
    / "norovirus_derbyshire_2001_linelist.csv"
)
DAY_ONE = date(2026, 3, 3)  # a Tuesday: the empty days of the list then fall on weekends

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not FILE.exists(), reason="reference data is not beside the checkout"),
]


def school(*, diagnosed=False):
    """Onset is the first day of absence; a child without one was never ill."""
    found = []
    with FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if int(row["day_absent"]):
                found.append(
                    Case(
                        person=row["child"],
                        klass=row["class"],
                        onset=DAY_ONE + timedelta(days=int(row["day_absent"]) - 1),
                        symptoms=frozenset({"vomiting"}),
                        diagnosis="norovirus" if diagnosed else "",
                        lab=diagnosed,
                    )
                )
    return found


def day(when):
    return (when - DAY_ONE).days + 1


def judged(cases, *, on=()):
    return evaluate(cases, in_force(shipped(), date(2026, 11, 23), on))


def test_the_class_rule_speaks_on_day_14_when_28_children_are_known():
    cases = school()
    found = [a for a in judged(cases) if a.rule.id == "SCH-SIM-CLASS-1D"]
    earliest = min(a.detected_on for a in found)

    assert len(cases) == 186
    assert day(earliest) == 14
    assert {a.scope_id: len(a.persons) for a in found if a.detected_on == earliest} == {
        "1": 3,
        "9": 3,
        "11": 3,
        "15": 4,
    }
    assert sum(case.known() <= earliest for case in cases) == 28


def test_no_rule_speaks_before_day_14_on_symptoms_alone():
    assert min(day(a.detected_on) for a in judged(school())) == 14


def test_the_norovirus_rule_of_the_school_speaks_on_day_7_with_six_in_its_window_and_seven_known():
    cases = school(diagnosed=True)
    (found,) = [a for a in judged(cases, on=["NOV-SCH-3D-5"]) if a.rule.id == "NOV-SCH-3D-5"]

    assert (day(found.first_true_on), day(found.detected_on), len(found.persons)) == (7, 7, 6)
    assert sum(case.known() <= found.detected_on for case in cases) == 7


def test_without_being_switched_on_the_norovirus_rule_is_silent():
    assert "NOV-SCH-3D-5" not in Counter(a.rule.id for a in judged(school(diagnosed=True)))


def test_the_command_gives_the_same_answers(tmp_path):
    list_, out = tmp_path / "list.csv", tmp_path / "out.csv"
    list_.write_text(
        "person,klass,onset,symptoms,diagnosis,lab\n"
        + "".join(f"{c.person},{c.klass},{c.onset},vomiting,norovirus,1\n" for c in school(diagnosed=True)),
        "utf-8",
    )

    assert main(["rules", "eval", str(list_), "--on", "NOV-SCH-3D-5", "--out", str(out)]) == 0
    written = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    assert written == [
        {
            "rule": a.rule.id,
            "scope": a.scope,
            "scope_id": a.scope_id,
            "first_true_on": str(a.first_true_on),
            "detected_on": str(a.detected_on),
            "cases": str(len(a.persons)),
        }
        for a in judged(school(diagnosed=True), on=["NOV-SCH-3D-5"])
    ]
