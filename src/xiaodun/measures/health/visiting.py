"""追访: the day's word on each absence. One row a day; nobody is asked twice; the last press can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from xiaodun.foundation import clock, jobs, journal
from xiaodun.foundation.bulk import next_ids
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.health.desk import SIGNAL_JOB, check_desk, take, tell
from xiaodun.measures.health.models import FollowUp, Visit, Word, of_illness
from xiaodun.responsibility.accounts.actor import Actor

UNDO = timedelta(minutes=10)
# The words of a visit. The others come with what they do: naming a cause, a return, ruling out (ending.py).
SAID = (Word.STILL_ILL, Word.BETTER, Word.SEEN, Word.HOSPITAL, Word.BACK_TOMORROW)
STANDING = {"replaced_by__isnull": True, "undone_at__isnull": True}


@transaction.atomic
def note_visit(*, actor: Actor, follow_up: FollowUp, word: Word) -> Visit:
    """What was heard today of one absence; a later word of the day replaces it. Refused for an absence that has ended."""
    row = take(actor, follow_up)
    check_open(row)
    if word not in SAID:
        zh, en = "没有这一项。用列表里的按钮", "no such word; use the buttons of the list"
        raise Refused(Fault("health.word", zh, en, "word", word))
    changes: dict[str, Any] = {"expected_on": None}
    if word == Word.BACK_TOMORROW:
        changes["expected_on"] = clock.today() + timedelta(days=1)
    elif word == Word.HOSPITAL:
        changes["hospital"] = True
    visit = step(actor, row, word, changes)
    tell(actor, "health.visit", row, wakes=word == Word.HOSPITAL, word=str(word))
    return visit


@transaction.atomic
def note_rest(*, actor: Actor, school_id: int, follow_ups: Iterable[FollowUp]) -> UUID:
    """One press for all who are left: each is still ill at home. One line, one batch to take back."""
    check_desk(actor, school_id)
    asked = [row.pk for row in follow_ups]
    rows = list(
        FollowUp.objects.in_scope()
        .select_for_update()
        .filter(
            pk__in=asked, keeper_school_id=school_id, recovered_on__isnull=True, ruled_out_on__isnull=True
        )
    )
    heard = Visit.objects.in_scope().filter(follow_up__in=rows, day=clock.today(), **STANDING)
    done = set(heard.values_list("follow_up_id", flat=True))
    batch = uuid4()
    Visit.objects.bulk_create(
        [
            Visit(**of_illness(row), **_said(actor.account_id, Word.STILL_ILL, batch))
            for row in rows
            if row.pk not in done
        ]
    )
    journal.write(
        actor.account_id,
        "health.visit_rest",
        ("school", school_id),
        school_id=school_id,
        n=len(rows) - len(done),
    )
    return batch


@transaction.atomic
def undo(*, actor: Actor, batch: UUID) -> int:
    """Take the last press back within ten minutes: each illness is again what it was. Returns how many.

    Refused `health.undo_over` after that, `health.undo_not_last` where something was said since.
    """
    visits = list(Visit.objects.in_scope().select_for_update().filter(batch=batch, undone_at__isnull=True))
    if not visits or any(visit.said_by != actor.account_id for visit in visits):
        raise Refused(Fault("health.undo_none", "没有可撤销的", "There is nothing to take back", "batch"))
    if clock.now() > visits[0].said_at + UNDO:
        zh, en = "已过10分钟。打开那一人更正", "Ten minutes are over. Open the person and correct"
        raise Refused(Fault("health.undo_over", zh, en, "batch"))
    if any(visit.replaced_by_id for visit in visits):
        zh, en = (
            "后来又记过，不能撤销。打开那一人更正",
            "Something was said since. Open the person and correct",
        )
        raise Refused(Fault("health.undo_not_last", zh, en, "batch"))
    for visit in visits:
        _put_back(actor, visit)
    first = visits[0]
    journal.write(
        actor.account_id,
        "health.undo",
        ("follow_up", first.follow_up_id),
        school_id=first.school_id,
        county_id=first.county_id,
        n=len(visits),
        word=first.word,
    )
    if any(visit.before for visit in visits):
        jobs.enqueue(SIGNAL_JOB, lock=f"school-{first.school_id}", school_id=first.school_id)
    return len(visits)


def step(actor: Actor, row: FollowUp, word: Word, changes: Mapping[str, Any]) -> Visit:
    """Say a word and change the illness with it, keeping what the changed columns held. The caller journals."""
    before = {name: getattr(row, name) for name, value in changes.items() if getattr(row, name) != value}
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    (pk,) = next_ids(Visit, 1)
    today = Visit.objects.in_scope().filter(follow_up=row, day=clock.today(), **STANDING)
    today.update(replaced_by_id=pk)
    kept = {
        name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in before.items()
    }
    said = _said(actor.account_id, word, uuid4()) | {"before": kept}
    visit: Visit = Visit.objects.create(pk=pk, **of_illness(row), **said)
    return visit


def check_open(row: FollowUp) -> None:
    if not row.is_open:
        zh, en = "这一人已结束。刷新名单", "This one has ended. Load the list again"
        raise Refused(Fault("health.ended", zh, en, "follow_up", str(row.pk)))


def _said(account_id: int, word: Word, batch: UUID) -> dict[str, Any]:
    return {"day": clock.today(), "word": word, "said_at": clock.now(), "said_by": account_id, "batch": batch}


def _put_back(actor: Actor, visit: Visit) -> None:
    row: FollowUp = FollowUp.objects.in_scope().select_for_update().get(pk=visit.follow_up_id)
    check_desk(actor, row.keeper_school_id)
    columns = {column.name: column for column in FollowUp._meta.fields}
    for name, value in visit.before.items():
        setattr(row, name, columns[name].to_python(value))
    if visit.before:
        row.save(update_fields=list(visit.before))
    visit.undone_at = clock.now()
    visit.save(update_fields=["undone_at"])
    Visit.objects.in_scope().filter(replaced_by=visit).update(replaced_by=None)
