"""The observation room's page: find, take in, tell the family, let out; the day's register; no name in an address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import MORNING, Cast, anything, at_time, check, school_scope
from tests.web.school.test_signal_page import signed_in

from xiaodun.measures.checks.models import FindingKind
from xiaodun.measures.health.models import HoldingStay


def post(cast: Cast, path: str, data: dict[str, object], who: str = "doctor") -> str:
    answer = signed_in(cast, who).post(path, data, follow=True)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def room(cast: Cast, path: str = "") -> str:
    return f"/school/{cast.school.pk}/holding{path}"


def stay(cast: Cast) -> HoldingStay:
    with school_scope(cast.school):
        found: HoldingStay = anything(HoldingStay).latest("pk")
        return found


@pytest.fixture
def inside(cast: Cast) -> HoldingStay:
    pupil = cast.pupils[cast.klass.pk][3]
    said = post(cast, room(cast, "/enter"), {"person": pupil.pk, "symptom": ["fever"], "temperature": "38.4"})
    assert "已入室" in said
    return stay(cast)


def test_an_empty_room_says_what_it_is_and_what_it_is_not(cast: Cast) -> None:
    said = signed_in(cast, "doctor").get(room(cast)).content.decode()
    assert "留观室现在没有人" in said
    assert "不是隔离" in said
    assert "校盾建议 1 张，非官方文本" in said


def test_a_person_is_found_by_initials_and_the_address_holds_no_name(cast: Cast) -> None:
    pupil = cast.pupils[cast.klass.pk][3]
    answer = signed_in(cast, "doctor").post(room(cast, "/find"), {"q": "LXM"})
    assert pupil.name in answer.content.decode()
    assert answer.request["QUERY_STRING"] == ""
    chosen = post(cast, room(cast, "/find"), {"person": pupil.pk})
    assert f'name="person" value="{pupil.pk}"' in chosen
    assert "没有找到" in post(cast, room(cast, "/find"), {"q": "查无此人"})
    of_other_school = cast.pupils[cast.foreign.pk][0]
    assert f'value="{of_other_school.pk}"' not in post(
        cast, room(cast, "/find"), {"person": of_other_school.pk}
    )


def test_whom_a_teacher_lists_as_unwell_is_one_tap_from_the_room(cast: Cast) -> None:
    check(cast, 6, kind=FindingKind.UNWELL, symptoms=("vomiting",))
    said = signed_in(cast, "doctor").get(room(cast)).content.decode()
    assert "班主任今天报的在校不适" in said
    assert cast.pupils[cast.klass.pk][6].name in said


def test_the_board_counts_the_time_and_the_register_says_whereto(cast: Cast, inside: HoldingStay) -> None:
    with at_time(MORNING + timedelta(minutes=25)):
        said = signed_in(cast, "doctor").get(room(cast)).content.decode()
        assert "留观室现有 1 人" in said
        assert "7:40 入室，已 25分" in said
        assert "家长还不知道" in said
        assert "已告知家长" in post(cast, f"/holding/{inside.pk}/told", {})
        assert "写明交给谁" in post(cast, f"/holding/{inside.pk}/out", {"whereto": "hospital"})
        said = post(cast, f"/holding/{inside.pk}/out", {"whereto": "hospital", "handed_to": "母亲"})
    assert "已离室：送医" in said
    assert "送医 · 母亲" in said
    assert "留观室现在没有人" in said


def test_a_refusal_keeps_what_was_typed(cast: Cast) -> None:
    pupil = cast.pupils[cast.klass.pk][3]
    said = post(cast, room(cast, "/enter"), {"person": pupil.pk, "complaint": "头疼", "temperature": "高"})
    assert "体温填数字" in said
    assert 'value="头疼"' in said
    assert pupil.name in said


def test_a_full_room_says_so(cast: Cast, inside: HoldingStay) -> None:
    assert "床位已满" in post(cast, room(cast, "/beds"), {"beds": "1"})
    assert "床位填 1 到 200" in post(cast, room(cast, "/beds"), {"beds": "x"})


def test_a_pupil_of_another_school_is_not_there(cast: Cast) -> None:
    of_other_school = cast.pupils[cast.foreign.pk][0]
    answer = signed_in(cast, "doctor").post(
        room(cast, "/enter"), {"person": of_other_school.pk, "symptom": "fever"}
    )
    assert answer.status_code == 404
