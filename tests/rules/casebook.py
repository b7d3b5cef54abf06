"""Cases and rules for the tests, by small numbers: day 0 is DAY, persons are p0, p1 ..."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from xiaodun.rules.evaluate import Answer, evaluate
from xiaodun.rules.layers import in_force
from xiaodun.rules.linelist import Case
from xiaodun.rules.packs import shipped
from xiaodun.rules.rule import Rule

DAY = date(2026, 3, 2)
FEVER = frozenset({"fever"})
ILI = {"symptoms": frozenset({"fever", "cough"}), "temperature": 38.0}


def on(n: int) -> date:
    return DAY + timedelta(days=n)


def case(person: int, day: int = 0, **facts: object) -> Case:
    """Person p<person> of class A with onset on that day; fever unless the facts say otherwise."""
    facts.setdefault("klass", "A")
    if "diagnosis" not in facts:
        facts.setdefault("symptoms", FEVER)
    return Case(person=f"p{person}", onset=on(day), **facts)


def cases(counts: Sequence[int], *, start: int = 0, **facts: object) -> list[Case]:
    """counts[d] new cases on day d, every person another."""
    found: list[Case] = []
    for day, n in enumerate(counts):
        found += [case(start + len(found) + i, day, **facts) for i in range(n)]
    return found


def rule(name: str) -> Rule:
    return next(each for pack in shipped() for each in pack.rules if each.id == name)


def rules(as_of: date = DAY, on: Iterable[str] = ()) -> tuple[Rule, ...]:
    return in_force(shipped(), as_of, on)


def held(
    found: Iterable[Case], judged: Sequence[Rule] | None = None, **options: object
) -> dict[str, list[str]]:
    """rule id -> places where it holds."""
    book: dict[str, list[str]] = {}
    for answer in evaluate(found, rules() if judged is None else judged, **options):
        book.setdefault(answer.rule.id, []).append(answer.scope_id)
    return book


def answer(found: Iterable[Case], name: str, **options: object) -> Answer | None:
    """The one answer of one rule, or None; a test that expects one place gets a second one as an error."""
    answers = evaluate(found, [rule(name)], **options)
    assert len(answers) < 2, [each.scope_id for each in answers]
    return answers[0] if answers else None


def dates(found: Answer | None) -> tuple[int | None, int | None]:
    """first_true_on and detected_on as days after DAY."""
    assert found is not None
    first = None if found.first_true_on is None else (found.first_true_on - DAY).days
    return first, (found.detected_on - DAY).days
