"""A preview as the clerk reads it: old and new side by side, questions with their candidates, everything in the file's order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.importing import Shown
from xiaodun.responsibility.roster.importing_match import TOGETHER, Ask, Why
from xiaodun.responsibility.roster.importing_plan import Plan, Planned, Step
from xiaodun.responsibility.roster.importing_stored import Roster, Stored
from xiaodun.responsibility.roster.models import IdKind, PersonKind, Post, Sameness
from xiaodun.responsibility.roster.numbers import IDENTITY, STUDENT, mask, masked
from xiaodun.web.office.saying import labels

SHORT = 20  # rows of each kind on the first page
LONG = 200
_SEXES = {"f": "女", "m": "男", "": "–"}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: who, and what changes from what to what."""

    row: int
    name: str
    klass: str
    changes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    row: int
    name: str
    said: str
    why: str
    candidates: tuple[tuple[int, str], ...]


def lines(plan: Plan, step: Step) -> list[Line]:
    return [line(plan, one) for one in plan.of(step)]


def line(plan: Plan, one: Planned) -> Line:
    klass = _class_now(plan, one.person) if one.person else ""
    new = _class_said(plan, one)
    changes = [_change(one, code) for code in one.changed]
    if one.step in (Step.MOVED, Step.RETURNING) or (one.step == Step.NEW and new):
        changes.insert(0, (_("班级"), klass or "–", new))
    changes += [
        (str(labels()["dorm_building" if kind == "dorm" else "bus"]), "–", name) for kind, name in one.groups
    ]
    changes += [
        (_("监护人"), step.stored.name if step.stored else "–", step.row.name or _("电话"))
        for step in one.guardians
    ]
    return Line(one.row.number, one.row.name, new or klass, tuple(changes))


def new_by_class(plan: Plan) -> list[tuple[str, int]]:
    """How many are new in each class, in the order of the file."""
    return list(Counter(_class_said(plan, one) for one in plan.of(Step.NEW)).items())


def missing(plan: Plan) -> list[Line]:
    return [Line(0, one.name, _class_now(plan, one)) for one in plan.missing]


def questions(shown: Shown, roster: Roster) -> list[Question]:
    return [_question(shown.plan, roster, ask) for ask in shown.plan.asks]


def n_together(plan: Plan) -> int:
    return sum(ask.why in TOGETHER and len(ask.candidates) == 1 for ask in plan.asks)


def alikes(shown: Shown, school: Org) -> list[dict[str, Any]]:
    """New rows that may be somebody stored: of this school with the class, of another with that school's name alone."""
    found = shown.alike()
    schools = {one.school_id for others in found.values() for one in others}
    names = dict(Org.objects.filter(pk__in=schools).values_list("pk", "name"))
    by_row = {one.row.number: one.row.name for one in shown.plan.of(Step.NEW)}
    return [
        {
            "row": row,
            "name": by_row.get(row, ""),
            "person_id": one.person_id if one.school_id == school.pk else None,
            "school": _("本校") if one.school_id == school.pk else names.get(one.school_id, ""),
            "why": str(Sameness(one.sameness).label),
        }
        for row, others in found.items()
        for one in others
    ]


def _question(plan: Plan, roster: Roster, ask: Ask) -> Question:
    row = ask.row
    said = [
        row.klass.name() if row.klass else "",
        row.birth_on.isoformat() if row.birth_on else _("没写出生日期"),
    ]
    candidates = tuple((pk, _told(plan, roster.people[pk])) for pk in ask.candidates if pk in roster.people)
    return Question(row.number, row.name, " ".join(filter(None, said)), _why(ask.why), candidates)


def _told(plan: Plan, one: Stored) -> str:
    born = one.birth_on.isoformat() if one.birth_on else _("没有出生日期")
    gone = _("（已离校）") if one.left_on else ""
    number = masked(one.student_number_sealed, STUDENT)
    return " ".join(filter(None, [one.name, _class_now(plan, one) + gone, born, number]))


def _why(why: Why) -> str:
    return {
        Why.SHARED_NUMBER: _("名册里有几个人用这个号码"),
        Why.NUMBERS_DIFFER: _("学籍号和证件号指向两个人"),
        Why.SAME_NAMES: _("有几个同名的人"),
        Why.OTHER_NUMBER: _("姓名、生日、班级相同，号码不同"),
        Why.NO_BIRTH_DATE: _("同班同名，缺出生日期"),
        Why.OTHER_CLASS: _("同名同生日，在别的班"),
    }[why]


def _change(one: Planned, code: str) -> tuple[str, str, str]:
    """Label, old, new; numbers with their middle hidden."""
    person, row = one.person, one.row
    assert person is not None
    label = str(labels()[code])
    if code == "identity":
        old = masked(person.id_sealed, IDENTITY)
        new = mask(row.identity.text) if row.identity else ""
        if row.identity and row.identity.kind != person.id_kind:
            new = f"{IdKind(row.identity.kind).label} {new}"
        return label, old or "–", new
    if code == "student_number":
        return (
            label,
            masked(person.student_number_sealed, STUDENT) or "–",
            mask(row.student_number.text if row.student_number else ""),
        )
    old, new = getattr(person, code), getattr(row, code)
    if code == "sex":
        return label, _SEXES[old], _SEXES[new]
    if code == "post":
        return label, str(Post(old).label) if old else "–", str(Post(new).label)
    return label, str(old or "–"), str(new)


def _class_now(plan: Plan, one: Stored) -> str:
    return plan.units.name_of(one.class_id)


def _class_said(plan: Plan, one: Planned) -> str:
    if plan.kind == PersonKind.STAFF:
        return str(Post(one.row.post).label) if one.row.post else ""
    if one.row.klass is None:
        return ""
    known = plan.units.classes.get(one.row.klass)
    return known.name if known else one.row.klass.name()
