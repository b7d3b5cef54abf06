"""The photo of a certificate: only pixels are kept, sealed, with consent, for the desk, for thirty days."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from PIL import Image
from tests.cast import MORNING, Cast, anything, at_time, check, school_scope
from tests.measures.health.desk import doctor, illness, lines, refused
from tests.measures.health.pictures import photo

from xiaodun.foundation.models import JournalRow
from xiaodun.foundation.scope import open_scope
from xiaodun.measures.consents.actions import give_consent, withdraw_consent
from xiaodun.measures.health import picture
from xiaodun.measures.health.jobs import delete
from xiaodun.measures.health.models import CertificatePhoto
from xiaodun.measures.health.photos import PHOTO_DAYS, PURPOSE, keep_photo, read_photo
from xiaodun.measures.health.picture import shrink
from xiaodun.responsibility.roster.models import Guardian, Relation

DAY = timedelta(days=1)


def bomb(edge: int) -> bytes:
    """A PNG of a few hundred bytes that claims edge x edge pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", edge, edge, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 64))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def family(cast: Cast) -> Iterator[Guardian]:
    """The guardian of the pupil who is ill; has agreed to photos."""
    check(cast, 0, symptoms=("rash",))
    with school_scope(cast.school):
        pupil = cast.pupils[cast.klass.pk][0]
        pupil.birth_on = date(2018, 5, 1)
        pupil.save(update_fields=["birth_on"])
        guardian = Guardian.objects.create(
            person=pupil, school_id=pupil.school_id, class_id=pupil.class_id, relation=Relation.MOTHER
        )
        give_consent(guardian=guardian, purpose=PURPOSE)
        yield guardian


def keep(cast: Cast, data: bytes | None = None) -> CertificatePhoto:
    return keep_photo(actor=doctor(cast), follow_up=illness(cast), data=data or photo())


@pytest.mark.parametrize(
    ("size", "becomes"), [((2400, 1800), (1600, 1200)), ((900, 3600), (400, 1600)), ((30, 40), (30, 40))]
)
def test_a_photo_becomes_a_small_jpeg(size: tuple[int, int], becomes: tuple[int, int]) -> None:
    jpeg, width, height = shrink(photo(size))
    with Image.open(io.BytesIO(jpeg)) as found:
        assert (found.format, found.size, (width, height)) == ("JPEG", becomes, becomes)


def test_where_and_by_what_it_was_taken_is_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Phone", 6  # maker; lying on its side
    exif.get_ifd(0x8825)[1] = "N"  # a place on earth
    jpeg, width, height = shrink(photo((200, 100), exif=exif, comment=b"secret"))
    assert (width, height) == (100, 200)
    assert b"Phone" not in jpeg
    assert b"secret" not in jpeg
    with Image.open(io.BytesIO(jpeg)) as found:
        assert not found.getexif()
        assert not {"comment", "icc_profile", "xmp"} & set(found.info)


def test_what_was_transparent_is_white_paper() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    jpeg, *_ = shrink(out.getvalue())
    with Image.open(io.BytesIO(jpeg)) as found:
        assert found.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "photo.unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo.unreadable"),
        (photo()[:900], "photo.unreadable"),
        (photo((50, 50), "GIF"), "photo.unreadable"),
        (photo((50, 50), "TIFF"), "photo.unreadable"),
        (bomb(10_000), "photo.too_big"),
        (bomb(60_000), "photo.too_big"),
        (bomb(100), "photo.unreadable"),
        (b"\xff\xd8" + b"\0" * picture.MOST_BYTES, "photo.too_big"),
    ],
    ids=["empty", "svg", "cut", "gif", "tiff", "bomb", "bigger bomb", "no pixels", "8 MB"],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_what_is_no_photo_or_a_bomb_is_refused(data: bytes, code: str) -> None:
    with refused(code):
        shrink(data)


@pytest.mark.requirement("R07")
def test_it_is_kept_sealed_and_read_again_with_a_line_each(cast: Cast, family: Guardian) -> None:
    before = lines()
    row = keep(cast)
    assert b"JFIF" not in bytes(row.sealed)
    jpeg = read_photo(actor=doctor(cast), photo=anything(CertificatePhoto).get())
    with Image.open(io.BytesIO(jpeg)) as found:
        assert found.size == (row.width, row.height) == (1600, 1200)
    assert lines() == [*before, "photo.keep", "photo.read"]


def test_without_consent_nothing_is_kept_and_nothing_is_shown(cast: Cast, family: Guardian) -> None:
    row = keep(cast)
    withdraw_consent(guardian=family, purpose=PURPOSE)
    for act in (lambda: keep(cast), lambda: read_photo(actor=doctor(cast), photo=row)):
        with refused("photo.consent"):
            act()


def test_a_new_photo_takes_the_place_of_the_old(cast: Cast, family: Guardian) -> None:
    keep(cast)
    keep(cast, photo((300, 300)))
    assert anything(CertificatePhoto).get().width == 300


def test_after_its_last_day_it_is_deleted_by_night_and_the_number_is_journalled(
    cast: Cast, family: Guardian
) -> None:
    keep(cast)
    with open_scope():
        with at_time(MORNING + PHOTO_DAYS * DAY):
            assert delete() == 0
        with at_time(MORNING + (PHOTO_DAYS + 1) * DAY):
            assert delete() == 1
            assert delete() == 0
    assert not anything(CertificatePhoto).exists()
    line = JournalRow.objects.get(verb="photo.delete")
    assert (line.actor_id, line.facts) == (None, {"n": 1})


def test_a_withdrawn_consent_deletes_it_by_night(cast: Cast, family: Guardian) -> None:
    keep(cast)
    withdraw_consent(guardian=family, purpose=PURPOSE)
    with open_scope():
        assert delete() == 1


def test_the_class_teacher_and_the_principal_do_not_see_it(cast: Cast, family: Guardian) -> None:
    row = keep(cast)
    for who in ("teacher", "principal", "county", "cdc", "foreign_reporter"):
        with refused("health.doctor_only"):
            read_photo(actor=cast.actor(who), photo=row)
        with refused("health.doctor_only"):
            keep_photo(actor=cast.actor(who), follow_up=illness(cast), data=photo((20, 20)))
    assert not CertificatePhoto.objects.visible_to(cast.actor("teacher").reach).exists()
