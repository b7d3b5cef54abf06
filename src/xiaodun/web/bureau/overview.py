"""What the county's pages are made of: the schools' day, the signals that wait, what to do first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from xiaodun.foundation import clock
from xiaodun.measures.reporting.models import Delivery, Receiver
from xiaodun.measures.reporting.queries import deliveries_of_county
from xiaodun.response.signals.county import CountySignal, Kind, Urgent, live_signals, urgent
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.tasks.models import Rung, Task, TaskState
from xiaodun.responsibility.tasks.queries import tasks_for
from xiaodun.web.bureau.lines import UrgentLine, urgent_line

MOST_TASKS = 50


def urgent_lines(found: Watch, names: Mapping[int, str], most: int | None = None) -> list[UrgentLine]:
    """What to do first in words; `most` cuts the list."""
    return [
        urgent_line(
            thing,
            names.get(thing.school_id, ""),
            found.now,
            again=thing.kind == Kind.UNSENT and thing.signal is not None and thing.signal.pk in found.copies,
        )
        for thing in found.things[:most]
    ]


@dataclass(frozen=True, slots=True)
class Watch:
    """The county's signals, the newest copies of their reports (signal id -> receiver), what to do first."""

    now: datetime
    signals: list[CountySignal]
    copies: Mapping[int, Mapping[str, Delivery]]
    things: list[Urgent]


def watch(county: Org, actor: Actor) -> Watch:
    """Three queries, whatever waits."""
    now = clock.now()
    signals = live_signals(county.pk, actor.reach)
    ids = [one.signal.pk for one in signals]
    copies, unread = deliveries_of_county(county.pk, "signal", ids, actor.reach, receiver=Receiver.BUREAU)
    return Watch(now, signals, copies, urgent(signals, unread, climbed_tasks(county, actor), now))


def climbed_tasks(county: Org, actor: Actor) -> list[Task]:
    """Open tasks that reached the county because nobody below took them, the one due first on top."""
    rows = tasks_for(actor).filter(county_id=county.pk, rung=Rung.COUNTY).exclude(state=TaskState.ANSWERED)
    return list(rows.order_by("due_at", "pk")[:MOST_TASKS])
