"""Free words that officers read: kept short, never empty where they must speak, never with a pupil's name in them."""

from __future__ import annotations

from collections.abc import Collection
from unicodedata import normalize

from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.roster.models import Person, PersonKind

LEAST = 4  # signs; shorter is no sentence
LEAST_NAME = 3  # a name of two signs may be a word of everyday speech; only a case's own is looked for


def said(text: str, where: str, *, most: int, least: int = LEAST) -> str:
    """The words without blanks around them. Refused `outbreak.words_short` or `outbreak.words_long`."""
    words = " ".join(text.split())
    if len(words) < least:
        raise Refused(
            Fault(
                "outbreak.words_short",
                f"写一句话，至少 {least} 个字",
                f"Write one sentence, at least {least} characters",
                where,
                words,
            )
        )
    if len(words) > most:
        raise Refused(
            Fault(
                "outbreak.words_long",
                f"最多 {most} 个字，现在 {len(words)} 个",
                f"At most {most} characters, now {len(words)}",
                where,
            )
        )
    return words


def without_names(words: str, where: str, *, school_id: int, case_ids: Collection[int] = ()) -> str:
    """The same words, once no pupil of the school is named in them. Refused `outbreak.words_name`.

    Officers, the CDC and the printed summary show these words; names go by the line list. `case_ids`: persons who are
    cases, whose names are looked for also where they are as short as a word.
    """
    folded = _folded(words)
    with open_scope(schools=[school_id]):
        pupils = Person.objects.in_scope().filter(school_id=school_id, kind=PersonKind.PUPIL)
        names = list(pupils.values_list("pk", "name"))
    cases = set(case_ids)
    for pk, name in names:
        sought = _folded(name)
        if (len(sought) >= LEAST_NAME or (pk in cases and len(sought) > 1)) and sought in folded:
            raise Refused(
                Fault(
                    "outbreak.words_name",
                    "这段话县里和疾控看得到，不写学生姓名。改写病例号，如“3号”",
                    "The county and the CDC read these words: no pupil's name. Write the case number, e.g. “case 3”",
                    where,
                )
            )
    return words


def _folded(text: str) -> str:
    """Letters and digits only: blanks and dots between the signs of a name do not hide it."""
    return "".join(sign for sign in normalize("NFKC", text).casefold() if sign.isalnum())
