"""The audit trail and the contacts, as they are taken out."""

from flask_babel import lazy_gettext as _

from people import labels
from people.trail import TrailLine
from people.views.listing import Listing, each


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
    each("lines"),
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
    each("contacts"),
    (_("Kind"), lambda contact: labels.CONTACT_KINDS[contact.kind]),
    (_("Name"), lambda contact: contact.name),
    (_("Agency"), lambda contact: contact.agency),
    (_("Phone"), lambda contact: contact.phone),
)
