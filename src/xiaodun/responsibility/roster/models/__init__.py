"""学籍: persons, where they are enrolled, who answers for them at home. Names live here and in no array, log or address."""

from xiaodun.responsibility.roster.models.batch import BatchState, ExportRequest, RosterBatch
from xiaodun.responsibility.roster.models.guardian import Guardian, GuardianKey, Relation
from xiaodun.responsibility.roster.models.pair import DuplicatePair, PairState, Sameness
from xiaodun.responsibility.roster.models.person import Enrolment, IdKind, Person, PersonKind, Post

__all__ = [
    "BatchState",
    "DuplicatePair",
    "Enrolment",
    "ExportRequest",
    "Guardian",
    "GuardianKey",
    "IdKind",
    "PairState",
    "Person",
    "PersonKind",
    "Post",
    "Relation",
    "RosterBatch",
    "Sameness",
]
