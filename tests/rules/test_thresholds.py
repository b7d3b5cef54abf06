"""Every rule with a number, from the packs: one case fewer is silence, the number itself is an answer."""

from __future__ import annotations

import pytest
from tests.rules.casebook import answer, case, dates

from xiaodun.rules.evaluate import is_judged
from xiaodun.rules.packs import shipped
from xiaodun.rules.rule import Rule

JUDGED = [rule for pack in shipped() for rule in pack.rules if is_judged(rule)]
COUNTED = [rule for rule in JUDGED if rule.count is not None and rule.count_unit is None]
MANY = [rule for rule in COUNTED if rule.count > 1]
ROLL = 40


def facts(rule: Rule) -> dict[str, object]:
    """A case that the rule counts, in one place of its scope."""
    predicate = rule.predicate
    found: dict[str, object] = {
        "school": "S",
        "grade": "4",
        "dorm": "D1",
        "household": "H",
        "symptoms": frozenset(),
    }
    if predicate.kind == "similar_symptoms":
        found["symptoms"] = frozenset({predicate.syndromes[0]})
    if predicate.kind in ("ili", "confirmed_influenza"):
        found |= {"symptoms": frozenset({"cough"}), "temperature": 38.0}
    if predicate.kind in ("diagnosis", "severe") and predicate.diagnoses:
        found["diagnosis"] = predicate.diagnoses[0]
    if predicate.kind == "any_diagnosis":
        found["diagnosis"] = "mpox"
    if predicate.kind == "symptom":
        found["symptoms"] = frozenset({predicate.symptoms_any[0]})
    if predicate.outcome_any:
        found[predicate.outcome_any[0]] = True
    if rule.min_lab or predicate.kind == "confirmed_influenza":
        found["lab"] = True
    return found


def some(rule: Rule, n: int, last_day: int = 0, **more: object) -> list:
    """n cases on day 0, the last of them on last_day."""
    said = facts(rule) | more
    return [case(0 if rule.scope == "person" else i, last_day if i == n - 1 else 0, **said) for i in range(n)]


def named(rule: Rule) -> str:
    return rule.id


@pytest.mark.parametrize("rule", COUNTED, ids=named)
def test_the_number_holds_and_one_fewer_does_not(rule):
    assert answer(some(rule, rule.count - 1), rule.id) is None
    found = answer(some(rule, rule.count), rule.id)
    assert dates(found) == (0, 0)
    assert found.count == rule.count


@pytest.mark.parametrize("rule", MANY, ids=named)
def test_the_window_holds_its_days_and_not_one_more(rule):
    assert dates(answer(some(rule, rule.count, rule.window_days - 1), rule.id)) == (rule.window_days - 1,) * 2
    assert answer(some(rule, rule.count, rule.window_days), rule.id) is None


@pytest.mark.parametrize("rule", MANY, ids=named)
def test_one_person_written_many_times_is_one_case(rule):
    rows = [case(0, 0, **facts(rule)) for _ in range(rule.count + 1)]

    assert answer(rows, rule.id) is None


@pytest.mark.parametrize("rule", [r for r in COUNTED if r.count_max], ids=named)
def test_a_bounded_grade_ends_at_its_upper_number(rule):
    assert answer(some(rule, rule.count_max), rule.id).count == rule.count_max
    assert answer(some(rule, rule.count_max + 1), rule.id) is None


@pytest.mark.parametrize("rule", [r for r in JUDGED if r.attack_rate], ids=named)
def test_a_share_of_the_roll_holds_and_one_fewer_does_not(rule):
    enough = round(rule.attack_rate * ROLL)

    assert answer(some(rule, enough - 1, class_size=ROLL), rule.id) is None
    assert answer(some(rule, enough, class_size=ROLL), rule.id).rate == enough / ROLL


@pytest.mark.parametrize("rule", [r for r in JUDGED if r.min_lab], ids=named)
def test_the_laboratory_must_confirm_as_many_as_the_rule_asks(rule):
    at_the_number = some(rule, rule.count)
    one_less = [case(i, 0, **(facts(rule) | {"lab": i < rule.min_lab - 1})) for i in range(rule.count)]

    assert answer(at_the_number, rule.id) is not None
    assert answer(one_less, rule.id) is None


def test_three_classes_of_two_cases_hold_where_two_classes_and_a_bit_do_not():
    def classes(*sizes):
        return [
            case(10 * k + i, k, klass=f"K{k}", school="S", diagnosis="hfmd")
            for k, size in enumerate(sizes)
            for i in range(size)
        ]

    assert answer(classes(2, 2, 1, 1), "HFMD-SCH-SUSP-3CLS") is None
    assert answer([*classes(2, 2, 1), *classes(2, 2, 1)], "HFMD-SCH-SUSP-3CLS") is None
    found = answer(classes(2, 2, 2, 1), "HFMD-SCH-SUSP-3CLS")
    assert dates(found) == (2, 2)
    assert found.count == 3
    assert len(found.persons) == 6


def test_every_number_of_the_packs_is_covered_here():
    covered = {rule.id for rule in COUNTED} | {rule.id for rule in JUDGED if rule.attack_rate}

    assert {rule.id for rule in JUDGED} - covered == {"HFMD-SCH-SUSP-3CLS"}
