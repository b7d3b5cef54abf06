"""A file becomes a preview, a preview one write, a write can be taken back."""

from __future__ import annotations

import pytest
from tests.cast import Cast, school_scope
from tests.responsibility.roster.files import csv_file, many, pupil

from xiaodun.responsibility.roster.importing import apply_roster, choose, look_at, preview_roster, undo_roster
from xiaodun.responsibility.roster.models import Person, PersonKind, RosterBatch


def test_smoke(cast: Cast) -> None:
    actor = cast.actor("doctor")
    data = csv_file([pupil("新来的", "三(1)班"), pupil("新班的", "三(5)班")])
    batch = preview_roster(actor=actor, school=cast.school, kind=PersonKind.PUPIL, data=data, filename="a.csv")
    with school_scope(cast.school):
        shown = look_at(batch, cast.school)
        print(shown.plan.figures, shown.plan.problems, shown.plan.asks, shown.plan.new_classes, shown.plan.sizes)
        choose(actor=actor, batch=batch, choices={"found": True})
        shown = look_at(batch, cast.school)
        assert shown.plan.is_ready
        before = Person.objects.in_scope().count()
    apply_roster(actor=actor, school=cast.school, batch_id=batch.pk, digest=shown.plan.digest)
    with school_scope(cast.school):
        assert Person.objects.in_scope().count() == before + 2
    undo_roster(actor=actor, school=cast.school, batch_id=batch.pk)
    with school_scope(cast.school):
        assert Person.objects.in_scope().count() == before
