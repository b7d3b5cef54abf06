"""The county changes its units: it asks, reads what will happen, confirms, and can take it back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from tests.cast import MONDAY
from tests.responsibility.orgs.county_of_changes import DAY, Place, change, fingerprint, lay_county

from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.models import ChangeState, Level, Org, OrgChange
from xiaodun.responsibility.orgs.plan import VERBS

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R15")]
TUESDAY = MONDAY + DAY


@pytest.fixture
def place(db: None, monday: None) -> Place:
    return lay_county()


def sign_in(role: Role, org: Org, name: str = "officer") -> Client:
    account = open_account(actor_id=None, username=name, name="赵启明")
    give_duty(actor_id=None, account=account, role=role, org=org, from_day=MONDAY - DAY)
    client = Client()
    client.force_login(account, backend=settings.AUTHENTICATION_BACKENDS[1])
    return client


@pytest.fixture
def officer(place: Place) -> Client:
    return sign_in(Role.COUNTY_OFFICER, place.county)


def text_of(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def hidden(answer: HttpResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found, name
    return found[1]


def ask(client: Client, unit: Org, **said: Any) -> HttpResponse:
    """Send the form; it answers with what would happen."""
    return client.post(f"/office/unit/{unit.pk}/change", {"on_day": MONDAY.isoformat(), **said})


def confirm(client: Client, unit: Org, **said: Any) -> HttpResponse:
    shown = ask(client, unit, **said)
    assert shown.status_code == 200, text_of(shown)
    return ask(client, unit, **said, digest=hidden(shown, "digest"))


def test_the_county_sees_its_schools_with_what_they_hold(place: Place, officer: Client) -> None:
    shown = text_of(officer.get(f"/office/{place.county.pk}/units"))
    assert "4 所学校" in shown
    assert "九年学校 2114000002 小学、初中 9" in shown
    assert "还没有变更过" in shown


def test_a_school_shows_grades_classes_groups_campuses_and_what_was_closed(
    place: Place, officer: Client
) -> None:
    school = place.schools["二小"]
    change("found", MONDAY - 9 * DAY, parent=school.pk, level="campus", name="东校区")
    change("found", MONDAY - 9 * DAY, parent=school.pk, level="group", group_kind="bus", name="一号车")
    bus = Org.objects.get(name="一号车")
    change("close", MONDAY - DAY, unit=bus.pk)
    shown = text_of(officer.get(f"/office/unit/{school.pk}"))
    for words in ("六年级", "六(1)班", "东校区", "教职工", "已关闭的 1 个", "一号车"):
        assert words in shown, words


def test_every_form_opens_with_its_fields_and_tomorrow(place: Place, officer: Client) -> None:
    school = place.schools["一小"]
    kinds = ["rename", "campus", "merge", "split", "move_county", "close"]
    founds = [{"kind": "found", "level": level} for level in ("grade", "campus", "group")]
    for query in [*({"kind": kind} for kind in kinds), *founds]:
        answer = officer.get(f"/office/unit/{school.pk}/change", query)
        assert answer.status_code == 200
        assert f'value="{TUESDAY.isoformat()}"' in answer.content.decode()
    for query in ({"kind": "roll_over"}, {"kind": "transfer"}, {"kind": "found", "level": "class"}, {}):
        assert officer.get(f"/office/unit/{school.pk}/change", query).status_code == 404


def test_a_merge_is_shown_with_its_figures_then_confirmed_by_name_then_undone(
    place: Place, officer: Client
) -> None:
    source, target, before = place.schools["二小"], place.schools["一小"], fingerprint()
    said = {"kind": "merge", "into": target.pk, "campus": "南校区"}
    shown = ask(officer, source, **said)
    words = text_of(shown)
    assert "二小 的 6 个班" in words
    assert "学生 12 人、教职工 1 人" in words
    assert "确认合并：二小" in words
    assert OrgChange.objects.count() == 0
    done = officer.post(
        f"/office/unit/{source.pk}/change",
        {"on_day": MONDAY.isoformat(), **said, "digest": hidden(shown, "digest")},
        follow=True,
    )
    assert "已生效：二小 的 6 个班" in text_of(done)
    assert "已关闭的学校 1 所" in text_of(done)
    made = OrgChange.objects.get()
    undone = officer.post(f"/office/change/{made.pk}/undo", follow=True)
    assert "已撤销，一切如前" in text_of(undone)
    after = fingerprint()
    assert {table for table in after if after[table] != before[table]} <= {
        "django_session",
        "accounts_account",
    }


def test_a_change_for_a_later_day_is_planned_shown_and_can_be_dropped(place: Place, officer: Client) -> None:
    klass = place.classes("一小")[0]
    confirm(officer, klass, kind="rename", name="向日葵班", on_day=TUESDAY.isoformat())
    made = OrgChange.objects.get()
    assert made.state == ChangeState.PLANNED
    assert "一(1)班 自2026年11月24日起叫 向日葵班" in text_of(officer.get(f"/office/{place.county.pk}/units"))
    officer.post(f"/office/change/{made.pk}/undo")
    made.refresh_from_db()
    assert made.state == ChangeState.UNDONE


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "close"}, "还有"),
        ({"kind": "merge", "into": "987654321"}, "没有这个单位"),
        ({"kind": "split", "name": "三小"}, "先选班级"),
        ({"kind": "rename", "name": "  "}, "填名称"),
        ({"kind": "rename", "name": "新名", "on_day": "soon"}, "日期写成"),
        ({"kind": "found", "level": "grade", "stage": "primary", "number": "99"}, "没有这个年级"),
    ],
)
def test_what_stands_in_the_way_is_said_with_what_was_typed_kept(
    place: Place, officer: Client, said: dict[str, str], words: str
) -> None:
    answer = ask(officer, place.schools["二小"], **said)
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert 'name="digest"' not in answer.content.decode()
    if said.get("name", "").strip():
        assert f'value="{said["name"]}"' in answer.content.decode()


def test_a_confirmation_of_something_else_than_was_shown_is_shown_again(
    place: Place, officer: Client
) -> None:
    school = place.schools["二小"]
    answer = ask(officer, school, kind="rename", name="新二小", digest="0" * 16)
    assert answer.status_code == 400
    assert "预览之后情况变了" in text_of(answer)
    assert Org.objects.get(pk=school.pk).name == "二小"


def test_an_officer_moves_no_school_into_a_county_that_is_not_theirs(place: Place, officer: Client) -> None:
    school = place.schools["二小"]
    answer = ask(officer, school, kind="move_county", county=place.other_county.pk)
    assert "没有这个单位，或不归您管" in text_of(answer)
    operator = sign_in(Role.OPERATOR, place.city, "operator")
    assert confirm(operator, school, kind="move_county", county=place.other_county.pk).status_code == 302
    assert Org.objects.get(pk=school.pk).county_id == place.other_county.pk
    made = OrgChange.objects.get()
    page = officer.get(f"/office/{place.county.pk}/units")
    assert "划转到另一县" in text_of(page)
    assert "undo" not in page.content.decode()
    assert officer.post(f"/office/change/{made.pk}/undo").status_code == 404
    assert "划转到另一县" in text_of(operator.get(f"/office/{place.other_county.pk}/units"))
    operator.post(f"/office/change/{made.pk}/undo")
    assert Org.objects.get(pk=school.pk).county_id == place.county.pk


def test_everything_that_is_offered_can_be_carried_out(place: Place, officer: Client) -> None:
    one, two = place.schools["一小"], place.schools["二小"]
    klass = place.classes("一小")[0]
    confirm(officer, place.county, kind="found", level="school", name="新学校", town="城关镇")
    confirm(officer, one, kind="found", level="campus", name="东校区")
    confirm(officer, one, kind="found", level="grade", stage="junior", number="7")
    confirm(officer, one, kind="found", level="group", group_kind="dorm", name="一号楼")
    campus = Org.objects.get(level=Level.CAMPUS)
    confirm(officer, one, kind="campus", classes=[klass.pk], campus=campus.pk)
    grade = Org.objects.get(school_id=one.pk, level=Level.GRADE, grade_number=7)
    confirm(officer, grade, kind="found", level="class", campus=campus.pk)
    confirm(officer, klass, kind="rename", name="向日葵班")
    confirm(officer, one, kind="split", classes=[klass.pk], name="三小")
    confirm(officer, two, kind="merge", into=one.pk)
    confirm(officer, Org.objects.get(name="一号楼"), kind="rename", name="二号楼")
    assert {change.kind for change in OrgChange.objects.filter(state="applied")} == set(VERBS) - {
        "close", "move_county", "roll_over", "transfer"
    }  # fmt: skip
    assert officer.get(f"/office/{place.county.pk}/units").status_code == 200
    assert officer.get(f"/office/unit/{one.pk}").status_code == 200


def test_above_counties_the_page_leads_down_to_them(place: Place) -> None:
    operator = sign_in(Role.OPERATOR, place.city, "operator")
    shown = text_of(operator.get(f"/office/{place.city.pk}/units"))
    assert "青禾县" in shown
    assert "白河县" in shown
    assert operator.get(f"/office/{place.schools['一小'].pk}/units").status_code == 404


def test_the_pages_speak_english_too(place: Place, officer: Client) -> None:
    officer.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    shown = ask(officer, place.schools["二小"], kind="merge", into=place.schools["一小"].pk)
    assert "6 classes of 二小 join 一小 from 23 Nov 2026" in text_of(shown)
