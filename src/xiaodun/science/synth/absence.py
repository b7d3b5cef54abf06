"""Everyday absence of a county's pupils: who falls ill when, with what, and which school days it costs.

Level: on a school day 2-4 % of pupils are absent through illness. Source: baselines of 2.3-3.7 % reviewed
in BMC Infect Dis 2021;21:744; 2.74 % for illness and 3 % in all in a pilot of nine Hubei schools. The rest
(lengths, symptoms, weekdays, seasons, clustering) is an assumption, set so that this level comes out and the
legal class rules seldom fire while nothing happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from xiaodun.kernel.draws import choice, uniform
from xiaodun.kernel.errors import DomainError, Fault
from xiaodun.kernel.words import SYMPTOMS
from xiaodun.science.synth.population import STAGE_CODES, Bools, County, Floats, Frozen, Ints

SYMPTOM_CODES = tuple(word.code for word in SYMPTOMS)
Masks = NDArray[np.uint32]

# Chance per pupil and calendar day of falling ill, for stage, month and weekday factors of 1.
_ONSET_PROB = 0.0128
_LEAVE_PROB = 0.0023  # of a day or two off for other reasons, per pupil and school day
_STAGE_FACTORS = {"kindergarten": 1.45, "primary": 1.05, "junior": 0.80, "senior": 0.70}
_MONTH_FACTORS = (1.12, 1.08, 1.04, 1.00, 0.96, 0.92, 0.90, 0.90, 0.94, 0.98, 1.04, 1.10)
_WEEKDAY_FACTORS = (1.30, 1.00, 0.92, 0.88, 0.80, 1.05, 1.20)  # Monday first
_CLASS_FACTORS = (0.55, 0.80, 1.00, 1.20, 1.45)  # one drawn for each class and week
_HOME_SHARE, _HOME_FACTOR = 0.06, 3.0  # homes with something going round, drawn for each fortnight
# Calendar days away, 1 to 10.
_LENGTH_SHARES = (0.24, 0.28, 0.20, 0.12, 0.07, 0.03, 0.03, 0.01, 0.01, 0.01)
_LEAVE_SHARES = (0.75, 0.25)
_SAME_DAY_SHARE = 0.65  # stay away from the day of onset; the others from the next day on
_MILD_SHARE = 0.32  # of those without fever, vomiting or rash: come to school all the same
_READ_SHARE = 0.30  # of fevers: somebody read a thermometer and said so
_WARM_UP_DAYS = 21  # before the first day, so that it already finds children ill
_WELL_DAYS = 4  # after an illness before the next can begin

# What children have, as shares of illnesses. Written as the codes of kernel.words.
_PICTURES: tuple[tuple[str, float], ...] = (
    ("cough runny_nose", 0.14),
    ("cough", 0.14),
    ("cough sore_throat", 0.10),
    ("fever", 0.10),
    ("fever cough", 0.09),
    ("fever sore_throat", 0.05),
    ("sore_throat", 0.05),
    ("runny_nose headache", 0.03),
    ("headache dizziness", 0.05),
    ("headache fatigue", 0.03),
    ("abdominal_pain", 0.06),
    ("vomiting", 0.025),
    ("vomiting abdominal_pain", 0.02),
    ("vomiting diarrhoea", 0.015),
    ("diarrhoea", 0.02),
    ("rash", 0.006),
    ("fever rash", 0.003),
    ("conjunctivitis", 0.012),
    ("parotid_swelling", 0.001),
    ("other", 0.058),
)


def symptom_mask(codes: str) -> int:
    """Bit i is set for SYMPTOM_CODES[i]; codes are divided by blanks."""
    return sum(1 << SYMPTOM_CODES.index(code) for code in codes.split())


_MASKS = np.array([symptom_mask(codes) for codes, _ in _PICTURES], dtype=np.uint32)
_SHARES = tuple(share for _, share in _PICTURES)
_BY_STAGE = np.array([_STAGE_FACTORS.get(code, 1.0) for code in STAGE_CODES])
_FEVER = np.uint32(symptom_mask("fever"))
# A child with one of these is not kept in class.
_SENT_HOME = np.uint32(symptom_mask("fever vomiting rash"))
# One drawn episode. away_from and until: calendar days, first and last of the illness as the family lives it.
_DRAWN = np.dtype(
    [
        ("pupil", "i4"),
        ("ill", "?"),
        ("onset", "i4"),
        ("away_from", "i4"),
        ("until", "i4"),
        ("symptoms", "u4"),
        ("temperature", "f8"),
        ("mild", "?"),
    ]
)


@dataclass(frozen=True, eq=False)
class Absences(Frozen):
    """Episodes in order of `known`, then pupil. All columns have length n_episode; days are ordinals.

    pupil: row of County.pupils; ill: False for leave (no symptoms); onset: first day of symptoms or leave, a
    weekend too; known: the school day on which the class first sees it; first_absent, last_absent: school
    days, -1 when at_school_only; open_at_end: still away after the last day; symptoms: bit i for
    SYMPTOM_CODES[i]; temperature: highest reading in degrees Celsius, NaN when nobody said;
    at_school_only: unwell in class, not absent.
    """

    pupil: Ints
    ill: Bools
    onset: Ints
    known: Ints
    first_absent: Ints
    last_absent: Ints
    open_at_end: Bools
    symptoms: Masks
    temperature: Floats
    at_school_only: Bools

    def absent_on(self, day: int) -> NDArray[np.int64]:
        """Rows of the episodes that keep a pupil away on that school day, illness and leave."""
        return np.flatnonzero((self.first_absent <= day) & (day <= self.last_absent))


def absences(county: County, days: Sequence[int] | Ints, seed: int) -> Absences:
    """What the classes of a county see on the given school days when nothing special happens.

    days: ordinals (date.toordinal) of school days, ascending. An illness that no school day sees is left out;
    one that began before the first day is in, with that day as first_absent. No pupil has two episodes at
    once, and more days at the end never change the earlier ones. Raises DomainError `synth.days` unless the
    days ascend and there is at least one.
    """
    school_days = _checked(days)
    free_from = np.zeros(county.n_pupil, dtype=np.int64)
    parts = []
    for day in range(int(school_days[0]) - _WARM_UP_DAYS, int(school_days[-1]) + 1):
        ill = _fall_ill(county, seed, day) & (free_from <= day)
        leave = _take_leave(county, seed, day) & (free_from <= day) & ~ill & bool(np.isin(day, school_days))
        part = _episodes(seed, np.flatnonzero(ill | leave), ill[ill | leave], day)
        free_from[part["pupil"]] = part["until"] + _WELL_DAYS
        parts.append(part)
    return _seen(np.concatenate(parts), school_days)


def _checked(days: Sequence[int] | Ints) -> NDArray[np.int64]:
    school_days = np.asarray(days, dtype=np.int64)
    if school_days.ndim != 1 or not len(school_days) or (np.diff(school_days) <= 0).any():
        raise DomainError(
            Fault(
                "synth.days", zh="上课日须按先后排列，至少一天", en="give school days in order", where="days"
            )
        )
    return school_days


def _fall_ill(county: County, seed: int, day: int) -> Bools:
    """Who falls ill that calendar day; classmates of a week and siblings of a fortnight a little together."""
    on = date.fromordinal(day)
    pupils, classes = county.pupils, county.classes
    n_home = int(pupils.household.max()) + 1
    week = choice(
        seed, "synth.class_week", np.arange(len(classes.size)), day // 7, weights=[1] * len(_CLASS_FACTORS)
    )
    by_class = _BY_STAGE[classes.stage] * np.array(_CLASS_FACTORS)[week]
    busy = uniform(seed, "synth.home_fortnight", np.arange(n_home), day // 14) < _HOME_SHARE
    by_home = np.where(busy, _HOME_FACTOR, (1 - _HOME_SHARE * _HOME_FACTOR) / (1 - _HOME_SHARE))
    common = _ONSET_PROB * _MONTH_FACTORS[on.month - 1] * _WEEKDAY_FACTORS[on.weekday()]
    prob = common * by_class[pupils.klass] * by_home[pupils.household]
    ill: Bools = uniform(seed, "synth.onset", np.arange(county.n_pupil), day) < prob
    return ill


def _take_leave(county: County, seed: int, day: int) -> Bools:
    return uniform(seed, "synth.leave", np.arange(county.n_pupil), day) < _LEAVE_PROB


def _episodes(seed: int, pupil: NDArray[np.int64], ill: Bools, day: int) -> NDArray[np.void]:
    """What the pupils who stay away or fall ill that day have, and until when; one row each, see _DRAWN."""
    part = np.zeros(len(pupil), dtype=_DRAWN)
    picture = choice(seed, "synth.picture", pupil, day, weights=_SHARES)
    length = 1 + choice(seed, "synth.length", pupil, day, weights=_LENGTH_SHARES)
    leave = 1 + choice(seed, "synth.leave_length", pupil, day, weights=_LEAVE_SHARES)
    lag = (uniform(seed, "synth.lag", pupil, day) >= _SAME_DAY_SHARE) & ill
    part["pupil"], part["ill"], part["onset"] = pupil, ill, day
    part["away_from"] = day + lag
    part["until"] = part["away_from"] + np.where(ill, length, leave) - 1
    part["symptoms"] = np.where(ill, _MASKS[picture], 0)
    fever = (part["symptoms"] & _FEVER) > 0
    read = fever & (uniform(seed, "synth.reading", pupil, day) < _READ_SHARE)
    part["temperature"] = np.where(read, _degrees(uniform(seed, "synth.degrees", pupil, day)), np.nan)
    stays = uniform(seed, "synth.mild", pupil, day) < _MILD_SHARE
    part["mild"] = ill & stays & ((part["symptoms"] & _SENT_HOME) == 0)
    return part


def _degrees(u: Floats) -> Floats:
    """Readings of 37.5 to 39.6 in tenths, about half of them from 38.0 up."""
    tenths: Floats = np.floor(375 + 22 * u * u) / 10
    return tenths


def _seen(drawn: NDArray[np.void], school_days: NDArray[np.int64]) -> Absences:
    """Keep what a school day sees, in school days: see Absences."""
    last = len(school_days) - 1
    first = np.searchsorted(school_days, np.where(drawn["mild"], drawn["onset"], drawn["away_from"]))
    until = np.searchsorted(school_days, drawn["until"], side="right") - 1
    known = school_days[np.minimum(first, last)]
    # A mild illness is noticed on its first or second day or not at all.
    noticed = (
        drawn["mild"]
        & (first <= last)
        & (known <= drawn["onset"] + 1)
        & (drawn["onset"] >= school_days[0] - 1)
    )
    away = ~drawn["mild"] & (first <= until)
    order = np.lexsort((drawn["pupil"], known))
    kept = order[(noticed | away)[order]]
    rows, away = drawn[kept], away[kept]
    return Absences(
        pupil=rows["pupil"].astype(np.int32),
        ill=rows["ill"].copy(),
        onset=rows["onset"].astype(np.int32),
        known=known[kept].astype(np.int32),
        first_absent=np.where(away, known[kept], -1).astype(np.int32),
        last_absent=np.where(away, school_days[np.maximum(until[kept], 0)], -1).astype(np.int32),
        open_at_end=away & (rows["until"] > school_days[-1]),
        symptoms=rows["symptoms"].copy(),
        temperature=rows["temperature"].copy(),
        at_school_only=~away,
    )
