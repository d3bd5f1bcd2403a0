"""Codes of articles: EAN-13 and EAN-8 with their check digit, and a shop's own short codes for loose goods.

An own code has five digits, the last a Damm check digit, so that it is neither a card's number (nine) nor an
EAN (eight or thirteen). What was scanned or typed is read by `people.scanning.reading`.
"""

from collections.abc import Collection, Iterator, Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from stdnum import damm

from ground.db import add_rows, db, get_locked, lock
from ground.refusal import Refused
from people import audit
from people.models import User
from people.scanning.reading import OWN_CODE_DIGITS, Kind, read_scan
from shop.models import Barcode, Goods, Shop

OWN_CODES = 10 ** (OWN_CODE_DIGITS - 1)


def clean(typed: str) -> str:
    """A code as it is kept: narrow digits without spaces and dashes, UPC-A with its zero.

    Refused `bad_barcode` for what is no article's code with the right check digit, and for one whose first
    digit was lost: what is kept for good is not guessed.
    """
    code = article_code(typed)
    if code is None:
        raise Refused("bad_barcode", _("The barcode's check digit does not fit. Scan it again."), "barcode")
    return code


def article_code(typed: str) -> str | None:
    """The code of an article in what was scanned or typed, as it is kept; None in anything else."""
    scan = read_scan(typed)
    is_code = scan.kind == Kind.ARTICLE and not scan.is_mended and not scan.quantity
    return scan.value if is_code else None


def add_code(goods: Goods, typed: str, actor: User | None) -> Barcode:
    """Add a code to an article, which may have several; its own again is no mistake.

    Refused `bad_barcode`; `barcode_taken` if it is another article's, also an archived one's.
    """
    return add_codes(goods.shop, [(goods, typed)], actor)[0]


def add_codes(shop: Shop, pairs: Sequence[tuple[Goods, str]], actor: User | None) -> list[Barcode]:
    """Add codes to many articles of a shop; returns them in order. Refused as `add_code`."""
    clean_pairs = [(goods, clean(typed)) for goods, typed in pairs]
    existing = {
        barcode.code: barcode
        for barcode in db.session.scalars(
            select(Barcode)
            .options(joinedload(Barcode.goods))
            .where(Barcode.shop_id == shop.id, Barcode.code.in_([code for _goods, code in clean_pairs]))
        )
    }
    owners = {code: barcode.goods for code, barcode in existing.items()}
    new: list[Barcode] = []
    for goods, code in clean_pairs:
        owner = owners.setdefault(code, goods)
        if owner is not goods:
            raise _barcode_taken(owner)
        if code not in existing:
            existing[code] = Barcode(shop_id=shop.id, goods_id=goods.id, code=code)
            new.append(existing[code])
    add_rows(new)
    for barcode in new:
        db.session.expire(owners[barcode.code], ["barcodes"])
    audit.note_all(
        actor,
        "goods.code",
        [
            (owners[barcode.code], shop.village, {"name": owners[barcode.code].name, "code": barcode.code})
            for barcode in new
        ],
    )
    return [existing[code] for _goods, code in clean_pairs]


def _barcode_taken(owner: Goods) -> Refused:
    if owner.archived_on:
        text = _("This is the barcode of %(name)s, which is in the archive.", name=owner.title)
    else:
        text = _("This is the barcode of %(name)s.", name=owner.title)
    return Refused("barcode_taken", text, "barcode")


def remove_code(barcode: Barcode, actor: User | None) -> None:
    """Take a code from an article, so that another can have it."""
    goods = barcode.goods
    db.session.delete(barcode)
    db.session.flush()
    db.session.expire(goods, ["barcodes"])
    audit.note(actor, "goods.code_off", goods, goods.shop.village, name=goods.title, code=barcode.code)


def give_own_code(goods: Goods, actor: User | None) -> Barcode:
    """The article's own short code for a shelf label; without one, the shop's next.

    Refused `no_code_left` after 9,999. Locks the shop.
    """
    get_locked(Shop, goods.shop_id)
    db.session.expire(goods, ["barcodes"])
    return own_code(goods) or _give_own_codes([goods], actor)[0]


def give_missing_codes(shop: Shop, actor: User | None) -> list[Barcode]:
    """Give every article on the shelf without any code a short one.

    Refused and locks as `give_own_code`.
    """
    lock(shop)
    bare = db.session.scalars(
        select(Goods)
        .where(Goods.shop_id == shop.id, Goods.archived_on.is_(None), ~Goods.barcodes.any())
        .order_by(Goods.id)
    ).all()
    return _give_own_codes(bare, actor) if bare else []


def _give_own_codes(articles: Sequence[Goods], actor: User | None) -> list[Barcode]:
    shop = articles[0].shop
    free = [number for number, _goods in zip(_free_numbers(shop), articles, strict=False)]
    if len(free) < len(articles):
        raise Refused("no_code_left", _("The shop has used up its 9,999 own codes."))
    digit_texts = [f"{number:0{OWN_CODE_DIGITS - 1}d}" for number in free]
    new_codes = [digits + damm.calc_check_digit(digits) for digits in digit_texts]
    return add_codes(shop, list(zip(articles, new_codes, strict=True)), actor)


def _free_numbers(shop: Shop) -> Iterator[int]:
    """The free numbers of own codes, without their check digit.

    First those after the highest in use, so that an old label names nothing else; at the end those in
    between.
    """
    used_numbers = {
        int(code[:-1])
        for code in db.session.scalars(
            select(Barcode.code).where(
                Barcode.shop_id == shop.id, func.length(Barcode.code) == OWN_CODE_DIGITS
            )
        )
    }
    highest = max(used_numbers, default=0)
    yield from range(highest + 1, OWN_CODES)
    yield from (number for number in range(1, highest) if number not in used_numbers)


def own_code(goods: Goods) -> Barcode | None:
    """The short code that the shop gave an article, or None."""
    return next((barcode for barcode in goods.barcodes if len(barcode.code) == OWN_CODE_DIGITS), None)


def goods_by_code(shop: Shop, wanted: Collection[str]) -> dict[str, int]:
    """The ids of a shop's articles by their codes, of these codes that one has."""
    if not wanted:
        return {}
    rows = select(Barcode.code, Barcode.goods_id).where(Barcode.shop_id == shop.id, Barcode.code.in_(wanted))
    return dict(db.session.execute(rows).all())


def find_barcode(shop_id: int, code: str) -> Barcode | None:
    """The barcode of a shop by its code as it is kept, or None."""
    return db.session.scalar(select(Barcode).where(Barcode.shop_id == shop_id, Barcode.code == code))
