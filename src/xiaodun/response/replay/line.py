"""The rows of a timeline: what was said, what the rules found, what has to be done by when. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

KINDS = ("check", "signal", "task", "report", "advice")  # in the order in which they happen


@dataclass(frozen=True, slots=True)
class Line:
    """One row. Instants are in Shanghai; `scope_id` is the file's own value, `ref` names the check or the event."""

    at: datetime
    kind: str
    rule: str
    scope: str
    scope_id: str
    cases: int
    first_true_at: datetime | None = None
    detected_at: datetime | None = None
    due_at: datetime | None = None
    ref: str = ""

    def cells(self) -> tuple[Any, ...]:
        return astuple(self)


COLUMNS = tuple(Line.__dataclass_fields__)


class Numbers:
    """check-1, signal-1 ...: names that are the same for the same input, which database ids are not."""

    def __init__(self) -> None:
        self._events: dict[int, str] = {}
        self._n_checks = 0

    def check(self) -> str:
        self._n_checks += 1
        return f"check-{self._n_checks}"

    def event(self, signal_id: int) -> str:
        return self._events.setdefault(signal_id, f"signal-{len(self._events) + 1}")


def in_order(news: Iterable[tuple[int, Line]]) -> list[tuple[int, Line]]:
    """The lines of one instant: by kind, rule and place."""
    return sorted(news, key=lambda pair: _order(pair[1]))


def _order(line: Line) -> tuple[int, str, str, str]:
    return KINDS.index(line.kind), line.rule, line.scope, line.scope_id
