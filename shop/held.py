"""What is held about a person's shopping: what was handed out to them, on any of their cards."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from ground.db import db
from people.held import NOTHING, Reader, Section, day
from people.models import Card, Person
from people.roster import persons
from points import amounts
from shop.models import Redemption


def about(person: Person, reader: Reader) -> list[Section]:
    """Redemptions with their goods, and whether they were voided; the same for every reader."""
    ids = persons.selves(persons.kept(person))
    found = db.session.scalars(
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
        Section(
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
                    day(done.day),
                    done.number,
                    done.card.grouped,
                    gettext(", ").join(f"{line.name} × {line.quantity} {line.unit}" for line in done.lines),
                    amounts.show(done.total),
                    f"{done.proxy.name} ({done.proxy.relation})" if done.proxy else NOTHING,
                    done.served_by,
                    done.void.reason if done.void else NOTHING,
                )
                for done in found
            ],
        )
    ]
