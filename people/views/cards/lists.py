"""The lists of cards, as they are taken out: their numbers, never the secret in their codes."""

from flask_babel import lazy_gettext as _

from people import labels
from people.views.listing import Listing
from people.views.shown import shown_name

CARDS = Listing(
    _("Cards"),
    lambda context: context["holders"],
    (_("Grid worker"), lambda term, card: shown_name(term.person)),
    (_("Grid code"), lambda term, card: term.grid.code),
    (_("Grid"), lambda term, card: term.grid.name),
    (_("Card"), lambda term, card: card and card.number),
    (_("State"), lambda term, card: labels.CARD_STATES[card.state] if card else _("none yet")),
)

CARD_HISTORY = Listing(
    _("History of the cards"),
    lambda context: (
        (context["person"], card, line) for card in context["cards"] for line in context["history"][card.id]
    ),
    (_("Name"), lambda person, card, line: shown_name(person)),
    (_("Card"), lambda person, card, line: card.number),
    (_("State"), lambda person, card, line: labels.CARD_STATES[card.state]),
    (_("When"), lambda person, card, line: line.at),
    (_("Who did it"), lambda person, card, line: line.actor_name or _("the system itself")),
    (_("What"), lambda person, card, line: line.action),
    (_("Details"), lambda person, card, line: "；".join(change.after for change in line.changes)),
)
