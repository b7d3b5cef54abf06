"""`{% load tasklinks %}{% task_url task as url %}`: where what a task is about is dealt with; "" where it has no page."""

from __future__ import annotations

from django import template
from django.urls import reverse

from xiaodun.responsibility.tasks.models import Task

register = template.Library()

# A task points at its subject by a pair, with no key upward (tasks/models.py); here the pair becomes an address.
PAGES = {
    "signal": "school:signal",
    "outbreak": "school:outbreak",
    "measure": "school:measure",
    "suspension_assess": "partner:assessment",
    "suspension_decide": "school:recommendation",
    "suspension": "school:decision",
    "suspension_end": "school:decision",
}
# Subjects that are dealt with on a page of the whole school.
OF_SCHOOL = {"contact": "school:contacts"}


@register.simple_tag
def task_url(task: Task) -> str:
    if task.subject_kind in OF_SCHOOL:
        return reverse(OF_SCHOOL[task.subject_kind], args=[task.school_id])
    name = PAGES.get(task.subject_kind)
    return reverse(name, args=[task.subject_id]) if name else ""
