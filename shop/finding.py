"""What of the shops of an area is found by words or numbers: goods, receipts, deliveries, donations.

A number is one that stands on a paper, as it is printed there; each shop counts by itself, so that above
the villages several have it.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from ground.db import LARGEST_ID, db
from people.finding import SearchWords
from people.models import Area, Card
from people.scanning.reading import Kind
from shop.models import Barcode, Delivery, Donation, Goods, Redemption, Shop

_RECEIPT_NUMBER = re.compile(r"([0-9]{8})-([0-9]{1,9})")
_NUMBER_OF_YEAR = re.compile(r"([0-9]{4})-([0-9]{1,9})")


def goods_with_code(area: Area, words: SearchWords) -> Sequence[Goods]:
    """The articles of an area's shops with the code that was typed or scanned, by village."""
    code = words.value_of(Kind.ARTICLE)
    if code is None:
        return []
    return db.session.scalars(
        select(Goods)
        .join(Goods.barcodes)
        .join(Goods.shop)
        .join(Shop.village)
        .options(contains_eager(Goods.shop).contains_eager(Shop.village))
        .where(Barcode.code == code, Area.code.startswith(area.stem))
        .order_by(Area.code)
    ).all()


def goods(village: Area, words: SearchWords) -> list[Goods]:
    """The articles of a village's shop that fit by name or pinyin, archived ones too, the best first."""
    query = select(Goods).join(Goods.shop).options(contains_eager(Goods.shop))
    articles = db.session.scalars(query.where(Shop.village_id == village.id))
    fitting = (article for article in articles if words.fit(article.title))
    return sorted(fitting, key=lambda article: words.rank(article.title))


def redemptions(area: Area, words: SearchWords) -> Sequence[Redemption]:
    """The redemptions whose receipts have this number or this printed code, by village."""
    code, number = words.value_of(Kind.RECEIPT), _RECEIPT_NUMBER.fullmatch(words.number)
    if number:
        meant = [Redemption.day == _day(number[1]), Redemption.serial == _serial(number[2])]
    elif code:
        meant = [Redemption.code == code]
    else:
        return []
    return db.session.scalars(
        select(Redemption)
        .join(Redemption.shop)
        .join(Shop.village)
        .options(
            contains_eager(Redemption.shop).contains_eager(Shop.village),
            joinedload(Redemption.card).joinedload(Card.person),
        )
        .where(*meant, Area.code.startswith(area.stem))
        .order_by(Area.code)
    ).all()


def _day(digits: str) -> date | None:
    try:
        return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 -- a day alone
    except ValueError:
        return None


def _serial(digits: str) -> int:
    return min(int(digits), LARGEST_ID)


def deliveries(area: Area, words: SearchWords) -> Sequence[Delivery]:
    """The deliveries of this number, by village."""
    number = _NUMBER_OF_YEAR.fullmatch(words.number)
    if number is None:
        return []
    return db.session.scalars(
        select(Delivery)
        .join(Delivery.shop)
        .join(Shop.village)
        .options(contains_eager(Delivery.shop).contains_eager(Shop.village), joinedload(Delivery.donation))
        .where(
            Delivery.year == int(number[1]),
            Delivery.serial == _serial(number[2]),
            Area.code.startswith(area.stem),
        )
        .order_by(Area.code)
    ).all()


def donations(area: Area, words: SearchWords) -> Sequence[Donation]:
    """The donations of this number, and in a village those of whose donor's name these words are a part."""
    number = _NUMBER_OF_YEAR.fullmatch(words.number)
    if number is None and not area.is_village:
        return []
    query = (
        select(Donation)
        .join(Donation.shop)
        .join(Shop.village)
        .options(contains_eager(Donation.shop).contains_eager(Shop.village))
        .where(Area.code.startswith(area.stem))
        .order_by(Donation.given_on.desc(), Donation.id.desc())
    )
    if number is not None:
        found = db.session.scalars(query.where(Donation.serial == _serial(number[2])))
        return [donation for donation in found if donation.given_on.year == int(number[1])]
    return [donation for donation in db.session.scalars(query) if words.fit(donation.donor)]
