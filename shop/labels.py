"""The words of the field for what the shop's models keep as codes."""

from flask_babel import lazy_gettext as _

from shop.models import MoveKind, Source

SOURCES = {
    Source.PURCHASE: _("bought"),
    Source.DONATION: _("donated"),
    Source.ALLOCATION: _("allocated from above"),
}

MOVE_KINDS = {
    MoveKind.RECEIPT: _("came in"),
    MoveKind.REDEMPTION: _("handed out"),
    MoveKind.VOID: _("back by a void"),
    MoveKind.WRITE_OFF: _("written off"),
    MoveKind.RETURN: _("returned to the supplier"),
    MoveKind.SENT: _("sent to another shop"),
    MoveKind.SENT_BACK: _("came back from another shop"),
    MoveKind.STOCK_TAKE: _("difference of a stock-take"),
    MoveKind.REVERSAL: _("undone"),
}
