"""导入: a file becomes a preview, a preview becomes one write, one write can be taken back.

batch = preview_roster(actor=..., school=..., kind=..., data=..., filename=...)   nothing is written but the sealed rows
shown = look_at(batch, school)                                                    the plan, against what is stored now
choose(actor=..., batch=..., found=True, asks={...})                              what only a person can decide
apply_roster(actor=..., school=..., batch_id=..., digest=shown.plan.digest)       all or nothing
undo_roster(actor=..., school=..., batch_id=...)                                  until something hangs on it
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.foundation.sealed import seal, unseal
from xiaodun.foundation.sheets.reading import Note, read_sheet
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.orgs.followers import n_facts_since
from xiaodun.responsibility.orgs.images import Images
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.alike import Alike, Look, forget_pairs, look_alikes, propose_pairs
from xiaodun.responsibility.roster.dependents import hanging_on
from xiaodun.responsibility.roster.importing_apply import Written, write_plan
from xiaodun.responsibility.roster.importing_plan import Plan, Step
from xiaodun.responsibility.roster.importing_planner import make_plan
from xiaodun.responsibility.roster.importing_rows import read_rows
from xiaodun.responsibility.roster.importing_sealed import Kept, seal_rows, unseal_rows
from xiaodun.responsibility.roster.importing_stored import stored_roster
from xiaodun.responsibility.roster.importing_units import units_of
from xiaodun.responsibility.roster.models import BatchState, PersonKind, RosterBatch

LIVES = timedelta(hours=24)  # of a preview
UNDO_DAYS = timedelta(days=30)
_UNDO = "roster.undo"


@dataclass(frozen=True)
class Shown:
    """A batch as it is looked at: what the file says, and what would become of it now."""

    batch: RosterBatch
    kept: Kept
    plan: Plan

    def alike(self) -> dict[int, list[Alike]]:
        """row -> those already stored, here or at another school, whom a new row may be."""
        looks = {
            one.row.number: Look(one.keys.identity, one.keys.student_number, one.row.folded, one.row.birth_on)
            for one in self.plan.of(Step.NEW)
        }
        return look_alikes(looks, county_id=self.batch.county_id)


@transaction.atomic
def preview_roster(*, actor: Actor, school: Org, kind: PersonKind, data: bytes, filename: str) -> RosterBatch:
    """Read a file of one school and keep its rows, sealed, for 24 hours.

    Refused `sheets.*` for a file that cannot be read, `roster.*` for one that is no roster of this school. Faults of single
    rows are kept with the preview and shown there.
    """
    sheet = read_sheet(data, filename)
    now = clock.now()
    units = units_of(school, clock.today())
    reading = read_rows(sheet, units, kind, clock.today())
    with open_scope(schools=[school.pk]):
        batch: RosterBatch = RosterBatch.objects.create(
            kind=kind,
            school_id=school.pk,
            county_id=school.of_county,
            uploaded_by_id=actor.account_id,
            uploaded_at=now,
            expires_at=now + LIVES,
            n_rows=reading.n_people,
            rows_sealed=seal_rows(reading, (*sheet.notes, *unknown_headings(reading.layout.unknown))),
        )
    _journal(actor, "roster.preview", batch, n_rows=reading.n_people, n_faults=reading.n_faults)
    return batch


def look_at(batch: RosterBatch, school: Org) -> Shown:
    """The plan of a preview against what is stored now. Refused `roster.preview_over`. Runs in the school's scope."""
    if batch.rows_sealed is None or batch.expires_at <= clock.now():
        raise Refused(
            Fault(
                "roster.preview_over",
                "预览超过 24 小时，已删除。重新上传文件",
                "the preview is older than 24 hours and gone: upload the file again",
                "batch",
            )
        )
    kept = unseal_rows(bytes(batch.rows_sealed))
    kind, today = PersonKind(batch.kind), clock.today()
    plan = make_plan(
        kind=kind,
        rows=kept.rows,
        places=kept.places,
        units=units_of(school, today),
        roster=stored_roster(school, kind, today),
        choices=batch.choices,
    )
    plan.problems = [*kept.faults, *plan.problems]
    return Shown(batch, kept, plan)


@transaction.atomic
def choose(*, actor: Actor, batch: RosterBatch, choices: Mapping[str, Any]) -> None:
    """Keep what the clerk decided: `found`, `whole`, `together` (yes or no), `asks` (row -> person or 0 for somebody new)."""
    asks = {str(int(row)): int(person) for row, person in dict(choices.get("asks", {})).items()}
    said = {name: bool(choices[name]) for name in ("found", "whole", "together") if name in choices}
    kept = batch.choices | said | {"asks": batch.choices.get("asks", {}) | asks}
    with open_scope(schools=[batch.school_id]):
        RosterBatch.objects.in_scope().filter(pk=batch.pk, state=BatchState.PREVIEWED).update(choices=kept)
    batch.choices = kept
    _journal(actor, "roster.choose", batch, n_asks=len(asks), **said)


@transaction.atomic
def apply_roster(*, actor: Actor, school: Org, batch_id: int, digest: str) -> RosterBatch:
    """Write a preview, all of it or nothing; only what was shown under `digest` is written.

    Refused `roster.preview_over`, `roster.already_applied`, `roster.not_ready`, `roster.plan_changed`.
    """
    _hold(school)
    with open_scope(schools=[school.pk]):
        batch = RosterBatch.objects.in_scope().select_for_update().get(pk=batch_id, school_id=school.pk)
        if batch.state != BatchState.PREVIEWED:
            raise _refused("roster.already_applied", "这份名册已经导入过了", "this file was imported already")
        plan = look_at(batch, school).plan
        if plan.digest != digest:
            raise _refused(
                "roster.plan_changed",
                "预览之后名册变了。看过新的预览再导入",
                "the roster changed since the preview: read the new one, then import",
            )
        if not plan.is_ready:
            raise _refused(
                "roster.not_ready",
                "还有问题没有解决。改好再导入",
                "something still stands in the way: settle it first",
            )
        written = write_plan(plan, clock.today())
        n_pairs = propose_pairs([*written.made, *written.renumbered], county_id=school.of_county)
        _keep(batch, actor, plan, written, n_pairs)
    _journal(actor, "roster.import", batch, **batch.figures)
    return batch


@transaction.atomic
def undo_roster(*, actor: Actor, school: Org, batch_id: int) -> RosterBatch:
    """Take a whole import back: afterwards every row is what it was before.

    Refused `roster.undo_over` after 30 days, `roster.undo_depends` where something hangs on it (with what and how much),
    `orgs.changed_since` where its rows were changed again.
    """
    _hold(school)
    with open_scope(schools=[school.pk]):
        batch = RosterBatch.objects.in_scope().select_for_update().get(pk=batch_id, school_id=school.pk)
        if batch.state != BatchState.APPLIED or batch.undo_sealed is None:
            raise _refused(
                "roster.undo_over",
                "已撤销过，或超过 30 天。用新的名册改正",
                "it was undone already, or is older than 30 days: correct it with a new file",
            )
        kept = json.loads(unseal(bytes(batch.undo_sealed), _UNDO))
        _refuse_dependents(kept, batch)
        forget_pairs(kept["made"])
        Images(kept["images"]).restore()
        batch.state, batch.undone_at, batch.undone_by_id = BatchState.UNDONE, clock.now(), actor.account_id
        batch.undo_sealed = None
        batch.save(update_fields=["state", "undone_at", "undone_by", "undo_sealed"])
    _journal(actor, "roster.undo_import", batch, **batch.figures)
    return batch


@transaction.atomic
def discard_roster(*, actor: Actor, batch: RosterBatch) -> None:
    """Throw a preview away before its time."""
    with open_scope(schools=[batch.school_id]):
        RosterBatch.objects.in_scope().filter(pk=batch.pk, state=BatchState.PREVIEWED).delete()
    _journal(actor, "roster.discard", batch)


@transaction.atomic
def forget_batches() -> int:
    """Delete previews past their day, and the means of undoing imports past their month; returns how many of both."""
    now = clock.now()
    schools = list(Org.objects.filter(level="school").values_list("pk", flat=True))
    with open_scope(schools=schools):
        rows = RosterBatch.objects.in_scope()
        n_previews, _ = rows.filter(state=BatchState.PREVIEWED, expires_at__lte=now).delete()
        old = rows.filter(
            state=BatchState.APPLIED, applied_at__lte=now - UNDO_DAYS, undo_sealed__isnull=False
        )
        n_undos = old.update(undo_sealed=None)
    n = int(n_previews) + int(n_undos)
    if n:
        journal.write(None, "roster.forget", ("batch", "old"), n_previews=n_previews, n_undos=n_undos)
    return n


def _keep(batch: RosterBatch, actor: Actor, plan: Plan, written: Written, n_pairs: int) -> None:
    undo = {
        "images": written.images.as_json(),
        "made": written.made,
        "moved": written.moved,
        "founded": written.founded,
    }
    batch.state, batch.applied_at, batch.applied_by_id = BatchState.APPLIED, clock.now(), actor.account_id
    batch.figures = plan.figures | {"pairs": n_pairs}
    batch.rows_sealed, batch.choices = None, {}
    batch.undo_sealed = seal(json.dumps(undo, ensure_ascii=False), _UNDO)
    batch.save()


def _refuse_dependents(kept: Mapping[str, Any], batch: RosterBatch) -> None:
    """Nothing that was recorded since may be left without its person or its class."""
    moved = {int(person): class_id for person, class_id in kept["moved"].items()}
    hanging = hanging_on(kept["made"])
    own = Images(kept["images"]).changed
    for one in hanging_on(list(moved), classes=set(moved.values())):
        n = one.n - len(own.get(one.table, {}))  # what only followed the move goes back with it
        if n > 0:
            hanging.append(type(one)(one.table, one.zh, n))
    n_checks = n_facts_since(
        kept["founded"], clock.today() if batch.applied_at is None else batch.applied_at.date()
    )
    if hanging or n_checks:
        words = [f"{one.zh} {one.n} 条" for one in hanging] + (
            [f"新班检查 {n_checks} 次"] if n_checks else []
        )
        tables = [f"{one.table} {one.n}" for one in hanging] + ([f"checks {n_checks}"] if n_checks else [])
        raise Refused(
            Fault(
                "roster.undo_depends",
                f"导入之后已有记录：{'、'.join(words)}，不能整批撤销。改用新的名册改正",
                f"records were made since: {', '.join(tables)}; correct with a new file instead",
                "batch",
            )
        )


def _hold(school: Org) -> None:
    """One writer of a county's rosters and units at a time, as for every change of units."""
    Org.objects.select_for_update().get(pk=school.of_county)


def unknown_headings(words: tuple[str, ...]) -> tuple[Note, ...]:
    if not words:
        return ()
    listed = "、".join(words[:8])
    return (
        Note("roster.columns_not_used", f"这几列没有用到：{listed}", f"columns that were not used: {listed}"),
    )


def _journal(actor: Actor, verb: str, batch: RosterBatch, **facts: Any) -> None:
    journal.write(
        actor.account_id,
        verb,
        ("batch", batch.pk),
        school_id=batch.school_id,
        county_id=batch.county_id,
        **facts,
    )


def _refused(code: str, zh: str, en: str) -> Refused:
    return Refused(Fault(code, zh, en, "batch"))
