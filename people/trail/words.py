"""The trail in words: actions, kinds of rows, fields, and the values of fields."""

from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from flask_babel import lazy_gettext as _

from ground.contributions import Slot
from people import labels
from people.proposals import kinds


@dataclass(frozen=True)
class Words:
    """The words of a package for what it writes into the trail.

    A field may have a word of its own in one kind of row ("person.name"). `id_fields` are the fields that
    hold ids, and of which kind of row. `values` are the words of a field's values, which it has wherever it
    occurs; `describers` put values into words for which there is no such list.
    """

    actions: Mapping[str, Any] = field(default_factory=dict)
    kinds: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    id_fields: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)
    describers: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)


WORDS: Slot[Words] = Slot()


def all_words() -> Words:
    """The words of all packages together."""
    every = WORDS.items()
    return Words(
        **{part.name: ChainMap(*(getattr(words, part.name) for words in every)) for part in fields(Words)}
    )


# What the program counts for itself, and nobody reads.
HIDDEN_FIELDS = {"session"}

OWN_WORDS = Words(
    actions={
        "areas.import": _("loaded the county's list of villages"),
        "card.found": _("took a card that was lost back into use"),
        "card.freeze": _("froze a card"),
        "card.issue": _("issued a card"),
        "card.lost": _("reported a card lost"),
        "card.replace": _("stopped a card that another takes the place of"),
        "card.renew": _("renewed the code of a card"),
        "card.retire": _("retired a card that was handed back"),
        "card.turned_up": _("saw a lost card at the desk"),
        "contact.attach": _("attached a contact to the village"),
        "contact.detach": _("ended a contact"),
        "contact.replace": _("replaced a contact"),
        "grid.add": _("added a grid"),
        "grid.close": _("closed a grid"),
        "grid.correct": _("corrected a grid"),
        "grid.merge": _("merged a grid"),
        "grid.rename": _("renamed a grid"),
        "grid.split": _("split a grid"),
        "group.add": _("added a villagers' group"),
        "growth.reach": _("wrote down a stage of growth"),
        "growth.take_back": _("took a stage of growth back"),
        "import.set_back": _("set back what a file had changed"),
        "import.take_back": _("took back what a file had brought in"),
        "household.move": _("moved a household to another grid"),
        "leaving_rule.decide": _("wrote down the rule for the points of those who leave"),
        "list.export": _("took a list out as a file"),
        "negative_item.add": _("put an item on the negative list"),
        "negative_item.end": _("took an item off the negative list"),
        "person.add": _("entered a person"),
        "person.correct": _("corrected a person's details"),
        "person.law_mark": _("gave or took the law mark"),
        "person.leave": _("wrote down that somebody left"),
        "person.no_portrait": _("deleted a person's photo"),
        "person.portrait": _("put in a person's photo"),
        "person.show": _("was shown everything held about a person"),
        "proposal.agree": _("agreed to what was proposed, and it was done"),
        "proposal.propose": _("proposed what needs a second person"),
        "proposal.refuse": _("refused what was proposed"),
        "proposal.withdraw": _("withdrew what was proposed"),
        "role.confirm": _("confirmed a role"),
        "role.grant": _("gave a role"),
        "role.revoke": _("took a role back"),
        "roster.export": _("took the roster out as a file"),
        "roster.import": _("took a roster in from a file"),
        "term.begin": _("began a term"),
        "term.end": _("ended a term"),
        "training.absent": _("took an attendance back"),
        "training.attend": _("noted an attendance"),
        "training.call_off": _("called off a training"),
        "training.hold": _("entered a training"),
        "user.add": _("made a sign-in"),
        "user.close": _("closed a sign-in"),
        "user.end_session": _("signed out on another device"),
        "user.link": _("said whose sign-in it is"),
        "user.password": _("set a password"),
        "user.recovery_code": _("signed in with a recovery code"),
        "user.reopen": _("opened a sign-in again"),
        "user.second_factor_off": _("took the second step of signing in off"),
        "user.second_factor_on": _("set up the second step of signing in"),
        "user.sign_out": _("signed out everywhere"),
    },
    kinds={
        "appointment": _("Term"),
        "area": _("Area"),
        "card": _("Card of"),
        "contact": _("Contact"),
        "departure": _("Departure"),
        "evaluation": _("Evaluation"),
        "grid": _("Grid"),
        "group": _("Villagers' group"),
        "import_file": _("File"),
        "leaving_rule": _("Rule for the points of those who leave"),
        "negative_item": _("Item of the negative list"),
        "person": _("Person"),
        "proposal": _("Proposal"),
        "training": _("Training"),
        "user": _("Sign-in"),
    },
    fields={
        "added": _("Added"),
        "agency": _("Agency"),
        "background": _("Background"),
        "birth_year": _("Year of birth"),
        "by_card": _("By card"),
        "changed": _("Changed"),
        "chosen_by": _("Recommended by"),
        "closed_at": _("Closed on"),
        "closed_on": _("Closed on"),
        "code": _("Code"),
        "days": _("Days"),
        "decision": _("Decision"),
        "duty": _("Duty"),
        "ended_on": _("Ended on"),
        "fields": _("Fields"),
        "grid": _("Grid"),
        "group": _("Villagers' group"),
        "group_id": _("Villagers' group"),
        "held_on": _("Day"),
        "holds_until": _("Until"),
        "households": _("Households"),
        "into": _("Into"),
        "kept_until": _("Kept until"),
        "kind": _("Kind"),
        "law_mark_on": _("Law mark since"),
        "left": _("Unchanged"),
        "list": _("List"),
        "masked": _("Masked"),
        "merged": _("Merged"),
        "name": _("Called"),
        "contact.name": _("Name"),
        "person.name": _("Name"),
        "user.name": _("Name"),
        "new": _("New"),
        "note": _("Note"),
        "number": _("Number"),
        "on": _("Day"),
        "outcome": _("Points"),
        "person": _("Person"),
        "person_id": _("Person"),
        "phone": _("Phone"),
        "place": _("Place"),
        "cause": _("Why"),
        "proposed": _("What was proposed"),
        "reason": _("Reason"),
        "role": _("Role"),
        "rows": _("Rows"),
        "sex": _("Sex"),
        "since": _("Since"),
        "stage": _("Stage"),
        "standing": _("Political status"),
        "state": _("State"),
        "successor": _("Successor"),
        "temporary": _("To be changed at the next sign-in"),
        "text": _("Text"),
        "topic": _("Topic"),
        "training": _("Training"),
        "unit": _("Unit"),
        "until": _("Until"),
        "username": _("Sign-in name"),
        "waits": _("Waits to be confirmed"),
    },
    id_fields={"group_id": "group", "person": "person", "person_id": "person", "training": "training"},
    values={
        "background": labels.BACKGROUNDS,
        "cause": {"lapsed": _("its last day passed"), "handed_over": _("handed over")},
        "chosen_by": labels.CHOSEN_BY,
        "duty": labels.DUTIES,
        "kind": labels.GRID_KINDS | labels.CONTACT_KINDS | labels.DEPARTURE_KINDS,
        "outcome": labels.OUTCOMES,
        "role": labels.ROLES,
        "sex": labels.SEXES,
        "side": labels.SIDES,
        "stage": labels.STAGES,
        "standing": labels.STANDINGS,
        "state": labels.CARD_STATES,
    },
    describers={"proposed": lambda kind: str(kinds.title_of(kind))},
)
