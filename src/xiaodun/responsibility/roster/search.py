"""Finding persons: by name, a part of it, pinyin, initials, with any middle dot or none; by a number through its blind index."""

from __future__ import annotations

import re
import unicodedata

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat, Replace

from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.roster.models import Guardian, Person
from xiaodun.responsibility.roster.naming import fold
from xiaodun.responsibility.roster.numbers import plain, read_identity, read_phone, read_student_number

PAGE = 50
_LATIN = re.compile(r"[a-z' ]+")


def find_persons(people: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Those of `people` (already narrowed to the reader's reach) whom the text may mean; none for an empty text."""
    said = unicodedata.normalize("NFKC", text).strip()
    if not said:
        return people.none()
    if any(ch.isdigit() for ch in said):
        return people.filter(_by_number(said))
    folded = fold(said).replace("·", "")
    if not folded:
        return people.none()
    named = people.alias(
        bare=Replace(F("name_folded"), Value("·"), Value("")),
        joined=Replace(F("name_sort"), Value(" "), Value("")),
        spoken=Concat(Value(" "), F("name_sort")),
    )
    found = Q(bare__contains=folded)
    letters = said.lower().replace("ü", "v")
    if _LATIN.fullmatch(letters):
        joined = re.sub("[' ]", "", letters)
        # From the start of any syllable: zhangwei, zhang wei, wei, zw; not the ang inside zhang.
        found |= (
            Q(initials__startswith=joined.upper())
            | Q(joined__startswith=joined)
            | Q(spoken__contains=f" {letters}")
        )
        found |= Q(initials__contains=joined.upper()) if len(joined) > 1 else Q()
    return named.filter(found)


def next_page(
    people: QuerySet[Person], after_id: int | None, size: int = PAGE
) -> tuple[list[Person], int | None]:
    """`size` persons in the order of their names, beginning behind one of them; and the id to go on from, or None.

    The place is told by an id, so that no address and no log holds a name.
    """
    ordered = people.order_by("name_sort", "pk")
    last = (
        Person.objects.in_scope().filter(pk=after_id).values_list("name_sort", "pk").first()
        if after_id
        else None
    )
    if last is not None:
        ordered = ordered.filter(Q(name_sort__gt=last[0]) | Q(name_sort=last[0], pk__gt=last[1]))
    rows = list(ordered[: size + 1])
    return rows[:size], rows[size - 1].pk if len(rows) > size else None


def _by_number(text: str) -> Q:
    """A whole identity, student or telephone number, found without any being read."""
    found = Q(pk__in=[])
    for read, column in ((read_identity, "id_index"), (read_student_number, "student_number_index")):
        try:
            number = read(plain(text))
        except Refused:
            continue
        if number is not None:
            found |= Q(**{column: number.index()})
    try:
        phone = read_phone(text)
    except Refused:
        phone = None
    if phone is not None:
        called = Guardian.objects.in_scope().filter(phone_index=phone.index(), ended_on__isnull=True)
        found |= Q(pk__in=called.values("person_id"))
    return found
