"""What the forms of a change ask for, and what was said in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from xiaodun.kernel.calendar import ONE_DAY
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.kernel.words import STAGES
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import CHECKED, GroupKind, Level, Org, Stage
from xiaodun.web.page.written import tongue

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """One field of a form. `kind`: text, number, date, select or checks."""

    name: str
    label: str
    kind: str = "text"
    options: Options = ()
    note: str = ""
    required: bool = True


# What can be done to a unit of each level: (kind, level to found).
OFFERED: dict[Level, tuple[tuple[str, str], ...]] = {
    Level.COUNTY: (("found", Level.SCHOOL),),
    Level.SCHOOL: (
        ("found", Level.GRADE),
        ("found", Level.CAMPUS),
        ("found", Level.GROUP),
        ("campus", ""),
        ("rename", ""),
        ("merge", ""),
        ("split", ""),
        ("move_county", ""),
        ("close", ""),
    ),
    Level.GRADE: (("found", Level.KLASS), ("rename", ""), ("close", "")),
    Level.KLASS: (("rename", ""), ("close", "")),
    Level.CAMPUS: (("rename", ""), ("close", "")),
    Level.GROUP: (("rename", ""), ("close", "")),
}
# The argument of each verb that names the unit itself.
_OWN = {"found": "parent", "campus": "school", "move_county": "school"}
_LISTS = ("classes",)


def fields_of(kind: str, level: str, unit: Org, actor: Actor, day: date) -> list[Asking]:
    """The fields of one verb at one unit, the day last."""
    ask = {
        "rename": _rename,
        "found": _found,
        "campus": _campus,
        "merge": _merge,
        "split": _split,
        "move_county": _move_county,
    }.get(kind)
    fields = ask(unit, level, actor, day) if ask else []
    return [*fields, Asking("on_day", _("从哪天起"), "date", note=_("选以后的日子，当天零点后生效"))]


def asked_of(kind: str, level: str, unit: Org, said: QueryDict) -> dict[str, Any]:
    """The arguments of the verb, as the form sent them."""
    asked: dict[str, Any] = {
        name: said.getlist(name) if name in _LISTS else said.get(name, "")
        for name in said
        if name not in {"csrfmiddlewaretoken", "kind", "level", "on_day", "digest"}
    }
    asked[_OWN.get(kind, "unit")] = unit.pk
    return asked | ({"level": level} if level else {})


def day_said(text: str, otherwise: date | None = None) -> date:
    """A day as a date field sends it; Refused `orgs.day` for anything else and for an empty one without a default."""
    try:
        return date.fromisoformat(text) if text.strip() or otherwise is None else otherwise
    except ValueError:
        zh, en = "日期写成 2026-12-01", "Write the date as 2026-12-01"
        raise Refused(Fault("orgs.day", zh, en, "on_day", text[:20])) from None


def placed(faults: Iterable[Fault], labels: dict[str, str]) -> list[dict[str, str]]:
    """Faults for the page: the place by the label of its field, nowhere else."""
    return [
        {"code": one.code, "zh": one.zh, "en": one.en, "where": labels.get(one.where, "")} for one in faults
    ]


def tomorrow(day: date) -> str:
    return (day + ONE_DAY).isoformat()


def _options(units: Iterable[Org]) -> Options:
    return tuple((str(org.pk), org.name) for org in units)


def _rename(unit: Org, level: str, actor: Actor, day: date) -> list[Asking]:
    fields = [Asking("name", _("新名称"))]
    if unit.level == Level.SCHOOL and not unit.code:
        fields.append(Asking("code", _("学校标识码"), note=_("10位，下发后再填也可以"), required=False))
    return fields


def _found(unit: Org, level: str, actor: Actor, day: date) -> list[Asking]:
    name = Asking("name", _("名称"))
    campus = _campus_field(unit, day)
    if level == Level.SCHOOL:
        code = Asking("code", _("学校标识码"), note=_("10位，下发后再填也可以"), required=False)
        return [name, Asking("town", _("乡镇"), required=False), code]
    if level == Level.GRADE:
        stages = tuple((word.code, word.words(tongue())) for word in STAGES if word.code in Stage.values)
        number = Asking(
            "number", _("年级号"), "number", note=_("小学1-6、初中6-9、高中10-12，幼儿园和中职1-3")
        )
        return [Asking("stage", _("学段"), "select", stages), number]
    if level == Level.KLASS:
        return [Asking("number", _("班号"), "number", note=_("不填就接着排"), required=False), *campus]
    if level == Level.GROUP:
        kinds = tuple((kind.value, str(kind.label)) for kind in GroupKind)
        return [Asking("group_kind", _("哪种组"), "select", kinds), name, *campus]
    return [name]


def _campus_field(unit: Org, day: date) -> list[Asking]:
    campuses = (
        Org.objects.standing(day)
        .filter(level=Level.CAMPUS, school_id=unit.school_id or 0)
        .order_by("sort", "pk")
    )
    options = _options(campuses)
    return (
        [Asking("campus", _("校区"), "select", (("", _("不分校区")), *options), required=False)]
        if options
        else []
    )


def _campus(unit: Org, level: str, actor: Actor, day: date) -> list[Asking]:
    return [
        Asking("classes", _("哪些班和组"), "checks", _options(_checked(unit, day))),
        *_campus_field(unit, day),
    ]


def _checked(unit: Org, day: date) -> Iterable[Org]:
    return (
        Org.objects.standing(day).filter(level__in=CHECKED, school_id=unit.pk).order_by("level", "sort", "pk")
    )


def _merge(unit: Org, level: str, actor: Actor, day: date) -> list[Asking]:
    schools = (
        Org.objects.standing(day).filter(level=Level.SCHOOL, county_id=unit.county_id).exclude(pk=unit.pk)
    )
    campus = Asking("campus", _("并入后作为校区，名称"), note=_("不填就不另设校区"), required=False)
    return [Asking("into", _("并入哪所学校"), "select", _options(schools.order_by("sort", "pk"))), campus]


def _split(unit: Org, level: str, actor: Actor, day: date) -> list[Asking]:
    classes = _options(Org.objects.all().classes_of(unit.pk, day))
    code = Asking("code", _("新校标识码"), note=_("10位，下发后再填也可以"), required=False)
    return [Asking("classes", _("哪些班分出去"), "checks", classes), Asking("name", _("新校名称")), code]


def _move_county(unit: Org, level: str, actor: Actor, day: date) -> list[Asking]:
    counties = (
        Org.objects.standing(day).filter(level=Level.COUNTY).exclude(pk=unit.of_county).order_by("sort", "pk")
    )
    mine = [org for org in counties if actor.may(Right.CHANGE_UNITS, org)]
    note = "" if mine else _("您只管一个县。由市级或省级的系统管理员办理")
    return [Asking("county", _("划到哪个县"), "select", _options(mine), note=note)]
