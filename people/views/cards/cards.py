"""The pages of cards: who has one, the history of each, and the sheets to print."""

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.db import db, fetch
from ground.forms import ButtonForm, ReasonForm, attempt
from people import access, audit, labels, pages, trail
from people import cards as verbs
from people.cardsheet import cards_pdf
from people.models import Card, Person, Role
from people.views.cards import bp, lists
from people.views.listing import excel, render
from people.views.shown import sight

ISSUERS = (Role.CLERK, Role.CHAIR)


@bp.get("/v/<village>/cards")
@access.allow(*ISSUERS)
@excel(lists.CARDS)
def cards(village: str) -> tuple[str, int]:
    """Who serves today, each with their card; and which lost cards turned up at a desk."""
    return _cards(ButtonForm(formdata=None))


def _cards(form: ButtonForm) -> tuple[str, int]:
    pairs = verbs.holders_with_cards(g.area)
    return render(
        "people/cards/cards.html",
        holders=pairs,
        without_card_count=sum(not (card and card.is_active) for _term, card in pairs),
        turned_up=verbs.lost_and_turned_up(g.area),
        form=form,
        states=labels.CARD_STATES,
    ), form.status


@bp.post("/v/<village>/cards/issue")
@access.allow(*ISSUERS)
def issue_cards(village: str) -> Response | tuple[str, int]:
    """Issue a card to everyone who serves today and has none that is good."""
    form = ButtonForm()
    with attempt(form):
        issued = [
            verbs.issue(term.person, current_user)
            for term, card in verbs.holders_with_cards(g.area)
            if not (card and card.is_active)
        ]
    if form.status != 200:
        return _cards(form)
    if not issued:
        web.flash_warning(gettext("No card was issued: everybody who serves has one."))
        return redirect(url_for("cards.cards", village=village))
    flash(
        ngettext(
            "%(num)s card is issued. Print it and hand it out.",
            "%(num)s cards are issued. Print them and hand them out.",
            len(issued),
        )
    )
    return redirect(url_for("cards.cards", village=village))


@bp.post("/v/<village>/cards/renew")
@access.allow(*ISSUERS)
def renew_cards(village: str) -> Response | tuple[str, int]:
    """Give all cards new codes; what was printed before stops at once."""
    form = ButtonForm()
    with attempt(form):
        renewed = verbs.renew_secrets(g.area, current_user)
    if form.status != 200:
        return _cards(form)
    if not renewed:
        web.flash_warning(gettext("No card has a new code: nobody has a card that is good."))
        return redirect(url_for("cards.cards", village=village))
    flash(
        ngettext(
            "%(num)s card has a new code. Print it again and hand it out.",
            "%(num)s cards have new codes. Print them again and hand them out.",
            renewed,
        )
    )
    return redirect(url_for("cards.cards", village=village))


@bp.get("/v/<village>/cards/people/<int:ident>")
@access.allow(*ISSUERS)
@excel(lists.CARD_HISTORY, subject_key="person")
def person_cards(village: str, ident: int) -> tuple[str, int]:
    """One person's cards, the newest first, each with its history and what can be done with it."""
    return _person_cards(_person(ident), ButtonForm(formdata=None))


def _person(ident: int, to_write: bool = False) -> Person:
    """A person of the village, to look at or locked; otherwise 404."""
    return fetch(Person, ident, lock=to_write, area_id=g.area.id) or abort(404)


def _person_cards(
    person: Person, form: ButtonForm | ReasonForm, retiring: Card | None = None
) -> tuple[str, int]:
    """The page of a person's cards; `retiring` is the card whose reason was not taken."""
    all_cards = verbs.of_person(person)
    names = {card.id: audit.name_of(card) for card in all_cards}
    lines = trail.trail_lines(db.session.scalars(trail.events_about(names.values())), sight())
    return render(
        "people/cards/person_cards.html",
        person=person,
        cards=all_cards,
        history={ident: [line for line in lines if line.key == name] for ident, name in names.items()},
        active=verbs.active_card(person),
        may_have=not person.merge and verbs.may_have_card(person),
        may_be_found=verbs.may_be_found,
        form=form,
        retire_form=retiring,
        states=labels.CARD_STATES,
    ), form.status


@bp.post("/v/<village>/cards/people/<int:ident>/issue")
@access.allow(*ISSUERS)
def issue_card(village: str, ident: int) -> Response | tuple[str, int]:
    """Issue a new card to a worker; the one they had stops at once."""
    form = ButtonForm()
    with attempt(form):
        verbs.issue(_person(ident, to_write=True), current_user)
    person = _person(ident)
    if form.status != 200:
        return _person_cards(person, form)
    flash(gettext("%(name)s has a new card. Print it; the old one is not taken any more.", name=person.name))
    return redirect(url_for("cards.person_cards", village=village, ident=ident))


@bp.post("/v/<village>/cards/<number>/lost")
@access.allow(*ISSUERS)
def lost_card(village: str, number: str) -> Response | tuple[str, int]:
    """Stop a card that was lost."""
    form = ButtonForm()
    with attempt(form):
        verbs.report_lost(_card_by_number(number), current_user)
    card = _card_by_number(number)
    message = gettext("The card of %(name)s is stopped. It is not taken any more.", name=card.person.name)
    return _finish(card, form, message)


@bp.post("/v/<village>/cards/<number>/found")
@access.allow(*ISSUERS)
def found_card(village: str, number: str) -> Response | tuple[str, int]:
    """Let a lost card that came back be good again."""
    form = ButtonForm()
    with attempt(form):
        verbs.mark_found(_card_by_number(number), current_user)
    card = _card_by_number(number)
    return _finish(card, form, gettext("The card of %(name)s is good again.", name=card.person.name))


@bp.post("/v/<village>/cards/<number>/retire")
@access.allow(*ISSUERS)
def retire_card(village: str, number: str) -> Response | tuple[str, int]:
    """Write down, with a reason, that a card was handed back and destroyed."""
    form = ReasonForm()
    if form.validate():
        with attempt(form):
            verbs.retire(_card_by_number(number), form.reason.data, current_user)
    return _finish(_card_by_number(number), form, gettext("The card is retired for good. Cut it up."))


def _card_by_number(number: str) -> Card:
    return verbs.by_number(number, g.area) or abort(404)


def _finish(card: Card, form: ButtonForm | ReasonForm, message: str) -> Response | tuple[str, int]:
    """Go back to the holder's cards with a message; or show the page with the refusal."""
    if form.status != 200:
        return _person_cards(card.person, form, card if isinstance(form, ReasonForm) else None)
    flash(message)
    return redirect(url_for("cards.person_cards", village=g.area.code, ident=card.person_id))


@bp.get("/v/<village>/cards.pdf")
@access.allow(*ISSUERS)
def card_sheet(village: str) -> Response:
    """The cards to print and cut: all that are good, or the one by `?number=`; by `?back=0` fronts only."""
    number = request.args.get("number")
    faces = [
        pages.card_face(card, term.grid.name)
        for term, card in verbs.holders_with_cards(g.area)
        if card and card.is_active and number in (None, card.number)
    ]
    if not faces:
        abort(404)
    backs = request.args.get("back") != "0"
    return web.pdf(cards_pdf(faces, backs=backs), f"cards-{number or village}.pdf")
