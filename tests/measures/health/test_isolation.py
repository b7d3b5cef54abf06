"""A notice of isolation is written down with who ordered it and until when; no school orders one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.cast import MONDAY, Cast, anything, check, school_scope
from tests.measures.health.desk import diagnosed, doctor, illness, lines, refused

from xiaodun.measures.health.clearing import clear
from xiaodun.measures.health.isolating import isolated, lift_isolation, record_isolation
from xiaodun.measures.health.models import Isolation, Shown

DAY = timedelta(days=1)
NOTICE: dict[str, Any] = {
    "kind": "isolation", "ordered_by": "cdc", "orderer": "青禾县疾控中心", "document": "青疾隔〔2026〕7号",
    "place": "home", "from_day": MONDAY, "to_day": MONDAY + 7 * DAY,
}  # fmt: skip


@pytest.fixture
def desk(cast: Cast) -> Iterator[Cast]:
    check(cast, 0, symptoms=("rash",))
    with school_scope(cast.school):
        yield cast


def record(cast: Cast, number: int = 0, **facts: Any) -> Isolation:
    return record_isolation(actor=doctor(cast), person=cast.pupils[cast.klass.pk][number], **(NOTICE | facts))


def test_a_notice_is_one_line_and_holds_until_its_last_day(desk: Cast) -> None:
    before = lines()
    row = record(desk)
    assert lines() == [*before, "isolation.record"]
    assert row.follow_up_id == illness(desk).pk
    person = row.person_id
    assert [isolated(person, MONDAY + n * DAY) is not None for n in (-1, 0, 7, 8)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_contact_who_is_well_may_be_under_a_notice_too(desk: Cast) -> None:
    assert record(desk, 9, kind="observation").follow_up_id is None


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"ordered_by": "school"}, "isolation.ordered_by"),
        ({"orderer": " "}, "isolation.notice"),
        ({"document": ""}, "isolation.notice"),
        ({"to_day": MONDAY - DAY}, "isolation.term"),
        ({"to_day": MONDAY + 366 * DAY}, "isolation.term"),
        ({"kind": "arrest"}, "isolation.kind"),
        ({"place": "school"}, "isolation.kind"),
    ],
)
def test_a_notice_without_body_document_or_term_is_refused(
    desk: Cast, facts: dict[str, Any], code: str
) -> None:
    with refused(code):
        record(desk, **facts)


def test_the_same_notice_is_written_down_once(desk: Cast) -> None:
    record(desk)
    with refused("isolation.twice"):
        record(desk)


def test_it_is_lifted_by_a_document_and_not_in_the_future(desk: Cast) -> None:
    row = record(desk)
    for facts, code in (
        ({"document": " "}, "lifted_document"),
        ({"document": "7-1", "on": MONDAY + DAY}, "lifted_on"),
    ):
        with refused(f"isolation.{code}"):
            lift_isolation(actor=doctor(desk), isolation=row, **facts)  # type: ignore[arg-type]
    lift_isolation(actor=doctor(desk), isolation=row, document="青疾解〔2026〕7号")
    assert isolated(row.person_id, MONDAY) is None
    assert anything(Isolation).get().lifted_on == MONDAY


def test_nobody_is_cleared_while_a_notice_holds(desk: Cast) -> None:
    case, row = diagnosed(desk, "varicella"), record(desk)
    evidence = {"evidence_reason": "已结痂", "evidence_document": "青一院 118 号"}
    with refused("clearance.isolated"):
        clear(actor=doctor(desk), follow_up=case, shown=Shown.PAPER, **evidence)
    lift_isolation(actor=doctor(desk), isolation=row, document="青疾解〔2026〕7号")
    clear(actor=doctor(desk), follow_up=case, shown=Shown.PAPER, **evidence)


def test_only_the_desk_writes_notices_down(desk: Cast) -> None:
    row = record(desk)
    for who in ("teacher", "principal", "county", "cdc", "foreign_reporter"):
        with refused("health.doctor_only"):
            record_isolation(actor=desk.actor(who), person=desk.pupils[desk.klass.pk][1], **NOTICE)
        with refused("health.doctor_only"):
            lift_isolation(actor=desk.actor(who), isolation=row, document="1")
