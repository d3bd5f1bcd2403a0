"""Pictures of articles: small, so that a phone shows a whole shelf of them."""

from ground import pictures
from ground.db import db, lock
from ground.pictures import Jpeg
from people import audit
from people.models import User
from shop.models import Goods, Picture

LONGEST_SIDE_PIXELS = 320  # pixels: twice what a tile shows


def make(data: bytes) -> Jpeg:
    """A picture made small, to be that of an article. Refused as `pictures.encode` is."""
    return pictures.encode(data, LONGEST_SIDE_PIXELS)


def set_picture(goods: Goods, new: Jpeg, actor: User | None) -> Picture:
    """Let an article have this picture, in place of one it had. The same one again changes nothing."""
    lock(goods)
    picture = goods.picture
    if picture is not None and picture.digest == new.digest:
        return picture
    if picture is None:
        picture = Picture(goods_id=goods.id)
        db.session.add(picture)
    picture.content, picture.digest = new.content, new.digest
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
