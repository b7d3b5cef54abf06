"""Who lives with whom: siblings share a household across schools, boarders share a room."""

from __future__ import annotations

import numpy as np

from xiaodun.kernel.draws import choice, uniform
from xiaodun.science.synth.population import Bools, Codes, Ints

# Children at school in one household, as wished for (assumption); 1.35 on average come of it.
SIZE_SHARES = (0.62, 0.325, 0.045, 0.01)
# School years between one child of a household and the next; no twins (assumption).
GAP_SHARES = (0.13, 0.26, 0.25, 0.16, 0.10, 0.06, 0.04)
MAX_CHILDREN = len(SIZE_SHARES)
ROOM_SIZE = 8


def draw_households(seed: int, home: Ints, level: Ints) -> Ints:
    """Household number of every pupil, shape (n_pupil,), 0-based without gaps; 1-4 children each.

    home: town where each pupil lives; level: school year (kindergarten -2 to 0, then 1-12). Siblings live
    in one town and are at least a school year apart.
    """
    person = np.arange(len(home))
    n_want = choice(seed, "synth.household_size", person, 0, weights=SIZE_SHARES).astype(np.int32)
    household = np.full(len(home), -1, dtype=np.int32)
    shuffled = np.argsort(uniform(seed, "synth.household_order", person, 0), kind="stable")
    n_household = 0
    for town in np.unique(home):
        rows = shuffled[home[shuffled] == town]
        household[rows], n_new = _fill_town(seed, rows, level[rows], n_want[rows])
        household[rows] += n_household
        n_household += n_new
    return household


def _fill_town(seed: int, person: Ints, level: Ints, n_want: Ints) -> tuple[Ints, int]:
    """Household of each child of a town, and how many; all arrays have one length.

    From the oldest school year down: first younger siblings whom a household waits for, then new households.
    """
    household = np.empty(len(person), dtype=np.int32)
    first = 0
    waiting: dict[int, list[Ints]] = {}  # school year -> (household, children still wanted after this one)
    for year in range(int(level.max()), int(level.min()) - 1, -1):
        children = np.flatnonzero(level == year)
        claims = np.concatenate(waiting.pop(year, []) or [np.empty((0, 2), dtype=np.int32)])[: len(children)]
        younger, eldest = children[: len(claims)], children[len(claims) :]
        household[younger] = claims[:, 0]
        household[eldest] = np.arange(first, first + len(eldest))
        first += len(eldest)
        still = np.concatenate([claims[:, 1], n_want[eldest]])
        open_ = still > 0
        placed = children[open_]
        gap = 1 + choice(seed, "synth.sibling_gap", person[placed], 0, weights=GAP_SHARES)
        for years in np.unique(gap):
            chosen = placed[gap == years]
            wants = np.stack([household[chosen], still[open_][gap == years] - 1], axis=1)
            waiting.setdefault(year - int(years), []).append(wants)
    return household, first


def assign_rooms(grade: Ints, sex: Codes, boards: Bools) -> tuple[Ints, Ints]:
    """Room of every pupil, shape (n_pupil,), -1 for those who sleep at home; and one pupil of every room.

    A room holds one sex of one grade, so it may mix classes; the rooms of a grade and sex are as equal as can
    be, at most ROOM_SIZE beds. Rows must be sorted by grade.
    """
    room = np.full(len(grade), -1, dtype=np.int32)
    group = (grade.astype(np.int64) * 2 + sex)[boards]
    rows = np.flatnonzero(boards)
    n_room = 0
    for number in np.unique(group):
        members = rows[group == number]
        n_new = -(-len(members) // ROOM_SIZE)
        room[members] = n_room + np.arange(len(members)) * n_new // len(members)
        n_room += n_new
    _, first = np.unique(room[rows], return_index=True)
    return room, rows[first].astype(np.int32)
