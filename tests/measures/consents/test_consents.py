"""Who agrees to what: the guardian under 14, the pupil from the birthday on; what the law demands needs no consent."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from tests.cast import MONDAY, Cast, at_time, school_scope

from xiaodun.foundation.models import JournalRow
from xiaodun.kernel.calendar import at
from xiaodun.kernel.errors import Refused
from xiaodun.measures.consents.actions import (
    MOST_OPEN,
    answer_correction,
    ask_correction,
    give_consent,
    withdraw_consent,
)
from xiaodun.measures.consents.models import (
    About,
    Consent,
    CorrectionState,
    HealthCorrection,
    RosterCorrection,
)
from xiaodun.measures.consents.purposes import OPTIONAL, PURPOSES
from xiaodun.measures.consents.queries import may_keep
from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.roster.models import Guardian, Person, Relation
from xiaodun.responsibility.tasks.models import Task, TaskState

PHOTO = "certificate_photo"


def family(cast: Cast, born_on: date | None = date(2018, 5, 1), relation: str = Relation.MOTHER) -> Guardian:
    pupil: Person = cast.pupils[cast.klass.pk][0]
    pupil.birth_on = born_on
    pupil.save(update_fields=["birth_on"])
    guardian: Guardian = Guardian.objects.create(
        person=pupil, school_id=pupil.school_id, class_id=pupil.class_id, relation=relation
    )
    return guardian


def code_of(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.faults[0].code


def test_nothing_optional_is_kept_until_the_guardian_agrees_and_nothing_after_the_withdrawal(
    cast: Cast,
) -> None:
    with school_scope(cast.school):
        guardian = family(cast)
        assert {one.code for one in OPTIONAL if may_keep(guardian.person, one.code, MONDAY)} == set()
        give_consent(guardian=guardian, purpose=PHOTO)
        assert may_keep(guardian.person, PHOTO, MONDAY)
        assert withdraw_consent(guardian=guardian, purpose=PHOTO) == 1
        assert not may_keep(guardian.person, PHOTO, MONDAY)
        assert Consent.objects.in_scope().filter(withdrawn_at__isnull=False).count() == 1


def test_what_the_law_demands_needs_no_consent_and_takes_none(cast: Cast) -> None:
    with school_scope(cast.school):
        guardian = family(cast)
        statutory = [code for code, purpose in PURPOSES.items() if purpose.basis]
        assert statutory
        for code in statutory:
            assert may_keep(guardian.person, code, MONDAY)
            with pytest.raises(Refused) as error:
                give_consent(guardian=guardian, purpose=code)
            assert code_of(error) == "consent.not_optional"


def test_a_purpose_nobody_declared_is_a_fault_of_the_program(cast: Cast) -> None:
    with school_scope(cast.school), pytest.raises(KeyError):
        may_keep(family(cast).person, "advertising", MONDAY)


@pytest.mark.requirement("R07")
@pytest.mark.parametrize(
    ("born_on", "eve", "birthday"),
    [
        (date(2012, 11, 24), at(date(2026, 11, 23), 23, 59), at(date(2026, 11, 24), 0, 0)),
        (date(2014, 2, 28), at(date(2028, 2, 27), 12), at(date(2028, 2, 28), 0, 0)),
        (date(2012, 2, 29), at(date(2026, 2, 28), 23, 59), at(date(2026, 3, 1), 0, 0)),
    ],
)
def test_on_the_fourteenth_birthday_the_pupil_is_asked_and_the_guardians_consent_ends(
    cast: Cast, born_on: date, eve: datetime, birthday: datetime
) -> None:
    with school_scope(cast.school):
        guardian = family(cast, born_on)
        pupil: Guardian = Guardian.objects.create(
            person=guardian.person, school_id=guardian.school_id, relation=Relation.SELF
        )
        with at_time(eve):
            with pytest.raises(Refused) as error:
                give_consent(guardian=pupil, purpose=PHOTO)
            assert code_of(error) == "consent.not_yours"
            give_consent(guardian=guardian, purpose=PHOTO)
            assert may_keep(guardian.person, PHOTO, eve.date())
        with at_time(birthday):
            assert not may_keep(guardian.person, PHOTO, birthday.date())
            with pytest.raises(Refused):
                give_consent(guardian=guardian, purpose=PHOTO)
            give_consent(guardian=pupil, purpose=PHOTO)
            assert may_keep(guardian.person, PHOTO, birthday.date())


def test_agreeing_twice_is_one_consent_and_one_line(cast: Cast) -> None:
    with school_scope(cast.school):
        guardian = family(cast)
        first = give_consent(guardian=guardian, purpose=PHOTO)
        assert give_consent(guardian=guardian, purpose=PHOTO) == first
        assert JournalRow.objects.filter(verb="consent.give").count() == 1


def test_a_correction_of_the_roster_is_the_clerks_and_one_of_health_the_doctors(cast: Cast) -> None:
    clerk = open_account(actor_id=None, username="clerk", name="籍老师")
    give_duty(
        actor_id=None, account=clerk, role=Role.SCHOOL_CLERK, org=cast.school, from_day=date(2026, 9, 1)
    )
    cast.accounts["clerk"] = clerk
    with school_scope(cast.school):
        guardian = family(cast)
        birth = ask_correction(guardian=guardian, about=About.BIRTH, said="2018年5月2日", school=cast.school)
        ill = ask_correction(guardian=guardian, about=About.SYMPTOMS, said="没有呕吐", school=cast.school)
        assert isinstance(birth, RosterCorrection)
        assert isinstance(ill, HealthCorrection)
        assert set(Task.objects.in_scope().values_list("role", flat=True)) == {
            Role.SCHOOL_CLERK,
            Role.SCHOOL_DOCTOR,
        }
        with pytest.raises(Refused) as error:
            answer_correction(
                actor=cast.actor("clerk"), correction=ill, school=cast.school, corrected=True, answer="已改"
            )
        assert code_of(error) == "correction.right"
        answer_correction(
            actor=cast.actor("clerk"),
            correction=birth,
            school=cast.school,
            corrected=True,
            answer="已改为5月2日",
        )
        birth.refresh_from_db(from_queryset=RosterCorrection.objects.in_scope())
        assert birth.state == CorrectionState.CORRECTED
        assert Task.objects.in_scope().get(role=Role.SCHOOL_CLERK).state == TaskState.ANSWERED


def test_an_answer_has_words_and_is_given_once(cast: Cast) -> None:
    with school_scope(cast.school):
        row = ask_correction(
            guardian=family(cast), about=About.ABSENCE, said="11月20日到校了", school=cast.school
        )
        doctor = cast.actor("doctor")
        with pytest.raises(Refused) as error:
            answer_correction(actor=doctor, correction=row, school=cast.school, corrected=False, answer=" ")
        assert code_of(error) == "correction.no_answer"
        answer_correction(
            actor=doctor, correction=row, school=cast.school, corrected=False, answer="门口有签到"
        )
        with pytest.raises(Refused) as error:
            answer_correction(actor=doctor, correction=row, school=cast.school, corrected=True, answer="改了")
        assert code_of(error) == "correction.answered"


def test_a_family_cannot_flood_the_school(cast: Cast) -> None:
    with school_scope(cast.school):
        guardian = family(cast)
        for n in range(MOST_OPEN):
            ask_correction(guardian=guardian, about=About.NAME, said=f"名字{n}", school=cast.school)
        with pytest.raises(Refused) as error:
            ask_correction(guardian=guardian, about=About.NAME, said="再来一条", school=cast.school)
        assert code_of(error) == "correction.too_many"


def test_no_word_of_a_family_is_in_the_journal(cast: Cast) -> None:
    with school_scope(cast.school):
        ask_correction(guardian=family(cast), about=About.NAME, said="赵小鸣", school=cast.school)
    assert all("赵小鸣" not in str(row.facts) for row in JournalRow.objects.all())
