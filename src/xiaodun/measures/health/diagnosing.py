"""What the doctor found: a diagnosis, its facts, a shared exposure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.kernel.words import DIAGNOSES
from xiaodun.measures.health.course import FORM, answer, form_values, stored
from xiaodun.measures.health.desk import take, tell
from xiaodun.measures.health.models import Cause, FollowUp
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.rules.forms import disease_form, read_fields

LOWEST, HIGHEST = Decimal(34), Decimal(43)


@transaction.atomic
def record_diagnosis(
    *,
    actor: Actor,
    follow_up: FollowUp,
    diagnosis: str = "",
    lab: bool = False,
    severe: bool = False,
    hospital: bool = False,
    died: bool = False,
    temperature: Decimal | None = None,
    onset_on: date | None = None,
    fields: Mapping[str, str] | None = None,
) -> FollowUp:
    """The doctor's finding on one illness; wakes the rules.

    `onset_on` corrects the day of onset, None leaves it. `fields` are the texts typed into the form of the disease; None
    keeps what was said, as far as the disease still asks it.
    Raises Refused for an unknown diagnosis, a temperature that is none, a field that cannot be so, or a missing right.
    """
    row = take(actor, follow_up)
    if diagnosis and diagnosis not in {word.code for word in DIAGNOSES}:
        zh, en = "没有这个诊断。从列表中选", "Unknown diagnosis. Choose from the list"
        raise Refused(Fault("health.unknown_diagnosis", zh, en, "diagnosis", diagnosis))
    check_temperature(temperature)
    if row.cleared_on is not None and diagnosis != row.diagnosis:
        zh, en = (
            "已开复课凭据。先撤回凭据再改诊断",
            "A clearance stands. Withdraw it before changing the diagnosis",
        )
        raise Refused(Fault("health.cleared", zh, en, "diagnosis", diagnosis))
    before = _judged(row)
    row.diagnosis, row.lab, row.severe = diagnosis, lab, severe
    row.hospital, row.died, row.temperature = hospital, died, temperature
    if _judged(row) != before:  # what rules count speaks again; a date filled in later does not
        row.diagnosed_on = clock.today() if diagnosis else None
    row.onset_on = _checked_onset(row, onset_on)
    form = disease_form(diagnosis)
    values = form_values(row) if fields is None else read_fields(form, fields, as_of=clock.today())
    row.facts = row.facts | {FORM: stored(values)}
    answer(row, clock.today())  # refuses facts that do not fit together
    if diagnosis and row.cause == Cause.UNKNOWN:
        row.cause = Cause.ILLNESS
    row.seen_by_doctor_at = clock.now()
    row.save()
    tell(actor, "health.diagnose", row, wakes=True, diagnosis=diagnosis, lab=lab, severe=severe)
    return row


@transaction.atomic
def set_exposure(*, actor: Actor, follow_up: FollowUp, exposure: str) -> FollowUp:
    """The meal or water that the ill shared, in words: the same words link them. Empty takes it back; wakes the rules."""
    row = take(actor, follow_up)
    row.exposure = " ".join(exposure.split())[:60]
    row.save(update_fields=["exposure"])
    tell(actor, "health.exposure", row, wakes=True, known=bool(row.exposure))
    return row


def _judged(row: FollowUp) -> tuple[object, ...]:
    return row.diagnosis, row.lab, row.severe, row.hospital, row.died, row.temperature


def _checked_onset(row: FollowUp, onset_on: date | None) -> date:
    """A list knows the first symptom it saw; the doctor may learn of an earlier one, never of one after it was known."""
    if onset_on is not None and onset_on > row.known_on:
        zh, en = (
            f"发病日不能晚于得知日 {row.known_on}",
            f"The onset cannot come after it was known, {row.known_on}",
        )
        raise Refused(Fault("health.onset", zh, en, "onset_on", onset_on.isoformat()))
    return onset_on or row.onset_on


def check_temperature(temperature: Decimal | None) -> None:
    if temperature is not None and not LOWEST <= temperature <= HIGHEST:
        zh, en = "体温填 34.0 到 43.0", "A temperature lies between 34.0 and 43.0"
        raise Refused(Fault("health.temperature", zh, en, "temperature", str(temperature)))
