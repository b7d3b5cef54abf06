"""What an outbreak is called: place, illness, number; in both languages, without a person."""

from __future__ import annotations

from collections.abc import Mapping

from xiaodun.kernel.words import SYMPTOMS, diagnosis, symptom, syndrome
from xiaodun.response.outbreaks.cases import Counting, Definition
from xiaodun.response.outbreaks.models import Outbreak
from xiaodun.rules.rule import LEVELS


def level_of(outbreak: Outbreak) -> str:
    """The gravest level of its signals; `signal` where it has none."""
    return max((signal.level for signal in outbreak.signals.all()), key=LEVELS.index, default=LEVELS[0])


def illness(outbreak: Outbreak, counting: Counting, language: str) -> str:
    """The disease that the lead or most cases name; else the symptoms they share."""
    code = outbreak.disease or counting.diagnosis
    if code:
        return diagnosis(code).words(language)
    if counting.definition is None or not counting.definition.symptoms:
        return "病因待查" if _zh(language) else "cause not yet known"
    return symptoms_in_words(counting.definition.symptoms, language)


def symptoms_in_words(codes: frozenset[str], language: str) -> str:
    """`呕吐或腹泻` where the codes are a group, else the codes one by one."""
    groups = {word.syndrome for word in SYMPTOMS if word.code in codes}
    if len(groups) == 1 and (group := groups.pop()):
        return syndrome(group).words(language)
    named = [symptom(word.code).words(language) for word in SYMPTOMS if word.code in codes]
    return ("或" if _zh(language) else " or ").join(named)


def title(outbreak: Outbreak, counting: Counting, classes: Mapping[int, str], language: str) -> str:
    """`三(1)班等2个班 诺如病毒感染 8例`; a person without a diagnosis is a person, not a case."""
    named = bool(outbreak.disease or counting.diagnosis)
    what, n = illness(outbreak, counting, language), len(counting.cases)
    where = _places(counting, classes, language)
    if _zh(language):
        return " ".join(part for part in (where, what, f"{n}{'例' if named else '人'}") if part)
    unit = ("case" if n == 1 else "cases") if named else ("person" if n == 1 else "persons")
    return f"{where}: {n} {unit}, {what}" if where else f"{n} {unit}, {what}"


def definition_in_words(definition: Definition, classes: Mapping[int, str], language: str) -> str:
    """The definition as one sentence; `definition.since` is said by the page in its own form."""
    parts = []
    if definition.symptoms:
        parts.append(symptoms_in_words(definition.symptoms, language))
    named = [diagnosis(code).words(language) for code in sorted(definition.diagnoses)]
    if _zh(language):
        where = "全校" if definition.class_ids is None else "、".join(_names(definition.class_ids, classes))
        parts += [f"诊断为{'或'.join(named)}"] if named else []
        return f"{where}，{'，或'.join(parts)}"
    where = (
        "whole school" if definition.class_ids is None else ", ".join(_names(definition.class_ids, classes))
    )
    parts += [f"diagnosed with {' or '.join(named)}"] if named else []
    return f"{where}: {', or '.join(parts)}"


def _places(counting: Counting, classes: Mapping[int, str], language: str) -> str:
    """The class with most cases, and how many others."""
    by_class = counting.by_class
    if not by_class:
        return ""
    most = max(by_class, key=lambda pk: (by_class[pk], -pk))
    name = classes.get(most, "")
    if len(by_class) == 1:
        return name
    if _zh(language):
        return f"{name}等{len(by_class)}个班"
    return f"{name} and {len(by_class) - 1} other {'class' if len(by_class) == 2 else 'classes'}"


def _names(class_ids: frozenset[int], classes: Mapping[int, str]) -> list[str]:
    return [name for pk, name in classes.items() if pk in class_ids]


def _zh(language: str) -> bool:
    return language.startswith("zh")
