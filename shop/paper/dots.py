"""What receipt printers print: the receipt, drawn from its page on roll paper, and a sheet to try them."""

from datetime import datetime

from flask_babel import gettext as _

from ground.paper import words
from ground.paper.dots import DOTS_IN_MM, print_commands
from ground.paper.draw import Pen, stack
from ground.paper.table import height_of
from shop.paper.receipt import PAPERS, ROLL_END_MM, Receipt, receipt_pdf
from shop.paper.roll import centred_text, dashed_line

# The papers on a roll, and how many dots a printer for it has side by side: all between the margins.
DOTS_WIDE = {paper: round(PAPERS[paper].room * DOTS_IN_MM) for paper in ("58", "80")}


def receipt_commands(receipt: Receipt, paper: str) -> bytes:
    """The ESC/POS commands that print a receipt; `paper` is a key of DOTS_WIDE."""
    return _commands(receipt_pdf(receipt, paper), paper)


def trial_commands(shop: str, at: datetime, paper: str) -> bytes:
    """The commands for a short sheet that shows whether a printer works on this paper; `at` in UTC."""
    sheet = PAPERS[paper]
    strips = [
        *centred_text(shop, sheet, bold=True),
        *dashed_line(sheet),
        *centred_text(_("Trial sheet"), sheet, sheet.large, bold=True),
        *centred_text(words.moment(at), sheet),
        *dashed_line(sheet),
    ]
    pen = Pen(_("Trial sheet"), sheet.wide, height_of(strips) + 2 * ROLL_END_MM)
    stack(pen, strips, sheet.margin, ROLL_END_MM)
    return _commands(pen.pdf(), paper)


def _commands(pdf: bytes, paper: str) -> bytes:
    return print_commands(pdf, DOTS_WIDE[paper], PAPERS[paper].margin, ROLL_END_MM)
