"""Reads the pack of the line list's fields: which questions belong to which disease.

The fields are the product's own choice, to be compared with the forms of the CDC. A field that `feeds` a
fact of the return to class is asked once and serves both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.kernel.words import DIAGNOSES, Word
from xiaodun.rules import fields
from xiaodun.rules.criterion import CIRCUMSTANCE, DAYS, TICKS
from xiaodun.rules.fields import Field, FieldError, one_of
from xiaodun.rules.packfile import read_mapping
from xiaodun.rules.packs import SHIPPED

Misfit = tuple[str, str, str, str]  # field, value, Chinese, English

KINDS = ("flag", "choice", "number", "date", "text_short")
MOST_FIELDS = 6  # least data: what a doctor will not fill in is not asked
TEXT_LENGTH = 40

FED_DAYS = frozenset(word.code for word in DAYS)
FEEDS = (*(word.code for word in (*DAYS, *TICKS)), *CIRCUMSTANCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField(Word):
    """One question. `zh`, `en`: its label; why, why_en: what the answer is for.

    choices: of a choice, in order. least, most: bounds of a number, both inclusive. unit, unit_en: of a number.
    feeds: the fact of returning.Course that the answer sets, or ""; feeds_when: the choices that set it.
    ours: the product's own choice, no form of the CDC was read.
    """

    kind: str
    why: str
    why_en: str
    choices: tuple[Word, ...] = ()
    unit: str = ""
    unit_en: str = ""
    least: int = 0
    most: int = 0
    feeds: str = ""
    feeds_when: tuple[str, ...] = ()
    ours: bool = True


@dataclass(frozen=True, slots=True)
class DiseaseForm:
    """The fields of one diagnosis, in the order of the screen; empty where no doctor named a disease."""

    diagnosis: str
    fields: tuple[FormField, ...]

    def field(self, code: str) -> FormField | None:
        return next((field for field in self.fields if field.code == code), None)


HEAD: dict[str, Field] = {
    "format": Field(fields.exactly(1)),
    "kind": Field(fields.exactly("forms")),
    "pack": Field(fields.matching(r"[a-z0-9]+(-[a-z0-9]+)*")),
    "issuer": Field(fields.bilingual),
    "fields": Field(fields.rows),
    "forms": Field(fields.rows),
}


def _choices(value: Any) -> tuple[Word, ...]:
    """A list of {code, zh, en}, each code once."""
    found = []
    for row in fields.rows(value):
        if not isinstance(row, Mapping) or set(row) != {"code", "zh", "en"}:
            raise FieldError("每项须有 code、zh、en", "each needs code, zh and en")
        found.append(Word(_code(row["code"]), fields.text(row["zh"]), fields.text(row["en"])))
    if len({word.code for word in found}) < len(found):
        raise FieldError("code 不能重复", "codes must not repeat")
    return tuple(found)


_code = fields.matching(r"[a-z0-9_]+")

FIELD: dict[str, Field] = {
    "code": Field(_code),
    "words": Field(fields.bilingual),
    "kind": Field(one_of(*KINDS)),
    "choices": Field(_choices, required=False),
    "least": Field(fields.whole(0), required=False),
    "most": Field(fields.whole(1), required=False),
    "unit": Field(fields.bilingual, required=False),
    "feeds": Field(one_of(*FEEDS), required=False),
    "feeds_when": Field(fields.names, required=False),
    "why": Field(fields.bilingual),
    "ours": Field(fields.yes_or_no),
}

FORM: dict[str, Field] = {
    "diagnosis": Field(one_of(*(word.code for word in DIAGNOSES))),
    "fields": Field(fields.names),
}

# Keys that belong to a kind of field: there they must stand, elsewhere they must not.
_OF_KIND = {"choices": "choice", "least": "number", "most": "number", "unit": "number"}


@cache
def shipped_forms() -> Mapping[str, DiseaseForm]:
    """The forms that come with the product by diagnosis, read once for the life of the process."""
    return read_forms(SHIPPED.parent / "forms" / "line-list.yaml")


def read_forms(path: Path) -> dict[str, DiseaseForm]:
    """The forms of a pack file by diagnosis. Refused `packs.*` with all faults in reading order."""
    at = _Reading(path.name)
    head = fields.read(read_mapping(path), HEAD, at.file, "", at.faults)
    if not at.faults:
        for index, row in enumerate(head["fields"], 1):
            at.field(row, f"field {index}")
        for index, row in enumerate(head["forms"], 1):
            at.form(row, f"form {index}")
    if at.faults:
        raise Refused(*at.faults)
    return at.forms


class _Reading:
    """One pass over a file: the fields and forms read so far, and every fault."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.known: dict[str, FormField] = {}
        self.forms: dict[str, DiseaseForm] = {}
        self.faults: list[Fault] = []

    def field(self, row: Any, name: str) -> None:
        good = self.sound(row, FIELD, name)
        if good is None or self.unfit(name, _field_misfits(good, self.known)):
            return
        words, why, unit = good.pop("words"), good.pop("why"), good.pop("unit", {"zh": "", "en": ""})
        self.known[good["code"]] = FormField(
            zh=words["zh"],
            en=words["en"],
            why=why["zh"],
            why_en=why["en"],
            unit=unit["zh"],
            unit_en=unit["en"],
            **good,
        )

    def form(self, row: Any, name: str) -> None:
        good = self.sound(row, FORM, name)
        if good is None or self.unfit(name, _form_misfits(good, self.known, self.forms)):
            return
        asked = tuple(self.known[code] for code in good["fields"])
        self.forms[good["diagnosis"]] = DiseaseForm(good["diagnosis"], asked)

    def sound(self, row: Any, table: Mapping[str, Field], name: str) -> dict[str, Any] | None:
        """The checked values, None when one is not good."""
        before = len(self.faults)
        good = fields.read(row, table, self.file, name, self.faults)
        return good if len(self.faults) == before else None

    def unfit(self, name: str, misfits: list[Misfit]) -> bool:
        self.faults += [
            Fault("packs.value", zh, en, f"{name} {key}", value, self.file) for key, value, zh, en in misfits
        ]
        return bool(misfits)


def _field_misfits(good: Mapping[str, Any], known: Mapping[str, FormField]) -> list[Misfit]:
    """What does not fit together in one field."""
    kind, feeds = good["kind"], good.get("feeds", "")
    found: list[Misfit] = []
    if good["code"] in known:
        found.append(("code", good["code"], "每个字段只写一次", "write each field once"))
    for key, wanted in _OF_KIND.items():
        if (key in good) != (kind == wanted):
            zh, en = f"与 kind: {wanted} 同有同无", f"goes together with kind {wanted}"
            found.append((key, str(good.get(key, "")), zh, en))
    if feeds and (kind in ("number", "text_short") or (feeds in FED_DAYS) != (kind == "date")):
        zh = "日期只能给出日期，是否和选择只能给出事实"
        en = "a date feeds a day, a flag or choice feeds a fact, the others feed nothing"
        found.append(("feeds", feeds, zh, en))
    told = good.get("feeds_when", ())
    if bool(told) != (kind == "choice" and bool(feeds)):
        zh, en = "与选择题的 feeds 同有同无", "goes together with the feeds of a choice"
        found.append(("feeds_when", str(told), zh, en))
    elif not set(told) <= {choice.code for choice in good.get("choices", ())}:
        found.append(("feeds_when", str(told), "须取自 choices", "must be out of the choices"))
    if kind == "number" and good.get("least", 0) >= good.get("most", 1):
        found.append(("most", str(good.get("most", "")), "须大于 least", "must be above least"))
    return found


def _form_misfits(
    good: Mapping[str, Any], known: Mapping[str, FormField], forms: Mapping[str, DiseaseForm]
) -> list[Misfit]:
    """What does not fit together in the form of one disease."""
    code, asked = good["diagnosis"], good["fields"]
    found: list[Misfit] = []
    if code in forms:
        found.append(("diagnosis", code, "每个病种只写一次", "write each disease once"))
    if len(asked) > MOST_FIELDS:
        zh, en = f"最多 {MOST_FIELDS} 项", f"at most {MOST_FIELDS} fields"
        found.append(("fields", str(len(asked)), zh, en))
    for each in asked:
        if each not in known:
            found.append(("fields", each, "在 fields 中补上这一项", "add it to the fields"))
    days = [known[each].feeds for each in asked if each in known and known[each].kind == "date"]
    for fact in {day for day in days if day and days.count(day) > 1}:
        found.append(("fields", fact, "一个日期只问一次", "ask for one day once"))
    return found
