"""A list leaves for a reason, under a watermark, and above 500 rows in a day with a second person's yes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.cast import MORNING, Cast, at_time, school_scope
from tests.responsibility.roster.clerks import bring_in, clerk, hire, only, preview
from tests.responsibility.roster.files import STAFF_HEAD, csv_file, identity, many, pupil, xlsx_file

from xiaodun.foundation.models import JournalRow
from xiaodun.foundation.sheets.reading import read_sheet
from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.roster.exporting import (
    Taken,
    approve_export,
    ask_export,
    needs_second,
    take_export,
)
from xiaodun.responsibility.roster.exporting_sheet import template
from xiaodun.responsibility.roster.models import ExportRequest, PersonKind

__all__ = ["clerk"]
pytestmark = [pytest.mark.usefixtures("clerk"), pytest.mark.requirement("R42")]
CARD = identity(12)


def ask(cast: Cast, by: str = "clerk", **more: Any) -> ExportRequest:
    said: dict[str, Any] = {
        "kind": PersonKind.PUPIL,
        "klass": None,
        "form": "csv",
        "with_numbers": False,
        "reason": "核对",
    }
    with school_scope(cast.school):
        return ask_export(actor=cast.actor(by), school=cast.school, **(said | more))


def take(cast: Cast, request: ExportRequest, by: str = "clerk") -> Taken:
    with school_scope(cast.school):
        return take_export(actor=cast.actor(by), request_id=request.pk)


def approve(cast: Cast, request: ExportRequest, by: str = "principal") -> None:
    with school_scope(cast.school):
        approve_export(actor=cast.actor(by), request=request)


def code(call: Any, *args: Any, **said: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **said)
    return refused.value.code


def test_numbers_and_telephones_are_masked_unless_they_were_asked_for(cast: Cast) -> None:
    bring_in(
        cast,
        csv_file(
            [pupil("甲一", number=f"G{CARD}", 证件号=CARD, 监护人1姓名="甲妈", 监护人1电话="13800138000")]
        ),
    )
    text = take(cast, ask(cast)).data.decode("utf-8-sig")
    assert "甲一" in text
    assert not any(number in text for number in (CARD, "13800138000"))
    assert "138******00" in text
    text = take(cast, ask(cast, with_numbers=True)).data.decode("utf-8-sig")
    assert all(number in text for number in (CARD, f"G{CARD}", "13800138000"))


def test_a_masked_list_comes_back_without_changing_a_number(cast: Cast) -> None:
    bring_in(
        cast,
        csv_file(
            [pupil("甲一", number=f"G{CARD}", 证件号=CARD, 监护人1姓名="甲妈", 监护人1电话="13800138000")]
        ),
    )
    taken = take(cast, ask(cast, klass=cast.klass, form="xlsx"))
    _, seen = preview(cast, taken.data, together=True)
    assert only(seen.plan.figures) == {"same": 41}


@pytest.mark.parametrize("form", ["xlsx", "csv", "gb18030"])
def test_the_file_says_who_took_it_when_and_under_which_number(cast: Cast, form: str) -> None:
    request = ask(cast, form=form)
    taken = take(cast, request)
    mark = f"clerk老师 第{request.pk}号导出 2026-11-23 07:40"
    if form == "xlsx":
        import zipfile
        from io import BytesIO

        inside = zipfile.ZipFile(BytesIO(taken.data))
        assert any(mark in inside.read(name).decode() for name in inside.namelist())
    else:
        assert mark in taken.data.decode("gb18030" if form == "gb18030" else "utf-8-sig")
    assert len(read_sheet(taken.data, taken.name).rows) == 81  # the heading and everybody; the mark is no row


def test_every_step_leaves_its_line_with_figures_only(cast: Cast) -> None:
    before = JournalRow.objects.count()
    request = ask(cast, with_numbers=True, reason="给甲一的妈妈")
    approve(cast, request)
    take(cast, request)
    lines = [(line.verb, line.subject_id, line.facts) for line in JournalRow.objects.order_by("pk")[before:]]
    pk = str(request.pk)
    assert lines == [
        ("export.ask", pk, {"rows": 80, "numbers": True}),
        ("export.approve", pk, {}),
        ("export.take", pk, {"rows": 80, "numbers": True}),
    ]


def test_without_a_reason_a_known_form_or_the_right_nothing_is_asked(cast: Cast) -> None:
    assert code(ask, cast, reason="  ") == "export.reason"
    assert code(ask, cast, form="pdf") == "export.form"
    assert code(ask, cast, by="doctor") == "export.right"
    assert code(ask, cast, kind=PersonKind.STAFF) == "export.nobody"
    with school_scope(cast.school):
        assert not ExportRequest.objects.in_scope().exists()


def test_only_its_asker_takes_it_and_once(cast: Cast) -> None:
    hire(cast, "second", cast.school)
    request = ask(cast)
    assert code(take, cast, request, by="second") == "export.not_yours"
    take(cast, request)
    assert code(take, cast, request) == "export.over"
    late = ask(cast)
    with at_time(MORNING + timedelta(hours=25)):
        assert code(take, cast, late) == "export.over"


def test_above_five_hundred_a_second_person_agrees_within_the_hour(cast: Cast) -> None:
    bring_in(cast, xlsx_file(many(460)), found=True)
    request = ask(cast)
    assert request.n_rows == 540
    assert code(take, cast, request) == "export.second_person"
    assert code(approve, cast, request, by="clerk") == "export.own"
    assert code(approve, cast, request, by="doctor") == "export.right"
    approve(cast, request)
    with at_time(MORNING + timedelta(minutes=61)):
        assert code(take, cast, request) == "export.second_person"
    taken = take(cast, request)
    assert len(read_sheet(taken.data, taken.name).rows) == 541


def test_lists_taken_in_pieces_count_together(cast: Cast) -> None:
    bring_in(cast, xlsx_file(many(460)), found=True)
    n = 0
    for klass in ("klass", "sibling"):
        request = ask(cast, klass=getattr(cast, klass))
        take(cast, request)
        n += request.n_rows
    rest = ask(cast)
    with school_scope(cast.school):
        assert n < 500 < n + rest.n_rows
        assert needs_second(rest)


def test_staff_leave_and_come_back(cast: Cast) -> None:
    rows = [
        ["钱老师", "", "", "", identity(12), "食堂"],
        ["孙老师", "男", "1980-01-02", "护照", "E12345678", "教师"],
    ]
    bring_in(cast, csv_file(rows, STAFF_HEAD), PersonKind.STAFF, found=True)
    taken = take(cast, ask(cast, kind=PersonKind.STAFF, with_numbers=True, form="xlsx"))
    _, seen = preview(cast, taken.data, PersonKind.STAFF)
    assert only(seen.plan.figures) == {"same": 2}


@pytest.mark.parametrize("kind", list(PersonKind))
def test_the_template_is_empty_until_it_is_filled_in(cast: Cast, kind: PersonKind) -> None:
    data = template(kind, cast.school)
    with pytest.raises(Refused, match=r"roster\.no_rows"):
        preview(cast, data, kind)
