"""How long after one case the next may follow, and how long to wait for another: from the packs, else as assumed here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xiaodun.kernel.words import SYMPTOMS
from xiaodun.rules.return_packs import criteria_in_force

QUIET_DAYS = 14  # product choice where the packs name no incubation period; a page says that it is assumed

# Days from the onset of one case to the onset of the next that it may have infected, the usual range. Product
# assumption from general knowledge, compared with no text (未核): a link that it draws is a likeness, never a finding.
SERIAL_DAYS: dict[str, tuple[int, int]] = {
    "influenza": (1, 7),
    "hfmd": (1, 10),
    "norovirus": (1, 5),
    "other_diarrhoea": (1, 5),
    "varicella": (10, 21),
    "mumps": (12, 25),
    "measles": (7, 18),
    "rubella": (12, 23),
    "scarlet_fever": (1, 7),
    "pertussis": (5, 21),
    "ahc": (1, 3),
    "dysentery": (1, 7),
    "hepatitis_a": (15, 50),
    "hepatitis_e": (15, 60),
    "typhoid": (3, 30),
    "meningococcal": (1, 10),
    "covid19": (1, 8),
    "mpox": (5, 21),
}
# While no doctor has named the disease: by the group of symptoms.
_SERIAL_OF_GROUP = {
    "vomiting_or_diarrhoea": (1, 5),
    "fever": (1, 7),
    "rash": (1, 21),
    "jaundice": (15, 50),
}
_SERIAL_UNKNOWN = (1, 7)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Days without a new case after which closing is proposed. `assumed`: no pack names the incubation period."""

    days: int
    assumed: bool
    source: str = ""
    source_en: str = ""


def serial_window(diagnosis: str, symptoms: Iterable[str]) -> tuple[int, int]:
    """First and last day after a case on which another may follow from it. See SERIAL_DAYS."""
    if diagnosis in SERIAL_DAYS:
        return SERIAL_DAYS[diagnosis]
    group_of = {word.code: word.syndrome for word in SYMPTOMS}
    groups = {group_of.get(code, "") for code in symptoms} & _SERIAL_OF_GROUP.keys()
    return _SERIAL_OF_GROUP[groups.pop()] if len(groups) == 1 else _SERIAL_UNKNOWN


def quiet_period(diagnosis: str, day: date) -> Quiet:
    """One maximum incubation period of the disease: the longest days of observation of contacts that a pack in force names.

    QUIET_DAYS where no pack names one, or no doctor has named the disease.
    """
    rows = [
        row
        for row in criteria_in_force(day)
        if diagnosis in row.diagnoses and row.contact_observation_days is not None
    ]
    longest = max(rows, key=lambda row: row.contact_observation_days or 0, default=None)
    if longest is None:
        return Quiet(QUIET_DAYS, assumed=True)
    return Quiet(
        longest.contact_observation_days or 0,
        assumed=False,
        source="、".join(source.title for source in longest.sources),
        source_en="; ".join(f"{source.title} ({source.title_en})" for source in longest.sources),
    )
