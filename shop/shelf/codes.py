"""Codes of articles: EAN-13 and EAN-8 with their check digit, and a shop's own short codes for loose goods.

An own code has five digits, the last a Damm check digit, so that it is neither a card's number (nine) nor an
EAN (eight or thirteen). UPC-A (twelve) is an EAN-13 without its leading zero (GS1 General Specifications).
"""

import re
import unicodedata

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from stdnum import damm, ean

from people import audit
from people.db import db, get_locked
from people.models import User
from people.refused import Refused
from shop.models import Barcode, Goods, Shop

OWN_LENGTH = 5
OWN_CODES = 10 ** (OWN_LENGTH - 1)


def clean(typed: str) -> str:
    """A code as it is kept: narrow digits without spaces and dashes, UPC-A with its zero.

    Refused `bad_barcode` for anything but 5, 8 or 13 (12) digits with the right check digit.
    """
    code = code_in(typed)
    if code is None:
        raise Refused("bad_barcode", _("The barcode's check digit does not fit. Scan it again."), "barcode")
    return code


def code_in(typed: str) -> str | None:
    """The code of an article in what was scanned or typed, as it is kept; None in anything else."""
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed))
    if digits.isascii() and digits.isdecimal():
        if len(digits) == OWN_LENGTH and damm.is_valid(digits):
            return digits
        if len(digits) in (8, 12, 13) and ean.is_valid(digits):
            return digits.rjust(13, "0") if len(digits) == 12 else digits
    return None


def add_code(goods: Goods, typed: str, actor: User | None) -> Barcode:
    """Let an article be scanned by one more code; it may have several. Its own again is no mistake.

    Refused `bad_barcode`; `barcode_taken` if it is another article's, also an archived one's.
    """
    code = clean(typed)
    there = find(goods.shop_id, code)
    if there is not None and there.goods_id == goods.id:
        return there
    if there is not None:
        raise Refused(
            "barcode_taken", _("This is the barcode of %(name)s.", name=there.goods.name), "barcode"
        )
    barcode = Barcode(shop_id=goods.shop_id, goods_id=goods.id, code=code)
    db.session.add(barcode)
    db.session.flush()
    db.session.expire(goods, ["barcodes"])
    audit.note(actor, "goods.code", goods, goods.shop.village, name=goods.name, code=code)
    return barcode


def remove_code(barcode: Barcode, actor: User | None) -> None:
    """Take a code from an article, so that another can have it."""
    goods = barcode.goods
    db.session.delete(barcode)
    db.session.flush()
    db.session.expire(goods, ["barcodes"])
    audit.note(actor, "goods.code_off", goods, goods.shop.village, name=goods.name, code=barcode.code)


def give_own(goods: Goods, actor: User | None) -> Barcode:
    """Give an article the shop's next own short code, for a label at the shelf; if it has one, that.

    Refused `no_code_left` after 9,999.
    """
    own = own_code(goods)
    if own is not None:
        return own
    get_locked(Shop, goods.shop_id)
    last = db.session.scalar(
        select(func.max(Barcode.code)).where(
            Barcode.shop_id == goods.shop_id, func.length(Barcode.code) == OWN_LENGTH
        )
    )
    number = int(last[:-1]) + 1 if last else 1
    if number >= OWN_CODES:
        raise Refused("no_code_left", _("The shop has used up its 9,999 own codes."))
    digits = f"{number:0{OWN_LENGTH - 1}d}"
    return add_code(goods, digits + damm.calc_check_digit(digits), actor)


def own_code(goods: Goods) -> Barcode | None:
    """The short code that the shop gave an article, or None."""
    return next((barcode for barcode in goods.barcodes if len(barcode.code) == OWN_LENGTH), None)


def find(shop_id: int, code: str) -> Barcode | None:
    """A shop's code as it is kept, or None."""
    return db.session.scalar(select(Barcode).where(Barcode.shop_id == shop_id, Barcode.code == code))
