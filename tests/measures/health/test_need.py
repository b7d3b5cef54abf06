"""The state machine of a follow-up: every combination of what may be known leads to one need, by rules written down here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from tests.cast import MONDAY, MORNING

from xiaodun.measures.health.models import FollowUp, Visit
from xiaodun.measures.health.need import Need, needs

DAY = timedelta(days=1)
# Varicella asks for a certificate and for dry crusts, not before day 14; dengue has no criterion of return.
DISEASES = ("", "dengue", "varicella")

AXES: dict[str, tuple[Any, ...]] = {
    "cause": ("unknown", "illness", "injury", "leave", "other"),
    "symptoms": ([], ["fever"]),
    "diagnosis": DISEASES,
    "ended": ("no", "back", "ruled_out", "back_then_ruled_out"),
    "cleared": (None, MONDAY, MONDAY + DAY),
    "expected": (None, MONDAY - DAY, MONDAY, MONDAY + DAY),
    "onset": (MONDAY - 3 * DAY, MONDAY - 14 * DAY),
    "seen": (MONDAY - DAY, MONDAY),  # on a check's list
    "doctor": (None, MORNING - DAY, MORNING),
    "visited": (False, True),
}


def _states() -> Iterator[dict[str, Any]]:
    for values in product(*AXES.values()):
        yield dict(zip(AXES, values, strict=True))


def _row(state: dict[str, Any]) -> FollowUp:
    back, out = "back" in state["ended"], "ruled_out" in state["ended"]
    return FollowUp(
        cause=state["cause"],
        symptoms=state["symptoms"],
        diagnosis=state["diagnosis"],
        onset_on=state["onset"],
        last_seen_on=state["seen"],
        seen_by_doctor_at=state["doctor"],
        recovered_on=MONDAY if back else None,
        ruled_out_on=MONDAY if out else None,
        ruled_out_reason="not_infectious" if out else "",
        cleared_on=state["cleared"],
        expected_on=state["expected"],
    )


def expected(state: dict[str, Any]) -> Need:
    """The rules once more, in the order in which a doctor would say them."""
    waits = state["diagnosis"] == "varicella" and state["cleared"] is None
    if state["ended"] != "no":
        return Need.CHECK_CERTIFICATE if waits and state["ended"] == "back" else Need.NONE
    knows_why = bool(state["diagnosis"]) or {
        "unknown": False, "illness": bool(state["symptoms"]), "injury": True, "leave": True, "other": True,
    }[state["cause"]]  # fmt: skip
    if not knows_why:
        return Need.ASK_CAUSE
    if state["visited"] or state["seen"] == MONDAY or state["doctor"] == MORNING:
        return Need.NONE
    if waits:
        return Need.CHECK_CERTIFICATE if state["onset"] == MONDAY - 14 * DAY else Need.ASK_TODAY
    if state["cleared"] == MONDAY or state["expected"] in (MONDAY - DAY, MONDAY):
        return Need.DECIDE_RETURN
    return Need.ASK_TODAY


@pytest.mark.requirement("R74")
def test_every_combination_has_the_need_that_its_facts_give() -> None:
    n = 0
    for state in _states():
        n += 1
        visits = [Visit()] if state["visited"] else []
        assert needs(_row(state), visits, MONDAY) == expected(state), state
    assert n == 5 * 2 * 3 * 4 * 3 * 4 * 2 * 2 * 3 * 2


def test_an_open_absence_without_a_cause_asks_for_it_whatever_else_was_said() -> None:
    for state in _states():
        if state["ended"] == "no" and state["cause"] == "unknown" and not state["diagnosis"]:
            assert needs(_row(state), [Visit()], MONDAY) == Need.ASK_CAUSE


def test_tomorrow_everything_open_that_was_heard_today_is_asked_again() -> None:
    for state in _states():
        if state["ended"] == "no" and needs(_row(state), [Visit()], MONDAY) == Need.NONE:
            assert needs(_row(state), [], MONDAY + DAY) != Need.NONE


def test_a_fact_that_cannot_be_true_leaves_the_absence_on_the_list() -> None:
    row = _row(dict.fromkeys(AXES) | {
        "cause": "illness", "symptoms": ["fever"], "diagnosis": "influenza", "ended": "no", "onset": MONDAY, "seen": MONDAY,
    })  # fmt: skip
    row.facts = {"return": {"symptom_free_on": (MONDAY - DAY).isoformat()}}
    assert needs(row, [], MONDAY + DAY) == Need.ASK_TODAY
