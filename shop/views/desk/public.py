"""What anyone may see without sign-in: a worker's own points by their card, and whether a receipt holds."""

from flask import abort, render_template
from werkzeug.wrappers import Response

from ground import clock, web
from people import access, cards, contacts
from people.labels import CONTACT_KINDS
from people.roster import departures, holders, persons
from points import expiry, labels, ledger
from shop.desk import redemptions
from shop.labels import PROMISES
from shop.shelf import leases, shops
from shop.views.desk import bp

LATEST_ENTRIES = 20


@bp.get("/R/<code>")
@bp.get("/r/<code>")
@access.public
def check(code: str) -> Response:
    """Whether a receipt is genuine: number, day, total, voided or not; never who, nor what.

    One that was handed out without a network is not known until its desk brings it in.
    """
    redemption = redemptions.by_code(code)
    promise = leases.promise_of(code) if redemption is None else None
    page = web.unlisted_page(
        render_template("shop/desk/check.html", redemption=redemption, promise=promise and PROMISES[promise])
    )
    page.status_code = 200 if redemption else 404
    return page


@bp.get("/c/<token>")
@bp.get("/C/<token>")
@access.public
def holder(token: str) -> Response:
    """What a card's QR code opens: its holder's points, with the name masked.

    A card that was lost, replaced or frozen says so and shows no points.
    """
    card = cards.by_token(token) or abort(404)
    active = card.is_active
    return web.unlisted_page(
        render_template(
            "shop/desk/holder.html",
            card=card,
            active=active,
            term=holders.term_on_day(card.person_id, clock.today()),
            departure=departures.current_departure(persons.entry_ids(card.person)),
            today=clock.today(),
            shop=shops.of_village(card.person.area),
            balance=ledger.balance_of(card.person) if active else None,
            spoken_balance=labels.spoken_balance,
            lapses=expiry.warning(card.person) if active else None,
            latest=ledger.latest(card.person, LATEST_ENTRIES) if active else [],
            explain_transfer=labels.explain_transfer,
            contacts=contacts.of_village(card.person.area) if active else [],
            kinds=CONTACT_KINDS,
        )
    )
