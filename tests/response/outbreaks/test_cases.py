"""Who counts as a case: the signals' illnesses, what the definition holds, what the lead says; each person once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.cast import MONDAY, Cast, at_time, check, run_jobs, school_scope
from tests.response.outbreaks.chains import verified

from xiaodun.kernel.calendar import at
from xiaodun.measures.health.diagnosing import record_diagnosis
from xiaodun.measures.health.ending import rule_out
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.outbreaks.actions import define_case, mark_case
from xiaodun.response.outbreaks.cases import CaseStatus, Counting, Origin, counting
from xiaodun.response.outbreaks.figures import counted_figures, frozen, thawed
from xiaodun.response.outbreaks.models import CaseMark, Outbreak
from xiaodun.response.outbreaks.wording import title


@pytest.fixture
def outbreak(cast: Cast) -> Iterator[Outbreak]:
    found = verified(cast)
    with school_scope(cast.school):
        yield found


def counted(outbreak: Outbreak) -> Counting:
    return counting(Outbreak.objects.in_scope().get(pk=outbreak.pk))


def illness(cast: Cast, place: int, of: str = "klass") -> FollowUp:
    person = cast.pupils[getattr(cast, of).pk][place]
    return FollowUp.objects.in_scope().get(person_id=person.pk)


def marked(
    cast: Cast, outbreak: Outbreak, row: FollowUp, counts: bool, reason: str = "家长说是晕车"
) -> CaseMark:
    return mark_case(
        actor=cast.actor("doctor"), outbreak_id=outbreak.pk, follow_up_id=row.pk, counts=counts, reason=reason
    )


def test_the_signals_illnesses_are_cases_suspected_until_a_doctor_names_them(
    cast: Cast, outbreak: Outbreak
) -> None:
    found = counted(outbreak)
    assert [case.number for case in found.cases] == [1, 2, 3]
    assert {case.status for case in found.cases} == {CaseStatus.SUSPECTED}
    record_diagnosis(actor=cast.actor("doctor"), follow_up=illness(cast, 0), diagnosis="norovirus")
    record_diagnosis(actor=cast.actor("doctor"), follow_up=illness(cast, 1), diagnosis="norovirus", lab=True)
    found = counted(outbreak)
    assert [found.n(status) for status in CaseStatus] == [1, 1, 1]
    assert title(outbreak, found, {cast.klass.pk: "三(1)班"}, "zh") == "三(1)班 诺如病毒感染 3例"
    assert title(outbreak, found, {cast.klass.pk: "三(1)班"}, "en") == "三(1)班: 3 cases, norovirus infection"


def test_a_later_case_that_matches_in_the_same_class_counts_by_itself(cast: Cast, outbreak: Outbreak) -> None:
    with at_time(at(MONDAY + timedelta(days=2), 7, 40)):
        check(cast, 0, 1, 2, 8, symptoms=("diarrhoea",))
        origins = {case.row.person_id: case.origin for case in counted(outbreak).cases}
    assert origins[cast.pupils[cast.klass.pk][8].pk] == Origin.DEFINITION


def test_another_illness_of_the_class_is_no_case(cast: Cast, outbreak: Outbreak) -> None:
    check(cast, 0, 1, 2, base=1)
    with at_time(at(MONDAY + timedelta(days=1), 7, 40)):
        check(cast, 9, symptoms=("conjunctivitis",))
        assert len(counted(outbreak).cases) == 3
        assert counted(outbreak).alike == ()


def test_a_diagnosis_of_something_else_leaves_the_definition(cast: Cast, outbreak: Outbreak) -> None:
    record_diagnosis(actor=cast.actor("doctor"), follow_up=illness(cast, 0), diagnosis="norovirus")
    with at_time(at(MONDAY + timedelta(days=1), 7, 40)):
        check(cast, 0, 1, 2, 8)
        eighth = illness(cast, 8)
        assert len(counted(outbreak).cases) == 4
        record_diagnosis(actor=cast.actor("doctor"), follow_up=eighth, diagnosis="hepatitis_a")
        held = {case.row.pk: case.origin for case in counted(outbreak).cases}
    assert held.get(eighth.pk) != Origin.DEFINITION


def test_who_is_ruled_out_is_no_case_any_more(cast: Cast, outbreak: Outbreak) -> None:
    rule_out(actor=cast.actor("doctor"), follow_up=illness(cast, 0))
    assert len(counted(outbreak).cases) == 2


def test_the_lead_takes_one_out_and_the_last_word_stands(cast: Cast, outbreak: Outbreak) -> None:
    row = illness(cast, 0)
    marked(cast, outbreak, row, False)
    found = counted(outbreak)
    assert len(found.cases) == 2
    assert [(struck.pk, mark.reason) for struck, mark in found.struck] == [(row.pk, "家长说是晕车")]
    marked(cast, outbreak, row, True, "晕车后仍腹泻两天")
    assert len(counted(outbreak).cases) == 3
    assert CaseMark.objects.in_scope().count() == 1


def test_a_likeness_in_another_class_waits_for_the_lead(cast: Cast, outbreak: Outbreak) -> None:
    check(cast, 5, klass=cast.sibling, by="reporter")
    found = counted(outbreak)
    (row,) = found.alike
    assert len(found.cases) == 3
    marked(cast, outbreak, row, True, "同桌就餐")
    found = counted(outbreak)
    assert (len(found.cases), found.alike) == (4, ())
    assert found.cases[-1].origin == Origin.LEAD


def test_a_written_definition_decides_from_when_where_and_with_what(cast: Cast, outbreak: Outbreak) -> None:
    check(cast, 5, klass=cast.sibling, by="reporter")
    define_case(
        actor=cast.actor("reporter"), outbreak_id=outbreak.pk, disease="", symptoms=["vomiting"], diagnoses=[],
        class_ids=[], cases_from=MONDAY,
    )  # fmt: skip
    found = counted(outbreak)
    assert len(found.cases) == 4
    assert found.definition is not None
    assert found.definition.written
    define_case(
        actor=cast.actor("reporter"), outbreak_id=outbreak.pk, disease="", symptoms=["vomiting"], diagnoses=[],
        class_ids=[cast.klass.pk], cases_from=MONDAY,
    )  # fmt: skip
    assert len(counted(outbreak).cases) == 3


def test_a_second_illness_of_the_same_pupil_is_the_same_case(cast: Cast, outbreak: Outbreak) -> None:
    FollowUp.objects.in_scope().filter(pk=illness(cast, 0).pk).update(recovered_on=MONDAY)
    with at_time(at(MONDAY + timedelta(days=2), 7, 40)):
        check(cast, 0, 1, 2)
        assert FollowUp.objects.in_scope().filter(person_id=cast.pupils[cast.klass.pk][0].pk).count() == 2
        assert len(counted(outbreak).cases) == 3


def test_frozen_figures_come_back_as_they_were(cast: Cast, outbreak: Outbreak) -> None:
    record_diagnosis(actor=cast.actor("doctor"), follow_up=illness(cast, 0), diagnosis="norovirus", lab=True)
    run_jobs()
    figures = counted_figures(outbreak, counted(outbreak))
    assert thawed(frozen(figures)) == figures
    assert (figures.days_to_detection, figures.days_to_report) == (0, None)


def test_frozen_figures_name_nobody(cast: Cast, outbreak: Outbreak) -> None:
    kept = str(frozen(counted_figures(outbreak, counted(outbreak))))
    for person in cast.pupils[cast.klass.pk]:
        assert person.name not in kept
        assert f" {person.pk}," not in kept
