"""The lists of the home pages as they are taken out: trail, contacts, second person, supervision."""

from typing import Any

from flask_babel import lazy_gettext as _

from people import labels
from people.models import Proposal
from people.proposals import kinds
from people.supervision.inquiries import WatchedEntry
from people.trail import TrailLine
from people.views.listing import Listing, context_records
from people.views.shown import shown_name, shown_text


def _changes(line: TrailLine) -> str:
    """What changed, field by field, as on the page."""
    return "；".join(
        f"{change.field}：{change.before} → {change.after}"
        if change.before != "–"
        else f"{change.field}：{change.after}"
        for change in line.changes
    )


TRAIL = Listing(
    _("Audit trail"),
    context_records("lines"),
    (_("When"), lambda line: line.at),
    (_("Who did it"), lambda line: line.actor_name or _("the system itself")),
    (_("From where"), lambda line: line.origin or _("the system itself")),
    (_("What"), lambda line: line.action),
    (_("About"), lambda line: f"{line.subject.kind} {line.about}"),
    (_("Place"), lambda line: line.place),
    (_("Details"), _changes),
)

CONTACTS = Listing(
    _("Contacts"),
    context_records("contacts"),
    (_("Kind"), lambda contact: labels.CONTACT_KINDS[contact.kind]),
    (_("Name"), lambda contact: contact.name),
    (_("Agency"), lambda contact: contact.agency),
    (_("Phone"), lambda contact: contact.phone),
)


def _facts(proposal: Proposal) -> str:
    """What would be done, in one line."""
    return "；".join(
        f"{label}：{shown_text(text)}" for label, text in kinds.kind_of(proposal).facts(proposal)
    )


PROPOSALS = Listing(
    _("Second person"),
    context_records("page"),
    (_("What"), lambda proposal: kinds.kind_of(proposal).title),
    (_("Details"), _facts),
    (_("State"), lambda proposal: labels.PROPOSAL_STATES[proposal.state]),
    (_("Proposed by"), lambda proposal: shown_name(proposal.proposed_by)),
    (_("Proposed"), lambda proposal: proposal.proposed_at),
    (_("Decided by"), lambda proposal: shown_name(proposal.decided_by)),
    (_("Decided"), lambda proposal: proposal.decided_at),
    (_("Reason"), lambda proposal: shown_text(proposal.decision)),
)


def _done_by(watched: WatchedEntry) -> Any:
    """Who did it: a sign-in, a device by its name, or the program."""
    who = watched.entry.done_by
    return who if isinstance(who, str) else shown_name(who) or _("the system itself")


def _findings(watched: WatchedEntry) -> str:
    """What those found who looked into it."""
    return "；".join(
        f"{shown_text(inquiry.note)}（{shown_name(inquiry.actor)}）" for inquiry in watched.inquiries
    )


SUPERVISION = Listing(
    _("Supervision"),
    context_records("watched_entries"),
    (_("When"), lambda watched: watched.entry.at),
    (_("Kind"), lambda watched: watched.kind.title),
    (_("Who did it"), _done_by),
    (_("What"), lambda watched: watched.entry.action),
    (_("About"), lambda watched: shown_name(watched.entry.subject)),
    (_("Figure"), lambda watched: watched.entry.figure),
    (_("Reason"), lambda watched: shown_text(watched.entry.reason)),
    (_("Looked into"), lambda watched: bool(watched.inquiries)),
    (_("What was found"), _findings),
)
