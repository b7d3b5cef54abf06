"""The pages of contacts: of one case to judge, of the school to watch, of other schools to look at."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MONDAY, Cast, anything, at_time, check, school_scope
from tests.measures.health.desk import diagnosed, illness
from tests.web.school.test_signal_page import signed_in

from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import at
from xiaodun.measures.health.models import Contact, FollowUp
from xiaodun.responsibility.roster.models import Person

HOME = 4711


@pytest.fixture
def case(cast: Cast) -> FollowUp:
    """A case of varicella with a twin at the other school."""
    with open_scope(schools=[cast.school.pk, cast.other_school.pk]):
        twins = [cast.pupils[cast.klass.pk][0].pk, cast.pupils[cast.foreign.pk][0].pk]
        anything(Person).filter(pk__in=twins).update(household=HOME)
    check(cast, 0, symptoms=("rash",))
    with school_scope(cast.school):
        diagnosed(cast, "varicella")
        return illness(cast)


def post(cast: Cast, path: str, data: dict[str, object] | None = None, who: str = "doctor") -> str:
    return signed_in(cast, who).post(path, data or {}, follow=True).content.decode()


@pytest.mark.requirement("R07")
def test_the_contacts_of_a_case_are_listed_judged_and_accepted_with_one_press(
    cast: Cast, case: FollowUp
) -> None:
    said = signed_in(cast, "doctor").get(f"/follow-up/{case.pk}/contacts").content.decode()
    assert "还没有列接触者" in said
    said = post(cast, f"/follow-up/{case.pk}/contacts/trace")
    n = len(cast.pupils[cast.klass.pk]) - 1
    assert f"其余 {n} 人都确认" in said
    assert "家里另有 1 人在外校上学" in said
    assert "观察 21 天，取现行标准中最长的" in said
    with school_scope(cast.school):
        first = anything(Contact).order_by("pk").first()
    back = {"next": f"/follow-up/{case.pk}/contacts"}
    assert "写明理由" in post(cast, f"/contact/{first.pk}/judge", {"do": "strike"} | back)
    assert "当天请假" in post(
        cast, f"/contact/{first.pk}/judge", {"do": "strike", "reason": "当天请假"} | back
    )
    assert f"已确认 {n - 1} 人" in post(cast, f"/follow-up/{case.pk}/contacts/accept")


def test_only_the_ticked_are_accepted_where_some_are(cast: Cast, case: FollowUp) -> None:
    post(cast, f"/follow-up/{case.pk}/contacts/trace")
    with school_scope(cast.school):
        ids = list(anything(Contact).order_by("pk").values_list("pk", flat=True)[:2])
    assert "已确认 2 人" in post(cast, f"/follow-up/{case.pk}/contacts/accept", {"contact": ids})


def test_the_board_marks_who_falls_ill_without_anybody_writing_it(cast: Cast, case: FollowUp) -> None:
    post(cast, f"/follow-up/{case.pk}/contacts/trace")
    post(cast, f"/follow-up/{case.pk}/contacts/accept")
    board = f"/school/{cast.school.pk}/contacts"
    assert "没有人不适" in signed_in(cast, "doctor").get(board).content.decode()
    with at_time(at(MONDAY + timedelta(days=14), 8, 0)):
        check(cast, 6, symptoms=("rash",))
        said = signed_in(cast, "doctor").get(board).content.decode()
        assert "观察期内 1 人身体不适" in said
        assert cast.pupils[cast.klass.pk][6].name in said


def test_the_other_school_is_told_of_its_pupil_and_not_of_the_case(cast: Cast, case: FollowUp) -> None:
    post(cast, f"/follow-up/{case.pk}/contacts/trace")
    said = (
        signed_in(cast, "foreign_reporter").get(f"/school/{cast.other_school.pk}/contacts").content.decode()
    )
    assert "外校病例的家庭接触者" in said
    assert cast.pupils[cast.foreign.pk][0].name in said
    assert cast.school.name not in said
    with school_scope(cast.other_school):
        contact = anything(Contact).get()
    said = post(cast, f"/contact/{contact.pk}/judge", {"do": "accept"}, "foreign_reporter")
    assert "观察中 1 人，没有人不适" in said


def test_a_notice_is_recorded_on_the_case_and_stands_on_the_board(cast: Cast, case: FollowUp) -> None:
    notice = {
        "kind": "isolation", "place": "home", "ordered_by": "cdc", "orderer": "青禾县疾控中心", "document": "7号",
        "from_day": "2026-11-23", "to_day": "2026-11-30",
    }  # fmt: skip
    assert "写明起止日期" in post(cast, f"/follow-up/{case.pk}/isolation", notice | {"to_day": ""})
    assert "日期写成 2026-11-23" in post(cast, f"/follow-up/{case.pk}/isolation", notice | {"to_day": "30日"})
    assert "学校不能决定隔离" in post(
        cast, f"/follow-up/{case.pk}/isolation", notice | {"ordered_by": "school"}
    )
    assert "通知书已登记" in post(cast, f"/follow-up/{case.pk}/isolation", notice)
    board = signed_in(cast, "doctor").get(f"/school/{cast.school.pk}/contacts").content.decode()
    assert "青禾县疾控中心" in board


def test_a_contact_who_is_well_may_be_under_a_notice(cast: Cast, case: FollowUp) -> None:
    post(cast, f"/follow-up/{case.pk}/contacts/trace")
    post(cast, f"/follow-up/{case.pk}/contacts/accept")
    with school_scope(cast.school):
        contact = anything(Contact).first()
    notice = {
        "kind": "observation", "place": "home", "ordered_by": "cdc", "orderer": "青禾县疾控中心", "document": "8号",
        "from_day": "2026-11-23", "to_day": "2026-12-13", "contact": contact.pk,
    }  # fmt: skip
    path = f"/school/{cast.school.pk}/contacts/notice"
    assert "写明决定机构" in post(cast, path, notice | {"document": ""})
    said = post(cast, path, notice)
    assert "通知书已登记" in said
    assert "医学观察 · 家中" in said
    assert signed_in(cast, "doctor").post(path, notice | {"contact": "x"}).status_code == 404
