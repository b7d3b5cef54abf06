"""The influenza of an English boarding school in 1978, retold for a boarding school of any size.

Facts: boys in bed and convalescent on each of fourteen days from Sunday 22 January 1978; 763 boys, 512 ill,
each 3-7 days away from class. Source: Influenza in a boarding school, British Medical Journal, 4 March 1978,
1:587 (some catalogues print 578). The journal printed a figure; the numbers are the reading in De Vries et
al. 2006, A Course in Mathematical Biology, chapter 9, and other readings differ by a few boys.
Assumptions, marked where they stand: how many took to bed each day, in which order they rose, who they were.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xiaodun.kernel.draws import uniform
from xiaodun.kernel.errors import DomainError, Fault, ShapeError
from xiaodun.science.synth.absence import Masks, symptom_mask
from xiaodun.science.synth.population import Floats, Frozen, Ints

SOURCE = "Influenza in a boarding school. BMJ 1978;1:587"
ROLL_1978, ILL_1978 = 763, 512
IN_BED_1978 = (3, 8, 26, 76, 225, 298, 258, 233, 189, 128, 68, 29, 14, 4)
CONVALESCENT_1978 = (0, 0, 0, 0, 9, 17, 105, 162, 176, 166, 150, 85, 47, 20)
N_DAYS = len(IN_BED_1978)

# New in bed on each day (assumption: not published). Smooth, with the sum of 512, so that no day's count of
# those who rise or return is negative and everybody is 3-7 days away. The means follow from the published
# figures alone: 1559 / 512 = 3.04 days in bed, (1559 + 937) / 512 = 4.88 days away from class.
_TOOK_TO_BED = (3, 5, 18, 50, 158, 90, 65, 55, 38, 20, 8, 2, 0, 0)
# Convalescents of the three days after the figures end (assumption).
_LAST_CONVALESCENT = (10, 2, 0)

_SEED_ROOMS = 3  # rooms in which it begins (assumption)
_RECENT_DAYS = 3  # a sick neighbour counts for the days before he is kept apart (assumption)
# Relative chance of being next: per recently ill in the room, class, school, and for all (assumption).
_ROOM_WEIGHT, _CLASS_WEIGHT, _SCHOOL_WEIGHT, _BASE_WEIGHT = 1.0, 0.30, 0.004, 0.01
_EVE_SHARE = 0.3  # felt ill on the day before they took to bed (assumption)
_SYMPTOM_SHARES = {"cough": 0.80, "sore_throat": 0.60, "headache": 0.55, "fatigue": 0.50, "runny_nose": 0.30}

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class BoardingOutbreak(Frozen):
    """One row for each pupil who fell ill, in order of bed_from. Length n_ill; days are ordinals of any day.

    pupil: as given; onset: first symptoms, bed_from or the day before; bed_from, bed_to: first and last day
    in bed; back: first day in class again (convalescent in between); symptoms: bits of absence.SYMPTOM_CODES,
    always fever with cough or sore throat; temperature: highest reading, 38.0-40.0 degrees Celsius.
    """

    pupil: Ints
    onset: Ints
    bed_from: Ints
    bed_to: Ints
    back: Ints
    symptoms: Masks
    temperature: Floats

    def in_bed(self, day: int) -> int:
        """Pupils in bed on that day."""
        return int(((self.bed_from <= day) & (day <= self.bed_to)).sum())

    def convalescent(self, day: int) -> int:
        """Pupils out of bed and not yet in class on that day."""
        return int(((self.bed_to < day) & (day < self.back)).sum())


def expected_in_bed(roll: int) -> Integers:
    """The published figures for a school of `roll` pupils: figure * roll / 763, halves up; shape (14,)."""
    return _scaled(IN_BED_1978, roll)


def boarding_outbreak(
    pupil_rows: ArrayLike, roll: int, first_day: int, seed: int, *, rooms: ArrayLike, classes: ArrayLike
) -> BoardingOutbreak:
    """The epidemic among boarders: on day first_day + k exactly expected_in_bed(roll)[k] pupils are in bed.

    pupil_rows: rows of County.pupils who may fall ill, shape (n,), no row twice; rooms, classes: their room
    and class, shape (n,); roll: pupils of the school, scales the figures (n may be less: without those ill of
    something else); first_day: ordinal of the day that stands for Sunday 22 January 1978. It begins in a few
    rooms and goes on by room, class and school. Raises ShapeError `synth.boarders_shape` when lengths differ,
    DomainError `synth.roll` when the roll is below 1 or needs more ill than there are rows.
    """
    pupil, room, klass = (np.asarray(column, dtype=np.int64) for column in (pupil_rows, rooms, classes))
    took, rose, returned = _flows(max(roll, 0))
    _check(pupil, room, klass, roll=roll, n_ill=int(took.sum()))
    chosen = _who(seed, took, room, klass, pupil)
    rows = pupil[chosen].astype(np.int32)
    bed_from = first_day + np.repeat(np.arange(len(took)), took)
    eve = uniform(seed, "synth.boarding_eve", rows, 0) < _EVE_SHARE
    return BoardingOutbreak(
        pupil=rows,
        onset=(bed_from - eve).astype(np.int32),
        bed_from=bed_from.astype(np.int32),
        # First to bed, first to rise, first back: the order within a day is chance already (assumption).
        bed_to=(first_day + np.repeat(np.arange(len(rose)), rose) - 1).astype(np.int32),
        back=(first_day + np.repeat(np.arange(len(returned)), returned)).astype(np.int32),
        symptoms=_symptoms(seed, rows),
        temperature=np.floor(380 + 21 * uniform(seed, "synth.boarding_degrees", rows, 0)) / 10,
    )


def _flows(roll: int) -> tuple[Integers, Integers, Integers]:
    """Pupils who take to bed, rise, and return to class on days 0-16; each sums to the number of ill.

    Pupils in bed are exact for every roll; convalescents are for 763, elsewhere rounding may bend them.
    """
    in_bed = _scaled(IN_BED_1978 + (0,) * len(_LAST_CONVALESCENT), roll)
    convalescent = _scaled(CONVALESCENT_1978 + _LAST_CONVALESCENT, roll)
    wished = _scaled(np.cumsum(_TOOK_TO_BED) - IN_BED_1978, roll)
    ever, risen, back = (np.zeros(len(in_bed), dtype=np.int64) for _ in range(3))
    ever[0] = in_bed[0]
    for day in range(1, len(in_bed)):
        # Nobody rises twice, and whoever no longer fits into the beds of the day has risen.
        least = max(risen[day - 1], ever[day - 1] - in_bed[day])
        risen[day] = min(max(least, wished[day] if day < N_DAYS else 0), ever[day - 1])
        ever[day] = in_bed[day] + risen[day]
        back[day] = np.clip(risen[day] - convalescent[day], back[day - 1], risen[day - 1])
    took, rose, returned = (np.diff(total, prepend=0) for total in (ever, risen, back))
    return took, rose, returned


def _scaled(figures: ArrayLike, roll: int) -> Integers:
    """figure * roll / 763 in whole numbers, halves upwards."""
    scaled: Integers = (2 * np.asarray(figures, dtype=np.int64) * roll + ROLL_1978) // (2 * ROLL_1978)
    return scaled


def _who(seed: int, took: Integers, room: Integers, klass: Integers, pupil: Integers) -> Integers:
    """Places of those who fall ill, in order: drawn each day by how many near them fell ill just before."""
    rooms, room = np.unique(room, return_inverse=True)
    _, klass = np.unique(klass, return_inverse=True)
    first_rooms = np.argsort(uniform(seed, "synth.boarding_rooms", rooms, 0), kind="stable")[:_SEED_ROOMS]
    fell_ill = np.full(len(pupil), N_DAYS)
    order: list[Integers] = []
    for day, count in enumerate(took.tolist()):
        recent = (fell_ill < day) & (fell_ill >= day - _RECENT_DAYS)
        weight = _BASE_WEIGHT + _SCHOOL_WEIGHT * recent.sum()
        weight = weight + _ROOM_WEIGHT * np.bincount(room, weights=recent)[room]
        weight = weight + _CLASS_WEIGHT * np.bincount(klass, weights=recent)[klass]
        if not order:
            weight = np.where(np.isin(room, first_rooms), 1.0, 0.001)
        u = uniform(seed, "synth.boarding_next", pupil, day)
        # Small odds first, divided by the weight: only exact arithmetic, so the same everywhere.
        key = np.where(fell_ill < N_DAYS, np.inf, u / ((1 - u) * weight))
        chosen = np.argsort(key, kind="stable")[:count]
        fell_ill[chosen] = day
        order.append(chosen)
    return np.concatenate(order)


def _symptoms(seed: int, rows: Ints) -> Masks:
    """Fever in all, cough or sore throat in all, the rest as in any influenza (shares are an assumption)."""
    u = {code: uniform(seed, f"synth.boarding_{code}", rows, 0) for code in _SYMPTOM_SHARES}
    has = {code: u[code] < share for code, share in _SYMPTOM_SHARES.items()}
    has["sore_throat"] |= ~has["cough"]
    mask = np.full(len(rows), symptom_mask("fever"), dtype=np.uint32)
    for code, mine in has.items():
        mask |= np.where(mine, np.uint32(symptom_mask(code)), np.uint32(0))
    return mask


def _check(pupil: Integers, room: Integers, klass: Integers, *, roll: int, n_ill: int) -> None:
    if pupil.ndim != 1 or not pupil.shape == room.shape == klass.shape:
        raise ShapeError(
            Fault(
                "synth.boarders_shape",
                zh="学生、宿舍、班级三列须一样长",
                en="pupil rows, rooms and classes must be of one length",
                where="pupil_rows",
                value=f"{pupil.shape} {room.shape} {klass.shape}",
            )
        )
    if roll < 1 or n_ill > len(pupil) or len(np.unique(pupil)) < len(pupil):
        raise DomainError(
            Fault(
                "synth.roll",
                zh="在校人数须不小于1，可发病的学生须够数且不重复",
                en="the roll must be at least 1, with enough different pupils to fall ill",
                where="roll",
                value=f"{roll} {n_ill} {len(pupil)}",
            )
        )
