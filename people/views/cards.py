"""Cards: who has one, lost and replaced ones, and the sheet to print."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from people import access, pages
from people import cards as verbs
from people.cardsheet import CardFace, cards_pdf
from people.db import fetch
from people.forms import ButtonForm, attempt
from people.models import Appointment, Card, CardState, Person, Role
from people.views import bp

ISSUING = (Role.CLERK, Role.CHAIR)


@bp.get("/v/<village>/cards")
@access.allow(*ISSUING)
def cards(village: str) -> tuple[str, int]:
    """Who serves today, each with their card."""
    return _cards(ButtonForm(formdata=None))


def _cards(form: ButtonForm) -> tuple[str, int]:
    held = verbs.of_village(g.area)
    missing = sum(not _is_active(card) for _term, card in held)
    return render_template("people/cards.html", held=held, missing=missing, form=form), form.status


def _is_active(card: Card | None) -> bool:
    return card is not None and card.state == CardState.ACTIVE


@bp.post("/v/<village>/cards/issue")
@access.allow(*ISSUING)
def issue_cards(village: str) -> Response | tuple[str, int]:
    """Issue a card to everyone who serves today and has none that is good."""
    form = ButtonForm()
    with attempt(form):
        issued = [
            verbs.issue(term.person, current_user)
            for term, card in verbs.of_village(g.area)
            if not _is_active(card)
        ]
    if form.status != 200:
        return _cards(form)
    flash(
        ngettext(
            "%(num)s card is issued. Print it and hand it out.",
            "%(num)s cards are issued. Print them and hand them out.",
            len(issued),
        )
    )
    return redirect(url_for("people.cards", village=village))


@bp.post("/v/<village>/cards/<number>/lost")
@access.allow(*ISSUING)
def lost_card(village: str, number: str) -> Response | tuple[str, int]:
    """Stop a card that was lost."""
    form = ButtonForm()
    card = verbs.numbered(number, g.area) or abort(404)
    with attempt(form):
        verbs.report_lost(card, current_user)
    if form.status != 200:
        return _cards(form)
    flash(gettext("The card of %(name)s is stopped. It is not taken any more.", name=card.person.name))
    return redirect(url_for("people.cards", village=village))


@bp.post("/v/<village>/cards/people/<int:ident>/issue")
@access.allow(*ISSUING)
def issue_card(village: str, ident: int) -> Response | tuple[str, int]:
    """Issue a new card to a worker; the one they had stops at once."""
    form = ButtonForm()
    person = fetch(Person, ident, area_id=g.area.id) or abort(404)
    with attempt(form):
        verbs.issue(person, current_user)
    if form.status != 200:
        return _cards(form)
    flash(gettext("%(name)s has a new card. Print it; the old one is not taken any more.", name=person.name))
    return redirect(url_for("people.cards", village=village))


@bp.get("/v/<village>/cards.pdf")
@access.allow(*ISSUING)
def card_sheet(village: str) -> Response:
    """The cards to print and cut: all that are good, or the one by `?number=`."""
    wanted = request.args.get("number")
    faces = [
        _face(term, card)
        for term, card in verbs.of_village(g.area)
        if card and _is_active(card) and wanted in (None, card.number)
    ]
    if not faces:
        abort(404)
    return pages.pdf(cards_pdf(faces), f"cards-{wanted or village}.pdf")


def _face(term: Appointment, card: Card) -> CardFace:
    return CardFace(
        village=g.area.name,
        name=term.person.name,
        grid=term.grid.name,
        number=card.number,
        url=pages.printed(url_for("shop.holder", token=card.token)),
    )
