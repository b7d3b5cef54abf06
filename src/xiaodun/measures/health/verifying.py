"""What the code on a slip says to whoever scans it: valid or withdrawn, school, masked name, class, day. Nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xiaodun.foundation.scope import open_scope
from xiaodun.measures.health.models import Clearance, ClearanceKey
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Person


@dataclass(frozen=True, slots=True)
class Verified:
    is_valid: bool
    school: str
    klass: str
    name: str
    from_day: date
    check_code: str


def verify(token: str) -> Verified | None:
    """The slip behind a key; None for a key that nobody gave out. Opens the slip's own school and person, and shuts them."""
    key = ClearanceKey.objects.filter(key_hash=ClearanceKey.hash_of(token)).first()
    if key is None:
        return None
    with open_scope(schools=[key.school_id]):
        slip = Clearance.objects.in_scope().get(pk=key.clearance_ref)
    with open_scope(persons=[slip.person_id]):
        person = Person.objects.in_scope().get(pk=slip.person_id)
    # Who has moved to another school since shows the class it was given for.
    stayed = slip.keeper_school_id == slip.school_id
    klass = (slip.keeper_class_id if stayed else None) or slip.class_id
    names = dict(Org.objects.filter(pk__in=(slip.school_id, klass)).values_list("pk", "name"))
    return Verified(
        is_valid=slip.withdrawn_at is None,
        school=names.get(slip.school_id, ""),
        klass=names.get(klass, ""),
        name=person.masked_name,
        from_day=slip.from_day,
        check_code=slip.check_code,
    )
