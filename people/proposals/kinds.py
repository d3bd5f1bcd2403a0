"""What needs a second person: each package says its kinds, and its verbs ask for one.

A verb that needs a second person takes `agreed_by`. Without it, it refuses with `SecondPersonNeeded`, which
holds what can be proposed; a page proposes it (`people.views.proposing`), everybody else is refused.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _

from ground.contributions import Slot
from ground.db import Base
from ground.refusal import Refused
from people.models import Area, Proposal, Role, User
from people.signin import humans

# Who is the second person in a village, whatever it is about; a kind can name more.
SECOND_PEOPLE = frozenset({Role.CHAIR, Role.SUPERVISOR, Role.TOWNSHIP})

# Who reads in a village what was proposed, whatever it is about; a kind can name more, who see its subject.
READERS = SECOND_PEOPLE | {Role.CLERK, Role.COUNTY}


@dataclass(frozen=True)
class Doubt:
    """A refusal that a second person lifts by a tick: the words beside it, and the verb that does it then."""

    tick_label: Any
    carry_out: Callable[[Proposal, User], object]


@dataclass(frozen=True)
class ProposalKind:
    """A thing that needs a second person: its title, who can be that, and the verb that does it.

    `carry_out` does what was proposed in the proposer's name, agreed to by a second person. `facts` are what
    the second person reads, a label and a text each; `page` is the address of the page it is about, which its
    `readers` can open. `check` refuses a second person for what they have to do with it. `doubts` are the
    refusals that a second person can lift, by their codes.
    """

    code: str
    title: Any
    carry_out: Callable[[Proposal, User], object]
    facts: Callable[[Proposal], Sequence[tuple[Any, str]]]
    page: Callable[[Proposal], str]
    deciders: frozenset[Role] = SECOND_PEOPLE
    readers: frozenset[Role] = READERS
    check: Callable[[Proposal, User], None] = lambda proposal, user: None
    doubts: Mapping[str, Doubt] = field(default_factory=dict)


KINDS: Slot[ProposalKind] = Slot()


def kind_of(proposal: Proposal) -> ProposalKind:
    """The kind of a proposal."""
    return _with_code(proposal.kind)


def title_of(kind: str) -> Any:
    """The title of the kind with this code."""
    return _with_code(kind).title


def _with_code(code: str) -> ProposalKind:
    return next(kind for kind in KINDS.items() if kind.code == code)


class SecondPersonNeeded(Refused):
    """A refusal that a second person can lift: it holds what can be proposed.

    `subject` is the row it is about, `terms` are values as JSON keeps them.
    """

    def __init__(self, kind: str, area: Area, subject: Base, message: Any, **terms: Any) -> None:
        super().__init__("second_person", message)
        self.kind = kind
        self.area = area
        self.subject = subject
        self.terms = terms


def check_agreed(needed: SecondPersonNeeded, actor: User | None, agreed_by: User | None) -> None:
    """Check that a second person agreed to what needs one.

    The command line (no actor) is whoever holds the database itself, and asks nobody. Refused
    `second_person` with what can be proposed, `same_person`.
    """
    if actor is None:
        return
    if agreed_by is None:
        raise needed
    check_two_people(actor, agreed_by)


def check_two_people(first: User, second: User) -> None:
    """Check that two sign-ins are two people. Refused `same_person`."""
    if humans.is_same(first, second):
        raise Refused("same_person", _("You proposed this yourself. Somebody else decides."))
