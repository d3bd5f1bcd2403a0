"""Who holds the shop for serving without a network, and the entries that wait for somebody's decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, flash, g, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from ground.db import db, fetch
from ground.forms import ButtonForm, ReasonForm, attempt
from people import access
from people.models import Card, Role
from people.views.listing import excel, render
from shop.models import Goods, Lease, LeaseEntry, receipt_number
from shop.offline import journal
from shop.offline.entries import GoodsOut
from shop.shelf import leases as verbs
from shop.shelf import shops
from shop.views import READERS
from shop.views.offline import bp, lists

LATEST = 30
DECIDING = (Role.MANAGER, Role.CHAIR)


@dataclass(frozen=True)
class WaitingEntry:
    """An entry that waits, with the goods that it is about: to whose card, and which, with their units.

    `number` is the one on the receipt that was handed out with them.
    """

    row: LeaseEntry
    at: datetime
    number: str
    out: GoodsOut
    card: Card | None
    goods: list[tuple[Goods, int]]


@bp.get("/v/<village>/offline")
@access.allow(*READERS)
@excel(lists.LEASES)
def leases(village: str) -> tuple[str, int]:
    """Who holds the shop, what waits for a decision, and the latest times it was held."""
    return _page(ReasonForm(formdata=None))


@bp.post("/v/<village>/offline/<int:ident>/break")
@access.allow(Role.MANAGER)
def break_lease(village: str, ident: int) -> Response | tuple[str, int]:
    """Take the shop from a browser that does not come back."""
    form = ReasonForm()
    lease_or_404(ident)
    if form.validate_on_submit():
        with attempt(form):
            verbs.break_off(lease_or_404(ident), form.reason.data, current_user)
        if form.status == 200:
            flash(
                gettext("The shop is free again. What that desk handed out is taken in when it comes back.")
            )
            return redirect(url_for("offline.leases", village=village))
    return _page(form, broken=ident)


@bp.post("/v/<village>/offline/entries/<int:ident>/again")
@access.allow(*DECIDING)
def try_again(village: str, ident: int) -> Response | tuple[str, int]:
    """Book an entry that was kept, as its points or goods are there by now."""
    form = ButtonForm()
    with attempt(form):
        journal.try_again(_entry_or_404(ident), current_user)
    if form.status != 200:
        return _page(ReasonForm(formdata=None), again=form, decided=ident)
    flash(gettext("It is booked now."))
    return redirect(url_for("offline.leases", village=village))


@bp.post("/v/<village>/offline/entries/<int:ident>/aside")
@access.allow(*DECIDING)
def set_aside(village: str, ident: int) -> Response | tuple[str, int]:
    """Decide that an entry is not booked."""
    form = ReasonForm()
    _entry_or_404(ident)
    if form.validate_on_submit():
        with attempt(form):
            journal.set_aside(_entry_or_404(ident), form.reason.data, current_user)
        if form.status == 200:
            flash(gettext("Set aside, with its reason. The supervisors read it."))
            return redirect(url_for("offline.leases", village=village))
    return _page(form, decided=ident)


def _page(
    form: ReasonForm, broken: int = 0, again: ButtonForm | None = None, decided: int = 0
) -> tuple[str, int]:
    shop = shops.of_village(g.area)
    page = render(
        "shop/offline/leases.html",
        running=verbs.running(shop) if shop else None,
        leases=verbs.leases_of(shop, LATEST) if shop else [],
        waiting=_waiting(journal.waiting(shop)) if shop else [],
        form=form,
        blank=ReasonForm(formdata=None),
        again=again,
        broken=broken,
        decided=decided,
    )
    return page, max(form.status, again.status if again else 200)


def _waiting(rows: Sequence[LeaseEntry]) -> list[WaitingEntry]:
    """The entries with what they name, by as many statements for many as for one."""
    entries = [(row, journal.entry_of(row), journal.entry_of(row.undoes or row).goods) for row in rows]
    out = [(row, entry.at, goods) for row, entry, goods in entries if goods]
    numbers = {goods.card for _row, _at, goods in out}
    ids = {ident for _row, _at, goods in out for ident in goods.lines}
    cards = db.session.scalars(select(Card).where(Card.number.in_(numbers)).options(joinedload(Card.person)))
    card_by_number = {card.number: card for card in cards}
    articles = {each.id: each for each in db.session.scalars(select(Goods).where(Goods.id.in_(ids)))}
    return [
        WaitingEntry(
            *(row, at, receipt_number(row.lease.day, goods.serial), goods, card_by_number.get(goods.card)),
            [(articles[ident], units) for ident, units in goods.basket.items() if ident in articles],
        )
        for row, at, goods in out
    ]


def lease_or_404(ident: int) -> Lease:
    """A lease of this village's shop, or 404."""
    shop = shops.of_village(g.area) or abort(404)
    lease: Lease = fetch(Lease, ident, shop_id=shop.id) or abort(404)
    return lease


def _entry_or_404(ident: int) -> LeaseEntry:
    """An entry of this village's shop, or 404."""
    shop = shops.of_village(g.area) or abort(404)
    row: LeaseEntry | None = fetch(LeaseEntry, ident)
    return row if row and row.lease.shop_id == shop.id else abort(404)
