"""Playing a line list: each day at 08:00 the teachers report, the doctor records, the rules judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_DOWN, Decimal
from uuid import NAMESPACE_OID, uuid5

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import at
from xiaodun.measures.checks.actions import Code, record_check
from xiaodun.measures.checks.models import FindingKind, Session
from xiaodun.measures.checks.submission import Said, Submission
from xiaodun.measures.health.diagnosing import record_diagnosis
from xiaodun.measures.health.ending import rule_out
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.replay.line import Line, Numbers, in_order
from xiaodun.response.replay.recorder import Recorder
from xiaodun.response.replay.school import Stand
from xiaodun.response.replay.script import Illness, Listed
from xiaodun.response.signals.judging import judge_school

HOUR = 8  # when everything of a day is said


def play(stands: Sequence[Stand], *, on: Iterable[str] = ()) -> Iterator[tuple[Line, ...]]:
    """Live through the line list; yields the lines of each day as it is over.

    on: rules judged besides those in force on each day. Runs in the caller's transaction.
    """
    switched = tuple(on)
    numbers = Numbers()
    players = [Player(stand) for stand in stands]
    for day in sorted({day for stand in stands for day in stand.script.days()}):
        with clock.frozen(at(day, HOUR)):
            lines = _lines(day, players, switched, numbers)
        yield lines  # outside, so that the reader's clock is his own


def _lines(day: date, players: Sequence[Player], on: Sequence[str], numbers: Numbers) -> tuple[Line, ...]:
    spoken = [player for player in players if day in player.days]
    checks = [line for player in spoken for line in player.say(day)]
    news = [pair for player in spoken for pair in player.judge(on)]
    return (
        *(replace(line, ref=numbers.check()) for line in checks),
        *(replace(line, ref=numbers.event(signal_id)) for signal_id, line in in_order(news)),
    )


class Player:
    """Speaks for the teachers and the doctor of one school."""

    def __init__(self, stand: Stand) -> None:
        self.days = frozenset(stand.script.days())
        self._stand = stand
        self._recorder = Recorder(stand)
        self._follow_ups: dict[Illness, int] = {}

    def say(self, day: date) -> list[Line]:
        """Enter all that becomes known on the day; a line for each check.

        Who is ruled out leaves before the checks, so that a new illness of the day can open; who is known and
        ruled out on one day is entered first and never counts.
        """
        script, lines = self._stand.script, []
        with open_scope(schools=[self._stand.school.pk]):
            leaving = [illness for illness in script.illnesses if illness.ruled_out_on == day]
            self._rule_out(illness for illness in leaving if illness.entered_on < day)
            for klass, listed in script.checks(day):
                self._check(klass, day, listed)
                lines.append(self._recorder.check(klass, len(listed)))
            for illness in script.illnesses:
                self._record(illness, day)
            self._rule_out(illness for illness in leaving if illness.entered_on == day)
        return lines

    def judge(self, on: Sequence[str]) -> list[tuple[int, Line]]:
        """The rules on what is stored by now, by the function that the background job calls."""
        judge_school(self._stand.school.pk, on=on)
        return self._recorder.news()

    def _check(self, klass: str, day: date, listed: Sequence[Listed]) -> None:
        org = self._stand.classes[klass]
        answer = record_check(
            actor=self._stand.teacher,
            submission=Submission(
                client_id=uuid5(NAMESPACE_OID, f"replay {org.pk} {day}"),
                class_id=org.pk,
                day=day,
                session=Session.MORNING,
                device_at=clock.now(),
                base_revision=0,
                findings=tuple(self._said(one) for one in listed),
            ),
        )
        if answer.code != Code.CREATED:
            raise RuntimeError(f"a replayed check was answered {answer.code}")
        for one in listed:
            if not one.carried:
                person = self._stand.persons[one.illness.person]
                rows = FollowUp.objects.in_scope().filter(person_id=person)
                self._follow_ups[one.illness] = rows.latest("pk").pk

    def _said(self, one: Listed) -> Said:
        return Said(
            person_id=self._stand.persons[one.illness.person],
            kind=FindingKind.ILL_ABSENT if one.absent else FindingKind.UNWELL,
            symptoms=one.symptoms,
            onset_on=one.illness.onset,
            carried=one.carried,
        )

    def _record(self, illness: Illness, day: date) -> None:
        finding = illness.finding(day)
        if finding is None:
            return
        degrees = finding.temperature
        record_diagnosis(
            actor=self._stand.doctor,
            follow_up=self._follow_up(illness),
            diagnosis=finding.diagnosis,
            lab=finding.lab,
            severe=finding.severe,
            hospital=finding.hospital,
            died=finding.died,
            # One decimal is kept; rounded down, 37.96 stays below the 38.0 of a rule.
            temperature=None
            if degrees is None
            else Decimal(str(degrees)).quantize(Decimal("0.1"), ROUND_DOWN),
        )

    def _rule_out(self, illnesses: Iterable[Illness]) -> None:
        for illness in illnesses:
            rule_out(actor=self._stand.doctor, follow_up=self._follow_up(illness))

    def _follow_up(self, illness: Illness) -> FollowUp:
        row: FollowUp = FollowUp.objects.in_scope().get(pk=self._follow_ups[illness])
        return row
