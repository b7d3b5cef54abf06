"""病例一览: one row for one illness with what its disease asks; the doctor takes it away for a reason, under a watermark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.foundation.sheets.columns import Column, Value, Watermark
from xiaodun.foundation.sheets.writing import write_csv, write_xlsx
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.kernel.words import symptom
from xiaodun.measures.health.course import form_values
from xiaodun.measures.health.desk import check_desk
from xiaodun.measures.health.models import FollowUp
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Person
from xiaodun.rules.form_packs import FormField
from xiaodun.rules.forms import Value as Answer
from xiaodun.rules.forms import disease_form

MOST_ROWS = (
    500  # of one file; product choice: more leaves only as the roster does, with a second person's yes
)
LONGEST_DAYS = 400

COLUMNS = (
    Column("name", "姓名", "Name", width=12),
    Column("klass", "班级", "Class", width=10),
    Column("sex", "性别", "Sex", width=6),
    Column("birth_on", "出生日期", "Born on", kind="date", width=12),
    Column("dorm", "宿舍", "Dormitory room", width=8),
    Column("cause", "原因", "Cause", width=8),
    Column("onset_on", "发病日", "Onset", kind="date", width=12),
    Column("symptoms", "症状", "Symptoms", width=24),
    Column("temperature", "体温", "Temperature", kind="number", width=8, unit="℃"),
    Column("diagnosis", "诊断", "Diagnosis", width=16),
    Column("lab", "实验室诊断", "Laboratory", width=8),
    Column("outcome", "轻重", "Severity", width=8),
    Column("exposure", "共同暴露", "Shared exposure", width=18),
    Column("absent_from", "缺课从", "Absent from", kind="date", width=12),
    Column("absent_to", "缺课到", "Absent to", kind="date", width=12),
    Column("recovered_on", "返校日", "Back on", kind="date", width=12),
    Column("cleared_on", "复课凭据", "Cleared from", kind="date", width=12),
)
_YES = ("是", "yes")
_OUTCOMES = (("died", "死亡", "died"), ("severe", "重症", "severe"), ("hospital", "住院", "in hospital"))
_SEXES = {"f": ("女", "f"), "m": ("男", "m")}


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as it leaves."""

    name: str
    content_type: str
    data: bytes


def illnesses(school_id: int, first: date, last: date, diagnosis: str = "") -> list[FollowUp]:
    """The illnesses that a school follows with an onset from `first` to `last`, findings taken back left out, by onset.

    Refused `line_list.days` for days that make no stretch.
    """
    if not 0 <= (last - first).days < LONGEST_DAYS:
        zh, en = (
            f"起止日期不超过{LONGEST_DAYS}天，结束不早于开始",
            f"at most {LONGEST_DAYS} days, the end not before the beginning",
        )
        raise Refused(Fault("line_list.days", zh, en, "last", last.isoformat()))
    rows = FollowUp.objects.in_scope().filter(keeper_school_id=school_id, onset_on__range=(first, last))
    rows = rows.exclude(ruled_out_reason="corrected")
    if diagnosis:
        rows = rows.filter(diagnosis=diagnosis)
    return list(rows.order_by("onset_on", "pk"))


def answers_of(row: FollowUp, language: str) -> list[tuple[str, str]]:
    """(label, answer) of each question of the disease that was answered, in words."""
    values = form_values(row)
    asked = [field for field in disease_form(row.diagnosis).fields if field.code in values]
    return [(field.words(language), said(field, values[field.code], language)) for field in asked]


def said(field: FormField, value: Answer, language: str) -> str:
    zh = language.startswith("zh")
    if isinstance(value, bool):
        return (_YES if value else ("否", "no"))[not zh]
    if field.kind == "choice":
        return next((one.words(language) for one in field.choices if one.code == value), str(value))
    unit = field.unit if zh else field.unit_en
    return f"{value} {unit}".strip() if field.kind == "number" else str(value)


def asked_fields(rows: Sequence[FollowUp]) -> tuple[FormField, ...]:
    """The questions of all the diseases in a list, each once, in the order of the forms."""
    found: dict[str, FormField] = {}
    for code in sorted({row.diagnosis for row in rows}):
        found |= {field.code: field for field in disease_form(code).fields}
    return tuple(found.values())


@transaction.atomic
def take_line_list(
    *,
    actor: Actor,
    school_id: int,
    rows: Sequence[FollowUp],
    reason: str,
    form: Literal["xlsx", "csv"] = "xlsx",
    language: str = "zh",
) -> Taken:
    """The list as a file, with who takes it away and when on every page; one line of the journal.

    Refused `line_list.reason`, `line_list.too_many`, `line_list.nobody`.
    """
    school = check_desk(actor, school_id)
    purpose = " ".join(reason.split())[:200]
    if len(purpose) < 2:
        zh, en = "写明用途，如“疾控流调”", "State the purpose, e.g. “CDC investigation”"
        raise Refused(Fault("line_list.reason", zh, en, "reason"))
    if not rows:
        raise Refused(
            Fault(
                "line_list.nobody", "这段时间没有病例。改日期", "Nobody in these days. Change them", "first"
            )
        )
    if len(rows) > MOST_ROWS:
        zh = f"一次最多 {MOST_ROWS} 行。缩短日期，或只选一个病种"
        en = f"At most {MOST_ROWS} rows at once. Shorten the days, or choose one disease"
        raise Refused(Fault("line_list.too_many", zh, en, "last", str(len(rows))))
    fields = asked_fields(rows)
    columns = [*COLUMNS, *(Column(one.code, one.zh, one.en, width=14, unit="") for one in fields)]
    lines = _lines(school, rows, fields, language)
    mark = Watermark(who=f"{actor.name} {purpose}", when=clock.now())
    title = "病例一览" if language.startswith("zh") else "Line list"
    if form == "csv":
        data = write_csv(columns, lines, watermark=mark, language=language)
    else:
        data = write_xlsx(columns, lines, title=title, watermark=mark, language=language)
    journal.write(
        actor.account_id,
        "line_list.take",
        ("school", school.pk),
        school_id=school.pk,
        county_id=school.county_id,
        n=len(rows),
        form=form,
        purpose=purpose,
    )
    kind = "text/csv; charset=utf-8" if form == "csv" else _XLSX
    return Taken(f"line-list-{clock.today():%Y%m%d}.{form}", kind, data)


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _lines(
    school: Org, rows: Sequence[FollowUp], fields: Sequence[FormField], language: str
) -> list[list[Value]]:
    people = Person.objects.in_scope().filter(pk__in=[row.person_id for row in rows])
    persons = {person.pk: person for person in people}
    classes = dict(Org.objects.filter(school_id=school.pk).values_list("pk", "name"))
    found = []
    for row in rows:
        known = _known(row, persons.get(row.person_id), classes.get(row.class_id, ""), language)
        values = form_values(row)
        known |= {one.code: said(one, values[one.code], language) for one in fields if one.code in values}
        codes = [*(column.code for column in COLUMNS), *(one.code for one in fields)]
        found.append([known.get(code) for code in codes])
    return found


def _known(row: FollowUp, person: Person | None, klass: str, language: str) -> dict[str, Value]:
    other = not language.startswith("zh")
    outcome = next((words[other] for flag, *words in _OUTCOMES if getattr(row, flag)), "")
    return {
        "name": person.name if person else "",
        "klass": klass,
        "sex": _SEXES.get(person.sex, ("", ""))[other] if person else "",
        "birth_on": person.birth_on if person else None,
        "dorm": row.dorm,
        "cause": str(row.get_cause_display()),
        "onset_on": row.onset_on,
        "symptoms": ("；" if not other else "; ").join(
            symptom(code).words(language) for code in row.symptoms
        ),
        "temperature": None if row.temperature is None else float(row.temperature),
        "diagnosis": row.diagnosis_word,
        "lab": _YES[other] if row.lab else "",
        "outcome": outcome,
        "exposure": row.exposure,
        "absent_from": row.absent_from,
        "absent_to": row.absent_to,
        "recovered_on": row.recovered_on,
        "cleared_on": row.cleared_on,
    }
