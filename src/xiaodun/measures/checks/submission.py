"""What a device says about one class: its shape, its checks and its canonical digest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.kernel.words import SYMPTOMS
from xiaodun.measures.checks.models import HIGHEST, LOWEST, FindingKind, Session

SYMPTOM_CODES = frozenset(word.code for word in SYMPTOMS)


@dataclass(frozen=True, slots=True)
class Said:
    """One listed person: `symptoms` in any order, `onset_on` None where only the day it was seen is known.

    temperature: degrees Celsius with one decimal, None where nobody measured.
    """

    person_id: int
    kind: FindingKind
    symptoms: frozenset[str] = frozenset()
    onset_on: date | None = None
    carried: bool = False
    temperature: Decimal | None = None

    def as_json(self) -> dict[str, object]:
        """Without a temperature as before temperatures were asked: the digest of the same words stays the same."""
        measured = {} if self.temperature is None else {"temperature": str(self.temperature)}
        return {
            "person_id": self.person_id,
            "kind": str(self.kind),
            "symptoms": sorted(self.symptoms),
            "onset_on": self.onset_on.isoformat() if self.onset_on else None,
            "carried": self.carried,
        } | measured


@dataclass(frozen=True, slots=True)
class Submission:
    """What a device hands in for one unit and session.

    shown: the persons whom it had before it as still ill or told by the family, so that leaving one out says something;
    None where it does not tell. all_measured: everybody's temperature was taken, who is not listed was below the gate's.
    """

    client_id: UUID
    class_id: int
    day: date
    session: Session
    device_at: datetime
    base_revision: int
    findings: tuple[Said, ...]
    shown: frozenset[int] | None = None
    all_measured: bool = False

    def findings_json(self) -> list[dict[str, object]]:
        return [said.as_json() for said in sorted(self.findings, key=lambda said: said.person_id)]

    @property
    def digest(self) -> bytes:
        """SHA-256 over the canonical content: the same words in another order are the same submission."""
        content: list[object] = [
            self.class_id,
            self.day.isoformat(),
            str(self.session),
            self.base_revision,
            self.findings_json(),
        ]
        content += [] if self.shown is None else [{"shown": sorted(self.shown)}]
        content += [{"all_measured": True}] if self.all_measured else []
        return hashlib.sha256(
            json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
        ).digest()


def check_submission(
    submission: Submission,
    *,
    today: date,
    oldest: date,
    class_person_ids: frozenset[int],
    sessions: tuple[Session, ...] = tuple(Session),
) -> None:
    """Refuse what cannot be true, naming the field and the value; raises Refused with one fault for each."""
    faults = []
    if submission.session not in sessions:
        faults.append(
            _fault(
                "check.session_not_of_unit",
                "这里那天没有这种检查。刷新名单后再报",
                "There is no such check here on that day. Refresh the list",
                "session",
                submission.session,
            )
        )
    if submission.day > today:
        faults.append(
            _fault(
                "check.future_day",
                "日期在今天之后。核对手机日期",
                "The day lies in the future. Check the phone's date",
                "day",
                submission.day,
            )
        )
    if submission.day < oldest:
        faults.append(
            _fault(
                "check.too_old",
                f"只收 {oldest} 之后的补报。请校医代录",
                f"Late entries are taken back to {oldest}. Ask the school doctor",
                "day",
                submission.day,
            )
        )
    if submission.device_at.tzinfo is None:
        faults.append(
            _fault(
                "check.naive_time",
                "时间要带时区",
                "The time needs its zone",
                "device_at",
                submission.device_at,
            )
        )
    seen: set[int] = set()
    for place, said in enumerate(submission.findings):
        faults += _faults_of(f"findings[{place}]", said, submission.day, class_person_ids, seen)
        seen.add(said.person_id)
    if faults:
        raise Refused(*faults)


def _faults_of(
    where: str, said: Said, day: date, class_person_ids: frozenset[int], seen: set[int]
) -> list[Fault]:
    faults = []
    if said.person_id not in class_person_ids:
        faults.append(
            _fault(
                "check.not_in_class",
                "这名学生今天不在本班。刷新名单后再报",
                "This pupil is not in the class today. Refresh the list",
                where,
                said.person_id,
            )
        )
    if said.person_id in seen:
        faults.append(
            _fault(
                "check.listed_twice",
                "同一学生列了两次。留一条",
                "A pupil is listed twice. Keep one",
                where,
                said.person_id,
            )
        )
    unknown = said.symptoms - SYMPTOM_CODES
    if unknown:
        faults.append(
            _fault(
                "check.unknown_symptom",
                "没有这个症状。从列表中选",
                "Unknown symptom. Choose from the list",
                where,
                ";".join(sorted(unknown)),
            )
        )
    if said.kind == FindingKind.LEAVE and said.symptoms:
        faults.append(
            _fault(
                "check.leave_with_symptoms",
                "事假不带症状。改成因病缺课",
                "Leave carries no symptoms. Make it absence for illness",
                where,
                "leave",
            )
        )
    if said.kind == FindingKind.UNEXPLAINED and said.symptoms:
        faults.append(
            _fault(
                "check.unexplained_with_symptoms",
                "原因待查不带症状。知道症状就选因病缺课",
                "An unexplained absence carries no symptoms. With symptoms it is absence for illness",
                where,
                "unexplained",
            )
        )
    if said.temperature is not None and not LOWEST <= said.temperature <= HIGHEST:
        faults.append(
            _fault(
                "check.temperature",
                f"体温填 {LOWEST} 到 {HIGHEST}",
                f"A temperature lies between {LOWEST} and {HIGHEST}",
                where,
                said.temperature,
            )
        )
    if said.onset_on and said.onset_on > day:
        faults.append(
            _fault(
                "check.onset_after_day",
                "发病日不能晚于检查日",
                "Onset cannot come after the day of the check",
                where,
                said.onset_on,
            )
        )
    return faults


def _fault(code: str, zh: str, en: str, where: str, value: object) -> Fault:
    return Fault(code, zh, en, where, str(value))
