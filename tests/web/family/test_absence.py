"""Two taps, told once: the teacher and the doctor have it, and nobody asks again."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import MORNING, Cast, at_time, check, school_scope

from xiaodun.measures.checks.models import LeaveNotice
from xiaodun.measures.health.models import FollowUp
from xiaodun.responsibility.roster.models import Guardian


def send(phone: Client, key: str, reason: str = "fever", client_id: str = "") -> int:
    return phone.post(
        f"/f/{key}/send", {"reason": reason, "client_id": client_id or str(uuid4())}
    ).status_code


@pytest.mark.requirement("R19")
def test_a_reason_and_send_is_all(cast: Cast, key: str, phone: Client) -> None:
    assert send(phone, key, "vomiting") == 302
    with school_scope(cast.school):
        notice = LeaveNotice.objects.in_scope().get()
        illness = FollowUp.objects.in_scope().get()
    assert (notice.kind, notice.symptoms) == ("ill", ["vomiting"])
    assert illness.symptoms == ["vomiting"]
    page = phone.get(f"/f/{key}").content.decode()
    assert "今天已请假" in page
    assert 'name="reason"' not in page


def test_leave_opens_no_illness(cast: Cast, key: str, phone: Client) -> None:
    assert send(phone, key, "leave") == 302
    with school_scope(cast.school):
        assert LeaveNotice.objects.in_scope().get().kind == "leave"
        assert not FollowUp.objects.in_scope().exists()


def test_sending_twice_is_sending_once(cast: Cast, key: str, phone: Client) -> None:
    same = str(uuid4())
    assert [send(phone, key, client_id=same), send(phone, key, client_id=same)] == [302, 302]
    with school_scope(cast.school):
        assert LeaveNotice.objects.in_scope().count() == 1


def test_no_reason_is_asked_for_in_words_and_nothing_is_sent(cast: Cast, key: str, phone: Client) -> None:
    answer = phone.post(f"/f/{key}/send", {"reason": "", "client_id": str(uuid4())})
    assert answer.status_code == 400
    assert "先选一个原因" in answer.content.decode()
    with school_scope(cast.school):
        assert not LeaveNotice.objects.in_scope().exists()


def test_within_ten_minutes_it_is_taken_back_and_nothing_stays_open(
    cast: Cast, key: str, phone: Client
) -> None:
    send(phone, key)
    with at_time(MORNING + timedelta(minutes=9)):
        assert "撤销" in phone.get(f"/f/{key}").content.decode()
        assert phone.post(f"/f/{key}/withdraw").status_code == 302
    with school_scope(cast.school):
        assert LeaveNotice.objects.in_scope().get().withdrawn_at is not None
        assert [row.is_open for row in FollowUp.objects.in_scope()] == [False]


def test_a_child_whom_the_teacher_listed_already_is_not_asked_about(
    cast: Cast, key: str, phone: Client
) -> None:
    check(cast, 0)
    page = phone.get(f"/f/{key}").content.decode()
    assert "学校已知道" in page
    assert 'name="reason"' not in page


def test_the_teachers_page_holds_the_notice(cast: Cast, mother: Guardian, key: str, phone: Client) -> None:
    send(phone, key, "rash")
    teacher = Client()
    teacher.force_login(
        cast.accounts["teacher"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    page = teacher.get(reverse("classroom:check", args=[cast.klass.pk])).content.decode()
    assert "家长" in page
