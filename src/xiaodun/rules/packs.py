"""Reads rule packs: every fault named with file, row, field, value and remedy; unknown keys are refused."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.rules import fields, reading
from xiaodun.rules.fields import Field, list_of, one_of
from xiaodun.rules.kinds import KINDS, SYNDROME_OF
from xiaodun.rules.layers import check_layers
from xiaodun.rules.linelist import DIAGNOSIS_CODES, SYMPTOM_CODES
from xiaodun.rules.reading import Misfit, PackFile
from xiaodun.rules.rule import ADVICE, AREA_SCOPES, COUNT_UNITS, LEVELS, SCHOOL_SCOPES, Pack, Predicate, Rule
from xiaodun.rules.wording import RECIPIENTS

SHIPPED = Path(__file__).resolve().parents[1] / "packs" / "policies"

HEAD = reading.head("rules", rows="rules")

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
    **reading.NAMED,
    "family": Field(fields.matching(r"[A-Z0-9]+(-[A-Z0-9]+)*")),
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
    "conflict": Field(fields.text, required=False),
    **reading.TRUST,
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
    packs, faults = reading.gather(files, read_pack)
    faults.extend(check_layers(packs))
    if faults:
        raise Refused(*faults)
    return packs


def read_pack(path: Path) -> Pack:
    """One pack file. Refused `packs.*` with all its faults in reading order."""
    at = reading.open_pack(path, HEAD)
    rules = at.rows("rules", "rule", _rule)
    return Pack(rules=rules, **at.about())


def _rule(row: Any, name: str, at: PackFile) -> Rule | None:
    good = at.read_row(row, RULE, name, _row_faults)
    if good is None:
        return None
    about = at.about_row(good)
    predicate = Predicate(**{key: good.pop(key) for key in PREDICATE if key in good})
    return Rule(predicate=predicate, **about, **good)


def _row_faults(row: dict[str, Any]) -> list[Misfit]:
    """What does not fit together in a row whose fields are each good alone."""
    found: list[Misfit] = []
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
    return found
