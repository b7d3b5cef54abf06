"""重复人员: two rows that may be one person are proposed, and decided by a person, never by themselves.

Rooms above that keep rows of persons register a mover; a merge whose movers leave a row behind is refused whole.
A school sees of a pair in another school that school's name, and nothing of the person.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org, PupilTransfer
from xiaodun.responsibility.roster.dependents import hanging_on
from xiaodun.responsibility.roster.models import (
    DuplicatePair,
    Enrolment,
    Guardian,
    GuardianKey,
    PairState,
    Person,
)
from xiaodun.responsibility.roster.naming import fold

# room -> moves its rows from the second person to the first; the scopes of both schools are open.
MOVERS: dict[str, Callable[[int, int], None]] = {}
# What the person who stays takes over where it knows nothing itself: columns that belong together.
_FILLED = (
    ("sex",),
    ("birth_on",),
    ("post",),
    ("household",),
    ("dorm", "dorm_id"),
    ("bus_id",),
    ("entered_on",),
    ("id_sealed", "id_index", "id_kind"),
    ("student_number_sealed", "student_number_index"),
)


def on_merged(room: str, mover: Callable[[int, int], None]) -> None:
    """Register a room's mover, called with (keep_id, gone_id); in AppConfig.ready."""
    MOVERS[room] = mover


@transaction.atomic
def keep_apart(*, actor: Actor, pair_id: int) -> DuplicatePair:
    """Decide that the two are not the same person. Refused `duplicate.decided`."""
    pair = _waiting(pair_id)
    _decide(pair, actor, PairState.DIFFERENT)
    _journal(actor, "roster.keep_apart", pair)
    return pair


@transaction.atomic
def merge_persons(*, actor: Actor, pair_id: int, keep_id: int) -> DuplicatePair:
    """Decide that the two are one: everything of the other goes to `keep_id`, and the other's row points at it.

    Refused `duplicate.decided`, `duplicate.other_school` (the actor keeps the roster of one school only),
    `duplicate.rows_left` (a room has no mover).
    """
    pair = _waiting(pair_id)
    _require_both(actor, pair)
    if keep_id not in (pair.person_id, pair.other_person_id):
        raise _refused("duplicate.keep", "选保留哪一条", "choose which of the two stays")
    gone_id = pair.other_person_id if keep_id == pair.person_id else pair.person_id
    schools = {pair.school_id, pair.other_school_id}
    with open_scope(schools=schools):
        persons = {
            one.pk: one
            for one in Person.objects.in_scope().select_for_update().filter(pk__in=[keep_id, gone_id])
        }
        if len(persons) != 2:
            raise _refused("duplicate.decided", "其中一条已不在了", "one of the two is gone")
        _merge(persons[keep_id], persons[gone_id])
        for mover in MOVERS.values():
            mover(keep_id, gone_id)
        left = hanging_on([gone_id])
        if left:
            raise _refused(
                "duplicate.rows_left",
                f"还有记录不能合并：{'、'.join(f'{one.zh} {one.n} 条' for one in left)}。先由该室处理",
                f"rows that cannot be merged yet: {', '.join(f'{one.table} {one.n}' for one in left)}",
            )
        _forget_others(pair, gone_id)
    _decide(pair, actor, PairState.MERGED)
    _journal(actor, "roster.merge", pair, keep=keep_id, gone=gone_id)
    return pair


def _merge(keep: Person, gone: Person) -> None:
    today = clock.today()
    for columns in _FILLED:
        if not getattr(keep, columns[0]):
            for column in columns:
                setattr(keep, column, getattr(gone, column))
    keep.save()
    _move_enrolments(keep, gone)
    _move_guardians(keep, gone, today)
    open_offers = PupilTransfer.objects.filter(
        person_ref=gone.pk, accepted_at__isnull=True, withdrawn_at__isnull=True
    )
    open_offers.update(withdrawn_at=clock.now())
    PupilTransfer.objects.filter(person_ref=gone.pk).update(person_ref=keep.pk)
    gone.merged_into = keep
    gone.left_on = gone.left_on or today - timedelta(days=1)
    gone.class_id = gone.dorm_id = gone.bus_id = None
    gone.save()


def _move_enrolments(keep: Person, gone: Person) -> None:
    """The days of the one who goes become days of the one who stays, but for those on which that one was in class already."""
    taken = [(one.from_day, one.to_day or date.max) for one in keep.enrolments.all()]
    for one in list(gone.enrolments.all()):
        for first, last in _free(one.from_day, one.to_day or date.max, taken):
            Enrolment.objects.create(
                person=keep,
                class_id=one.class_id,
                school_id=one.school_id,
                from_day=first,
                to_day=None if last == date.max else last,
            )
    gone.enrolments.all().delete()


def _free(first: date, last: date, taken: list[tuple[date, date]]) -> list[tuple[date, date]]:
    """The stretches of first..last that none of the taken stretches holds."""
    found = []
    for begins, ends in sorted(taken):
        if ends < first or begins > last:
            continue
        if first < begins:
            found.append((first, begins - timedelta(days=1)))
        if ends == date.max:
            return found
        first = max(first, ends + timedelta(days=1))
    return [*found, (first, last)] if first <= last else found


def _move_guardians(keep: Person, gone: Person, today: date) -> None:
    """Guardians and their links go along; one who is known already under both is ended once."""
    known = list(keep.guardians.filter(ended_on__isnull=True))
    for one in gone.guardians.all():
        double = any(
            (one.phone_index and bytes(one.phone_index) == bytes(other.phone_index or b""))
            or (one.name and fold(one.name) == fold(other.name))
            for other in known
        )
        Guardian.objects.in_scope().filter(pk=one.pk).update(
            person_id=keep.pk,
            school_id=keep.school_id,
            class_id=keep.class_id,
            ended_on=one.ended_on or (today if double else None),
        )
    GuardianKey.objects.filter(person_ref=gone.pk).update(person_ref=keep.pk, school_id=keep.school_id)


def _forget_others(pair: DuplicatePair, gone_id: int) -> None:
    """Other proposals about the one who went are settled with it."""
    rows = DuplicatePair.objects.in_scope().filter(state=PairState.WAITING).exclude(pk=pair.pk)
    rows.filter(person_id=gone_id).delete()
    rows.filter(other_person_id=gone_id).delete()


def _waiting(pair_id: int) -> DuplicatePair:
    """The pair, locked, if it still waits; runs in the reader's scope."""
    pair: DuplicatePair | None = (
        DuplicatePair.objects.in_scope()
        .select_for_update()
        .filter(pk=pair_id, state=PairState.WAITING)
        .first()
    )
    if pair is None:
        raise _refused("duplicate.decided", "已有人决定过", "somebody has decided this already")
    return pair


def _require_both(actor: Actor, pair: DuplicatePair) -> None:
    schools = Org.objects.filter(pk__in={pair.school_id, pair.other_school_id})
    if not all(actor.may(Right.KEEP_ROSTER, school) for school in schools):
        raise _refused(
            "duplicate.other_school",
            "另一条在别的学校。由那边办转出，或确认不是同一人",
            "the other one is at another school: let it offer a transfer, or decide that they are two",
        )


def _decide(pair: DuplicatePair, actor: Actor, state: PairState) -> None:
    pair.state, pair.decided_by_id, pair.decided_at = state, actor.account_id, clock.now()
    with open_scope(schools={pair.school_id, pair.other_school_id}):
        pair.save(update_fields=["state", "decided_by", "decided_at"])


def _journal(actor: Actor, verb: str, pair: DuplicatePair, **facts: Any) -> None:
    journal.write(actor.account_id, verb, ("pair", pair.pk), school_id=pair.school_id, **facts)


def _refused(code: str, zh: str, en: str) -> Refused:
    return Refused(Fault(code, zh, en, "pair"))
