"""Likely links: for each case the earlier cases that shared a place with it, so many days before. A likeness, not a finding.

Pure: cases are numbers, places are ids; no name comes in and none goes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Shared(StrEnum):
    """What two cases shared, the closest first."""

    HOUSEHOLD = "household"
    DORM = "dorm"
    KLASS = "class"
    BUS = "bus"
    EXPOSURE = "exposure"


SHARED_WORDS = {
    Shared.HOUSEHOLD: _("同住家庭"),
    Shared.DORM: _("同宿舍"),
    Shared.KLASS: _("同班"),
    Shared.BUS: _("同乘校车"),
    Shared.EXPOSURE: _("同餐同饮"),
}
_ORDER = list(Shared)


@dataclass(frozen=True, slots=True)
class Placed:
    """A case by its number, its onset and where it was. An empty place is shared with nobody."""

    number: int
    onset_on: date
    places: tuple[tuple[Shared, str], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Case `later` may have followed from case `earlier`. `days`: between the onsets; 0 only for a shared exposure."""

    later: int
    earlier: int
    days: int
    shared: tuple[Shared, ...]

    @property
    def order(self) -> tuple[int, int, int]:
        """The closest place first, then the nearest in time."""
        return _ORDER.index(self.shared[0]), self.days, self.earlier


def likely_links(cases: Sequence[Placed], window: tuple[int, int]) -> dict[int, list[Link]]:
    """case number -> its likely sources, the likeliest first; [] where nothing is near enough.

    window: first and last day after a case on which another may follow. Who shared a meal or water may also have
    fallen ill on one day or sooner than the window says: then both may have had it from there.
    """
    found: dict[int, list[Link]] = {case.number: [] for case in cases}
    for later in cases:
        for earlier in cases:
            link = _between(earlier, later, window)
            if link is not None:
                found[later.number].append(link)
    return {number: sorted(links, key=lambda link: link.order) for number, links in found.items()}


def shared_counts(links: dict[int, list[Link]]) -> dict[Shared, int]:
    """How many cases have a likely source through each kind of place; for readers who see no single case."""
    counts = dict.fromkeys(Shared, 0)
    for found in links.values():
        for kind in {kind for link in found for kind in link.shared}:
            counts[kind] += 1
    return {kind: n for kind, n in counts.items() if n}


def places(pairs: Iterable[tuple[Shared, object]]) -> tuple[tuple[Shared, str], ...]:
    """The places that are known."""
    return tuple((kind, str(place)) for kind, place in pairs if place)


def _between(earlier: Placed, later: Placed, window: tuple[int, int]) -> Link | None:
    days = (later.onset_on - earlier.onset_on).days
    if earlier.number >= later.number or not 0 <= days <= window[1]:
        return None
    common = set(earlier.places) & set(later.places)
    if days < window[0]:
        common = {place for place in common if place[0] == Shared.EXPOSURE}
    kinds = sorted({kind for kind, _place in common}, key=_ORDER.index)
    return Link(later.number, earlier.number, days, tuple(kinds)) if kinds else None
