"""A line list lived through: what the timeline says of it, and that it agrees with the evaluator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import at, local_day
from xiaodun.kernel.errors import Refused
from xiaodun.measures.checks.models import CheckSubmission, Finding
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.replay.line import Line
from xiaodun.response.replay.play import play
from xiaodun.response.replay.school import found_schools, furnish, school_of_code
from xiaodun.response.replay.script import write_script
from xiaodun.response.signals.judging import SCOPES
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.queries import class_sizes
from xiaodun.rules.evaluate import evaluate
from xiaodun.rules.layers import in_force
from xiaodun.rules.linelist import Case
from xiaodun.rules.packs import shipped

DAY = date(2026, 3, 2)
VOMITING = frozenset({"vomiting"})


def on(n: int) -> date:
    return DAY + timedelta(days=n)


def eight(n: int) -> datetime:
    return at(on(n), 8)


def row(person: str = "p1", onset: int = 0, **facts: object) -> Case:
    facts.setdefault("klass", "A")
    if "diagnosis" not in facts:
        facts.setdefault("symptoms", VOMITING)
    return Case(person=person, onset=on(onset), **facts)


def rows(n: int, onset: int = 0, **facts: object) -> list[Case]:
    return [row(f"p{onset}-{i}", onset, **facts) for i in range(n)]


def played(cases: Sequence[Case], *switched: str) -> list[Line]:
    stands = found_schools(write_script(list(enumerate(cases, 2))))
    return [line for day in play(stands, on=switched) for line in day]


def brief(lines: Sequence[Line], *kinds: str) -> list[tuple[str, str, str, int]]:
    return [(line.kind, line.rule, line.scope_id, line.cases) for line in lines if line.kind in kinds]


def detected(lines: Sequence[Line]) -> dict[tuple[str, str, str], date]:
    return {
        (line.rule, line.scope, line.scope_id): local_day(line.detected_at)
        for line in lines
        if line.kind == "signal" and line.detected_at
    }


@pytest.mark.requirement("R26")
def test_three_vomiting_in_a_class_are_a_check_a_signal_a_task_and_a_report(db):
    check, signal, task, report = played(rows(3))
    assert (check.kind, check.scope_id, check.cases, check.at, check.ref) == (
        "check",
        "A",
        3,
        eight(0),
        "check-1",
    )
    assert signal == Line(
        eight(0), "signal", "SCH-SIM-CLASS-1D", "class", "A", 3, eight(0), eight(0), eight(1), "signal-1"
    )
    assert (task, report) == (replace(signal, kind="task"), replace(signal, kind="report"))


def test_a_late_row_makes_the_detection_late_and_keeps_the_day_it_was_true(db):
    lines = played([*rows(2), row("late", known_on=on(2))])
    (signal,) = [line for line in lines if line.kind == "signal"]
    assert (signal.first_true_at, signal.detected_at, signal.due_at) == (at(on(0), 0), eight(2), eight(3))


def test_advice_is_told_as_advice_and_carries_no_clock(db):
    ili = {"symptoms": frozenset({"fever", "cough"}), "temperature": 38.0}
    lines = [line for line in played(rows(5, **ili)) if line.rule == "FLU-CLS-1D-5"]
    assert [(line.kind, line.due_at) for line in lines] == [("signal", None), ("advice", None)]


def test_a_higher_rule_of_the_family_joins_the_event_with_a_duty_of_its_own(db):
    lines = [line for line in played([*rows(3), *rows(2, 1)]) if line.kind != "check"]
    assert brief(lines, "signal", "report") == [
        ("signal", "SCH-SIM-CLASS-1D", "A", 3),
        ("report", "SCH-SIM-CLASS-1D", "A", 3),
        ("signal", "SCH-SIM-CLASS-3D", "A", 5),
        ("report", "SCH-SIM-CLASS-3D", "A", 5),
    ]
    assert {line.ref for line in lines} == {"signal-1"}
    assert sum(line.kind == "task" for line in lines) == 1


def test_what_a_doctor_finds_goes_through_the_doctor_and_off_rules_only_by_name(db):
    cases = rows(5, diagnosis="norovirus", lab=True)
    assert "NOV-SCH-3D-5" not in {line.rule for line in played(cases)}
    lines = played([replace(case, school="T") for case in cases], "NOV-SCH-3D-5")
    assert ("signal", "NOV-SCH-3D-5", "T", 5) in brief(lines, "signal")


def test_a_child_that_died_speaks_for_itself(db):
    lines = played([row(klass="A", diagnosis="hfmd", died=True)])
    assert ("advice", "HFMD-CLS-SEVERE", "A", 1) in brief(lines, "advice")


def test_who_is_ruled_out_before_the_third_falls_ill_counts_no_more(db):
    assert not brief(played([*rows(2, ruled_out_on=on(1)), *rows(1, known_on=on(1))]), "signal")
    assert not brief(played(rows(3, school="T", ruled_out_on=on(0))), "signal")


def test_a_temperature_is_rounded_down_so_that_it_never_reaches_a_threshold_by_rounding(db):
    ili = {"symptoms": frozenset({"fever", "cough"}), "temperature": 37.96}
    assert "FLU-CLS-1D-5" not in {line.rule for line in played(rows(5, **ili))}


def test_the_checks_carry_who_is_still_ill_and_say_who_is_back(db):
    lines = played([row("p1", absent_from=on(0), recovered_on=on(2)), row("p2", 1)])
    assert [(line.at, line.cases) for line in lines] == [(eight(0), 1), (eight(1), 2), (eight(2), 1)]
    school = Org.objects.get(level=Level.SCHOOL)
    with open_scope(schools=[school.pk]):
        illnesses = FollowUp.objects.in_scope().filter(school_id=school.pk).order_by("onset_on")
        assert [(row.onset_on, row.recovered_on) for row in illnesses] == [(on(0), on(2)), (on(1), None)]
        kinds = Finding.objects.in_scope().filter(school_id=school.pk).order_by("day", "person_id")
        assert [(f.day, f.kind, f.carried) for f in kinds] == [
            (on(0), "ill_absent", False),
            (on(1), "ill_absent", True),
            (on(1), "unwell", False),
            (on(2), "unwell", True),
        ]


def test_everything_is_entered_at_eight_of_the_day_it_became_known(db):
    played([row("p1", known_on=on(3))])
    school = Org.objects.get(level=Level.SCHOOL)
    with open_scope(schools=[school.pk]):
        (said,) = CheckSubmission.objects.in_scope().filter(school_id=school.pk)
        assert (said.received_at, said.day) == (eight(3), on(3))


def test_a_class_without_a_stated_roll_is_so_large_that_no_share_of_it_is_reached(db):
    ili = {"symptoms": frozenset({"fever", "cough"}), "temperature": 38.0}
    cases = rows(4, **ili)
    assert "FLU-CLS-30PCT" not in {line.rule for line in played(cases)}
    sized = [replace(case, school="T", class_size=13) for case in cases]
    assert detected(played(sized))["FLU-CLS-30PCT", "class", "T/A"] == on(0)
    school = Org.objects.filter(level=Level.SCHOOL).latest("pk")
    with open_scope(schools=[school.pk]):
        assert list(class_sizes(school.pk, on(0)).values()) == [13]


def test_schools_of_one_list_are_apart_and_named_as_the_evaluator_names_them(db):
    lines = played([*rows(2, school="S"), *rows(3, school="T"), *rows(1, school="S", diagnosis="mumps")])
    assert detected(lines) == {
        ("SCH-SIM-CLASS-1D", "class", "T/A"): on(0),
        ("SCH-DX-SUSP", "school", "S"): on(0),
    }


def test_the_same_list_gives_the_same_lines_whatever_the_database_held_before(db):
    cases = [*rows(3), *rows(4, 1, klass="B"), *rows(3, 2, diagnosis="hfmd", klass="C")]
    assert played(cases) == played(cases)


def test_the_clock_is_the_readers_own_between_two_days(db):
    stands = found_schools(write_script([(2, row())]))
    with clock.frozen(eight(50)):
        for _ in play(stands):
            assert clock.now() == eight(50)


def test_a_school_with_pupils_takes_a_replay_only_in_demo_mode(db):
    played(rows(1))
    school = Org.objects.get(level=Level.SCHOOL)
    Org.objects.filter(pk=school.pk).update(code="2199000009")
    with pytest.raises(Refused) as caught:
        school_of_code("2199000009", demo=False)
    assert caught.value.code == "replay.school_in_use"
    assert school_of_code("2199000009", demo=True) == school


@pytest.mark.parametrize("code", ["", "2199000001"])
def test_a_code_that_no_school_has_is_refused(db, code):
    with pytest.raises(Refused) as caught:
        school_of_code(code, demo=True)
    assert caught.value.code == "replay.no_school"


def test_a_second_replay_into_one_school_tells_only_its_own(db):
    county = found_org(actor_id=None, level=Level.COUNTY, name="青禾县")
    school = found_org(actor_id=None, level=Level.SCHOOL, name="明德小学", parent=county, code="2199000001")
    first, second = (
        [line for day in play([furnish(school, script, reporter=False)]) for line in day]
        for script in write_script([(2, case) for case in [*rows(3), *rows(3, school="T")]])
    )
    assert detected(first) == {("SCH-SIM-CLASS-1D", "class", "A"): on(0)}
    assert detected(second) == {("SCH-SIM-CLASS-1D", "class", "T/A"): on(0)}


@pytest.mark.parametrize(
    ("first", "days_apart", "rules"),
    [
        (date(2020, 9, 1), 10, {"COVID-SCH-14D-2", "SCH-DX-SUSP"}),
        (date(2022, 7, 1), 10, {"SCH-DX-SUSP"}),
        (date(2022, 7, 1), 6, {"COVID-SCH-7D-2", "SCH-DX-SUSP"}),
        (date(2026, 3, 2), 6, {"SCH-DX-SUSP"}),
    ],
)
def test_a_replay_of_2020_gives_the_answers_of_2020(db, first, days_apart, rules):
    pair = [row("p1", diagnosis="covid19"), row("p2", diagnosis="covid19")]
    onsets = (first, first + timedelta(days=days_apart))
    lines = played([replace(case, onset=day) for case, day in zip(pair, onsets, strict=True)])
    assert {line.rule for line in lines if line.kind == "signal"} == rules


# ---- agreement with the evaluator ----

SWITCHED = ("NOV-SCH-3D-5", "H1N1-2009-CLS-20PCT", "NOV-SCH-7D-10")
SYMPTOMS = st.frozensets(st.sampled_from(["fever", "cough", "rash", "vomiting", "diarrhoea"]), max_size=2)
DIAGNOSES = st.sampled_from(["", "", "hfmd", "norovirus", "measles", "influenza", "varicella"])


@st.composite
def an_illness(draw, person: str) -> list[Case]:
    """One row, or two where more is known of the illness later; what comes later holds what was known before."""
    onset = draw(st.integers(0, 6))
    known = onset + draw(st.sampled_from([0, 0, 1, 3]))
    back = draw(st.one_of(st.none(), st.integers(1, 5)))
    klass = draw(st.sampled_from("ABC"))
    first = Case(
        person=person,
        onset=on(onset),
        klass=klass,
        grade={"A": "1", "B": "1", "C": "2"}[klass],
        known_on=on(known),
        symptoms=draw(SYMPTOMS),
        temperature=draw(st.sampled_from([None, 37.9, 38.0])),
        diagnosis=draw(DIAGNOSES),
        lab=draw(st.booleans()),
        recovered_on=None if back is None else on(known + back),
        class_size={"A": 12, "B": 30, "C": 12}[klass],
    )
    if draw(st.integers(0, 3)):
        gone = draw(st.sampled_from([None, None, None, 0, 2]))
        return [first if gone is None else replace(first, ruled_out_on=on(known + gone))]
    later = replace(
        first,
        known_on=on(known + draw(st.integers(1, 3))),
        diagnosis=first.diagnosis or draw(DIAGNOSES),
        lab=True,
        hospital=draw(st.booleans()),
        temperature=38.0 if first.temperature is None else first.temperature,
    )
    return [first, later]


@st.composite
def a_list(draw) -> list[Case]:
    n = draw(st.integers(3, 12))
    return [case for i in range(n) for case in draw(an_illness(f"p{i}"))]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases=a_list())
def test_a_replay_finds_what_the_evaluator_finds_on_the_same_days(db, cases):
    with transaction.atomic():
        found = detected(played(cases, *SWITCHED))
        transaction.set_rollback(True)
    rules = [rule for rule in in_force(shipped(), DAY, SWITCHED) if rule.scope in SCOPES]
    assert found == {(a.rule.id, a.scope, a.scope_id): a.detected_on for a in evaluate(cases, rules)}
