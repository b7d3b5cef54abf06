"""How the office says a fault of a form, and where it goes on to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.web.page.written import tongue


def labels() -> dict[str, str]:
    """Field of a person's form -> its label."""
    return {
        "name": _("姓名"),
        "sex": _("性别"),
        "birth_on": _("出生日期"),
        "entered_on": _("入学日期"),
        "post": _("岗位"),
        "dorm": _("房间"),
        "dorm_building": _("宿舍楼"),
        "bus": _("校车"),
        "id_kind": _("证件类型"),
        "id_number": _("证件号"),
        "identity": _("证件号"),
        "student_number": _("学籍号"),
        "class": _("班级"),
        "klass": _("班级"),
        "phone": _("电话"),
        "last_day": _("最后一天"),
        "reason": _("用途"),
        "kind": _("名册"),
        "form": _("文件"),
        "file": _("文件"),
    }


def placed(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """Faults for the page: the place by the label of its field; a cell or a row as it stands."""
    known = labels()
    return [
        {
            "code": one.code,
            "zh": one.zh,
            "en": one.en,
            "where": known.get(
                one.where, "" if one.where.isidentifier() and one.where.islower() else one.where
            ),
        }
        for one in faults
    ]


def tell(request: HttpRequest, refused: Refused) -> None:
    for fault in refused.faults:
        place = labels().get(fault.where, "")
        said = f"{place}{_('：') if place else ''}{fault.words(tongue())} ({fault.code})"
        messages.error(request, said)


def done(request: HttpRequest, deed: Callable[[], Any], said: str) -> bool:
    """Do it and say so, or say why not."""
    try:
        deed()
    except Refused as refused:
        tell(request, refused)
        return False
    messages.success(request, said)
    return True


def number(text: str, otherwise: int | None = None) -> int:
    """An id as an address or a form sends it; without a default anything else is no such page."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    if otherwise is None:
        raise Http404
    return otherwise
