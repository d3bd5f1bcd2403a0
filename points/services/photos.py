"""Photos that go with records: kept small, and without the place where they were taken."""

from hashlib import sha256

from flask_babel import lazy_gettext as _

from ground import clock, pictures
from ground.db import db
from ground.refusal import Refused
from people.models import User
from points.models import Photo, WithPhoto

MOST_BYTES = 2 * 1024 * 1024

# Pixels on the longer side, tried in turn; with the last, whatever is on it stays below MOST_BYTES.
LONGEST_SIDES_PIXELS = (2000, 1500, 1000)


def keep(record: WithPhoto, data: bytes, actor: User) -> Photo:
    """Keep a photo (see `pictures.FORMATS`) with a record, for good.

    It is kept as a JPEG without metadata of at most 2 MB. The same photo sent twice is kept once. Refused
    `photo_there` if the record has another one, and as `pictures.encode` is.
    """
    content = _fitting(data)
    digest = sha256(content).hexdigest()
    photo = photo_of(record)
    if photo is not None and photo.digest != digest:
        raise Refused("photo_there", _("There is a photo already. One goes with a record."), "photo")
    if photo is None:
        photo = Photo(content=content, digest=digest, actor_id=actor.id, at=clock.now())
        db.session.add(photo)
        db.session.flush()
        record.photo_id = photo.id
        db.session.flush()
    return photo


def photo_of(record: WithPhoto) -> Photo | None:
    """The photo that goes with a record, or None."""
    return None if record.photo_id is None else db.session.get(Photo, record.photo_id)


def _fitting(data: bytes) -> bytes:
    """The picture at the first of the sizes at which it takes at most MOST_BYTES."""
    tried = (pictures.encode(data, longest) for longest in LONGEST_SIDES_PIXELS)
    return next(content for content in tried if len(content) <= MOST_BYTES)
