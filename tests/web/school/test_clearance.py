"""Return to class on the page: why this day, what is missing, the certificate, the doctor's evidence; the slip and its code."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import MONDAY, Cast, anything, at_time, check, school_scope
from tests.measures.health.desk import diagnosed, illness
from tests.measures.health.pictures import photo
from tests.web.school.test_signal_page import signed_in

from xiaodun.kernel.calendar import at
from xiaodun.measures.consents.actions import give_consent
from xiaodun.measures.health.models import CertificatePhoto, Clearance, FollowUp
from xiaodun.responsibility.roster.models import Guardian, Relation

EVIDENCE = {"evidence_reason": "定点医院复查", "evidence_document": "青一院118号"}
DAY_14 = at(MONDAY + timedelta(days=14), 8, 0)


@pytest.fixture
def case(cast: Cast) -> FollowUp:
    check(cast, 0, symptoms=("rash",))
    with school_scope(cast.school):
        diagnosed(cast, "varicella")
        return illness(cast)


def post(cast: Cast, case: FollowUp, what: str, data: dict[str, object]) -> str:
    answer = signed_in(cast, "doctor").post(f"/follow-up/{case.pk}/return/{what}", data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def slip_of(cast: Cast) -> Clearance:
    with school_scope(cast.school):
        found: Clearance = anything(Clearance).latest("pk")
        return found


@pytest.mark.requirement("R74")
def test_the_page_says_why_what_is_missing_and_with_which_trust(cast: Cast, case: FollowUp) -> None:
    said = signed_in(cast, "doctor").get(f"/follow-up/{case.pk}/return").content.decode()
    assert "还差几项，才算得出复课日" in said
    assert "不会早于12月7日" in said
    assert "S10，未核" in said
    assert 'name="crusts_dry"' in said


def test_two_taps_bring_a_pupil_back_when_the_day_has_come(cast: Cast, case: FollowUp) -> None:
    with at_time(DAY_14):
        assert "已重算" in post(cast, case, "facts", {"crusts_dry": "1"})
        said = post(cast, case, "clear", {"shown": "paper", "from_day": "2026-12-07"})
        assert "12月7日 星期一 起可回班" in said
        assert slip_of(cast).check_code in said


def test_too_early_is_refused_and_the_doctors_evidence_stands_beside_the_criterion(
    cast: Cast, case: FollowUp
) -> None:
    assert "有医生凭证的，写理由和凭证编号" in post(cast, case, "clear", {"shown": "paper"})
    said = post(cast, case, "clear", {"shown": "paper"} | EVIDENCE)
    assert "医生凭证优先" in said
    assert "定点医院复查 · 青一院118号" in said
    assert "S10，未核" in said


def test_the_slip_prints_a_code_and_no_disease(cast: Cast, case: FollowUp) -> None:
    post(cast, case, "clear", {"shown": "paper"} | EVIDENCE)
    slip = slip_of(cast)
    said = signed_in(cast, "doctor").get(f"/clearance/{slip.pk}/slip").content.decode()
    assert "<svg" in said
    assert slip.check_code in said
    assert "水痘" not in said
    assert "style=" not in said


def test_whoever_scans_sees_valid_or_withdrawn_and_nothing_of_the_illness(cast: Cast, case: FollowUp) -> None:
    post(cast, case, "clear", {"shown": "paper"} | EVIDENCE)
    slip, stranger = slip_of(cast), Client()
    said = stranger.get(f"/clearance/{slip.token}").content.decode()
    assert all(
        word in said
        for word in ("凭据有效", "明德小学", "三(1)班", "赵**", slip.check_code, "2026年11月23日")
    )
    assert not any(word in said for word in ("水痘", "小明", "定点医院", "皮疹"))
    signed_in(cast, "doctor").post(f"/clearance/{slip.pk}/withdraw", {"reason": "又有新疹"})
    said = stranger.get(f"/clearance/{slip.token}").content.decode()
    assert "凭据已撤回" in said
    assert "新疹" not in said


def test_a_code_that_nobody_gave_out_is_the_same_404_as_any_other_page(cast: Cast) -> None:
    def body(path: str) -> tuple[int, str]:
        answer = Client().get(path)
        return answer.status_code, re.sub(r"csrf\S+", "", answer.content.decode())

    assert body("/clearance/" + "x" * 43) == body("/clearance/" + "y" * 43) == body("/no/such/page")


def test_a_withdrawal_without_a_reason_is_refused_in_words(cast: Cast, case: FollowUp) -> None:
    post(cast, case, "clear", {"shown": "paper"} | EVIDENCE)
    answer = signed_in(cast, "doctor").post(
        f"/clearance/{slip_of(cast).pk}/withdraw", {"reason": ""}, follow=True
    )
    assert "写明撤回的理由" in answer.content.decode()


def test_without_consent_the_page_offers_no_photo(cast: Cast, case: FollowUp) -> None:
    said = signed_in(cast, "doctor").get(f"/follow-up/{case.pk}/return").content.decode()
    assert "家长没有同意存照片" in said
    assert 'type="file"' not in said


def test_a_photo_is_kept_shown_with_a_press_and_enough_for_the_slip(cast: Cast, case: FollowUp) -> None:
    with school_scope(cast.school):
        pupil = cast.pupils[cast.klass.pk][0]
        pupil.birth_on = date(2018, 5, 1)
        pupil.save(update_fields=["birth_on"])
        guardian = Guardian.objects.create(
            person=pupil, school_id=pupil.school_id, class_id=pupil.class_id, relation=Relation.MOTHER
        )
        give_consent(guardian=guardian, purpose="certificate_photo")
    assert "先选一张照片" in post(cast, case, "photo", {})
    upload = SimpleUploadedFile("zs.jpg", photo(), content_type="image/jpeg")
    assert "照片已存，30 天后自动删除" in post(cast, case, "photo", {"photo": upload})
    with school_scope(cast.school):
        kept = anything(CertificatePhoto).get()
    answer = signed_in(cast, "doctor").post(f"/certificate-photo/{kept.pk}")
    assert (answer["Content-Type"], answer.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert "no-store" in answer["Cache-Control"]
    assert signed_in(cast, "teacher").post(f"/certificate-photo/{kept.pk}").status_code == 404
    post(cast, case, "clear", {"shown": "photo"} | EVIDENCE)
    assert slip_of(cast).shown == "photo"
