"""What is found of places, people, grids, contacts, and the pages themselves."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from ground import clock
from ground.paper import words
from people import access, contacts, labels, pages
from people.finding import roster
from people.models import IN_A_COUNTY, Area, Card, Grid
from people.pages import MOST_HITS, Finder, Hit, Hits, Search
from people.roster import reach
from people.views import TRAINING_READERS


def _grids_in_scope(search: Search) -> Sequence[int] | None:
    """The grids in which an instructor finds somebody, their own; None for all of the area."""
    is_instructor = not search.roles & access.ONLOOKERS
    return reach.served_grid_ids(search.user, search.area) if is_instructor else None


def find_places(search: Search) -> Hits:
    """Townships and villages, for those above them."""
    return Hits.of(
        roster.places(search.area, search.words),
        lambda place: Hit(
            place.name, url_for("home.area", area=place.code), place.parent.name if place.parent else ""
        ),
    )


def find_people(search: Search) -> Hits:
    """People by name, pinyin, telephone's last four or card: in all of the area, or an instructor's grids."""
    within = _grids_in_scope(search)
    card = roster.holder_of(search.area, search.words) if within is None else None
    idents = [card.person_id] if card else roster.people(search.area, search.words, search.sight, within)
    found = roster.described(search.area, idents[:MOST_HITS], clock.today())
    further = len(idents[MOST_HITS:])  # of those that are shown, two may have been one person
    return Hits([_person_hit(search, one, card) for one in found], len(found) + further)


def _person_hit(search: Search, one: roster.FoundPerson, card: Card | None) -> Hit:
    is_card_page = card is not None and bool(search.roles & access.COMMITTEE)
    endpoint = "cards.person_cards" if is_card_page else "roster.person"
    note = gettext(", ").join(one.grids) or one.person.agency or ""
    if not one.serves:
        note = " · ".join(filter(None, (note, gettext("does not serve any more"))))
    if card:
        note = f"{card.grouped} · {labels.CARD_STATES[card.state]} · {note}"
    return Hit(
        search.sight.name(one.person),
        url_for(endpoint, village=one.village.code, ident=one.person.id),
        with_place(search.area, one.village, note),
        is_exact=card is not None,
    )


def find_grids(search: Search) -> Hits:
    """Grids by name, pinyin or code, closed ones too."""
    idents = roster.grids(search.area, search.words, _grids_in_scope(search))
    return Hits([_grid_hit(search, grid) for grid in roster.grids_by_id(idents[:MOST_HITS])], len(idents))


def _grid_hit(search: Search, grid: Grid) -> Hit:
    note = grid.code
    if grid.closed_on:
        note += " · " + gettext("closed on %(day)s", day=words.day(grid.closed_on))
    url = url_for("roster.grid", village=grid.village.code, ident=grid.id)
    return Hit(grid.name, url, with_place(search.area, grid.village, note))


def find_contacts(search: Search) -> Hits:
    """The officials attached to the village, whom everybody there may call."""
    here = contacts.of_village(search.area) if search.area.is_village else []
    url = url_for("home.contacts", village=search.area.code)
    return Hits.of(
        [contact for contact in here if search.words.fit(contact.name) or search.words.fit(contact.agency)],
        lambda contact: Hit(
            contact.name, url, f"{labels.CONTACT_KINDS[contact.kind]} · {contact.agency} · {contact.phone}"
        ),
    )


def find_pages(search: Search) -> Hits:
    """The pages of the navigation by what they are called."""
    entries = pages.entries_for(search.area, search.roles)
    labels_by_url = {entry.url(search.area): entry.label for entry in entries}
    fitting = [(url, label) for url, label in labels_by_url.items() if search.words.fit(str(label))]
    return Hits.of(fitting, lambda page: Hit(page[1], page[0]))


def with_place(area: Area, village: Area, note: str) -> str:
    """A note that names the village too, for whoever reads it from above."""
    return note if area.is_village else " · ".join(filter(None, (village.name, note)))


FINDERS = (
    Finder(10, _("Places"), access.ROLES_ABOVE, find_places),
    Finder(20, _("People"), TRAINING_READERS, find_people),
    Finder(30, _("Grids"), TRAINING_READERS, find_grids),
    Finder(80, _("Contacts"), IN_A_COUNTY, find_contacts),
    Finder(90, _("Pages here"), IN_A_COUNTY, find_pages),
)
