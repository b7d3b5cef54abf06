"""A client id that another school has used already: said as a conflict, with nothing of the other school told."""

from __future__ import annotations

from uuid import uuid4

from tests.cast import Cast, check, school_scope

from xiaodun.measures.checks.actions import Code
from xiaodun.measures.checks.models import CheckSubmission, ClassCheck


def test_the_id_of_another_schools_check_is_a_conflict_and_changes_nothing(cast: Cast) -> None:
    used = uuid4()
    check(cast, 0, client_id=used)
    answer = check(cast, 1, klass=cast.foreign, by="stranger", client_id=used)
    assert (answer.code, answer.check, answer.school_day) == (Code.CONFLICT, None, None)
    assert [row.class_id for row in ClassCheck.objects.in_scope()] == [cast.klass.pk]
    with school_scope(cast.school, cast.other_school):
        assert CheckSubmission.objects.in_scope().count() == 1
