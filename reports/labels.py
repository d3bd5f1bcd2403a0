"""Labels, in the words of the field, for what the reports keep as codes."""

from flask_babel import lazy_gettext as _

from reports.boards.standing import Concern

CONCERNS = {
    Concern.LATE: _("Villages late with the last quarter"),
    Concern.OVERDUE_ANSWERS: _("Answers to objections overdue"),
    Concern.WITHOUT_WORKER: _("Grids without a worker"),
    Concern.WITHOUT_INSTRUCTOR: _("Grids without an instructor"),
    Concern.OVERDUE_VISITS: _("Households overdue for a visit"),
    Concern.EXPIRED_GOODS: _("Expired lots on the shelf"),
    Concern.THIN_SHELF: _("Shops with goods for less than a quarter"),
    Concern.ENDING_TERMS: _("Terms that end within 90 days"),
    Concern.MISSING_CONTACTS: _("Officials and contacts missing"),
    Concern.LOW_GOODS: _("Articles that run low"),
    Concern.EXPIRING_GOODS: _("Lots that expire soon"),
}

# The same of one village, where it is so or not.
OF_ONE_VILLAGE = {
    Concern.LATE: _("The last quarter is late"),
    Concern.THIN_SHELF: _("Goods for less than a quarter"),
}
