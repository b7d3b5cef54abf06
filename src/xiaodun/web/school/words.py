"""How the school's pages say a person's name and a refusal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Person


def named(person: Person | None, actor: Actor, unit: Org) -> str:
    """The full name for those who care for the pupil, masked for the leader, a word for everybody else."""
    if person is None:
        return _("一名学生")
    return person.name if actor.reads_full_names_of(unit) else person.masked_name


def say_refused(request: HttpRequest, refused: Refused) -> None:
    for fault in refused.faults:
        messages.error(request, f"{fault.words(get_language() or 'zh')} ({fault.code})")
