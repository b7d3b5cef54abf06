"""健康管理: the illness and what hangs on it."""

from xiaodun.measures.health.models.clearance import CertificatePhoto, Clearance, ClearanceKey, Shown
from xiaodun.measures.health.models.contact import Contact, ContactState, Ground, Tracing
from xiaodun.measures.health.models.follow_up import Cause, FollowUp, OfIllness, of_illness
from xiaodun.measures.health.models.holding import HoldingRoom, HoldingStay, Whereto
from xiaodun.measures.health.models.isolation import Isolation, IsolationKind, IsolationPlace, OrderedBy
from xiaodun.measures.health.models.visit import Visit, Word

__all__ = [
    "Cause",
    "CertificatePhoto",
    "Clearance",
    "ClearanceKey",
    "Contact",
    "ContactState",
    "FollowUp",
    "Ground",
    "HoldingRoom",
    "HoldingStay",
    "Isolation",
    "IsolationKind",
    "IsolationPlace",
    "OfIllness",
    "OrderedBy",
    "Shown",
    "Tracing",
    "Visit",
    "Whereto",
    "Word",
    "of_illness",
]
