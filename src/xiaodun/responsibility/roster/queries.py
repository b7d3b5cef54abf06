"""Who is in a class on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q

from xiaodun.responsibility.roster.models import Enrolment, Person


def _on(day: date) -> Q:
    return Q(from_day__lte=day) & (Q(to_day__isnull=True) | Q(to_day__gte=day))


def pupils_of_class(class_id: int, day: date) -> list[Person]:
    """The pupils enrolled in a class on a day, in the order of the register. Runs inside an open scope."""
    enrolled = Enrolment.objects.in_scope().filter(_on(day), class_id=class_id).values("person_id")
    return list(Person.objects.in_scope().filter(pk__in=enrolled).order_by("name_sort", "pk"))


def class_sizes(school_id: int, day: date) -> dict[int, int]:
    """class id -> pupils enrolled on a day, for every class of a school. Runs inside an open scope."""
    rows = (
        Enrolment.objects.in_scope()
        .filter(_on(day), school_id=school_id)
        .values("class_id")
        .annotate(n=Count("pk"))
        .values_list("class_id", "n")
    )
    return dict(rows)
