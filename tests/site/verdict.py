"""What the database holds against what the devices remember. Asked as the superuser, behind the product's back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from tests.site.devices import Sent
from tests.site.running import Running

_KEPT = """
SELECT client_id::text, count(*), array_agg(DISTINCT class_id || ' ' || day),
       (SELECT coalesce(array_agg((said->>'person_id')::bigint ORDER BY (said->>'person_id')::bigint), '{}')
        FROM jsonb_array_elements((array_agg(findings))[1]) AS said)
FROM checks_checksubmission WHERE client_id = ANY(%s::uuid[]) GROUP BY client_id
"""
_LINES = """
SELECT facts->>'client_id', count(*) FROM foundation_journalrow
WHERE verb IN ('check.record', 'check.correct') AND facts->>'client_id' = ANY(%s) GROUP BY 1
"""
# A class and day that we wrote to, whose present state is not its last submission or not what its findings count to.
_STATES = """
WITH last AS (
    SELECT DISTINCT ON (day, class_id, session) * FROM checks_checksubmission WHERE withdrawn_at IS NULL
    ORDER BY day, class_id, session, revision DESC),
counted AS (
    SELECT day, class_id, session, count(*) FILTER (WHERE kind = 'ill_absent') AS ill,
           count(*) FILTER (WHERE kind = 'leave') AS leave, count(*) FILTER (WHERE kind = 'unwell') AS unwell
    FROM checks_finding GROUP BY day, class_id, session)
SELECT last.day, last.class_id FROM last LEFT JOIN checks_classcheck AS state USING (day, class_id, session)
LEFT JOIN counted USING (day, class_id, session)
WHERE last.client_id = ANY(%s::uuid[]) AND (
    state.client_id IS DISTINCT FROM last.client_id OR state.revision <> last.revision
    OR state.n_ill_absent <> coalesce(counted.ill, 0) OR state.n_unwell <> coalesce(counted.unwell, 0)
    OR state.absent <> coalesce(counted.ill, 0) + coalesce(counted.leave, 0)
    OR jsonb_array_length(last.findings) <> coalesce(counted.ill + counted.leave + counted.unwell, 0))
"""
_ROLLUPS = """
SELECT day, school_id FROM checks_schoolday AS roll FULL JOIN (
    SELECT day, school_id, session, count(*) FILTER (WHERE n_ill_absent + n_unwell > 0) AS findings,
           count(*) FILTER (WHERE n_ill_absent + n_unwell = 0) AS nil, sum(enrolled) AS enrolled, sum(absent) AS absent,
           sum(n_ill_absent) AS ill, sum(n_unwell) AS unwell, count(*) FILTER (WHERE late) AS late
    FROM checks_classcheck GROUP BY day, school_id, session) AS counted USING (day, school_id, session)
WHERE (n_with_findings, n_nil, roll.enrolled, roll.absent, n_ill_absent, n_unwell, n_late)
      IS DISTINCT FROM (findings, nil, counted.enrolled, counted.absent, ill, counted.unwell, counted.late)
  AND NOT (counted.enrolled IS NULL AND n_with_findings + n_nil + roll.enrolled = 0)
"""
_SIGNALLED = """
SELECT DISTINCT signal.class_id FROM signals_reportduty AS duty JOIN signals_signal AS signal ON signal.id = duty.signal_id
WHERE duty.rule_id = 'SCH-SIM-CLASS-1D' AND signal.scope = 'class' AND signal.last_case_on = %s
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Empty lists all over, or what is wrong."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    journal_lines: list[str] = field(default_factory=list)
    states: list[object] = field(default_factory=list)
    roll_ups: list[object] = field(default_factory=list)
    unsignalled: list[int] = field(default_factory=list)

    def clean(self) -> bool:
        return not any(getattr(self, one.name) for one in fields(self))


def judged(demo: Running, record: Sequence[Sent]) -> Verdict:
    """Every acknowledged check once and as it was said, its figures and its line with it, its signal given."""
    ids = [sent.client_id for sent in record]
    kept = {row[0]: row[1:] for row in demo.rows(_KEPT, ids)}
    lines = dict(demo.rows(_LINES, ids))
    crossed = [sent for sent in record if sent.crossing and sent.client_id in kept]
    told = {row[0] for day in {sent.day for sent in crossed} for row in demo.rows(_SIGNALLED, day)}
    return Verdict(
        lost=[sent.client_id for sent in record if sent.acknowledged and sent.client_id not in kept],
        doubled=[one for one, (n, _where, _who) in kept.items() if n != 1],
        altered=[sent.client_id for sent in record if _altered(sent, kept.get(sent.client_id))],
        journal_lines=[one for one in {*kept, *lines} if lines.get(one, 0) != 1 or one not in kept],
        states=list(demo.rows(_STATES, ids)),
        roll_ups=list(demo.rows(_ROLLUPS)),
        unsignalled=[sent.class_id for sent in crossed if sent.class_id not in told],
    )


def _altered(sent: Sent, kept: tuple[object, ...] | None) -> bool:
    return kept is not None and kept[1:] != ([f"{sent.class_id} {sent.day}"], sorted(sent.person_ids))
