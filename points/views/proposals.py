"""What of the points needs a second person, as that person reads it.

A merge of two entries that differ, and taking back a booked opening balance.
"""

from collections.abc import Sequence
from typing import Any

from flask import g, url_for
from flask_babel import lazy_gettext as _

from people import access
from people.models import Person, Proposal
from people.proposals.kinds import ProposalKind
from people.views.shown import shown_name, shown_phone, shown_text
from points import amounts, ledger, merging
from points.openings import reversing


def _merge_facts(proposal: Proposal) -> Sequence[tuple[Any, str]]:
    kept, duplicate = merging.proposed_entries(proposal)
    return [
        (_("Is kept"), _entry(kept)),
        (_("Becomes history"), _entry(duplicate)),
        (_("Points that move"), amounts.show(ledger.balance_of(duplicate))),
        (_("Reason"), proposal.terms["reason"]),
    ]


def _entry(person: Person) -> str:
    """An entry in one line: its name and number, telephone, year of birth."""
    parts = (f"{shown_name(person)} #{person.id}", shown_phone(person.phone), str(person.birth_year or ""))
    return " · ".join(filter(None, parts))


def _merge_page(proposal: Proposal) -> str:
    """What merging does, for the committee; for others the account from which the points would move."""
    kept, duplicate = merging.proposed_entries(proposal)
    if not g.roles & access.COMMITTEE:
        return url_for("ledger.account", village=proposal.area.code, ident=duplicate.id)
    return url_for("ledger.merge", village=proposal.area.code, ident=duplicate.id, into=kept.id)


def _reversal_facts(proposal: Proposal) -> Sequence[tuple[Any, str]]:
    line = reversing.proposed_line(proposal)
    booking = reversing.booking_of(line)
    return [
        (_("Grid worker"), shown_name(line.worker)),
        (_("Booked points"), amounts.show(booking.transfer.amount) if booking else "–"),
        (_("What it stands on"), shown_text(line.basis)),
        (_("Balance now"), amounts.show(ledger.balance_of(line.worker))),
        (_("Reason"), proposal.terms["reason"]),
    ]


def _reversal_page(proposal: Proposal) -> str:
    sheet = reversing.proposed_line(proposal).sheet
    return url_for("openings.sheet", village=proposal.area.code, sheet=sheet.number)


PROPOSAL_KINDS = (
    ProposalKind(
        merging.MERGE_OF_DIFFERENT,
        _("Merge of two entries that differ"),
        merging.merge_as_proposed,
        _merge_facts,
        _merge_page,
        check=merging.check_no_entry_of,
    ),
    ProposalKind(
        reversing.REVERSAL,
        _("Take an opening balance back"),
        reversing.reverse_as_proposed,
        _reversal_facts,
        _reversal_page,
        check=reversing.check_not_own,
    ),
)
