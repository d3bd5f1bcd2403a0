"""What a desk holds that has a lease: everything it needs to serve the village's workers alone.

It is as of the journal's end, so the desk applies its later entries on top. Of a card's secret it gets only
the SHA-256, by which a scanned card is known.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import contains_eager

from ground.clock import Quarter
from ground.db import db
from ground.paper.draw import qr_modules
from ground.refusal import refusal_of
from people.models import Appointment, Card, Duty, Grid, Person
from people.roster import holders, persons
from people.signin import humans
from points.models import Account
from shop.desk import holders as at_desk
from shop.desk import shelf
from shop.desk.holders import AtDesk
from shop.models import Goods, Lease, Redemption, RedemptionLine, Void
from shop.shelf import leases


@dataclass(frozen=True)
class HeldPerson:
    """A worker: tenths of a point that they have, and why nothing may be handed out to them, or nothing.

    `printed_name` is the one that their receipts bear.
    """

    ident: int
    name: str
    printed_name: str
    grid: str
    balance: int
    why: str


@dataclass(frozen=True)
class HeldCard:
    """A card: its number, the SHA-256 of its secret, whose it is, and why it is not taken, or nothing."""

    number: str
    token_hash: str
    person_id: int
    why: str


@dataclass(frozen=True)
class HeldReceipt:
    """A receipt to hand out: its number in the day, its public code, and the modules of its QR code, packed.

    The modules go row by row, eight to a byte, the first one the highest; dark ones are 1.
    """

    serial: int
    code: str
    qr: bytes
    qr_modules: int


@dataclass(frozen=True)
class Holding:
    """What a desk holds: workers, cards, shelf (article, tenths for one, units left), limits, receipts.

    `quotas` is units for a person and quarter, by article; `taken` what each took of them, by person.
    """

    people: Sequence[HeldPerson]
    cards: Sequence[HeldCard]
    shelf: Sequence[tuple[int, int, int]]
    quotas: Mapping[int, int]
    taken: Mapping[int, Mapping[int, int]]
    receipts: Sequence[HeldReceipt]


def holding_of(lease: Lease, receipts_until: int, check_url: Callable[[str], str]) -> Holding:
    """What the desk with a lease holds, with the receipts after the last that it has.

    `check_url` is the printed address of a receipt's code.
    """
    standing = _standing(lease)
    people: dict[int, HeldPerson] = {}
    cards = []
    for holder, why in standing:
        card = holder.card
        token_hash = hashlib.sha256(card.token.encode()).hexdigest()
        cards.append(HeldCard(card.number, token_hash, card.person_id, why))
        if card.is_active or card.person_id not in people:
            people[card.person_id] = HeldPerson(
                ident=card.person_id,
                name=card.person.name,
                printed_name=card.person.masked,
                grid=holder.grid or "",
                balance=holder.balance,
                why=why,
            )
    first = max(receipts_until, lease.last_serial) + 1
    return Holding(
        people=list(people.values()),
        cards=cards,
        shelf=shelf.figures(lease.shop),
        quotas=_quotas(lease),
        taken=_taken(lease),
        receipts=[_receipt(lease, serial, check_url) for serial in range(first, lease.granted_to + 1)],
    )


def _standing(lease: Lease) -> list[tuple[AtDesk, str]]:
    """Everybody of the village with each of their cards, and why it is not taken today, or nothing."""
    rows = db.session.execute(
        select(Card, Account.balance, Account.transfers, Grid.name)
        .join(Card.person)
        .options(contains_eager(Card.person))
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(
            Appointment,
            (Appointment.person_id == Person.id)
            & (Appointment.duty == Duty.WORKER)
            & and_(*holders.terms_touching(lease.day, lease.day)),
        )
        .outerjoin(Appointment.grid)
        .where(Person.area_id == lease.shop.village_id)
        .order_by(Card.id, Appointment.id)
    ).all()
    own = humans.own_people(lease.holder, {row.Card.person for row in rows})
    standing: dict[int, tuple[AtDesk, str]] = {}
    for card, balance, transfers, grid in rows:
        holder = AtDesk(
            card=card,
            village_id=card.person.area_id,
            grid=grid,
            entry_ids=(card.person_id,),
            balance=balance or 0,
            transfers=transfers or 0,
            redeemed_id=None,
            is_serving=card.person_id in own,
            redemption_id=None,
        )
        refusal = refusal_of(at_desk.check_holder, holder)
        standing.setdefault(card.id, (holder, str(refusal.message) if refusal else ""))
    return list(standing.values())


def _quotas(lease: Lease) -> dict[int, int]:
    query = select(Goods.id, Goods.quota).where(
        Goods.shop_id == lease.shop_id, Goods.quota.is_not(None), Goods.archived_on.is_(None)
    )
    return {goods_id: quota for goods_id, quota in db.session.execute(query) if quota is not None}


def _taken(lease: Lease) -> dict[int, dict[int, int]]:
    """Units that each person took of articles with a limit in the lease's quarter, less what was voided."""
    quarter, current = Quarter.of(lease.day), persons.current_entry_ids()
    query = (
        select(Card.person_id, RedemptionLine.goods_id, func.sum(RedemptionLine.quantity))
        .join(Redemption, RedemptionLine.redemption_id == Redemption.id)
        .join(Redemption.card)
        .join(Goods, Goods.id == RedemptionLine.goods_id)
        .outerjoin(Void, Void.redemption_id == Redemption.id)
        .where(
            Redemption.shop_id == lease.shop_id,
            Redemption.day.between(quarter.first_day, quarter.last_day),
            Goods.quota.is_not(None),
            Void.id.is_(None),
        )
        .group_by(Card.person_id, RedemptionLine.goods_id)
    )
    taken: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for person_id, goods_id, units in db.session.execute(query):
        taken[current.get(person_id, person_id)][goods_id] += int(units)
    return taken


def _receipt(lease: Lease, serial: int, check_url: Callable[[str], str]) -> HeldReceipt:
    code = leases.code_of(lease, serial)
    modules = qr_modules(check_url(code))
    bits = "".join("1" if dark else "0" for row in modules for dark in row)
    packed = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))
    return HeldReceipt(serial, code, packed, len(modules))
