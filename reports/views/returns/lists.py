"""The list of an area's quarters and what was sent of each, as it is taken out."""

from flask_babel import lazy_gettext as _

from people.views.listing import Listing, context_records

QUARTERS = Listing(
    _("Quarterly returns"),
    context_records("lines"),
    (_("Quarter"), lambda line: str(line.quarter)),
    (_("Version"), lambda line: line.sent.version if line.sent else None),
    (_("Sent on"), lambda line: line.sent.sent_at if line.sent else None),
    (_("Due by"), lambda line: line.due_on),
    (_("Sent from below"), lambda line: line.sent_below),
)
