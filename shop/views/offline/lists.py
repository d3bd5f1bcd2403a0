"""The list of a shop's leases, as it is taken out."""

from flask_babel import lazy_gettext as _

from people.views.listing import Listing, context_records
from people.views.shown import shown_name, shown_text
from shop import labels

LEASES = Listing(
    _("Without a network"),
    context_records("leases"),
    (_("Day"), lambda lease: lease.day),
    (_("Who"), lambda lease: shown_name(lease.holder)),
    (_("From"), lambda lease: lease.taken_at),
    (_("Until"), lambda lease: lease.ended_at or lease.until),
    (_("Receipts"), lambda lease: lease.last_serial - lease.first_serial + 1),
    (_("How it stands"), lambda lease: labels.lease_state(lease)),
    (_("Reason"), lambda lease: lease.reason and shown_text(lease.reason)),
)
