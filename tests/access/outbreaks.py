"""An outbreak with its suspension at each of the three schools, for the access tests."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.cast import MONDAY

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.outbreaks.actions import mark_case, open_outbreak
from xiaodun.response.outbreaks.deciding import record_decision
from xiaodun.response.outbreaks.measuring import give_measure, note_partner
from xiaodun.response.outbreaks.models import Outbreak
from xiaodun.response.outbreaks.suspension import assess_suspension, recommend_suspension

if TYPE_CHECKING:
    from tests.access.world import World

# place -> who reports, who decides, who assesses there
POSTS = {
    "near/A": ("reporter", "county", "cdc"),
    "near/B": ("foreign_reporter", "county", "cdc"),
    "far/D": ("far_reporter", "far_county", "far_cdc"),
}


def lay_outbreaks(world: World) -> None:
    """A live outbreak with a measure, a word with the hospital, a case marked, a recommendation that waits, a decision."""
    for place in POSTS:
        _lay(world, place)


def _lay(world: World, place: str) -> None:
    reporter, officer, doctor = (world.cast.actor(name) for name in POSTS[place])
    school = world.places[place]
    standing = Outbreak.objects.in_scope().filter(school_id=school.pk).first()
    outbreak = standing or open_outbreak(actor=reporter, school=school, family="ILI")
    with open_scope(schools=[school.pk]):
        row = FollowUp.objects.in_scope().filter(school_id=school.pk).order_by("pk").first()
    mark_case(actor=reporter, outbreak_id=outbreak.pk, follow_up_id=row.pk, counts=True, reason="同桌就餐")
    measure = give_measure(
        actor=reporter, outbreak_id=outbreak.pk, kind="ventilate", words="", role="principal",
        due_at=clock.now() + timedelta(hours=4),
    )  # fmt: skip
    note_partner(
        actor=reporter, outbreak_id=outbreak.pk, partner="hospital", post="感染科值班", words="已收样本"
    )
    asked = {
        "outbreak_id": outbreak.pk, "scope": "class", "from_on": MONDAY + timedelta(days=1),
        "to_on": MONDAY + timedelta(days=4), "grounds": "三人呕吐还在增加", "considered": "已分开就餐仍有新发",
    }  # fmt: skip
    klass = world.places[f"{place}/1"].pk
    waiting = recommend_suspension(actor=reporter, class_ids=[klass], **asked)
    decision = record_decision(
        actor=officer, outbreak_id=outbreak.pk, recommendation_id=None, suspends=True, authority="县人民政府",
        decided_on=MONDAY, content="停止到校上课", document_no="县政函〔2026〕1号", scope="class", class_ids=[klass],
        area="一个班", from_on=asked["from_on"], to_on=asked["to_on"],
    )  # fmt: skip
    world.add_thing("outbreak_id", outbreak.pk, "outbreak", place)
    world.add_thing("measure_id", measure.pk, "measure", place)
    world.add_thing("recommendation_id", waiting.pk, "recommendation", place)
    world.add_thing("decision_id", decision.pk, "decision", place)
    if place == "near/A":
        other = recommend_suspension(actor=reporter, class_ids=[world.places["near/A/2"].pk], **asked)
        assess_suspension(actor=doctor, recommendation_id=other.pk, verdict="supports", words="同意停课三天")
