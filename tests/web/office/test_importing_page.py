"""A file is sent, read as a preview in plain words, decided on, applied, taken back."""

from __future__ import annotations

import re

import pytest
from tests.cast import Cast, school_scope
from tests.responsibility.roster.files import csv_file, identity, pupil
from tests.web.office.desk import at_desk, last_batch, named, page, send_file

from xiaodun.responsibility.roster.models import Person


def digest(said: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{32})"', said)
    assert found
    return found[1]


@pytest.mark.requirement("R07")
def test_from_the_file_to_the_undo(cast: Cast) -> None:
    client = at_desk(cast)
    assert "还没有导入过" in page(client, f"/office/{cast.school.pk}/import")
    answer = send_file(
        client, cast, csv_file([pupil("甲一", number=f"G{identity(12)}"), pupil("乙二", "三(2)班")])
    )
    path = answer["Location"]
    said = page(client, path)
    assert "新增 2 人" in said
    assert "三(1)班" in said
    assert "今天还没交晨检的班就按新名单" in said
    answer = client.post(f"{path}/apply", {"digest": digest(said)}, follow=True)
    assert "已导入，全部写好" in answer.content.decode()
    assert named(cast, "甲一").class_id == cast.klass.pk
    answer = client.post(f"{path}/undo", follow=True)
    assert "已整批撤销" in answer.content.decode()
    with school_scope(cast.school):
        assert not Person.objects.in_scope().filter(name="甲一").exists()


def test_faults_are_listed_with_cell_remedy_and_code_and_nothing_can_be_applied(cast: Cast) -> None:
    client = at_desk(cast)
    path = send_file(client, cast, csv_file([pupil("甲一", ""), pupil("乙二")]))["Location"]
    said = page(client, path)
    assert "第 2 行缺班级。在 H2 填“三(1)班”后再导入" in said
    assert "roster.class_missing" in said
    assert 'name="digest"' not in said


def test_a_question_is_answered_on_the_page(cast: Cast) -> None:
    client, one = at_desk(cast), cast.pupils[cast.klass.pk][0]
    path = send_file(client, cast, csv_file([pupil(one.name)]))["Location"]
    said = page(client, path)
    assert "同班同名，缺出生日期" in said
    assert "是新来的人" in said
    client.post(f"{path}/choose", {"who-2": str(one.pk)})
    said = page(client, path)
    assert "1 人资料有改" in said
    client.post(f"{path}/apply", {"digest": digest(said)})
    with school_scope(cast.school):
        assert Person.objects.in_scope().get(pk=one.pk).birth_on is not None


def test_new_classes_wait_for_a_yes_and_the_whole_list_for_another(cast: Cast) -> None:
    client = at_desk(cast)
    path = send_file(client, cast, csv_file([pupil("甲一", "三(7)班")]))["Location"]
    said = page(client, path)
    assert "本校还没有这些" in said
    assert 'name="digest"' not in said
    assert "名册里有 80 人不在文件里，照旧留着" in said
    client.post(f"{path}/choose", {"found": "1", "whole": "1"})
    said = page(client, path)
    assert "80 人记为离校，明天起不在晨检名单上" in said
    assert digest(said)


def test_what_changes_is_shown_old_and_new_with_numbers_masked(cast: Cast) -> None:
    client, card, other = at_desk(cast), identity(12), identity(14)
    path = send_file(client, cast, csv_file([pupil("甲一", number=f"G{card}", 证件号=card)]))["Location"]
    client.post(f"{path}/apply", {"digest": digest(page(client, path))})
    row = pupil("甲一", "三(2)班", number=f"G{card}", 证件号=other)
    said = page(client, send_file(client, cast, csv_file([row]))["Location"])
    assert "1 人换班" in said
    assert all(mark in said for mark in ("三(1)班", "三(2)班", "→"))
    assert card not in said
    assert other not in said


def test_a_person_of_another_school_is_named_by_that_school_alone(cast: Cast) -> None:
    from datetime import date

    from xiaodun.responsibility.roster.actions import NewPupil, enrol_pupils

    new = [NewPupil(name="甲一", sex="m", birth_on=date(2017, 3, 4))]
    (there,) = enrol_pupils(actor_id=None, klass=cast.foreign, pupils=new, from_day=date(2026, 9, 1))
    client = at_desk(cast)
    said = page(client, send_file(client, cast, csv_file([pupil("甲一")]))["Location"])
    assert "育英小学" in said
    assert f"/office/person/{there.pk}" not in said


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "roster.no_file"),
        (b"\xff\xfe\x00not a table", "代码"),
        (b"x,y\r\n1,2\r\n", "roster.no_headings"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_in_words(cast: Cast, data: bytes, code: str) -> None:
    client = at_desk(cast)
    answer = client.post(f"/office/{cast.school.pk}/import") if not data else send_file(client, cast, data)
    assert answer.status_code == 400
    assert code in answer.content.decode()


def test_a_discarded_preview_is_gone(cast: Cast) -> None:
    client = at_desk(cast)
    path = send_file(client, cast, csv_file([pupil("甲一")]))["Location"]
    client.post(f"{path}/discard")
    assert client.get(path).status_code == 404


def test_the_templates_are_workbooks(cast: Cast) -> None:
    client = at_desk(cast)
    for kind in ("pupil", "staff"):
        answer = client.get(f"/office/{cast.school.pk}/template?kind={kind}")
        assert answer.content[:2] == b"PK"


def test_no_address_of_an_import_holds_a_name(cast: Cast) -> None:
    client = at_desk(cast)
    path = send_file(client, cast, csv_file([pupil("甲一")]))["Location"]
    assert path == f"/office/import/{last_batch(cast).pk}"
