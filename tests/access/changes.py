"""Changes of units and transfers of pupils, for the access tests: planned ones and offers, so that nobody has moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from tests.cast import MONDAY

from xiaodun.foundation.scope import open_scope
from xiaodun.responsibility.orgs.changing import make_change
from xiaodun.responsibility.orgs.models import Level, Org, OrgChange, PupilTransfer
from xiaodun.responsibility.roster.models import Person
from xiaodun.responsibility.roster.transfer import move_within, offer_pupil

if TYPE_CHECKING:
    from tests.access.world import Thing, World

TOMORROW, NEXT_YEAR = MONDAY + timedelta(days=1), date(2027, 9, 1)
BORN = date(2017, 3, 1)
# The receiving clerk's claim: what the neighbouring school's clerk gave.
CODE, NAME = "77777-77777", "赵丙宁"


def lay_changes(world: World) -> None:
    """A renaming and a roll-over to come, a pupil who will change class, an offer of each of two schools."""
    for place, klass in (("near/A", "near/A/2"), ("far/D", "far/D/1")):
        asked = {"unit": world.places[klass].pk, "name": "新班名"}
        made = make_change(actor_id=1, kind="rename", asked=asked, on_day=TOMORROW, may=_anyone)
        world.add_thing("change_id", made.pk, "change", place)
    asked = {"unit": world.places["near/A"].pk}
    made = make_change(actor_id=1, kind="roll_over", asked=asked, on_day=NEXT_YEAR, may=_anyone)
    world.add_thing("change_id", made.pk, "roll_over", "near/A")
    school, clerk = world.places["near/A"], world.cast.actor("clerk")
    one, two = world.cast.pupils[world.places["near/A/1"].pk][-2:]
    move_within(actor=clerk, school=school, person_id=one.pk, klass=world.places["near/A/2"], on_day=TOMORROW)
    _offer(world, "near/A", two, "8")
    _offer(world, "near/B", world.cast.pupils[world.places["near/B/1"].pk][0], "7")


def _offer(world: World, place: str, person: Person, letter: str) -> None:
    school = world.places[place]
    with open_scope(schools=[school.pk]):
        Person.objects.in_scope().filter(school_id=school.pk).update(birth_on=BORN)
    with patch("xiaodun.responsibility.roster.transfer.secrets.choice", return_value=letter):
        offer_pupil(actor=world.cast.actor("clerk"), school=school, person_id=person.pk, asker="guardian")


def _anyone(org: Org) -> bool:
    return True


# ---- what a page would send about a school ----
def pupil_of(thing: Thing) -> int:
    """A pupil of the school who neither is offered nor will move."""
    with open_scope(schools=[thing.id]):
        rows = Person.objects.in_scope().filter(school_id=thing.id, kind="pupil", class_id__isnull=False)
        found: int | None = rows.order_by("pk").values_list("pk", flat=True)[3:4].first()
    return found or 0


def class_of(thing: Thing) -> int:
    """The last class of the school: nobody of those above is in it."""
    rows = Org.objects.filter(school_id=thing.id, level=Level.KLASS).order_by("-sort", "-pk")
    return rows.values_list("pk", flat=True).first() or 0


def own(model: Any, **facts: Any) -> Callable[[Thing], int]:
    """The id of the school's own row, 0 where it has none."""
    column = "from_school_id" if model is PupilTransfer else "school_id"
    return lambda thing: (
        model.objects.filter(**{column: thing.id}, **facts).values_list("pk", flat=True).first() or 0
    )


offer_of, move_of = own(PupilTransfer), own(OrgChange, kind="transfer")
