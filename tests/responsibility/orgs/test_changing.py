"""Units change and change back: every verb leaves a sound county, and its undo the very rows that were there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.cast import MONDAY
from tests.responsibility.orgs.county_of_changes import (
    DAY,
    Place,
    anyone,
    change,
    fingerprint,
    lay_county,
    sums_on,
    unsound,
)

from xiaodun.responsibility.orgs.changing import undo_change

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R15")]


@pytest.fixture
def place(db: None, monday: None) -> Place:
    return lay_county()


def _asked(place: Place) -> dict[str, dict[str, Any]]:
    first, second, nine = (place.schools[name] for name in ("一小", "二小", "九年学校"))
    classes = place.classes("一小")
    return {
        "rename": {"unit": classes[0].pk, "name": "向日葵班"},
        "found": {"parent": first.pk, "level": "campus", "name": "东校区"},
        "merge": {"unit": second.pk, "into": first.pk, "campus": "南校区"},
        "split": {"unit": first.pk, "classes": [org.pk for org in classes[:3]], "name": "三小"},
        "move_county": {"school": nine.pk, "county": place.other_county.pk},
        "roll_over": {"unit": place.county.pk},
    }


VERBS = ["rename", "found", "merge", "split", "move_county", "roll_over"]


@pytest.mark.parametrize("kind", VERBS)
@pytest.mark.parametrize("n_days", [0, -20])
def test_a_change_leaves_a_sound_county_and_its_undo_the_same_rows(
    place: Place, kind: str, n_days: int
) -> None:
    before, on_day = fingerprint(), MONDAY + timedelta(days=n_days)
    made = change(kind, on_day, **_asked(place)[kind])
    assert fingerprint() != before
    assert unsound() == []
    for day in (on_day - DAY, on_day, on_day + DAY):
        assert len(set(sums_on(day))) == 1, day
    undo_change(actor_id=1, change_id=made.pk, may=anyone)
    assert {t for t, rows in fingerprint().items() if rows != before[t]} == set()
    assert unsound() == []
