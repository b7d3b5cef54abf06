"""What a change would do: the units as they shall be, the consequences in words, what stands in the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.orgs.images import Images
from xiaodun.responsibility.orgs.models import Level, Org, OrgChange
from xiaodun.responsibility.orgs.tree import Tree

Asked = Mapping[str, Any]
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Line:
    """One consequence in words and figures."""

    zh: str
    en: str

    def words(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass
class Plan:
    """`unit` is what the change is about; `figures` are numbers and rows for a verb's own page, plain JSON."""

    kind: str
    unit: Org
    tree: Tree
    on_day: date
    lines: list[Line] = field(default_factory=list)
    problems: list[Fault] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def say(self, zh: str, en: str) -> None:
        self.lines.append(Line(zh, en))

    def block(self, code: str, zh: str, en: str, where: str = "", value: object = "") -> None:
        self.problems.append(Fault(code, zh, en, where, str(value)))

    @property
    def told(self) -> list[dict[str, str]]:
        return [{"zh": line.zh, "en": line.en} for line in self.lines]

    @property
    def digest(self) -> str:
        """What was shown, in sixteen letters: a confirmation carries it, so that nobody confirms what has changed meanwhile."""
        said = [self.kind, self.unit.pk, self.on_day.isoformat(), self.told, self.figures]
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _no_writes(plan: Plan, images: Images) -> None:
    return None


def _always(change: OrgChange) -> list[Fault]:
    return []


@dataclass(frozen=True)
class Verb:
    """One kind of change. `named`: ids of the units that the asker must answer for; `plan` only reads.

    `write` is what the verb writes beside the units, `may_undo` what stands in the way of its undo.
    """

    kind: str
    zh: str
    en: str
    named: Callable[[Asked], Sequence[int]]
    plan: Callable[[Asked, date], Plan]
    write: Callable[[Plan, Images], None] = _no_writes
    may_undo: Callable[[OrgChange], list[Fault]] = _always

    def words(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


VERBS: dict[str, Verb] = {}


def register(verb: Verb) -> Verb:
    VERBS[verb.kind] = verb
    return verb


def verb_of(kind: str) -> Verb:
    """The verb of that kind; Refused `orgs.kind` when there is none."""
    if kind not in VERBS:
        raise Refused(Fault("orgs.kind", "没有这种变更", "there is no such change", "kind", kind))
    return VERBS[kind]


def unit_asked(asked: Asked, name: str, *levels: Level) -> Org:
    """The unit that an argument names, of one of the levels; Refused `orgs.no_such_unit`."""
    found = Org.objects.filter(pk=number_asked(asked, name), level__in=levels or list(Level)).first()
    if found is None:
        raise no_such_unit(name)
    return found


def units_asked(asked: Asked, name: str) -> list[int]:
    """The ids of a list argument; Refused `orgs.none_chosen` where it is empty."""
    ids = sorted({int(one) for one in asked.get(name) or () if str(one).lstrip("-").isdecimal()})
    if not ids:
        raise Refused(Fault("orgs.none_chosen", "先选班级", "choose the classes first", name))
    return ids


def number_asked(asked: Asked, name: str) -> int:
    text = str(asked.get(name) or "")
    return int(text) if text.isdecimal() else 0


def text_asked(asked: Asked, name: str, longest: int = 80) -> str:
    """A text argument, trimmed; Refused `orgs.name_missing` or `orgs.name_long`."""
    text = " ".join(str(asked.get(name) or "").split())
    if not text:
        raise Refused(Fault("orgs.name_missing", "填名称", "give a name", name))
    if len(text) > longest:
        raise Refused(
            Fault(
                "orgs.name_long",
                f"名称最多 {longest} 个字",
                f"at most {longest} characters",
                name,
                str(len(text)),
            )
        )
    return text


def no_such_unit(where: str) -> Refused:
    return Refused(
        Fault("orgs.no_such_unit", "没有这个单位，或不归您管", "there is no such unit in your charge", where)
    )


def day_zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def day_en(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def listed(names: Sequence[str], most: int = 8) -> tuple[str, str]:
    """Names in a row, in both languages, cut after `most`."""
    shown, n_more = list(names[:most]), len(names) - most
    zh = "、".join(shown) + (f" 等 {len(names)} 个" if n_more > 0 else "")
    en = ", ".join(shown) + (f" and {n_more} more" if n_more > 0 else "")
    return zh, en
