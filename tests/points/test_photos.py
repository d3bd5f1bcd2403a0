"""Photos of records: bare of where and with what, at most 2 MB, one for each record."""

import os
from io import BytesIO
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import func, select

from ground import clock
from ground.db import db, transaction
from ground.refusal import Refused
from points.models import Photo
from points.services import photos, recording
from tests.cast import TODAY, a_picture

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F


@pytest.fixture
def record(cast):
    """Record a service."""

    def record():
        with transaction():
            return recording.record(
                uuid4().hex, cast.worker, cast.item("代办"), TODAY, 1, "", cast.worker_user
            )

    return record


def keep(service, picture, actor):
    made = photos.make(picture)
    with transaction():
        return photos.keep(service, made, actor)


def taken():
    """A photo as a phone takes it: sideways, with its maker, and with where it was."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER], exif[GPS] = 6, "a camera", {1: "N", 2: (25.0, 19.0, 0.0)}
    return a_picture(800, 400, exif=exif, comment=b"at home")


def noise(longest):
    """A picture that nothing makes smaller."""
    file = BytesIO()
    Image.frombytes("RGB", (longest, longest), os.urandom(3 * longest**2)).save(file, "JPEG", quality=95)
    return file.getvalue()


def bomb():
    """A small file of more pixels than anybody wants to decode."""
    file = BytesIO()
    Image.new("1", (30000, 30000)).save(file, "PNG")
    return file.getvalue()


def test_a_photo_is_kept_upright_and_without_a_word_on_where_it_was_taken(cast, record):
    service, other = record(), record()
    kept = keep(service, taken(), cast.worker_user)
    assert Image.open(BytesIO(kept.content)).size == (400, 800)
    assert dict(Image.open(BytesIO(kept.content)).getexif()) == {}
    assert not any(word in kept.content for word in (b"Exif", b"a camera", b"at home"))
    assert (kept.actor_id, kept.at) == (cast.worker_user.id, clock.now())
    assert photos.photo_of(service).digest == kept.digest
    assert photos.photo_of(other) is None


def test_what_takes_more_than_2_mb_is_made_smaller_until_it_fits(cast, record):
    sent = noise(2000)
    assert len(sent) > photos.MOST_BYTES
    content = keep(record(), sent, cast.worker_user).content
    assert len(content) <= photos.MOST_BYTES
    assert Image.open(BytesIO(content)).size == (1500, 1500)


def test_a_record_has_one_photo_and_the_same_one_twice_is_once(cast, record):
    service = record()
    keep(service, a_picture(), cast.worker_user)
    keep(service, a_picture(), cast.worker_user)
    with pytest.raises(Refused, match="photo_there"):
        keep(service, a_picture(200, 200), cast.clerk)
    keep(record(), a_picture(), cast.clerk)
    assert db.session.scalar(select(func.count()).select_from(Photo)) == 2


@pytest.mark.parametrize("sent", [b"", b"GIF89a", bomb, taken()[:700]])
def test_what_is_no_picture_is_refused(cast, record, sent):
    service = record()
    with pytest.raises(Refused, match="not_an_image") as refusal:
        keep(service, sent() if callable(sent) else sent, cast.worker_user)
    assert refusal.value.field == "photo"
    assert photos.photo_of(service) is None
