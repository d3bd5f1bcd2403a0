"""The trail's words for reports: what was decided about them, and what was filed."""

from flask_babel import lazy_gettext as _

from people.trail.words import Words

WORDS = Words(
    actions={
        "disclosure.interval": _("decided how often the five openings hang"),
        "packet.make": _("made a quarter's packet for the archive"),
    },
    kinds={
        "packet": _("Packet of a quarter"),
    },
    fields={
        "monthly": _("Each month"),
        "pages": _("Number of pages"),
    },
)
