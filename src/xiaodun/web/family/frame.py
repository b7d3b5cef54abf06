"""What every page of a family starts from."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from xiaodun.foundation import clock
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Guardian


def family_frame(guardian: Guardian, key: str) -> dict[str, Any]:
    person = guardian.person
    units = Org.objects.in_bulk([pk for pk in (person.school_id, person.class_id) if pk])
    school, klass = units[person.school_id], units.get(person.class_id or 0)
    return {
        "mode": "routine",
        "as_of": clock.now(),
        "key": key,
        "guardian": guardian,
        "child": person,
        "school": school,
        "klass": klass,
        "place": f"{school.name} {klass.name}" if klass else school.name,
        "pages": (
            ("family:absence", _("请假")),
            ("family:record", _("记录")),
            ("family:consent", _("同意与更正")),
        ),
    }
