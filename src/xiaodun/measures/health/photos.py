"""复课证明照片: kept only with consent, sealed, read by the desk with a line in the journal, gone after PHOTO_DAYS.

A photo is never needed: the doctor may have seen the paper (`Shown.PAPER`).
"""

from __future__ import annotations

import base64
from datetime import timedelta

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.foundation.sealed import seal, unseal
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.consents.queries import may_keep
from xiaodun.measures.health.desk import check_desk, take, tell
from xiaodun.measures.health.models import CertificatePhoto, FollowUp
from xiaodun.measures.health.picture import shrink
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.models import Person

PURPOSE = "certificate_photo"
PHOTO_DAYS = 30  # product choice: the certificate is checked on the day of the return, a dispute comes within the month
_SCHOOLS_AT_ONCE = 500


@transaction.atomic
def keep_photo(*, actor: Actor, follow_up: FollowUp, data: bytes) -> CertificatePhoto:
    """Keep the photo of a certificate for PHOTO_DAYS; a new one takes the place of the old.

    Refused `photo.consent` without the family's consent, `photo.*` for what is no photograph.
    """
    row = take(actor, follow_up)
    if not _consented(row.person_id):
        raise Refused(_no_consent())
    jpeg, width, height = shrink(data)
    CertificatePhoto.objects.in_scope().filter(follow_up_id=row.pk).delete()
    photo: CertificatePhoto = CertificatePhoto.objects.create(
        follow_up_id=row.pk,
        person_id=row.person_id,
        school_id=row.school_id,
        keeper_school_id=row.keeper_school_id,
        county_id=row.county_id,
        sealed=seal(base64.b64encode(jpeg).decode(), PURPOSE),
        width=width,
        height=height,
        taken_at=clock.now(),
        taken_by=actor.account_id,
        delete_after=clock.today() + timedelta(days=PHOTO_DAYS),
    )
    tell(actor, "photo.keep", row, photo=photo.pk, delete_after=photo.delete_after.isoformat())
    return photo


@transaction.atomic
def read_photo(*, actor: Actor, photo: CertificatePhoto) -> bytes:
    """The JPEG, for the desk alone; every reading is one line. A consent withdrawn hides it at once."""
    check_desk(actor, photo.keeper_school_id)
    if not _consented(photo.person_id):
        raise Refused(_no_consent())
    jpeg = base64.b64decode(unseal(bytes(photo.sealed), PURPOSE))
    journal.write(
        actor.account_id,
        "photo.read",
        ("certificate_photo", photo.pk),
        school_id=photo.keeper_school_id,
        county_id=photo.county_id,
    )
    return jpeg


def delete_photos() -> int:
    """Delete what has reached its last day, or lost its consent; returns how many, and journals the number."""
    schools = list(Org.objects.filter(level=Level.SCHOOL).order_by("pk").values_list("pk", flat=True))
    return sum(
        _delete_at(schools[first : first + _SCHOOLS_AT_ONCE])
        for first in range(0, len(schools), _SCHOOLS_AT_ONCE)
    )


def _delete_at(schools: list[int]) -> int:
    with open_scope(schools=schools):
        photos = list(CertificatePhoto.objects.in_scope().only("pk", "person_id", "delete_after"))
        gone = [one.pk for one in photos if one.delete_after < clock.today() or not _consented(one.person_id)]
        if gone:
            CertificatePhoto.objects.in_scope().filter(pk__in=gone).delete()
            journal.write(None, "photo.delete", ("certificate_photo", 0), n=len(gone))
    return len(gone)


def has_consent(person: Person) -> bool:
    """May a photo of a certificate be kept for this person today?"""
    return may_keep(person, PURPOSE, clock.today())


def _consented(person_id: int) -> bool:
    with open_scope(persons=[person_id]):
        person = Person.objects.in_scope().filter(pk=person_id).first()
        return person is not None and has_consent(person)


def _no_consent() -> Fault:
    zh = "家长没有同意存照片。看过纸质证明就行"
    en = "The family has not agreed to a photo. Having seen the paper is enough"
    return Fault("photo.consent", zh, en, "photo")
