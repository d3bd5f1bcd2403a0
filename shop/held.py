"""Everything held about a person's shopping: redemptions on any of their cards."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from ground.db import db
from people.held import DASH, HeldSection, Reader, day
from people.models import Card, Person
from people.roster import persons
from points import amounts
from shop import labels
from shop.models import Redemption


def about(person: Person, reader: Reader) -> list[HeldSection]:
    """Redemptions with their goods, and whether they were voided; the same for every reader."""
    ids = persons.entry_ids(persons.current_entry(person))
    redemptions = db.session.scalars(
        select(Redemption)
        .join(Redemption.card)
        .where(Card.person_id.in_(ids))
        .options(
            joinedload(Redemption.card),
            joinedload(Redemption.clerk),
            joinedload(Redemption.device),
            joinedload(Redemption.proxy),
            joinedload(Redemption.void),
            selectinload(Redemption.lines),
        )
        .order_by(Redemption.id)
    ).unique()
    return [
        HeldSection(
            _("Redemptions"),
            (
                _("Day"),
                _("Receipt number"),
                _("Card"),
                _("Goods"),
                _("Total"),
                _("Collected by"),
                _("Served by"),
                _("Voided"),
            ),
            [
                (
                    day(redemption.day),
                    redemption.number,
                    redemption.card.grouped,
                    gettext(", ").join(
                        f"{line.name} × {line.quantity} {line.unit}" for line in redemption.lines
                    ),
                    amounts.show(redemption.total),
                    f"{redemption.proxy.name} ({redemption.proxy.relation})" if redemption.proxy else DASH,
                    labels.at_device(redemption.served_by, redemption.operator),
                    redemption.void.reason if redemption.void else DASH,
                )
                for redemption in redemptions
            ],
        )
    ]
