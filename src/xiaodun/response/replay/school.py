"""The stage of a replay: a school with the classes, pupils and staff that a line list speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.response.replay.script import ClassScript, SchoolScript
from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.actor import Actor, actor_of
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import Level, Org, Stage
from xiaodun.responsibility.roster.actions import NewPupil, enrol_pupils
from xiaodun.responsibility.roster.models import Enrolment
from xiaodun.rules.packs import shipped

STAGE = Stage.PRIMARY  # the line list names none, and no rule asks


@dataclass(frozen=True, slots=True)
class Stand:
    """A school that stands ready: its script, its classes and pupils by the file's values, and who speaks."""

    script: SchoolScript
    school: Org
    classes: dict[str, Org]
    persons: dict[str, int]
    grades: dict[str, int]
    teacher: Actor
    doctor: Actor

    def places(self) -> dict[tuple[str, str], str]:
        """(scope, scope_id of the database) -> scope_id as `rules eval` writes it."""
        value = self.script.value
        within = f"{value}/" if value else ""
        found = {("school", str(self.school.pk)): value or "school"}
        found |= {("class", str(org.pk)): f"{within}{name}" for name, org in self.classes.items()}
        found |= {("grade", str(pk)): f"{within}{name}" for name, pk in self.grades.items() if name}
        found |= {("person", str(pk)): person for person, pk in self.persons.items()}
        return found


def found_schools(scripts: Sequence[SchoolScript]) -> list[Stand]:
    """A county of its own with one school for each script. Names are made up; codes stay empty."""
    province = found_org(actor_id=None, level=Level.PROVINCE, name="回放省")
    city = found_org(actor_id=None, level=Level.CITY, name="回放市", parent=province)
    county = found_org(actor_id=None, level=Level.COUNTY, name="回放县", parent=city)
    stands = []
    for number, script in enumerate(scripts, 1):
        name = f"回放第{number}学校"
        school = found_org(actor_id=None, level=Level.SCHOOL, name=name, parent=county)
        stands.append(furnish(school, script, reporter=True))
    return stands


def school_of_code(code: str, *, demo: bool) -> Org:
    """The school to enter a replay into.

    Refused `replay.no_school` for an unknown code, and `replay.school_in_use` outside demo mode when pupils are
    enrolled: synthetic cases must never stand among children.
    """
    school: Org | None = Org.objects.filter(level=Level.SCHOOL, code=code).first() if code else None
    if school is None:
        zh, en = "没有这个学校标识码", "no school has this code"
        raise Refused(Fault("replay.no_school", zh, en, "--school", code))
    with open_scope(schools=[school.pk]):
        used = Enrolment.objects.in_scope().filter(school_id=school.pk).exists()
    if used and not demo:
        zh = "这所学校已有在册学生；回放只能进演示库或没有学生的学校"
        en = "pupils are enrolled there; replay into the demo or into a school without pupils"
        raise Refused(Fault("replay.school_in_use", zh, en, "--school", code))
    return school


def furnish(school: Org, script: SchoolScript, *, reporter: bool) -> Stand:
    """Found the script's classes in the school, enrol made-up pupils and give the duties that the replay needs.

    reporter: also an epidemic reporter, for a school that has no staff of its own.
    """
    days = script.days()
    grades = {value: _grade(school, value, n) for n, value in enumerate(_grade_values(script), 1)}
    classes: dict[str, Org] = {}
    persons: dict[str, int] = {}
    for number, room in enumerate(script.classes, 1):
        grade = grades[room.grade]
        klass = found_org(
            actor_id=None, level=Level.KLASS, name=_name(room.value, "回放班"), parent=grade, stage=STAGE,
            grade_number=grade.grade_number, class_number=number, sort=f"{number:04}",
        )  # fmt: skip
        classes[room.value] = klass
        persons |= _enrol(klass, room, days[0])
    key = next(iter(classes.values())).pk  # founded for this replay: no account has its number yet
    teacher = _staff(f"replay-{key}-teacher", Role.CLASS_REPORTER, classes.values(), days)
    doctor = _staff(f"replay-{key}-doctor", Role.SCHOOL_DOCTOR, [school], days)
    if reporter:
        _staff(f"replay-{key}-reporter", Role.EPIDEMIC_REPORTER, [school], days)
    units = {value: grade.pk for value, grade in grades.items()}
    return Stand(script, school, classes, persons, units, teacher, doctor)


def smallest_share() -> float:
    """The smallest share of a class that any shipped rule asks for."""
    return min(rule.attack_rate for pack in shipped() for rule in pack.rules if rule.attack_rate is not None)


def _grade_values(script: SchoolScript) -> list[str]:
    return list(dict.fromkeys(room.grade for room in script.classes))


def _grade(school: Org, value: str, number: int) -> Org:
    return found_org(
        actor_id=None, level=Level.GRADE, name=_name(value, "回放年级"), parent=school, stage=STAGE,
        grade_number=number, sort=f"{number:04}",
    )  # fmt: skip


def _name(value: str, prefix: str) -> str:
    return f"{prefix} {value}".strip()[:80]


def _enrol(klass: Org, room: ClassScript, first: date) -> dict[str, int]:
    """The file's persons first, then as many as the roll has; the file's codes are not kept as names."""
    n = room.roll(smallest_share())
    new = [NewPupil(name=f"回放{number:03}", sex="fm"[number % 2]) for number in range(1, n + 1)]
    enrolled = enrol_pupils(actor_id=None, klass=klass, pupils=new, from_day=first)
    return {person: pupil.pk for person, pupil in zip(room.persons, enrolled, strict=False)}


def _staff(username: str, role: Role, units: Iterable[Org], days: Sequence[date]) -> Actor:
    """One account with one duty at each unit for the days of the replay; nobody can sign in with it."""
    account = open_account(actor_id=None, username=username, name=f"回放{role.label}")
    for org in units:
        give_duty(actor_id=None, account=account, role=role, org=org, from_day=days[0], to_day=days[-1])
    return actor_of(account, days[0])
