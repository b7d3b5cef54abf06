"""What a family says is wrong reaches the desk that answers, and the answer reaches the family."""

from __future__ import annotations

from datetime import date

from django.test import Client
from django.urls import reverse
from tests.cast import Cast, school_scope

from xiaodun.measures.consents.actions import ask_correction
from xiaodun.measures.consents.models import About, HealthCorrection, RosterCorrection
from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.roster.models import Guardian

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def ask(cast: Cast) -> None:
    pupil = cast.pupils[cast.klass.pk][0]
    with school_scope(cast.school):
        guardian = Guardian.objects.create(person=pupil, school_id=pupil.school_id, class_id=pupil.class_id)
        ask_correction(guardian=guardian, about=About.SYMPTOMS, said="没有呕吐", school=cast.school)
        ask_correction(guardian=guardian, about=About.BIRTH, said="2018年5月2日", school=cast.school)


def enter(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[name], backend=BACKEND)
    return client


def test_the_doctor_answers_what_is_of_health_and_sees_nothing_of_the_roster(cast: Cast) -> None:
    ask(cast)
    doctor = enter(cast, "doctor")
    page = doctor.get(reverse("school:corrections", args=[cast.school.pk])).content.decode()
    assert "没有呕吐" in page
    assert "5月2日" not in page
    with school_scope(cast.school):
        row = HealthCorrection.objects.in_scope().get()
    address = reverse("school:answer_correction", args=[row.pk])
    assert doctor.post(address, {"corrected": "1", "answer": "已删去呕吐"}).status_code == 302
    assert "已删去呕吐" in doctor.get(reverse("school:corrections", args=[cast.school.pk])).content.decode()


def test_the_clerk_answers_what_is_of_the_roster_and_sees_no_symptom(cast: Cast) -> None:
    ask(cast)
    account = open_account(actor_id=None, username="clerk", name="籍老师")
    give_duty(
        actor_id=None, account=account, role=Role.SCHOOL_CLERK, org=cast.school, from_day=date(2026, 9, 1)
    )
    cast.accounts["clerk"] = account
    clerk = enter(cast, "clerk")
    page = clerk.get(reverse("office:corrections", args=[cast.school.pk])).content.decode()
    assert "5月2日" in page
    assert "呕吐" not in page
    with school_scope(cast.school):
        health, roster = HealthCorrection.objects.in_scope().get(), RosterCorrection.objects.in_scope().get()
    assert (
        clerk.post(reverse("school:answer_correction", args=[health.pk]), {"answer": "已改"}).status_code
        == 404
    )
    answered = clerk.post(
        reverse("office:answer_correction", args=[roster.pk]), {"corrected": "0", "answer": "户口本是5月1日"}
    )
    assert answered.status_code == 302


def test_an_empty_answer_is_asked_for_in_words(cast: Cast) -> None:
    ask(cast)
    doctor = enter(cast, "doctor")
    with school_scope(cast.school):
        row = HealthCorrection.objects.in_scope().get()
    page = doctor.post(reverse("school:answer_correction", args=[row.pk]), {"answer": " "}, follow=True)
    assert "correction.no_answer" in page.content.decode()


def test_a_teacher_of_another_school_meets_nothing(cast: Cast) -> None:
    ask(cast)
    stranger = enter(cast, "stranger")
    with school_scope(cast.school):
        row = HealthCorrection.objects.in_scope().get()
    assert stranger.get(reverse("school:corrections", args=[cast.school.pk])).status_code == 404
    assert (
        stranger.post(reverse("school:answer_correction", args=[row.pk]), {"answer": "改"}).status_code == 404
    )
