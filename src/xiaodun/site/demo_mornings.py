"""The demo's illnesses and what each class has to say of them on each morning. Days are ordinals here."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from xiaodun.science.synth.absence import SYMPTOM_CODES, Absences
from xiaodun.science.synth.boarding import BoardingOutbreak, boarding_outbreak
from xiaodun.science.synth.population import County


@dataclass(slots=True)
class Illness:
    """One illness or leave of one pupil, in ordinals; `back` is the first school day in class again."""

    pupil: int
    ill: bool
    onset: int
    known: int
    absent: tuple[int, int] | None
    back: int | None
    symptoms: list[str]
    temperature: float | None
    influenza: bool = False


@dataclass(slots=True)
class Morning:
    """What one class says on one day."""

    listed: list[tuple[Illness, str]] = field(default_factory=list)
    news: bool = False


def everyday(drawn: Absences, days: list[int]) -> list[Illness]:
    after = dict(pairwise(days))
    rows = []
    for n in range(len(drawn.pupil)):
        first, last = int(drawn.first_absent[n]), int(drawn.last_absent[n])
        mild = bool(drawn.at_school_only[n])
        known = int(drawn.known[n])
        end = known if mild else last
        rows.append(
            Illness(
                pupil=int(drawn.pupil[n]),
                ill=bool(drawn.ill[n]),
                onset=int(drawn.onset[n]),
                known=known,
                absent=None if mild else (first, last),
                back=None if drawn.open_at_end[n] else after.get(end),
                symptoms=_codes(int(drawn.symptoms[n])),
                temperature=_degrees(float(drawn.temperature[n])),
            )
        )
    return rows


def with_outbreak(county: County, illnesses: list[Illness], days: list[int], first: int) -> list[Illness]:
    """The boarding school's epidemic in place of what its pupils would have had in those weeks."""
    school = int(np.flatnonzero(county.schools.boarding)[0])
    rows = county.pupils_of_school(school)
    drawn: BoardingOutbreak = boarding_outbreak(
        rows, len(rows), first, county.seed, rooms=county.pupils.room[rows], classes=county.pupils.klass[rows]
    )
    ill = set(drawn.pupil.tolist())
    last = int(drawn.back.max()) + 7
    kept = [
        one for one in illnesses if one.pupil not in ill or one.known > last or (one.back or last) < first - 7
    ]

    def school_day(n: int) -> int | None:
        return next((day for day in days if day >= n), None)

    for n in range(len(drawn.pupil)):
        bed, back = school_day(int(drawn.bed_from[n])), school_day(int(drawn.back[n]))
        if bed is None:
            continue
        away = [day for day in days if int(drawn.bed_from[n]) <= day < int(drawn.back[n])]
        kept.append(
            Illness(
                pupil=int(drawn.pupil[n]),
                ill=True,
                onset=int(drawn.onset[n]),
                known=bed,
                absent=(away[0], away[-1]) if away else None,
                back=back,
                symptoms=_codes(int(drawn.symptoms[n])),
                temperature=float(drawn.temperature[n]),
                influenza=n % 12 == 5,
            )
        )
    return kept


def mornings_of(county: County, illnesses: list[Illness], days: list[int]) -> dict[tuple[int, int], Morning]:
    """(class row, day) -> what there is to say; classes with nothing are not in it."""
    klass_of = county.pupils.klass.tolist()
    mornings: dict[tuple[int, int], Morning] = defaultdict(Morning)
    known_days = set(days)
    for one in illnesses:
        klass = klass_of[one.pupil]
        if one.absent is None and one.known in known_days:
            mornings[klass, one.known].listed.append((one, "unwell"))
        for day in days if one.absent else ():
            if one.absent and one.absent[0] <= day <= one.absent[1]:
                mornings[klass, day].listed.append((one, "ill_absent" if one.ill else "leave"))
        mornings[klass, one.known].news = True
        if one.back:
            mornings[klass, one.back].news = True
    return mornings


def _codes(mask: int) -> list[str]:
    return [code for n, code in enumerate(SYMPTOM_CODES) if mask >> n & 1]


def _degrees(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 1)
