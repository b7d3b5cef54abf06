"""导出: a list with names leaves the product for a reason, under a watermark, and above 500 rows only with a second person's yes.

    ask_export -> (approve_export, by another) -> take_export -> bytes

Numbers are masked unless they were asked for. A file of ours with numbers is read back by the import as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, cast

from django.db import transaction
from django.db.models import QuerySet, Sum

from xiaodun.foundation import clock, journal
from xiaodun.foundation.sheets.columns import Watermark
from xiaodun.foundation.sheets.writing import write_csv, write_xlsx
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.exporting_sheet import columns_of, lines_of, title_of
from xiaodun.responsibility.roster.models import ExportRequest, Person, PersonKind
from xiaodun.responsibility.roster.queries import here

ALONE = 500  # rows in a day that one person takes away alone
_ASKED_WITHIN = timedelta(hours=24)
_APPROVED_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as it leaves."""

    name: str
    content_type: str
    data: bytes


@transaction.atomic
def ask_export(
    *,
    actor: Actor,
    school: Org,
    kind: PersonKind,
    klass: Org | None,
    form: str,
    with_numbers: bool,
    reason: str,
) -> ExportRequest:
    """Ask for a list. Refused `export.right`, `export.reason`, `export.form`, `export.nobody`."""
    _must(actor, Right.KEEP_ROSTER, school)
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise _refused("export.reason", "写明用途，如“报送县招办”", "say what for", "reason")
    if form not in ("xlsx", "csv", "gb18030"):
        raise _refused("export.form", "选一种文件", "choose a form", "form")
    n_rows = _people(school, kind, klass).count()
    if not n_rows:
        raise _refused(
            "export.nobody",
            "名册里还没有人。先导入名册",
            "there is nobody in the roster yet: import it first",
            "kind",
        )
    request: ExportRequest = ExportRequest.objects.create(
        school_id=school.pk,
        county_id=school.of_county,
        kind=kind,
        of_class_id=klass.pk if klass else None,
        form=form,
        with_numbers=with_numbers,
        reason=reason,
        n_rows=n_rows,
        asked_by_id=actor.account_id,
        asked_at=clock.now(),
    )
    _journal(actor, "export.ask", request, rows=n_rows, numbers=with_numbers)
    return request


def needs_second(request: ExportRequest) -> bool:
    """Would this list take what its asker takes away in a day above what one person takes alone?"""
    since = clock.now() - _ASKED_WITHIN
    taken = ExportRequest.objects.in_scope().filter(asked_by_id=request.asked_by_id, taken_at__gte=since)
    n_taken = taken.exclude(pk=request.pk).aggregate(n=Sum("n_rows"))["n"] or 0
    return int(n_taken) + request.n_rows > ALONE


@transaction.atomic
def approve_export(*, actor: Actor, request: ExportRequest) -> None:
    """A second person's yes, good for an hour. Refused `export.right`, `export.own`, `export.over`."""
    _must(actor, Right.APPROVE_EXPORT, Org.objects.get(pk=request.school_id))
    if actor.account_id == request.asked_by_id:
        raise _refused(
            "export.own",
            "自己不能同意自己的导出。请校长或另一位学籍管理员",
            "another person must agree to it",
            "actor",
        )
    if request.taken_at is not None or clock.now() - request.asked_at > _ASKED_WITHIN:
        raise _refused(
            "export.over",
            "这次导出已取走或已过 24 小时。重新申请",
            "it was taken, or is older than a day: ask anew",
            "export",
        )
    request.approved_by_id, request.approved_at = actor.account_id, clock.now()
    request.save(update_fields=["approved_by", "approved_at"])
    _journal(actor, "export.approve", request)


@transaction.atomic
def take_export(*, actor: Actor, request_id: int) -> Taken:
    """The file, once, to the one who asked for it.

    Refused `export.right`, `export.not_yours`, `export.over`, `export.second_person`.
    """
    request: ExportRequest = ExportRequest.objects.in_scope().select_for_update().get(pk=request_id)
    school = Org.objects.get(pk=request.school_id)
    _must(actor, Right.KEEP_ROSTER, school)
    now = clock.now()
    if actor.account_id != request.asked_by_id:
        raise _refused(
            "export.not_yours",
            "谁申请谁取。需要就自己申请",
            "only its asker takes it: ask for your own",
            "actor",
        )
    if request.taken_at is not None or now - request.asked_at > _ASKED_WITHIN:
        raise _refused(
            "export.over",
            "这次导出已取走或已过 24 小时。重新申请",
            "it was taken, or is older than a day: ask anew",
            "export",
        )
    agreed = request.approved_at is not None and now - request.approved_at <= _APPROVED_WITHIN
    if needs_second(request) and not agreed:
        raise _refused(
            "export.second_person",
            f"一天超过 {ALONE} 人，要校长或另一位学籍管理员先同意，一小时内取",
            f"above {ALONE} persons in a day the principal or another clerk must agree first, within the hour",
            "export",
        )
    klass = Org.objects.filter(pk=request.of_class_id).first() if request.of_class_id else None
    people = list(_people(school, PersonKind(request.kind), klass))
    request.taken_at, request.n_rows = now, len(people)
    request.save(update_fields=["taken_at", "n_rows"])
    _journal(actor, "export.take", request, rows=len(people), numbers=request.with_numbers)
    return _file(request, school, klass, people, Watermark(f"{actor.name} 第{request.pk}号导出", now))


def _people(school: Org, kind: PersonKind, klass: Org | None) -> QuerySet[Person]:
    people = Person.objects.in_scope().filter(here(clock.today()), school_id=school.pk, kind=kind)
    return cast(
        QuerySet[Person],
        (people.filter(class_id=klass.pk) if klass else people).order_by("class_id", "name_sort", "pk"),
    )


def _file(
    request: ExportRequest, school: Org, klass: Org | None, people: list[Person], mark: Watermark
) -> Taken:
    kind = PersonKind(request.kind)
    lines = lines_of(kind, school, people, clear=request.with_numbers)
    title = f"{klass.name if klass else school.name}{title_of(kind)}"
    if request.form == "xlsx":
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return Taken(
            f"{title}.xlsx", content_type, write_xlsx(columns_of(kind), lines, title=title, watermark=mark)
        )
    encoding: Literal["utf-8", "gb18030"] = "gb18030" if request.form == "gb18030" else "utf-8"
    data = write_csv(columns_of(kind), lines, encoding=encoding, watermark=mark)
    return Taken(f"{title}.csv", f"text/csv; charset={encoding}", data)


def _must(actor: Actor, right: Right, school: Org) -> None:
    if not actor.may(right, school):
        raise _refused(
            "export.right", "名册由学籍管理员导出", "rosters are exported by the school's clerk", "actor"
        )


def _journal(actor: Actor, verb: str, request: ExportRequest, **facts: Any) -> None:
    journal.write(
        actor.account_id,
        verb,
        ("export", request.pk),
        school_id=request.school_id,
        county_id=request.county_id,
        **facts,
    )


def _refused(code: str, zh: str, en: str, where: str) -> Refused:
    return Refused(Fault(code, zh, en, where))
