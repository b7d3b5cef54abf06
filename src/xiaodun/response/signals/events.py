"""The books of a judging: events opened and grown, legal duties with their clocks, tasks given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from xiaodun.foundation import journal
from xiaodun.kernel.calendar import at, local_day
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.signals.benches import Benches
from xiaodun.response.signals.models import LADDER, DutyState, ReportDuty, Signal, SignalState
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.tasks.actions import give_task
from xiaodun.rules.evaluate import Answer, window_now
from xiaodun.rules.explain import title
from xiaodun.rules.rule import Rule
from xiaodun.rules.windows import WindowCount

WHOLE_SCHOOL = "school"  # the scope_id of a line list without a column of schools
AT_ONCE_MINUTES = 15  # internal service target where the law says 立即 (rules: a 0 h limit)


@dataclass(frozen=True, slots=True)
class Ground:
    """What one judging stands on: the school, its units by id, its illnesses, the instant."""

    school: Org
    units: dict[str, Org]
    rows: list[FollowUp]
    now: datetime

    def unit(self, scope: str, scope_id: str) -> Org:
        """The class, grade or campus itself; for a person the class that the illness was seen in; else the school."""
        if scope == "person":
            ill = [row.class_id for row in self.rows if str(row.person_id) == scope_id]
            return self.units.get(str(ill[-1]), self.school) if ill else self.school
        return self.units.get(scope_id, self.school) if scope in ("class", "grade", "school") else self.school

    def place(self, scope: str, scope_id: str, persons: Sequence[str], language: str) -> str:
        """How a title calls the place. Of a home only how many of its cases are another school's."""
        zh = language == "zh"
        if scope == "household":
            away = len(set(persons) - {str(row.person_id) for row in self.rows})
            home = "一户家庭" if zh else "One household"
            other = f"（其中{away}人在外校）" if zh else f" ({away} at another school)"
            return f"{home}{other}" if away else home
        if scope == "dorm":
            building, _, room = scope_id.rpartition("/")
            name = self.units[building].name if building in self.units else "宿舍" if zh else "Dormitory"
            return f"{name} {room}"
        return self.unit(scope, scope_id).name

    def scope_id(self, answer: Answer) -> str:
        """As the event keeps it: the school's own number where the line list says `school`."""
        whole = answer.scope == "school" and answer.scope_id == WHOLE_SCHOOL
        return str(self.school.pk) if whole else answer.scope_id

    def is_whole(self, signal: Signal) -> bool:
        return signal.scope == "school" and signal.scope_id == str(self.school.pk)

    def is_of_here(self, answer: Answer) -> bool:
        """Does the window hold anybody of this school? A home may have cases at other schools alone."""
        return bool(self.follow_up_ids(answer.persons, answer.window[1]))

    def follow_up_ids(self, persons: Iterable[str], last: date) -> list[int]:
        """The illness of each person that a window ending on `last` counted: the latest that had begun by then."""
        wanted = {int(person) for person in persons}
        latest: dict[int, FollowUp] = {}
        for row in self.rows:
            known = latest.get(row.person_id)
            if (
                row.person_id in wanted
                and row.onset_on <= last
                and (known is None or known.onset_on <= row.onset_on)
            ):
                latest[row.person_id] = row
        return sorted(row.pk for row in latest.values())

    def last_onset(self, ids: set[int]) -> date:
        return max(row.onset_on for row in self.rows if row.pk in ids)


def settle(ground: Ground, answer: Answer) -> Signal:
    """Bring one answer into the books: the event of its family and place, and the legal duty of its rule."""
    signal, made = _signal_of(ground, answer)
    grown = made or _raise(signal, ground, answer)
    duty = _duty_of(ground, signal, answer)
    if duty is not None or grown:
        journal.write(
            None,
            "signal.open" if made else "signal.grow",
            ("signal", signal.pk),
            school_id=ground.school.pk,
            county_id=ground.school.of_county,
            rule=answer.rule.id,
            version=answer.rule.version,
            n=signal.n_cases,
        )
    if duty is not None and not duty.advice:
        _task_of(ground, signal)
    return signal


def _signal_of(ground: Ground, answer: Answer) -> tuple[Signal, bool]:
    rule, unit = answer.rule, ground.unit(answer.scope, answer.scope_id)
    zh, en = _titles(ground, rule, answer.found, (answer.scope, answer.scope_id))
    ids = ground.follow_up_ids(answer.persons, answer.window[1])
    return (
        Signal.objects.in_scope()
        .exclude(state=SignalState.CLOSED)
        .get_or_create(
            school_id=ground.school.pk,
            family=rule.family,
            scope=answer.scope,
            scope_id=ground.scope_id(answer),
            defaults={
                "county_id": ground.school.of_county,
                "city_id": ground.school.city_id,
                "class_id": unit.pk if answer.scope == "class" else None,
                "level": _level(rule.level),
                "title": zh,
                "title_en": en,
                "first_true_on": answer.first_true_on or answer.detected_on,
                "opened_at": ground.now,
                "last_case_on": answer.window[1],
                "n_cases": len(answer.persons),
                "follow_up_ids": ids,
            },
        )
    )


def _raise(signal: Signal, ground: Ground, answer: Answer) -> bool:
    """A higher level absorbs the lower one; the event takes its title from the gravest rule that holds."""
    if LADDER.index(_level(answer.rule.level)) <= LADDER.index(signal.level):
        return False
    signal.level = _level(answer.rule.level)
    _name(signal, ground, answer.rule, answer.found)
    signal.save(update_fields=["level", "title", "title_en"])
    return True


def _duty_of(ground: Ground, signal: Signal, answer: Answer) -> ReportDuty | None:
    """The duty of this rule in this event, made once; None if it stands already. Its clock runs from detection."""
    rule = answer.rule
    if signal.duties.filter(rule_id=rule.id).exists():
        return None
    true_on = answer.first_true_on or answer.detected_on
    limit = rule.time_limit_hours
    wait = (
        None
        if rule.is_advice or limit is None
        else timedelta(hours=limit)
        if limit
        else timedelta(minutes=AT_ONCE_MINUTES)
    )
    duty: ReportDuty = ReportDuty.objects.create(
        signal=signal,
        school_id=ground.school.pk,
        county_id=ground.school.of_county,
        rule_id=rule.id,
        rule_version=rule.version,
        level=rule.level,
        advice=rule.is_advice,
        n_cases=len(answer.persons),
        window_first=answer.window[0],
        window_last=answer.window[1],
        first_true_on=true_on,
        first_true_at=ground.now if true_on == local_day(ground.now) else at(true_on, 0),
        detected_on=answer.detected_on,
        detected_at=ground.now,
        limit_hours=limit,
        due_at=ground.now + wait if wait is not None else None,
    )
    return duty


def _task_of(ground: Ground, signal: Signal) -> None:
    due = min(duty.due_at for duty in signal.duties.filter(advice=False) if duty.due_at)
    give_task(
        kind="signal.verify",
        subject=("signal", signal.pk),
        title=signal.title,
        title_en=signal.title_en,
        role=Role.EPIDEMIC_REPORTER,
        org=ground.school,
        due_at=due,
    )


def regrow(ground: Ground, benches: Benches, rules: dict[str, Rule]) -> None:
    """A standing event grows with each new case of its widest window; a dismissed one that grows is open again."""
    today = local_day(ground.now)
    events = Signal.objects.in_scope().exclude(state=SignalState.CLOSED).prefetch_related("duties")
    for signal in events.filter(school_id=ground.school.pk):
        whole = ground.is_whole(signal)
        book = benches.of(signal.scope, campus=signal.scope == "school" and not whole).book
        ids, last, best = set(signal.follow_up_ids), signal.last_case_on, None
        for duty in signal.duties.all():
            rule = rules.get(duty.rule_id)
            if rule is None:
                continue
            now = window_now(book, rule, WHOLE_SCHOOL if whole else signal.scope_id, today)
            if signal.state == SignalState.DISMISSED and not _holds(rule, now):
                continue  # one more unwell child is a follow-up; what was dismissed is not asked again for it
            fresh = set(ground.follow_up_ids(now.persons, now.last))
            if fresh - ids:
                ids |= fresh
                last = max(last, ground.last_onset(fresh))
            if len(now.persons) > signal.n_cases and (
                best is None or len(now.persons) > len(best[1].persons)
            ):
                best = (rule, now)
        if ids != set(signal.follow_up_ids) or (best is not None and signal.scope == "household"):
            _grow(signal, ground, ids, last, best)


def _holds(rule: Rule, now: WindowCount) -> bool:
    by_number = rule.count is not None and now.count >= rule.count
    return by_number or (
        rule.attack_rate is not None and now.rate is not None and now.rate >= rule.attack_rate
    )


def _grow(
    signal: Signal, ground: Ground, ids: set[int], last: date, best: tuple[Rule, WindowCount] | None
) -> None:
    signal.follow_up_ids, signal.last_case_on = sorted(ids), last
    if best is not None:
        signal.n_cases = len(best[1].persons)
        _name(signal, ground, *best)
    if signal.state == SignalState.DISMISSED:
        # A new case after a dismissal is a new fact: somebody looks again, and unmet duties count again.
        signal.state, signal.judged_at, signal.judged_by_id, signal.reason = SignalState.OPEN, None, None, ""
        signal.duties.filter(state=DutyState.ENDED).update(
            state=DutyState.OPEN, ended_at=None, ended_by=None, reason=""
        )
    signal.save()
    journal.write(
        None,
        "signal.grow",
        ("signal", signal.pk),
        school_id=signal.school_id,
        county_id=signal.county_id,
        n=len(ids),
        state=signal.state,
    )
    if signal.state == SignalState.OPEN and signal.duties.filter(advice=False).exists():
        _task_of(ground, signal)


def _level(level: str) -> str:
    """Advice to suspend lessons stands beside the levels: on its own it is a signal."""
    return level if level in LADDER else LADDER[0]


def _name(signal: Signal, ground: Ground, rule: Rule, found: WindowCount) -> None:
    signal.title, signal.title_en = _titles(ground, rule, found, (signal.scope, signal.scope_id))


def _titles(ground: Ground, rule: Rule, found: WindowCount, place: tuple[str, str]) -> tuple[str, str]:
    zh, en = (ground.place(*place, found.persons, language) for language in ("zh", "en"))
    return title(rule, found, zh, "zh"), title(rule, found, en, "en")
