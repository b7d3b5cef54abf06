"""What hangs on units and is known only above: pupils, checks. Rooms above write themselves into these registers.

A follower looks at a plan (adds consequences and problems), follows it (writes through its images), and says how much hangs
on units that an undo would take away or put back. A witness counts facts: checks of units on or after a day.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Protocol

from xiaodun.responsibility.orgs.images import Images
from xiaodun.responsibility.orgs.plan import Plan


class Follower(Protocol):
    def look(self, plan: Plan) -> None:
        """Read only, in the scope of the plan's schools."""

    def follow(self, plan: Plan, images: Images) -> None:
        """Write, in the scope of the plan's schools before and after."""

    def n_hanging(self, images: Images, day: date) -> int:
        """How much was put since into units that the change of that day founded or moved: an undo would leave it nowhere."""


FOLLOWERS: list[Follower] = []
WITNESSES: list[Callable[[Collection[int], date], int]] = []


def n_facts_since(units: Collection[int], day: date) -> int:
    """Facts recorded for these classes, groups or schools on or after a day, whoever keeps them."""
    return sum(witness(units, day) for witness in WITNESSES) if units else 0
