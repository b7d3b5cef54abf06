"""Reads rule packs: every fault named with file, row, field, value and remedy; unknown keys are refused."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.rules import fields
from xiaodun.rules.fields import Field, list_of, one_of
from xiaodun.rules.kinds import KINDS, SYNDROME_OF
from xiaodun.rules.layers import check_layers
from xiaodun.rules.linelist import DIAGNOSIS_CODES, SYMPTOM_CODES
from xiaodun.rules.packfile import read_mapping
from xiaodun.rules.rule import (
    ADVICE,
    AREA_SCOPES,
    COUNT_UNITS,
    GRADES,
    LAYERS,
    LEVELS,
    SCHOOL_SCOPES,
    Pack,
    Predicate,
    Rule,
    Source,
)
from xiaodun.rules.wording import RECIPIENTS

SHIPPED = Path(__file__).resolve().parents[1] / "packs" / "policies"

# All but the first, and the second where both dates are known, judge only where a caller names them.
STATUS = (
    r"in_force|historical|local_example|disabled_[a-z_]+|verify_against:[A-Z0-9-]+|superseded_by:[A-Z0-9-]+"
)

HEAD: dict[str, Field] = {
    "format": Field(fields.exactly(1)),
    "kind": Field(fields.exactly("rules")),
    "pack": Field(fields.matching(r"[a-z0-9]+(-[a-z0-9]+)*")),
    "layer": Field(one_of(*LAYERS)),
    "issuer": Field(fields.bilingual),
    "sources": Field(fields.rows),
    "rules": Field(fields.rows),
}

SOURCE: dict[str, Field] = {
    "id": Field(fields.text),
    "title": Field(fields.bilingual),
    "document_no": Field(fields.text, required=False),
    "issued_on": Field(fields.day, required=False),
    "address": Field(fields.text, required=False),
}

PREDICATE: dict[str, Field] = {
    "kind": Field(one_of(*KINDS)),
    "diagnoses": Field(list_of(*DIAGNOSIS_CODES), required=False),
    "except_diagnoses": Field(list_of(*DIAGNOSIS_CODES), required=False),
    "symptoms_any": Field(list_of(*SYMPTOM_CODES), required=False),
    "outcome_any": Field(list_of("hospital", "died", "severe"), required=False),
    "syndromes": Field(list_of(*SYNDROME_OF), required=False),
    "link_any": Field(list_of("same_or_similar_symptoms", "shared_meal_or_water"), required=False),
}

RULE: dict[str, Field] = {
    "id": Field(fields.matching(r"[A-Z0-9]+(-[A-Z0-9]+)*")),
    "family": Field(fields.matching(r"[A-Z0-9]+(-[A-Z0-9]+)*")),
    "words": Field(fields.bilingual),
    **PREDICATE,
    "scope": Field(one_of(*SCHOOL_SCOPES, *AREA_SCOPES)),
    "window_days": Field(fields.whole(1, empty=True)),
    "count": Field(fields.whole(1, empty=True)),
    "attack_rate": Field(fields.share),
    "rate_of": Field(one_of("current", "new"), required=False),
    "count_max": Field(fields.whole(1), required=False),
    "count_unit": Field(one_of(*COUNT_UNITS), required=False),
    "min_lab": Field(fields.whole(1), required=False),
    "level": Field(one_of(*LEVELS, *ADVICE)),
    "time_limit_hours": Field(fields.whole(0, empty=True)),
    "report_to": Field(list_of(*RECIPIENTS)),
    "suspend_days": Field(fields.whole(1), required=False),
    "requires_assessment": Field(fields.yes_or_no, required=False),
    "grade_roman": Field(one_of("I", "II", "III", "IV"), required=False),
    "sources": Field(fields.names),
    "grade": Field(one_of(*GRADES)),
    "certainty": Field(one_of("read", "recall")),
    "verified": Field(fields.verified),
    "status": Field(fields.matching(STATUS)),
    "effective_from": Field(fields.day, required=False),
    "effective_to": Field(fields.day, required=False),
    "effective_certainty": Field(one_of("read", "assumption"), required=False),
    "conflict": Field(fields.text, required=False),
    "notes": Field(fields.bilingual),
}


@cache
def shipped() -> tuple[Pack, ...]:
    """The packs that come with the product, read once for the life of the process."""
    return read_packs(SHIPPED)


def read_packs(directory: Path) -> tuple[Pack, ...]:
    """All packs of a directory (or of its `policies`), by file name, checked against each other.

    Refused `packs.*` with every fault of every file; see docs/rules.md.
    """
    inner = directory / "policies"
    files = sorted((inner if inner.is_dir() else directory).glob("*.yaml"))
    if not files:
        zh, en = "目录中须有 .yaml 规则包", "the directory must hold .yaml packs"
        raise Refused(Fault("packs.none", zh, en, "", directory.name, directory.name))
    packs: list[Pack] = []
    faults: list[Fault] = []
    for file in files:
        try:
            packs.append(read_pack(file))
        except Refused as refused:
            faults.extend(refused.faults)
    faults.extend(check_layers(packs))
    if faults:
        raise Refused(*faults)
    return tuple(packs)


def read_pack(path: Path) -> Pack:
    """One pack file. Refused `packs.*` with all its faults in reading order."""
    faults: list[Fault] = []
    head = fields.read(read_mapping(path), HEAD, path.name, "", faults)
    if faults:
        raise Refused(*faults)
    at = _File(path.name, head, _sources(head["sources"], path.name, faults), faults)
    rules = [_rule(row, index, at) for index, row in enumerate(head["rules"], 1)]
    if faults:
        raise Refused(*faults)
    return Pack(
        id=head["pack"],
        layer=head["layer"],
        issuer=head["issuer"]["zh"],
        issuer_en=head["issuer"]["en"],
        file=path.name,
        sources=tuple(at.sources.values()),
        rules=tuple(rule for rule in rules if rule is not None),
    )


@dataclass(frozen=True, slots=True)
class _File:
    """What the rows of one file are read against."""

    name: str
    head: dict[str, Any]
    sources: dict[str, Source]
    faults: list[Fault]


def _sources(rows: list[Any], file: str, faults: list[Fault]) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for index, row in enumerate(rows, 1):
        good = fields.read(row, SOURCE, file, _name(row, f"source {index}"), faults)
        if "id" not in good or "title" not in good:
            continue
        if good["id"] in found:
            zh, en = "来源编号在一个文件里只能用一次", "use a source id once in a file"
            faults.append(Fault("packs.source_twice", zh, en, f"{good['id']} id", good["id"], file))
        title = good.pop("title")
        found[good["id"]] = Source(title=title["zh"], title_en=title["en"], **good)
    return found


def _rule(row: Any, index: int, at: _File) -> Rule | None:
    name = _name(row, f"rule {index}")
    before = len(at.faults)
    good = fields.read(row, RULE, at.name, name, at.faults)
    if len(at.faults) == before:
        at.faults.extend(_row_faults(good, at.sources, at.name))
    if len(at.faults) > before:
        return None
    cited = tuple(at.sources[each] for each in good.pop("sources"))
    version = _version(at.head, good, cited)
    words, notes = good.pop("words"), good.pop("notes")
    predicate = Predicate(**{key: good.pop(key) for key in PREDICATE if key in good})
    return Rule(
        version=version,
        pack=at.head["pack"],
        layer=at.head["layer"],
        issuer=at.head["issuer"]["zh"],
        issuer_en=at.head["issuer"]["en"],
        words=words["zh"],
        words_en=words["en"],
        notes=notes["zh"],
        notes_en=notes["en"],
        predicate=predicate,
        sources=cited,
        **good,
    )


def _row_faults(row: dict[str, Any], sources: dict[str, Source], file: str) -> list[Fault]:
    """Faults of fields that are each good alone but do not fit together."""
    found: list[tuple[str, str, str, str]] = []  # code, field, Chinese, English
    kind = KINDS[row["kind"]]
    for key in PREDICATE:
        if key in kind.needs and key not in row:
            found.append(
                ("packs.missing_key", key, f"{row['kind']} 须有 {key}", f"{row['kind']} needs {key}")
            )
        if key != "kind" and key in row and key not in kind.needs + kind.may:
            found.append(
                ("packs.unknown_key", key, f"{row['kind']} 不用 {key}", f"{row['kind']} does not read {key}")
            )
    for name in row["sources"]:
        if name not in sources:
            found.append(
                (
                    "packs.source_unknown",
                    "sources",
                    f"在本文件 sources 中补上 {name}",
                    f"add {name} to the sources",
                )
            )
    judged = kind.counts is not None and (row["count"] is not None or row["attack_rate"] is not None)
    if judged and row["window_days"] is None:
        found.append(
            ("packs.value", "window_days", "有例数或罹患率就要有窗口", "a count or rate needs a window")
        )
    if (row["attack_rate"] is None) != ("rate_of" not in row):
        found.append(("packs.value", "rate_of", "与 attack_rate 同有同无", "goes together with attack_rate"))
    if row["attack_rate"] is not None and row["scope"] != "class":
        found.append(
            (
                "packs.value",
                "attack_rate",
                "只用于班级(分母为班级在册人数)",
                "only for a class, whose roll divides",
            )
        )
    if "count_max" in row and (row["count"] is None or row["count_max"] < row["count"]):
        found.append(("packs.value", "count_max", "不能小于 count", "cannot be below count"))
    first, last = row.get("effective_from"), row.get("effective_to")
    if first is not None and last is not None and last < first:
        found.append(
            ("packs.value", "effective_to", "不能早于 effective_from", "cannot lie before effective_from")
        )
    return [
        Fault(code, zh, en, f"{row['id']} {key}", str(row.get(key, "")), file) for code, key, zh, en in found
    ]


def _version(head: dict[str, Any], row: dict[str, Any], cited: tuple[Source, ...]) -> str:
    """Pack, first day in force and a hash over all that the row says: changes exactly when the row does."""
    said = json.dumps([head["pack"], head["layer"], head["issuer"], row, cited], sort_keys=True, default=str)
    digest = hashlib.sha256(said.encode()).hexdigest()[:8]
    return f"{head['pack']}@{row.get('effective_from') or 'open'}#{digest}"


def _name(row: Any, fallback: str) -> str:
    found = row.get("id") if isinstance(row, dict) else None
    return found if isinstance(found, str) else fallback
