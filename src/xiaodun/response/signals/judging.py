"""Judging a school by the rules: the line list in, signals, duties and tasks out. The one caller of the evaluator here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import at, local_day
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.signals.models import LADDER, DutyState, ReportDuty, Signal, SignalState
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.queries import class_sizes
from xiaodun.responsibility.tasks.actions import give_task
from xiaodun.rules.evaluate import Answer, evaluate, window_now
from xiaodun.rules.explain import title
from xiaodun.rules.linelist import Case
from xiaodun.rules.layers import in_force
from xiaodun.rules.packs import shipped
from xiaodun.rules.rule import Rule
from xiaodun.rules.windows import WindowCount

LOOKBACK_DAYS = 200  # the longest window of a pack is 180 days
QUIET_DAYS = 14  # an event closes after so many days without a new case; product choice until packs bring incubation
SCOPES = ("person", "class", "grade", "school")  # dorm, household and bus follow with their own screens
AT_ONCE_MINUTES = 15  # internal service target where the law says 立即 (rules: a 0 h limit)


@dataclass(frozen=True, slots=True)
class Ground:
    """What one judging stands on: the school, its units by id, its illnesses, the instant."""

    school: Org
    units: dict[str, Org]
    rows: list[FollowUp]
    now: datetime

    def unit(self, answer: Answer) -> Org:
        return self.units.get(answer.scope_id, self.school)

    def name_of(self, signal: Signal) -> str:
        return self.units.get(signal.scope_id, self.school).name

    def scope_id(self, answer: Answer) -> str:
        return str(self.school.pk) if answer.scope == "school" else answer.scope_id

    def follow_up_ids(self, persons: Iterable[str], first: date, last: date) -> list[int]:
        wanted = {int(person) for person in persons}
        return sorted(row.pk for row in self.rows if row.person_id in wanted and first <= row.onset_on <= last)

    def last_onset(self, ids: set[int]) -> date:
        return max(row.onset_on for row in self.rows if row.pk in ids)


def judge_school(school_id: int, *, on: Iterable[str] = ()) -> int:
    """Judge one school with the facts stored by now; returns how many of its signals are live after it."""
    today = clock.today()
    rules = [rule for rule in in_force(shipped(), today, on=tuple(on)) if rule.scope in SCOPES]
    with transaction.atomic(), open_scope(schools=[school_id]):
        school = Org.objects.select_for_update().get(pk=school_id)  # one judging of a school at a time
        units = {str(unit.pk): unit for unit in Org.objects.filter(school_id=school_id)}
        rows = illnesses(school_id, today)
        cases = [case for row in rows for case in as_cases(row)]
        sizes = {str(pk): n for pk, n in class_sizes(school_id, today).items()}
        answers = evaluate(cases, rules, sizes=sizes, known_by=today, since=today - timedelta(days=QUIET_DAYS))
        ground = Ground(school, units, rows, clock.now())
        held = {settle(ground, answer).pk for answer in answers}
        _regrow(school_id, ground, cases, {rule.id: rule for rule in rules}, sizes)
        return _mark_fallen(school_id, held)


def illnesses(school_id: int, today: date) -> list[FollowUp]:
    """The school's illnesses that rules still read: not those of closed events, not those taken back or ruled out by today."""
    closed: set[int] = set()
    events = Signal.objects.in_scope().filter(school_id=school_id, state=SignalState.CLOSED)
    for ids in events.values_list("follow_up_ids", flat=True):
        closed.update(ids)
    rows = FollowUp.objects.in_scope().filter(school_id=school_id, onset_on__gt=today - timedelta(days=LOOKBACK_DAYS))
    return [row for row in rows.exclude(ruled_out_on__lte=today).order_by("pk") if row.pk not in closed]


def as_cases(row: FollowUp) -> list[Case]:
    """One illness as the evaluator reads it. What the doctor found later is a second row of the same person."""
    seen = Case(
        person=str(row.person_id), onset=row.onset_on, klass=str(row.class_id), grade=str(row.grade_id), dorm=row.dorm,
        household=str(row.household or ""), known_on=row.known_on, symptoms=frozenset(row.symptoms),
        temperature=None if row.temperature is None else float(row.temperature), absent_from=row.absent_from,
        absent_to=row.absent_to, recovered_on=row.recovered_on, ruled_out_on=row.ruled_out_on,
    )
    found = replace(
        seen, diagnosis=row.diagnosis, lab=row.lab, hospital=row.hospital, died=row.died, severe=row.severe,
        known_on=row.diagnosed_on or row.known_on,
    )
    if found == seen:
        return [seen]
    return [found] if found.known_on == seen.known_on else [seen, found]


def settle(ground: Ground, answer: Answer) -> Signal:
    """Bring one answer into the books: the event of its family and place, and the legal duty of its rule."""
    signal, made = _signal_of(ground, answer)
    grown = made or _raise(signal, ground, answer)
    duty = _duty_of(ground, signal, answer)
    if duty is not None or grown:
        journal.write(
            None, "signal.open" if made else "signal.grow", ("signal", signal.pk), school_id=ground.school.pk,
            county_id=ground.school.county_id, rule=answer.rule.id, version=answer.rule.version, n=signal.n_cases,
        )
    if duty is not None and not duty.advice:
        _task_of(ground, signal)
    return signal


def _signal_of(ground: Ground, answer: Answer) -> tuple[Signal, bool]:
    rule, unit = answer.rule, ground.unit(answer)
    ids = ground.follow_up_ids(answer.persons, *answer.window)
    return Signal.objects.in_scope().exclude(state=SignalState.CLOSED).get_or_create(  # type: ignore[no-any-return]
        school_id=ground.school.pk, family=rule.family, scope=answer.scope, scope_id=ground.scope_id(answer),
        defaults={
            "county_id": ground.school.county_id, "city_id": ground.school.city_id,
            "class_id": unit.pk if answer.scope == "class" else None,
            "level": _level(rule.level), "title": title(rule, answer.found, unit.name, "zh"),
            "title_en": title(rule, answer.found, unit.name, "en"),
            "first_true_on": answer.first_true_on or answer.detected_on, "opened_at": ground.now,
            "last_case_on": answer.window[1], "n_cases": len(answer.persons), "follow_up_ids": ids,
        },
    )


def _raise(signal: Signal, ground: Ground, answer: Answer) -> bool:
    """A higher level absorbs the lower one; the event takes its title from the gravest rule that holds."""
    if LADDER.index(_level(answer.rule.level)) <= LADDER.index(signal.level):
        return False
    unit = ground.unit(answer)
    signal.level = _level(answer.rule.level)
    signal.title = title(answer.rule, answer.found, unit.name, "zh")
    signal.title_en = title(answer.rule, answer.found, unit.name, "en")
    signal.save(update_fields=["level", "title", "title_en"])
    return True


def _duty_of(ground: Ground, signal: Signal, answer: Answer) -> ReportDuty | None:
    """The duty of this rule in this event, made once; None if it stands already. Its clock runs from detection."""
    rule = answer.rule
    if signal.duties.filter(rule_id=rule.id).exists():
        return None
    true_on = answer.first_true_on or answer.detected_on
    limit = rule.time_limit_hours
    wait = None if rule.is_advice or limit is None else timedelta(hours=limit) if limit else timedelta(minutes=AT_ONCE_MINUTES)
    duty: ReportDuty = ReportDuty.objects.create(
        signal=signal, school_id=ground.school.pk, county_id=ground.school.county_id, rule_id=rule.id,
        rule_version=rule.version, level=rule.level, advice=rule.is_advice, n_cases=answer.count,
        window_first=answer.window[0], window_last=answer.window[1], first_true_on=true_on,
        first_true_at=ground.now if true_on == local_day(ground.now) else at(true_on, 0), detected_on=answer.detected_on,
        detected_at=ground.now, limit_hours=limit, due_at=ground.now + wait if wait is not None else None,
    )
    return duty


def _task_of(ground: Ground, signal: Signal) -> None:
    due = min(duty.due_at for duty in signal.duties.filter(advice=False) if duty.due_at)
    give_task(
        kind="signal.verify", subject=("signal", signal.pk), title=signal.title, title_en=signal.title_en,
        role=Role.EPIDEMIC_REPORTER, org=ground.school, due_at=due,
    )


def _regrow(school_id: int, ground: Ground, cases: Sequence[Case], rules: dict[str, Rule], sizes: dict[str, int]) -> None:
    """A standing event grows with each new case of its widest window; a dismissed one that grows is open again."""
    today = local_day(ground.now)
    for signal in Signal.objects.in_scope().exclude(state=SignalState.CLOSED).filter(school_id=school_id):
        ids, last, best = set(signal.follow_up_ids), signal.last_case_on, None
        for duty in signal.duties.all():
            rule = rules.get(duty.rule_id)
            if rule is None:
                continue
            now = window_now(cases, rule, _case_scope_id(signal), today, sizes=sizes)
            fresh = set(ground.follow_up_ids(now.persons, now.first, now.last))
            if fresh - ids:
                ids |= fresh
                last = max(last, ground.last_onset(fresh))
            if len(now.persons) > signal.n_cases and (best is None or len(now.persons) > len(best[1].persons)):
                best = (rule, now)
        if ids != set(signal.follow_up_ids):
            _grow(signal, ground, ids, last, best)


def _grow(signal: Signal, ground: Ground, ids: set[int], last: date, best: tuple[Rule, WindowCount] | None) -> None:
    signal.follow_up_ids, signal.last_case_on = sorted(ids), last
    if best is not None:
        name = ground.name_of(signal)
        signal.n_cases = len(best[1].persons)
        signal.title, signal.title_en = title(best[0], best[1], name, "zh"), title(best[0], best[1], name, "en")
    if signal.state == SignalState.DISMISSED:
        # A new case after a dismissal is a new fact: somebody looks again, and unmet duties count again.
        signal.state, signal.judged_at, signal.judged_by_id, signal.reason = SignalState.OPEN, None, None, ""
        signal.duties.filter(state=DutyState.ENDED).update(state=DutyState.OPEN, ended_at=None, ended_by=None, reason="")
    signal.save()
    journal.write(
        None, "signal.grow", ("signal", signal.pk), school_id=signal.school_id, county_id=signal.county_id,
        n=len(ids), state=signal.state,
    )
    if signal.duties.filter(advice=False).exists():
        _task_of(ground, signal)


def _mark_fallen(school_id: int, held: set[int]) -> int:
    """Events whose facts no longer hold say so and stay; no clock stops by it. Returns how many are live."""
    live = 0
    for signal in Signal.objects.in_scope().exclude(state=SignalState.CLOSED).filter(school_id=school_id):
        holds = signal.pk in held
        if signal.facts_hold != holds and local_day(clock.now()) - signal.last_case_on <= timedelta(days=QUIET_DAYS):
            signal.facts_hold = holds
            signal.save(update_fields=["facts_hold"])
            journal.write(
                None, "signal.facts", ("signal", signal.pk), school_id=school_id, county_id=signal.county_id, hold=holds
            )
        live += signal.is_live
    return live


def close_quiet_signals() -> int:
    """Close judged events without a new case for QUIET_DAYS whose legal duties have ended; returns how many."""
    edge = clock.today() - timedelta(days=QUIET_DAYS)
    closed = 0
    with transaction.atomic():
        quiet = Signal.objects.in_scope().select_for_update().filter(
            last_case_on__lt=edge, state__in=[SignalState.VERIFIED, SignalState.DISMISSED]
        )
        for signal in quiet:
            if signal.duties.filter(state=DutyState.OPEN, advice=False).exists():
                continue
            signal.state, signal.closed_at = SignalState.CLOSED, clock.now()
            signal.save(update_fields=["state", "closed_at"])
            journal.write(None, "signal.close", ("signal", signal.pk), school_id=signal.school_id, county_id=signal.county_id)
            closed += 1
    return closed


def _level(level: str) -> str:
    """Advice to suspend lessons stands beside the levels: on its own it is a signal."""
    return level if level in LADDER else LADDER[0]


def _case_scope_id(signal: Signal) -> str:
    return "school" if signal.scope == "school" else signal.scope_id
