"""Purchase requests (采购申请): asked for by one person, approved by another, met by deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from ground import clock, names
from ground.db import db, get_locked, lock
from ground.refusal import Refused, check_repeated, refusal_of
from people import audit
from people.models import Proposal, User
from people.proposals import kinds
from people.proposals.kinds import SecondPersonNeeded
from people.signin import humans
from shop import backing
from shop.models import (
    Delivery,
    Goods,
    PurchaseApproval,
    PurchaseDelivery,
    PurchaseLine,
    PurchaseRequest,
    Shop,
    delivery_stands,
)
from shop.purchases import suggestions
from shop.purchases.suggestions import Suggestion
from shop.purchases.wishes import counted_since
from shop.stock import deliveries
from shop.stock.deliveries import LinesRefused
from shop.stock.lots import MOST_UNITS_AT_ONCE

APPROVE = "purchase.approve"  # the kind of proposal
LARGEST_COST_FEN = 10_000_000  # fen: a hundred thousand yuan for one unit
LONGEST_NOTE, LONGEST_NAME = 200, 330


@dataclass(frozen=True)
class Wanted:
    """Units of an article, or of what the shop never had, by its `name`; `unit_cost` in fen, if known."""

    goods: Goods | None
    name: str
    quantity: int
    unit_cost: int | None = None

    @property
    def title(self) -> str:
        """What it is called."""
        return self.goods.title if self.goods else names.tidy(self.name)


def ask(key: str, shop: Shop, wanted: Sequence[Wanted], note: str, actor: User) -> PurchaseRequest:
    """Ask for a purchase under the next number of the shop's year; it is approved by somebody else.

    Sent twice with one key, it is asked for once. Refused `no_lines`, `key_reused`, `bad_name` for the note;
    and for lines, each told of, `bad_quantity`, `bad_cost`, `bad_name`, `unknown_goods` of another shop,
    `twice` for what stands above already. Locks the shop.
    """
    get_locked(Shop, shop.id)
    existing = db.session.scalar(select(PurchaseRequest).where(PurchaseRequest.key == key))
    if existing is not None:
        check_repeated(
            [(line.name, line.quantity, line.unit_cost) for line in existing.lines],
            [(each.title, each.quantity, each.unit_cost) for each in wanted],
        )
        return existing
    _check(shop, wanted, note)
    year = clock.today().year
    last = select(func.max(PurchaseRequest.serial)).where(
        PurchaseRequest.shop_id == shop.id, PurchaseRequest.year == year
    )
    weighed = backing.weigh(shop.village)
    request = PurchaseRequest(
        key=key,
        shop_id=shop.id,
        year=year,
        serial=(db.session.scalar(last) or 0) + 1,
        note=note.strip(),
        budget_left=None if weighed.money.amount is None else weighed.money.unspent,
        outstanding=weighed.outstanding,
        in_goods=weighed.goods,
        asked_by_id=actor.id,
        at=clock.now(),
    )
    db.session.add(request)
    db.session.flush()
    known = suggestions.known_of(shop)
    db.session.add_all(_line(request, each, known.get(names.folded(each.title))) for each in wanted)
    db.session.flush()
    return request


def _check(shop: Shop, wanted: Sequence[Wanted], note: str) -> None:
    if not wanted:
        raise Refused("no_lines", _("Write down at least one kind of goods."))
    if len(note.strip()) > LONGEST_NOTE:
        raise Refused(
            "bad_name", _("This is too long: at most %(count)s characters.", count=LONGEST_NOTE), "note"
        )
    refusals = {
        place: refusal
        for place, each in enumerate(wanted)
        if (refusal := refusal_of(_check_line, shop, each, wanted[:place])) is not None
    }
    if refusals:
        raise LinesRefused(refusals)


def _check_line(shop: Shop, wanted: Wanted, above: Sequence[Wanted]) -> None:
    """Check a line, also against those above it."""
    title = wanted.title
    if wanted.goods is not None and wanted.goods.shop_id != shop.id:
        raise Refused("unknown_goods", _("%(name)s is not of this shop.", name=title))
    if not 1 <= len(title) <= LONGEST_NAME:
        raise Refused("bad_name", _("The name must have 1 to %(n)s characters.", n=LONGEST_NAME))
    if not 0 < wanted.quantity <= MOST_UNITS_AT_ONCE:
        raise Refused("bad_quantity", _("How many must be a number from 1 to 100,000."), "quantity")
    if wanted.unit_cost is not None and not 0 <= wanted.unit_cost <= LARGEST_COST_FEN:
        raise Refused("bad_cost", _("A unit costs at most 100,000 yuan."), "unit_cost")
    if names.folded(title) in {names.folded(each.title) for each in above}:
        raise Refused("twice", _("%(name)s stands there twice. Put it into one row.", name=title))


def _line(request: PurchaseRequest, wanted: Wanted, known: Suggestion | None) -> PurchaseLine:
    return PurchaseLine(
        request_id=request.id,
        goods_id=wanted.goods.id if wanted.goods else None,
        name=wanted.title,
        unit=wanted.goods.unit if wanted.goods else "",
        quantity=wanted.quantity,
        unit_cost=wanted.unit_cost,
        on_hand=known.on_hand if known else 0,
        handed_out=known.handed_out if known else 0,
        wished=known.wished if known else 0,
    )


# --- Approved by somebody else ---


def approve(request: PurchaseRequest, actor: User, agreed_by: User | None = None) -> PurchaseApproval:
    """Approve a purchase request: proposed by one person, agreed to by another who did not ask for it.

    Approved already, the first approval stays. Refused `second_person`, `same_person`, `own_request`. Locks
    the request.
    """
    lock(request)
    if request.approval is not None:
        return request.approval
    needed = SecondPersonNeeded(
        APPROVE, request.shop.village, request, _("A purchase is approved by a second person.")
    )
    kinds.check_agreed(needed, actor, agreed_by)
    approver = agreed_by or actor
    _check_did_not_ask(request, approver)
    approval = PurchaseApproval(request_id=request.id, actor_id=approver.id, at=clock.now())
    db.session.add(approval)
    db.session.flush()
    db.session.expire(request, ["approval"])
    return approval


def _check_did_not_ask(request: PurchaseRequest, approver: User) -> None:
    if humans.is_same(request.asked_by, approver):
        raise Refused("own_request", _("Who asks for a purchase does not approve it. Somebody else decides."))


def check_outside(proposal: Proposal, actor: User) -> None:
    """Check that the second person did not ask for the purchase. Refused `own_request`."""
    _check_did_not_ask(proposed_request(proposal), actor)


def approve_as_proposed(proposal: Proposal, agreed_by: User) -> PurchaseApproval:
    """Approve what one person asked for and another agrees to. Refused as `approve` is."""
    return approve(proposed_request(proposal), proposal.proposed_by, agreed_by)


def proposed_request(proposal: Proposal) -> PurchaseRequest:
    """The request that a proposal is about."""
    return db.session.get_one(PurchaseRequest, audit.id_of(proposal.subject))


# --- Met by deliveries ---


def link(request: PurchaseRequest, delivery: Delivery, actor: User) -> PurchaseDelivery:
    """Say that a delivery brought what a request asked for, or some of it.

    Said before, it stays. Refused `not_approved`, `unknown_delivery` of another shop, `other_request` where
    it is said of another request already, `undone`. Locks the request.
    """
    lock(request)
    if request.approval is None:
        raise Refused("not_approved", _("This purchase is not approved yet."))
    if delivery.shop_id != request.shop_id:
        raise Refused("unknown_delivery", _("This delivery is not of this shop."), "delivery")
    existing = db.session.get(PurchaseDelivery, delivery.id)
    if existing is not None:
        if existing.request_id != request.id:
            raise Refused("other_request", _("This delivery belongs to another request."), "delivery")
        return existing
    if deliveries.is_undone(delivery):
        raise Refused("undone", _("This delivery was undone: nothing came in."), "delivery")
    linked = PurchaseDelivery(
        delivery_id=delivery.id, request_id=request.id, actor_id=actor.id, at=clock.now()
    )
    db.session.add(linked)
    db.session.flush()
    db.session.expire(request, ["deliveries"])
    return linked


def deliveries_to_link(request: PurchaseRequest) -> Sequence[Delivery]:
    """The shop's deliveries since the request that belong to none and were not undone, the latest first."""
    linked = select(PurchaseDelivery.delivery_id)
    return db.session.scalars(
        select(Delivery)
        .options(joinedload(Delivery.donation))
        .where(
            Delivery.shop_id == request.shop_id,
            Delivery.at >= request.at,
            Delivery.id.not_in(linked),
            delivery_stands(Delivery.id),
        )
        .order_by(Delivery.id.desc())
    ).all()


# --- As they are read ---


def requests_of(shop: Shop) -> Select[PurchaseRequest]:
    """The shop's purchase requests with all that they name, the latest first; for paging."""
    return _whole(select(PurchaseRequest).where(PurchaseRequest.shop_id == shop.id)).order_by(
        PurchaseRequest.id.desc()
    )


def under_way(shop: Shop) -> Sequence[PurchaseRequest]:
    """The requests of the last 90 days for which nothing came in yet and that nobody refused, first first."""
    requests = db.session.scalars(
        select(PurchaseRequest)
        .options(
            selectinload(PurchaseRequest.deliveries),
            selectinload(PurchaseRequest.proposals),
            joinedload(PurchaseRequest.approval),
        )
        .where(
            PurchaseRequest.shop_id == shop.id,
            PurchaseRequest.at >= counted_since(),
            ~PurchaseRequest.deliveries.any(),
        )
        .order_by(PurchaseRequest.id)
    )
    return [request for request in requests if not request.refusal]


def find_request(shop: Shop, ident: int) -> PurchaseRequest | None:
    """A purchase request of a shop, or None."""
    return db.session.scalar(requests_of(shop).where(PurchaseRequest.id == ident))


def _whole(query: Select[Any]) -> Select[Any]:
    return query.options(
        selectinload(PurchaseRequest.lines),
        selectinload(PurchaseRequest.deliveries).joinedload(PurchaseDelivery.delivery),
        joinedload(PurchaseRequest.approval).joinedload(PurchaseApproval.actor),
        joinedload(PurchaseRequest.asked_by),
        selectinload(PurchaseRequest.proposals).joinedload(Proposal.decided_by),
    )
