"""Doing something on a page, or proposing it where a second person has to agree."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask import flash, g, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground.db import Base, savepoint, transaction
from ground.forms import Form
from ground.refusal import Refused
from people import access
from people.models import Proposal, Role
from people.proposals import proposing
from people.proposals.kinds import SecondPersonNeeded

# Who may read what was proposed in a village.
READERS = access.ONLOOKERS | {Role.MANAGER}


@contextmanager
def attempt_or_propose(form: Form) -> Iterator[list[Proposal]]:
    """Do what is inside in one transaction; where it needs a second person, propose it instead.

    The list that it gives holds the proposal then. If it is refused, the form says why and keeps its values.
    """
    proposed: list[Proposal] = []
    try:
        with transaction():
            try:
                with savepoint():
                    yield proposed
            except SecondPersonNeeded as needed:
                proposed.append(proposing.propose(needed, current_user))
                flash(needed.message)
    except Refused as refusal:
        form.refuse(refusal)


def to_proposal(proposed: Sequence[Proposal]) -> Response:
    """Say that something was proposed, and lead to it."""
    flash(gettext("Nothing is done yet: a second person has to agree. They find it on their front page."))
    return redirect(url_for("home.proposal", village=g.area.code, ident=proposed[0].id))


def waiting_about(subject: Base) -> Sequence[Proposal]:
    """The proposals about a row that wait, for its page; none for who may not read them."""
    return proposing.waiting_about(subject) if g.roles & READERS else ()
