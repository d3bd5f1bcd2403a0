"""Photos that go with records: kept small, and without the place where they were taken."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _

from ground import clock, pictures
from ground.db import db
from ground.pictures import Jpeg
from ground.refusal import Refused
from people.models import User
from points.models import Photo, WithPhoto

MOST_BYTES = 2 * 1024 * 1024

# Pixels on the longer side, tried in turn; with the last, whatever is on it stays below MOST_BYTES.
LONGEST_SIDES_PIXELS = (2000, 1500, 1000)


def make(data: bytes) -> Jpeg:
    """A photo as it is kept, a JPEG without metadata of at most 2 MB. Refused as `pictures.encode` is."""
    return pictures.encode(data, *LONGEST_SIDES_PIXELS, most_bytes=MOST_BYTES)


def keep(record: WithPhoto, picture: Jpeg, actor: User) -> Photo:
    """Keep a photo with a record, for good; the same one sent twice is kept once.

    Refused `photo_there` if the record has another one.
    """
    photo = photo_of(record)
    if photo is not None and photo.digest != picture.digest:
        raise Refused("photo_there", _("There is a photo already. One goes with a record."), "photo")
    if photo is None:
        photo = Photo(content=picture.content, digest=picture.digest, actor_id=actor.id, at=clock.now())
        db.session.add(photo)
        db.session.flush()
        record.photo_id = photo.id
        db.session.flush()
    return photo


def keep_with_all(records: Sequence[WithPhoto], picture: Jpeg, actor: User) -> None:
    """Keep one photo with several records, which are of one thing. Refused as `keep`."""
    photo = keep(records[0], picture, actor)
    for record in records:
        record.photo_id = photo.id
    db.session.flush()


def photo_of(record: WithPhoto) -> Photo | None:
    """The photo that goes with a record, or None."""
    return None if record.photo_id is None else db.session.get(Photo, record.photo_id)
