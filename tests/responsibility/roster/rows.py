"""One row in every table of the roster that no other test writes: for the tests of policies, constraints and access."""

from __future__ import annotations

from datetime import timedelta

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.responsibility.accounts.models import Account
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import DuplicatePair, ExportRequest, Guardian, Person, RosterBatch


def one_of_each(school: Org, pupils: list[Person], by: Account) -> dict[str, int]:
    """A guardian, a batch, an export and a pair of one school -> their ids by the name of an address's parameter."""
    first, second = sorted(pupils[:2], key=lambda person: person.pk)
    now = clock.now()
    with open_scope(schools=[school.pk]):
        guardian = Guardian.objects.create(
            person=first, school_id=school.pk, class_id=first.class_id, name="家长", relation="mother"
        )
        batch = RosterBatch.objects.create(
            kind="pupil", school_id=school.pk, county_id=school.of_county, uploaded_by=by, uploaded_at=now,
            expires_at=now + timedelta(hours=24), n_rows=2,
        )  # fmt: skip
        export = ExportRequest.objects.create(
            school_id=school.pk, county_id=school.of_county, kind="pupil", form="csv", reason="核对学籍", n_rows=2,
            asked_by=by, asked_at=now,
        )  # fmt: skip
        pair = DuplicatePair.objects.create(
            person_id=first.pk, school_id=school.pk, other_person_id=second.pk, other_school_id=school.pk,
            sameness="name_and_birth", proposed_at=now,
        )  # fmt: skip
    return {"guardian_id": guardian.pk, "batch_id": batch.pk, "export_id": export.pk, "pair_id": pair.pk}
