"""Units, what they were on other days, and the changes that made them so."""

from xiaodun.responsibility.orgs.models.change import ChangeState, OrgChange
from xiaodun.responsibility.orgs.models.period import PERIOD_COLUMNS, OrgPeriod
from xiaodun.responsibility.orgs.models.transfer import Asker, PupilTransfer
from xiaodun.responsibility.orgs.models.unit import (
    CHECKED,
    GroupKind,
    Level,
    Ltree,
    Org,
    OrgQuerySet,
    Stage,
)

__all__ = [
    "CHECKED",
    "PERIOD_COLUMNS",
    "Asker",
    "ChangeState",
    "GroupKind",
    "Level",
    "Ltree",
    "Org",
    "OrgChange",
    "OrgPeriod",
    "OrgQuerySet",
    "PupilTransfer",
    "Stage",
]
