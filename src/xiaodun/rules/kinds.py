"""Which cases a rule counts: one small function for each kind of rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xiaodun.kernel.words import SYMPTOMS
from xiaodun.rules.linelist import Case
from xiaodun.rules.rule import Predicate

# Degrees in the definition of influenza-like illness; never to be mixed with the 37.3 of a school gate.
ILI_TEMPERATURE = 38.0
ILI_SYMPTOMS = frozenset({"cough", "sore_throat"})

SYNDROME_OF = {symptom.code: symptom.syndrome for symptom in SYMPTOMS if symptom.syndrome}

Counts = Callable[[Case, Predicate], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """`counts` is None where no machine decides.

    `needs`, `may`: predicate keys that a row of this kind carries.
    """

    counts: Counts | None
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


def similar_symptoms(case: Case, _: Predicate) -> bool:
    """A row that can be linked to another: by a symptom of a group, or by a shared meal or water."""
    return bool(case.exposure) or any(symptom in SYNDROME_OF for symptom in case.symptoms)


def ili(case: Case, predicate: Predicate) -> bool:
    """Influenza-like illness: 38.0 degrees or more and a cough or a sore throat; or one of `diagnoses`."""
    return _outcome(case, predicate) and (_is_ili(case) or case.diagnosis in predicate.diagnoses)


def confirmed_influenza(case: Case, predicate: Predicate) -> bool:
    """Confirmed by a laboratory. Where nobody wrote a diagnosis, the illness must look like influenza."""
    looks_like = case.diagnosis == "influenza" or (not case.diagnosis and _is_ili(case))
    return case.lab and looks_like and _outcome(case, predicate)


def diagnosis(case: Case, predicate: Predicate) -> bool:
    return case.diagnosis in predicate.diagnoses and _outcome(case, predicate)


def any_diagnosis(case: Case, predicate: Predicate) -> bool:
    return bool(case.diagnosis) and case.diagnosis not in predicate.except_diagnoses


def symptom(case: Case, predicate: Predicate) -> bool:
    return not case.symptoms.isdisjoint(predicate.symptoms_any)


def severe(case: Case, predicate: Predicate) -> bool:
    """A child whom a doctor marks; with `diagnoses`, only among these. A line list has no column for it."""
    return (not predicate.diagnoses or case.diagnosis in predicate.diagnoses) and _outcome(case, predicate)


KINDS: dict[str, Kind] = {
    "similar_symptoms": Kind(similar_symptoms, needs=("syndromes", "link_any")),
    "ili": Kind(ili, may=("diagnoses", "outcome_any")),
    "confirmed_influenza": Kind(confirmed_influenza, needs=("outcome_any",)),
    "diagnosis": Kind(diagnosis, needs=("diagnoses",), may=("outcome_any",)),
    "any_diagnosis": Kind(any_diagnosis, may=("except_diagnoses",)),
    "symptom": Kind(symptom, needs=("symptoms_any",)),
    "severe": Kind(severe, needs=("outcome_any",), may=("diagnoses",)),
    "judgement": Kind(None),  # a person must weigh the facts: food poisoning, an emergency, a first plague
    "authority": Kind(None),  # who decides; nothing is counted
}

# Kinds that read a fact which a doctor records on a page and no line list carries.
DOCTOR_ONLY = frozenset({"severe"})


def groups(case: Case, predicate: Predicate) -> tuple[str, ...]:
    """The groups in which the case counts: similar symptoms or a shared meal link persons.

    A group is a syndrome code, `exposure:VALUE`, or "" for kinds without groups.
    """
    if predicate.kind != "similar_symptoms":
        return ("",)
    found = []
    if "same_or_similar_symptoms" in predicate.link_any:
        found = sorted({SYNDROME_OF[code] for code in case.symptoms if code in predicate.syndromes})
    if case.exposure and "shared_meal_or_water" in predicate.link_any:
        found.append(f"exposure:{case.exposure}")
    return tuple(found)


def _is_ili(case: Case) -> bool:
    hot = case.temperature is not None and case.temperature >= ILI_TEMPERATURE
    return hot and not case.symptoms.isdisjoint(ILI_SYMPTOMS)


def _outcome(case: Case, predicate: Predicate) -> bool:
    return not predicate.outcome_any or any(getattr(case, name) for name in predicate.outcome_any)
