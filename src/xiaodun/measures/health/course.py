"""The course of one illness as the criteria of return read it, and what they answer.

`FollowUp.facts` holds {"form": answers of the disease's form, "return": facts that only the return asks for}; days are ISO text.
A fact that a field of the form feeds is kept in the form: it is asked once.

A clearance is asked for where a doctor has named the disease and a source in force asks for a certificate. An illness that
nobody has named is told its day all the same, but returns on the teacher's list as always: product choice, or every cold
with a fever would need a paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.health.models import FollowUp
from xiaodun.rules.criterion import CIRCUMSTANCE, FACTS, TICK_CODES, Criterion
from xiaodun.rules.form_packs import FormField
from xiaodun.rules.forms import Value, course_facts, disease_form
from xiaodun.rules.return_packs import criteria_in_force
from xiaodun.rules.returning import Course, ReturnAnswer, earliest_return

FORM, RETURN = "form", "return"


def course_of(row: FollowUp) -> Course:
    """What is known of an illness, without the person."""
    told = course_facts(disease_form(row.diagnosis), form_values(row))
    kept = row.facts.get(RETURN, {})
    days = {code: date.fromisoformat(text) for code, text in kept.items() if isinstance(text, str)}
    ticks = {code for code, said in kept.items() if said is True}
    named = {
        "ticks": told.pop("ticks") | (ticks & TICK_CODES),
        "circumstances": told.pop("circumstances") | (ticks & CIRCUMSTANCE.keys()),
    }
    return Course(
        diagnosis=row.diagnosis,
        onset_on=row.onset_on,
        symptoms=frozenset(row.symptoms),
        temperature=None if row.temperature is None else float(row.temperature),
        **(days | told | named),
    )


def form_values(row: FollowUp) -> dict[str, Value]:
    """The answers of the disease's form as they were read; what the form no longer asks is left out."""
    kept = row.facts.get(FORM, {})
    fields = [field for field in disease_form(row.diagnosis).fields if field.code in kept]
    return {field.code: _value(field, kept[field.code]) for field in fields}


def stored(values: Mapping[str, Value]) -> dict[str, Any]:
    """Values as JSON keeps them."""
    return {code: value.isoformat() if isinstance(value, date) else value for code, value in values.items()}


def with_fact(row: FollowUp, code: str, value: date | bool) -> dict[str, Any]:
    """The facts of an illness with one more fact of the return, kept in the form's field where one feeds it."""
    facts = {FORM: {**row.facts.get(FORM, {})}, RETURN: {**row.facts.get(RETURN, {})}}
    if code not in FACTS and code not in CIRCUMSTANCE:
        zh, en = "没有这一项。用列表里的", "no such fact; use the list"
        raise Refused(Fault("health.unknown_fact", zh, en, code))
    wanted = "date" if isinstance(value, date) else "flag"
    fields = disease_form(row.diagnosis).fields
    asks = next((field for field in fields if field.feeds == code and field.kind == wanted), None)
    facts[FORM if asks else RETURN] |= stored({asks.code if asks else code: value})
    return facts


def answer(row: FollowUp, today: date) -> ReturnAnswer:
    """What all criteria in force say about one illness today; Refused where a fact cannot be true."""
    return earliest_return(course_of(row), in_force(today), today)


def answer_if_sound(row: FollowUp, today: date) -> ReturnAnswer | None:
    """As `answer`; None where a fact cannot be true. The person's own page says which: a list must not fall over one."""
    try:
        return answer(row, today)
    except Refused:
        return None


def first_day(row: FollowUp, today: date) -> date | None:
    """The day from which the doctor may look at a return: the earliest, or the bound while a fact is still to be seen."""
    found = answer_if_sound(row, today)
    return (found.earliest_on or found.not_before) if found else None


def must_clear(row: FollowUp, today: date) -> bool:
    """Does this illness still wait for a clearance before the person may be in class?"""
    return bool(row.diagnosis) and row.cleared_on is None and asks_certificate(row.diagnosis, today)


def asks_certificate(diagnosis: str, today: date) -> bool:
    return any(one.requires_certificate for one in in_force(today) if diagnosis in one.diagnoses)


@lru_cache(maxsize=8)
def in_force(today: date) -> tuple[Criterion, ...]:
    return criteria_in_force(today)


def _value(field: FormField, kept: Any) -> Value:
    value: Value = date.fromisoformat(kept) if field.kind == "date" else kept
    return value
