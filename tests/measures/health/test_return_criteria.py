"""Return to class through the real action: every row of every pack alone, all rows of a disease together, the doctor's evidence.

Acceptance 4 of issue 3: every row of the pack tested, strictest enabled source wins, doctor's evidence overrides and is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from tests.cast import MONDAY, Cast, anything, check, school_scope
from tests.measures.health.desk import diagnosed, doctor, illness, lines, refused

from xiaodun.kernel.words import DIAGNOSES
from xiaodun.measures.health import course
from xiaodun.measures.health.clearing import clear, record_facts
from xiaodun.measures.health.models import Clearance, FollowUp, Shown
from xiaodun.rules.criterion import COUNTED_FROM, POLIO, Alternative, Criterion
from xiaodun.rules.return_packs import criteria_in_force, shipped_returns

DAY = timedelta(days=1)
# Each fact on a day of its own, so that a row that counts from the wrong one is found.
FACTS: dict[str, date] = {
    "onset_on": MONDAY - 4 * DAY,
    "rash_on": MONDAY - 3 * DAY,
    "treated_from": MONDAY - 2 * DAY,
    "fever_free_on": MONDAY - DAY,
    "symptom_free_on": MONDAY,
}
ROWS = [one for one in criteria_in_force(MONDAY) if POLIO.code not in one.diagnoses]
EVIDENCE = {"evidence_reason": "定点医院复查已无传染性", "evidence_document": "青一院〔2026〕诊字 118 号"}


def by_hand(row: Criterion) -> date:
    """The day of one row, counted once more without the product's own code."""
    return min(_way(way) for way in row.any_of)


def _way(way: Alternative) -> date:
    days = [MONDAY]  # a way by ticks alone is open from the day asked
    for name, number in way.numbers.items():
        first = FACTS[COUNTED_FROM[name]]
        if name == "symptom_free_hours":
            whole, hours = divmod(number, 24)
            days.append(first + DAY + whole * DAY + (DAY if hours > 7 else 0 * DAY))
        else:
            days.append(first + number * DAY + (DAY if way.from_next_day else 0 * DAY))
    return max(days[1:] or days)


def all_facts(rows: list[Criterion]) -> dict[str, date | bool]:
    ticks = {tick for row in rows for way in row.any_of for tick in way.needs}
    when = {name for row in rows for name in row.when}
    days = {name: day for name, day in FACTS.items() if name != "onset_on"}
    return days | dict.fromkeys(ticks | when, True)


@pytest.fixture
def desk(cast: Cast) -> Iterator[Cast]:
    check(cast, 0, symptoms=("fever",))
    with school_scope(cast.school):
        anything(FollowUp).update(onset_on=FACTS["onset_on"])
        yield cast


def test_every_row_in_force_is_of_a_disease_that_a_doctor_can_record() -> None:
    shipped = {row.id for pack in shipped_returns() for row in pack.criteria}
    assert {row.id for row in ROWS} <= shipped
    assert len(ROWS) >= 17
    known = {word.code for word in DIAGNOSES}
    assert all(set(row.diagnoses) <= known for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_each_row_alone_refuses_the_day_before_and_opens_on_its_day(desk: Cast, row: Criterion) -> None:
    first = by_hand(row)
    with patch.object(course, "in_force", lambda today: (row,)):
        case = diagnosed(desk, row.diagnoses[0])
        record_facts(actor=doctor(desk), follow_up=case, facts=all_facts([row]))
        if first > MONDAY:
            with refused("clearance.too_early"):
                clear(actor=doctor(desk), follow_up=case, shown=Shown.PAPER, from_day=first - DAY)
        slip = clear(actor=doctor(desk), follow_up=case, shown=Shown.PAPER, from_day=max(first, MONDAY))
    assert (slip.earliest_on, slip.criterion["binding"]) == (first, row.id)
    assert slip.criterion["rows"] == {row.id: row.version}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_each_row_asks_for_its_certificate_and_for_the_facts_it_counts_from(
    desk: Cast, row: Criterion
) -> None:
    with patch.object(course, "in_force", lambda today: (row,)):
        case = diagnosed(desk, row.diagnoses[0])
        facts = dict.fromkeys(row.when, True)
        record_facts(actor=doctor(desk), follow_up=case, facts=facts)
        only_onset = any(set(way.numbers) <= {"min_days_from_onset"} and not way.needs for way in row.any_of)
        if not only_onset:
            far = MONDAY + 400 * DAY
            with refused("clearance.too_early"):
                clear(actor=doctor(desk), follow_up=case, shown=Shown.PAPER, from_day=far)
        if row.requires_certificate:
            with refused("clearance.certificate"):
                clear(actor=doctor(desk), follow_up=case, shown=Shown.NONE, from_day=MONDAY + 400 * DAY)


DISEASES = sorted({code for row in ROWS for code in row.diagnoses})


@pytest.mark.requirement("R68")
@pytest.mark.parametrize("disease", DISEASES)
def test_the_strictest_row_in_force_wins(desk: Cast, disease: str) -> None:
    rows = [row for row in ROWS if disease in row.diagnoses]
    case = diagnosed(desk, disease)
    record_facts(actor=doctor(desk), follow_up=case, facts=all_facts(rows))
    strictest = max(by_hand(row) for row in rows)
    if strictest > MONDAY:
        with refused("clearance.too_early"):
            clear(actor=doctor(desk), follow_up=case, shown=Shown.PAPER, from_day=strictest - DAY)
    slip = clear(actor=doctor(desk), follow_up=case, shown=Shown.PAPER, from_day=strictest)
    assert slip.earliest_on == strictest
    binding = next(row for row in rows if row.id == slip.criterion["binding"])
    assert by_hand(binding) == strictest
    assert set(slip.criterion["rows"]) == {row.id for row in rows}


@pytest.mark.parametrize("disease", DISEASES)
def test_the_doctors_evidence_overrides_and_stands_beside_the_criterion(desk: Cast, disease: str) -> None:
    case = diagnosed(desk, disease)
    for half in ({"evidence_reason": "已愈"}, {"evidence_document": "118"}):
        with refused("clearance"):
            clear(actor=doctor(desk), follow_up=case, shown=Shown.PAPER, **half)
    slip = clear(actor=doctor(desk), follow_up=case, shown=Shown.PAPER, **EVIDENCE)
    assert slip.from_day == MONDAY
    assert (slip.evidence_reason, slip.evidence_document) == tuple(EVIDENCE.values())
    assert slip.criterion["zh"], "the criterion that was overridden stays to be read"
    assert slip.earliest_on is None or slip.earliest_on > slip.from_day


def test_a_disease_without_a_criterion_returns_by_the_doctors_judgement(desk: Cast) -> None:
    case = diagnosed(desk, "dengue")
    slip = clear(actor=doctor(desk), follow_up=case, shown=Shown.NONE)
    assert slip.earliest_on == slip.from_day == MONDAY
    assert "由校医判断" in slip.criterion["zh"][0]


def test_a_fact_asked_by_the_form_of_the_disease_is_not_asked_again_by_the_return(desk: Cast) -> None:
    case = diagnosed(desk, "measles", fields={"rash_on": FACTS["rash_on"].isoformat()})
    assert "rash_on" not in course.answer(case, MONDAY).missing
    case = record_facts(actor=doctor(desk), follow_up=case, facts={"rash_on": FACTS["rash_on"] - DAY})
    assert case.facts["form"]["rash_on"] == (FACTS["rash_on"] - DAY).isoformat()
    assert "rash_on" not in case.facts["return"]


def test_a_clearance_is_one_line_and_lets_back_in_today(desk: Cast) -> None:
    before = lines()
    case = diagnosed(desk, "varicella")
    slip = clear(actor=doctor(desk), follow_up=case, shown=Shown.PAPER, **EVIDENCE)
    assert lines() == [*before, "health.diagnose", "clearance.give"]
    assert (illness(desk).cleared_on, illness(desk).recovered_on) == (MONDAY, MONDAY)
    assert anything(Clearance).get().check_code == slip.check_code
