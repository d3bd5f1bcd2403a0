"""Pictures of articles: small, so that a phone shows a whole shelf of them."""

import hashlib

from ground import pictures
from ground.db import db, lock
from people import audit
from people.models import User
from shop.models import Goods, Picture

LONGEST_SIDE_PIXELS = 320  # pixels: twice what a tile shows


def set_picture(goods: Goods, data: bytes, actor: User | None) -> Picture:
    """Let an article have this picture (see `pictures.FORMATS`), in place of one it had.

    Refused as `pictures.encode`. The same one again changes nothing.
    """
    content = pictures.encode(data, LONGEST_SIDE_PIXELS)
    digest = hashlib.sha256(content).hexdigest()
    lock(goods)
    picture = goods.picture
    if picture is not None and picture.digest == digest:
        return picture
    if picture is None:
        picture = Picture(goods_id=goods.id)
        db.session.add(picture)
    picture.content, picture.digest = content, digest
    db.session.flush()
    db.session.expire(goods, ["picture"])
    audit.note(actor, "goods.picture", goods, goods.shop.village, name=goods.name)
    return picture


def remove_picture(goods: Goods, actor: User | None) -> None:
    """Take an article's picture away, if it has one."""
    lock(goods)
    if goods.picture is not None:
        db.session.delete(goods.picture)
        db.session.flush()
        db.session.expire(goods, ["picture"])
        audit.note(actor, "goods.picture_off", goods, goods.shop.village, name=goods.name)
