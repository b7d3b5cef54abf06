"""What is asked, what was said, what the family told."""

from xiaodun.measures.checks.models.check import (
    HIGHEST,
    LOWEST,
    CheckSubmission,
    ClassCheck,
    Finding,
    FindingKind,
    SchoolDay,
    Session,
)
from xiaodun.measures.checks.models.notice import LeaveNotice, NoticeKind
from xiaodun.measures.checks.models.plan import CheckPlan, Measuring

__all__ = [
    "HIGHEST",
    "LOWEST",
    "CheckPlan",
    "CheckSubmission",
    "ClassCheck",
    "Finding",
    "FindingKind",
    "LeaveNotice",
    "Measuring",
    "NoticeKind",
    "SchoolDay",
    "Session",
]
