"""A criterion of return to class: what one source asks for before a child who was ill comes back."""

from __future__ import annotations

from dataclasses import dataclass, fields

from xiaodun.kernel.words import DIAGNOSES, Word
from xiaodun.rules.rule import Row, Source

# Poliomyelitis has a row in the table of returns and none in kernel/words, whose list is a public contract.
POLIO = Word("polio", "脊髓灰质炎", "poliomyelitis")
RETURN_DIAGNOSES = frozenset({POLIO.code, *(word.code for word in DIAGNOSES)})

# Facts with a day, as a course carries them (`symptom_free_on` also as the instant `symptom_free_at`).
DAYS = (
    Word("onset_on", "发病日期", "day of onset"),
    Word("rash_on", "出疹日期", "day the rash began"),
    Word("treated_from", "开始规范治疗的日期", "day treatment began"),
    Word("fever_free_on", "体温恢复正常的日期", "day the temperature became normal"),
    Word("symptom_free_on", "症状全部消失的日期", "day the last symptom ended"),
)

# Facts that a person must see and tick.
TICKS = (
    Word("crusts_dry", "疱疹全部干燥结痂", "all vesicles are dry crusts"),
    Word("swelling_gone", "腮腺肿大完全消退", "parotid swelling gone"),
    Word("liver_function_better", "肝功能好转", "liver function improving"),
    Word("specimen_negative", "病原检测阴性", "specimen negative"),
    Word("sputum_negative", "多次痰菌阴性", "several sputum tests negative"),
    Word("hospital_certificate", "定点医疗机构复学诊断证明", "certificate of the designated hospital"),
    Word("doctors_advice", "医嘱可以返校", "a doctor's advice to return"),
)

# What makes a criterion apply beside the diagnosis; nobody tells it unless it is so.
CIRCUMSTANCES = (
    Word("pneumonia", "合并肺炎", "with pneumonia"),
    Word("food_handler", "食品从业或保育人员", "food handler or nursery staff"),
    Word("sputum_positive_or_severe", "痰菌阳性或重症", "sputum positive, or severe"),
)

FACTS = {word.code: word for word in (*DAYS, *TICKS)}
TICK_CODES = frozenset(word.code for word in TICKS)
CIRCUMSTANCE = {word.code: word for word in CIRCUMSTANCES}

# Number of an alternative -> the fact it counts from.
COUNTED_FROM = {
    "min_days_from_onset": "onset_on",
    "min_days_from_rash": "rash_on",
    "min_days_from_treatment": "treated_from",
    "min_days_from_fever_free": "fever_free_on",
    "symptom_free_hours": "symptom_free_on",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way back: all its numbers are reached and all its `needs` (codes of TICKS) are ticked.

    min_days_from_*: the day of the fact is day 0, the child may come on day n; with from_next_day counting
    begins a day later. symptom_free_hours: hours from the end of the last symptom; 0 = symptoms have ended.
    """

    symptom_free_hours: int | None = None
    min_days_from_onset: int | None = None
    min_days_from_rash: int | None = None
    min_days_from_treatment: int | None = None
    min_days_from_fever_free: int | None = None
    from_next_day: bool = False
    needs: tuple[str, ...] = ()

    @property
    def numbers(self) -> dict[str, int]:
        """The numbers that are set, by their name."""
        said = {name: getattr(self, name) for name in NUMBERS}
        return {name: number for name, number in said.items() if number is not None}

    def asks_as_much_as(self, other: Alternative) -> bool:
        """True when whoever may come back this way may also come back the other way."""
        mine, theirs = self.numbers, other.numbers
        return (
            all(name in mine and mine[name] >= number for name, number in theirs.items())
            and set(other.needs) <= set(self.needs)
            and self.from_next_day >= other.from_next_day
        )


NUMBERS = tuple(each.name for each in fields(Alternative) if each.name in COUNTED_FROM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion(Row):
    """One source's words on the return after one illness. `words` names the illness.

    row: the row of the reference table it came from. diagnoses: codes it applies to. without_diagnosis: the
    kind of illness it applies to where no doctor named one, or None. when: circumstances that must all be
    told. any_of: ways back, of which one suffices. contact_observation_days: None is not said.
    default_is_ours: the number is the product's own, the text gives none.
    """

    row: str
    diagnoses: tuple[str, ...]
    any_of: tuple[Alternative, ...]
    requires_certificate: bool
    contact_observation_days: int | None
    without_diagnosis: str | None = None
    when: tuple[str, ...] = ()
    default_is_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPack:
    """One file: one issuing body at one layer."""

    id: str
    layer: str
    issuer: str
    issuer_en: str
    file: str
    sources: tuple[Source, ...]
    criteria: tuple[Criterion, ...]
