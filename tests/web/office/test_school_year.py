"""The school year rolls over on one page: read, set right, confirmed, taken back."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from tests.cast import MONDAY
from tests.responsibility.orgs.county_of_changes import Place, classes_of, fingerprint, lay_county
from tests.web.office.test_units import hidden, sign_in, text_of

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import at
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.changing import apply_due
from xiaodun.responsibility.orgs.models import OrgChange
from xiaodun.web.office.school_year import proposed_day

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R15")]
SEPTEMBER = date(2027, 9, 1)


@pytest.fixture
def place(db: None, monday: None) -> Place:
    return lay_county()


def page(client: Client, org_id: int, **said: str) -> HttpResponse:
    address = f"/office/{org_id}/school-year"
    return client.post(address, said) if said else client.get(address)


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 8, 20), date(2026, 9, 1)),
        (date(2026, 9, 5), date(2026, 9, 5)),
        (date(2026, 11, 23), SEPTEMBER),
        (date(2027, 1, 5), SEPTEMBER),
    ],
)
def test_the_first_of_september_that_is_meant_is_proposed(today: date, day: date) -> None:
    assert proposed_day(today) == day


def test_the_preview_of_a_county_lists_each_school_with_figures_that_can_be_changed(place: Place) -> None:
    officer = sign_in(Role.COUNTY_OFFICER, place.county)
    shown = page(officer, place.county.pk)
    words = text_of(shown)
    assert "一小 10 2 4 一年级" in words
    assert "九年学校 8 1 2 一年级 七年级 1 个班整班升入初中" in words
    assert "合计 4 所 25 5 10 5" in words
    assert "确认升级：青禾县，25 个班升级、10 人毕业" in words
    assert f'name="n-{place.schools["一小"].pk}-primary-1" value="2"' in shown.content.decode()


def test_a_number_set_right_is_what_is_shown_and_founded(place: Place) -> None:
    school = place.schools["一小"]
    clerk = sign_in(Role.SCHOOL_CLERK, school)
    key = f"n-{school.pk}-primary-1"
    shown = page(clerk, school.pk, do="preview", on_day=SEPTEMBER.isoformat(), **{key: "4"})
    assert "新建 4 个班" in text_of(shown)
    said = {"do": "confirm", "on_day": SEPTEMBER.isoformat(), key: "4", "digest": hidden(shown, "digest")}
    assert page(clerk, school.pk, **said).status_code == 302
    with clock.frozen(at(SEPTEMBER, 0, 5)):
        assert apply_due() == {"applied": 1, "blocked": 0}
    assert len([org for org in classes_of(school.pk) if org.grade_number == 1]) == 4


def test_a_number_changed_after_the_preview_is_shown_before_anything_is_done(place: Place) -> None:
    school = place.schools["一小"]
    clerk = sign_in(Role.SCHOOL_CLERK, school)
    shown = page(clerk, school.pk)
    said = {"do": "confirm", f"n-{school.pk}-primary-1": "5", "digest": hidden(shown, "digest")}
    again = page(clerk, school.pk, **said)
    assert again.status_code == 400
    assert "预览之后情况变了" in text_of(again)
    assert "新建 5 个班" in text_of(again)
    assert not OrgChange.objects.exists()
    said["digest"] = hidden(again, "digest")
    assert page(clerk, school.pk, **said).status_code == 302


def test_what_is_planned_is_shown_instead_and_can_be_dropped(place: Place) -> None:
    before = fingerprint()
    principal = sign_in(Role.PRINCIPAL, place.schools["二小"])
    school = place.schools["二小"]
    shown = page(principal, school.pk)
    page(principal, school.pk, do="confirm", digest=hidden(shown, "digest"))
    planned = page(principal, school.pk)
    assert "待生效" in text_of(planned)
    assert 'name="digest"' not in planned.content.decode()
    made = OrgChange.objects.get()
    dropped = principal.post(f"/office/change/{made.pk}/undo", follow=True)
    assert "已撤销，一切如前" in text_of(dropped)
    after = fingerprint()
    accounts = {"accounts_account", "accounts_duty", "django_session"}
    assert {t for t in after if after[t] != before[t]} <= accounts | {t for t in after if "axes" in t}


def test_a_school_sees_what_its_county_has_done_and_leaves_the_undo_to_it(place: Place) -> None:
    officer = sign_in(Role.COUNTY_OFFICER, place.county)
    shown = page(officer, place.county.pk)
    page(officer, place.county.pk, do="confirm", digest=hidden(shown, "digest"))
    made = OrgChange.objects.get()
    clerk = sign_in(Role.SCHOOL_CLERK, place.schools["一小"], "clerk")
    there = page(clerk, place.schools["一小"].pk)
    assert "4 所学校：25 个班升一级" in text_of(there)
    assert "undo" not in there.content.decode()
    assert clerk.post(f"/office/change/{made.pk}/undo").status_code == 404


def test_a_bad_day_is_said_and_a_day_too_far_is_refused(place: Place) -> None:
    clerk = sign_in(Role.SCHOOL_CLERK, place.schools["一小"])
    for said, words in (("morgen", "日期写成"), ("2031-09-01", "400 天之内")):
        answer = page(clerk, place.schools["一小"].pk, do="preview", on_day=said)
        assert answer.status_code == 400
        assert words in text_of(answer)


def test_the_page_speaks_english_too(place: Place) -> None:
    officer = sign_in(Role.COUNTY_OFFICER, place.county)
    officer.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "25 classes go up, 5 graduating classes close" in text_of(page(officer, place.county.pk))
    assert MONDAY < SEPTEMBER
