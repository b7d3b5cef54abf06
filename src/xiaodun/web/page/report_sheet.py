"""A report as its receivers read it: figures, days, clauses. One sheet for every receiver and for paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from xiaodun.measures.reporting.models import Report
from xiaodun.rules.explain import clause, source_words
from xiaodun.rules.packs import shipped
from xiaodun.rules.rule import Rule
from xiaodun.rules.wording import grade_word
from xiaodun.web.page.written import in_chinese, tongue


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule that the facts satisfied. A rule that has left the packs still shows its id and version."""

    rule_id: str
    version: str
    words: str
    source: str
    grade: str
    first_true_on: date
    detected_at: datetime


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """What a report says, in the reader's language; it tells of no person. `roll`: pupils of its classes."""

    report: Report
    title: str
    level: str
    school: str
    school_code: str
    verified: bool
    n_cases: int
    roll: int
    hospital: int
    severe: int
    died: int
    onset: tuple[tuple[date, int], ...]
    symptoms: tuple[tuple[str, int], ...]
    classes: tuple[tuple[str, int], ...]
    clauses: tuple[Clause, ...]

    @property
    def attack_rate(self) -> float | None:
        """Cases among the pupils of the classes concerned, in [0, 1]."""
        return self.n_cases / self.roll if self.roll else None

    @property
    def matter(self) -> str:
        """The title without the school, which stands beside it."""
        return without_school(self.title, self.school)

    @property
    def is_first(self) -> bool:
        return self.report.number == 1

    @property
    def waited(self) -> timedelta | None:
        """From the first moment the facts held to the sending."""
        first = min((one.detected_at for one in self.clauses), default=None)
        return self.report.sent_at - first if first else None


def level_state(level: str) -> str:
    """The state of a signal's level, for its shape, word and ink."""
    return "emergency" if level == "public_health_event" else level


def without_school(title: str, school: str) -> str:
    """A title of a signal without the school where that stands beside it already."""
    return title.removeprefix(school).lstrip(" :：")


def report_sheet(report: Report) -> ReportSheet:
    body: dict[str, Any] = report.body
    counts = sorted(body["symptoms"].items(), key=lambda pair: (-pair[1], pair[0]))
    return ReportSheet(
        report=report,
        title=body["title"] if in_chinese() else body["title_en"],
        level=level_state(body["level"]),
        school=body["school"],
        school_code=body["school_code"],
        verified=body["verified"],
        n_cases=body["n_cases"],
        roll=body["roll"],
        hospital=body["hospital"],
        severe=body["severe"],
        died=body["died"],
        onset=tuple((date.fromisoformat(day), n) for day, n in sorted(body["onset"].items())),
        symptoms=tuple(counts),
        classes=tuple(sorted(body["classes"].items())),
        clauses=tuple(_clauses(body["rules"])),
    )


def rule_words(rule_id: str) -> tuple[str, str, str]:
    """Clause, source and grade of a rule in the reader's language; one no longer shipped gives its id."""
    rule = _rules().get(rule_id)
    if rule is None:
        return rule_id, "", ""
    return clause(rule, tongue()), source_words(rule, tongue()), grade_word(rule).words(tongue())


def _rules() -> dict[str, Rule]:
    return {rule.id: rule for pack in shipped() for rule in pack.rules}


def _clauses(rules: list[dict[str, str]]) -> Iterator[Clause]:
    for rule in rules:
        words, source, grade = rule_words(rule["id"])
        yield Clause(
            rule["id"],
            rule["version"],
            words,
            source,
            grade,
            date.fromisoformat(rule["first_true_on"]),
            datetime.fromisoformat(rule["detected_at"]),
        )
