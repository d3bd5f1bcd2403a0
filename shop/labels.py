"""The words of the field for what the shop's models keep as codes."""

from flask_babel import lazy_gettext as _

from shop.models import MoveKind, Source


def yuan(fen: int) -> str:
    """Money as people write it: 1250 fen is "12.50"."""
    return f"{fen // 100}.{fen % 100:02d}"


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
