"""The roll-up of a school and day: locked first, then counted anew, so that it always equals the rows it sums."""

from __future__ import annotations

from datetime import date

from django.db import connection

from xiaodun.measures.checks.models import SchoolDay, Session
from xiaodun.measures.checks.units import units_of
from xiaodun.responsibility.orgs.models import Org

_LOCK = """
INSERT INTO checks_schoolday (day, school_id, session, county_id, city_id, n_classes, n_with_findings, n_nil, n_late,
                              enrolled, absent, n_ill_absent, n_unwell, symptoms)
VALUES (%(day)s, %(school)s, %(session)s, %(county)s, %(city)s, %(classes)s, 0, 0, 0, 0, 0, 0, 0, '{}')
ON CONFLICT (day, school_id, session) DO UPDATE SET n_classes = excluded.n_classes
"""

_COUNT = """
UPDATE checks_schoolday AS roll SET
    (n_with_findings, n_nil, n_late, enrolled, absent, n_ill_absent, n_unwell, n_unexplained, first_at, last_at) = (
        SELECT count(*) FILTER (WHERE n_ill_absent + n_unwell + n_unexplained > 0),
               count(*) FILTER (WHERE n_ill_absent + n_unwell + n_unexplained = 0),
               count(*) FILTER (WHERE late), coalesce(sum(enrolled), 0), coalesce(sum(absent), 0),
               coalesce(sum(n_ill_absent), 0), coalesce(sum(n_unwell), 0), coalesce(sum(n_unexplained), 0),
               min(received_at), max(received_at)
        FROM checks_classcheck WHERE day = roll.day AND school_id = roll.school_id AND session = roll.session),
    symptoms = (
        SELECT coalesce(jsonb_object_agg(symptom, n), '{}') FROM (
            SELECT symptom, count(*) AS n FROM checks_finding, unnest(symptoms) AS symptom
            WHERE day = roll.day AND school_id = roll.school_id AND session = roll.session GROUP BY symptom) AS counted)
WHERE day = %(day)s AND school_id = %(school)s AND session = %(session)s
"""


def lock_school_day(school: Org, day: date, session: Session) -> None:
    """Take the row of this school and day (made if absent): submissions of one school go one after another."""
    n_classes = units_of(school.pk, day, session).count()
    with connection.cursor() as cursor:
        cursor.execute(
            _LOCK,
            {
                "day": day,
                "school": school.pk,
                "session": str(session),
                "county": school.county_id,
                "city": school.city_id,
                "classes": n_classes,
            },
        )


def recount_school_day(school_id: int, day: date, session: Session) -> SchoolDay:
    """Count the school's rows of the day anew. The caller holds the lock, so the count sees every earlier commit.

    Needs the school's scope: the symptom counts come from the findings.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"day": day, "school": school_id, "session": str(session)})
    row: SchoolDay = SchoolDay.objects.in_scope().get(day=day, school_id=school_id, session=session)
    return row
