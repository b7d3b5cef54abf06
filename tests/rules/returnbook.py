"""Return criteria worked by hand: for every way back of every shipped criterion, the first day it opens.

One course stands behind all of them: onset on Sunday 1 November 2026, rash on the 3rd, treated from the 4th, normal
temperature from the 6th, last symptom gone on the 8th at 06:30. A tick has no day: it opens on the day asked.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from xiaodun.kernel.calendar import at
from xiaodun.rules.criterion import CIRCUMSTANCE, TICK_CODES, Criterion
from xiaodun.rules.return_packs import shipped_returns
from xiaodun.rules.returning import Course

CRITERIA: dict[str, Criterion] = {row.id: row for pack in shipped_returns() for row in pack.criteria}


def nov(day: int) -> date:
    """That day of November 2026; 31 is 1 December."""
    return date(2026, 11, 1) + timedelta(days=day - 1)


TICK = "tick"

FACTS: dict[str, Any] = {
    "onset_on": nov(1),
    "rash_on": nov(3),
    "treated_from": nov(4),
    "fever_free_on": nov(6),
    "symptom_free_at": at(nov(8), 6, 30),
}

# id -> the day of each of its ways, in the order of the pack
WORKED: dict[str, tuple[date | str, ...]] = {
    "RET-FLU-S04": (nov(10), TICK),
    "RET-FLU-S12": (nov(10), TICK, nov(8)),
    "RET-NOV-S12": (nov(11),),
    "RET-NOV-S15": (nov(11),),
    "RET-HFMD-S48": (nov(15),),
    "RET-VAR-S11": (TICK,),
    "RET-VAR-S10": (nov(15),),
    "RET-MUMPS-S11": (TICK, nov(11)),
    "RET-MUMPS-S09": (nov(10),),
    "RET-MEAS-S11": (nov(7),),
    "RET-MEAS-S12": (nov(8),),
    "RET-MEAS-S13": (nov(8),),
    "RET-MEAS-S10": (nov(10),),
    "RET-MEAS-PNEUMONIA-14": (nov(17),),
    "RET-MEAS-PNEUMONIA-10": (nov(13),),
    "RET-RUB-S13": (nov(8),),
    "RET-RUB-S09": (nov(11),),
    "RET-SCAR-S09": (nov(11),),
    "RET-SCAR-S13": (nov(11),),
    "RET-SCAR-S12": (nov(14), nov(22)),
    "RET-PERT-S13": (date(2026, 12, 11),),
    "RET-PERT-NOW": (nov(9), nov(22)),
    "RET-AHC-S12": (nov(8),),
    "RET-DYS-S12": (nov(11), nov(29)),
    "RET-HEP-S13": (date(2026, 12, 11),),
    "RET-HEP-NOW": (date(2026, 12, 1),),
    "RET-TYPH-S13": (nov(15),),
    "RET-TYPH-NOW": (nov(21), TICK),
    "RET-MEN-S09": (nov(11),),
    "RET-TB-S14": (date(2027, 1, 3),),
    "RET-TB-S14-POSITIVE": (date(2027, 1, 3),),
    "RET-POLIO-S13": (date(2026, 12, 11),),
    "RET-COVID-S44": (nov(9),),
}


def course(**changes: Any) -> Course:
    """The course above with everything told, seen and confirmed; changes replace facts."""
    told = {"diagnosis": "", "ticks": TICK_CODES, "circumstances": frozenset(CIRCUMSTANCE)} | FACTS
    return Course(**(told | changes))
