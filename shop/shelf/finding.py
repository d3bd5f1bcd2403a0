"""An article of a shop, found by what was scanned or typed for it: a code, its name, or a part of either."""

from collections import defaultdict

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ground import names
from ground.db import db
from ground.pinyin import has_initials
from ground.refusal import Refused
from people.scanning.reading import Kind, read_scan
from shop.models import Goods, Shop

MOST_NAMED = 4


class GoodsFinder:
    """The articles of a shop, read at once; an archived one only by its code or its whole name."""

    def __init__(self, shop: Shop) -> None:
        articles = db.session.scalars(
            select(Goods)
            .where(Goods.shop_id == shop.id)
            .options(selectinload(Goods.barcodes))
            .order_by(Goods.archived_on.is_not(None), Goods.id)
        ).all()
        self.offered = [goods for goods in articles if goods.archived_on is None]
        self._by_code = {code: goods for goods in articles for code in goods.codes}
        self._by_title: dict[str, list[Goods]] = defaultdict(list)
        for goods in articles:
            for title in {names.folded(goods.title), names.folded(goods.name)}:
                self._by_title[title].append(goods)

    def find(self, typed: str) -> Goods:
        """The article that is meant. Refused `unknown_goods`, `several_fit` with what fits."""
        scan = read_scan(typed)
        if scan.kind == Kind.ARTICLE and scan.value in self._by_code:
            return self._by_code[scan.value]
        text = names.folded(typed)
        found = self._named(text) or [goods for goods in self.offered if _is_like(goods, text)]
        if not found or not text:
            raise Refused("unknown_goods", _("No goods of this name or code are on the shelf."), "article")
        if len(found) > 1:
            raise Refused(
                "several_fit",
                _(
                    "Several fit: %(names)s. Write more of the name.",
                    names="、".join(goods.title for goods in found[:MOST_NAMED]),
                ),
                "article",
            )
        return found[0]

    def named(self, typed: str) -> Goods | None:
        """The one article whose code or whole name this is, with or without its specification, or None."""
        scan = read_scan(typed)
        if scan.kind == Kind.ARTICLE and scan.value in self._by_code:
            return self._by_code[scan.value]
        found = self._named(names.folded(typed))
        return found[0] if len(found) == 1 else None

    def _named(self, text: str) -> list[Goods]:
        """The articles of a folded name; those that have it whole before those of other specifications."""
        found = self._by_title.get(text, [])
        return [goods for goods in found if names.folded(goods.title) == text] or found


def _is_like(goods: Goods, text: str) -> bool:
    """Whether a folded text is a part of an article's title, or of the first letters of its pinyin."""
    return text in names.folded(goods.title) or has_initials(goods.title, text)
