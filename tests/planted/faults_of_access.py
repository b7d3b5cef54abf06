"""Faults of the kind that a hurried change brings in: each takes one line of defence away while its context lasts.

They patch the running process of a test and are shipped nowhere; `leaks` says what each must let through.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.decorators.csrf import csrf_exempt

from xiaodun.api import checks as api_checks
from xiaodun.api.app import api
from xiaodun.api.keys import KEYS
from xiaodun.foundation import clock, journal, scope
from xiaodun.foundation.scope import ScopedQuerySet, open_scope
from xiaodun.measures.checks.actions import CheckAnswer, Code
from xiaodun.measures.checks.models import ClassCheck
from xiaodun.measures.health.models import FollowUp
from xiaodun.measures.partners.models import LineListAccess
from xiaodun.measures.reporting import actions as reporting_actions
from xiaodun.responsibility.accounts import doors
from xiaodun.responsibility.accounts.actor import Actor, HeldDuty
from xiaodun.responsibility.accounts.models import DeviceToken, DutyQuerySet, Role
from xiaodun.responsibility.accounts.rights import RIGHTS, Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.models import Person
from xiaodun.responsibility.tasks import actions as task_actions
from xiaodun.responsibility.tasks.models import Task
from xiaodun.web.partner import line_list
from xiaodun.web.school import day as school_day

# ---- the door ----


def any_unit() -> Any:
    def may(self: Actor, right: Right, org: Org) -> bool:
        return any(right in RIGHTS[duty.role] for duty in self.duties)

    return patch.object(Actor, "may", may)


def class_duty_covers_the_school() -> Any:
    def covers(self: HeldDuty, org: Org) -> bool:
        path = self.path.rsplit(".", 2)[0] if self.level == Level.KLASS else self.path
        return org.path == path or org.path.startswith(f"{path}.")

    return patch.object(HeldDuty, "covers", covers)


def _with_right(role: Role, right: Right) -> Any:
    return patch.dict(RIGHTS, {role: RIGHTS[role] | {right}})


def cdc_reads_schools() -> Any:
    return _with_right(Role.CDC_DOCTOR, Right.READ_SCHOOL)


def principal_follows_health() -> Any:
    return _with_right(Role.PRINCIPAL, Right.FOLLOW_HEALTH)


def county_asks_for_names() -> Any:
    return _with_right(Role.COUNTY_OFFICER, Right.ASK_LINE_LIST)


def forbidden_for_missing() -> Any:
    return patch.object(doors, "Http404", PermissionDenied)


def existence_told() -> Any:
    honest = Actor.may

    def may(self: Actor, right: Right, org: Org) -> bool:
        if not honest(self, right, org):
            raise PermissionDenied
        return True

    return patch.object(Actor, "may", may)


def duty_days_ignored() -> Any:
    return patch.object(DutyQuerySet, "on", lambda self, day: self.all())


# ---- keys of devices ----


def revoked_key_lives() -> Any:
    def is_live(self: DeviceToken, instant: datetime) -> bool:
        return instant < self.expires_at

    return patch.object(DeviceToken, "is_live", is_live)


def expired_key_lives() -> Any:
    return patch.object(DeviceToken, "is_live", lambda self, instant: self.revoked_at is None)


def device_asks_for_the_next_key() -> Any:
    """A lost phone's key that begets the next one never dies."""
    operation = next(
        one
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for one in view.operations
        if one.view_func.__name__ == "issue"
    )
    return patch.object(operation, "auth_callbacks", KEYS)


# ---- rows ----


def reach_is_everything() -> Any:
    return patch.object(ScopedQuerySet, "_reach_q", lambda self, reach: Q())


def policy_opened_for_all() -> Any:
    def _set(values: tuple[str, ...]) -> None:
        with connection.cursor() as cursor:
            for name in ("schools", "health_schools"):
                cursor.execute(
                    f"SELECT set_config('xiaodun.{name}', (SELECT array_agg(id)::text FROM orgs_org), true)"
                )

    return patch.object(scope, "_set", _set)


def class_scope_opens_the_school() -> Any:
    honest = scope._set

    def _set(values: tuple[str, ...]) -> None:
        schools, classes, *_rest, persons = values
        ids = [int(n) for n in classes.strip("{}").split(",") if n]
        own = Org.objects.filter(pk__in=ids).values_list("school_id", flat=True)
        wide = scope._literal(own) if ids else schools
        honest((wide, classes, wide, classes, persons))

    return patch.object(scope, "_set", _set)


# ---- names ----


def mask_forgotten() -> Any:
    return patch.object(Person, "masked_name", property(lambda self: self.name))


def full_names_for_all() -> Any:
    return patch.object(Actor, "reads_full_names_of", lambda self, org: True)


def names_in_the_error() -> Any:
    """A helpful refusal of the API that lists the pupils of the class."""
    honest = api_checks.problem

    def problem(status: int, code: str, *rest: Any, **more: Any) -> Any:
        with open_scope(schools=Org.objects.filter(level=Level.SCHOOL).values_list("pk", flat=True)):
            names = list(Person.objects.in_scope().values_list("name", flat=True))
        return honest(status, code, *rest, names=names, **more)

    return patch.object(api_checks, "problem", problem)


# ---- writes ----


def refusal_journalled() -> Any:
    honest = api_checks.problem

    def problem(status: int, code: str, *rest: Any, **more: Any) -> Any:
        journal.write(None, "access.refused", ("class", 0))
        return honest(status, code, *rest, **more)

    return patch.object(api_checks, "problem", problem)


def write_without_a_line() -> Any:
    return patch.object(reporting_actions, "_journal", lambda actor, verb, delivery: None)


def foreign_check_compared() -> Any:
    """Whoever may not record a class is told that it stands otherwise, with what was said there."""
    honest = api_checks.record_check

    def record_check(*, actor: Actor, submission: Any) -> CheckAnswer:
        answer = honest(actor=actor, submission=submission)
        if answer.code != Code.FORBIDDEN:
            return answer
        return CheckAnswer(
            Code.OTHER, ClassCheck.objects.in_scope().filter(class_id=submission.class_id).first()
        )

    return patch.object(api_checks, "record_check", record_check)


@contextmanager
def everybodys_tasks() -> Iterator[None]:
    with ExitStack() as stack:
        for module in (school_day, task_actions):
            stack.enter_context(patch.object(module, "tasks_for", lambda actor: Task.objects.in_scope()))
        yield


@contextmanager
def deputy_at_once() -> Iterator[None]:
    """A deputy takes the owner's task before it has climbed."""

    def tasks_for(actor: Actor) -> Any:
        posts = Q(pk__in=[])
        for duty in actor.duties:
            posts |= Q(org_id=duty.org_id, role=duty.role)
        return Task.objects.visible_to(actor.reach).filter(posts)

    with ExitStack() as stack:
        for module in (school_day, task_actions):
            stack.enter_context(patch.object(module, "tasks_for", tasks_for))
        yield


def _pattern(name: str, resolver: URLResolver, space: str = "") -> URLPattern | None:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            found = _pattern(name, entry, f"{space}{entry.namespace}:" if entry.namespace else space)
            if found:
                return found
        elif f"{space}{entry.name}" == name:
            return entry
    return None


def unguarded_post() -> Any:
    """A view that somebody wrote in a hurry: no door, its own way to the row."""

    def rule_out(request: HttpRequest, follow_up_id: int) -> HttpResponse:
        with open_scope(schools=Org.objects.filter(level=Level.SCHOOL).values_list("pk", flat=True)):
            FollowUp.objects.in_scope().filter(pk=follow_up_id).update(
                ruled_out_on=clock.today(), ruled_out_reason="not_infectious"
            )
        return HttpResponse(status=302, headers={"Location": "/"})

    return patch.object(_pattern("school:rule_out", get_resolver()), "callback", rule_out)


def form_without_token() -> Any:
    pattern = _pattern("school:verify", get_resolver())
    assert pattern
    honest = pattern.callback
    return patch.object(pattern, "callback", csrf_exempt(honest))


# ---- the line list ----


def _newest(actor: Actor, subject: tuple[str, int], **more: Any) -> LineListAccess | None:
    rows = LineListAccess.objects.visible_to(actor.reach).filter(
        subject_kind=subject[0], subject_id=subject[1], **more
    )
    found: LineListAccess | None = rows.order_by("opened_at").last()
    return found


def _read_as(access: LineListAccess) -> Any:
    """The honest reading as the list's own reader at the instant of its opening."""
    from xiaodun.measures.partners.actions import read_line_list

    with clock.frozen(access.opened_at):
        return read_line_list(actor=Actor(access.reader_id, "", ()), access=access)


@contextmanager
def list_of_another_reader() -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(patch.object(line_list, "live_access", _newest))
        stack.enter_context(
            patch.object(line_list, "read_line_list", lambda *, actor, access: _read_as(access))
        )
        yield


@contextmanager
def list_after_its_time() -> Iterator[None]:
    def live(actor: Actor, subject: tuple[str, int]) -> LineListAccess | None:
        return _newest(actor, subject, reader_id=actor.account_id)

    with ExitStack() as stack:
        stack.enter_context(patch.object(line_list, "live_access", live))
        stack.enter_context(
            patch.object(line_list, "read_line_list", lambda *, actor, access: _read_as(access))
        )
        yield


def list_without_purpose() -> Any:
    honest = line_list.ask_line_list

    def ask(**facts: Any) -> LineListAccess:
        return honest(**{**facts, "purpose": facts["purpose"].strip() or "没有写明用途"})

    return patch.object(line_list, "ask_line_list", ask)
