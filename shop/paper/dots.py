"""The receipt as receipt printers take it, drawn from its page on roll paper."""

from ground.paper.dots import DOTS_IN_MM, print_commands
from shop.paper.receipt import PAPERS, ROLL_END_MM, Receipt, receipt_pdf

# The papers on a roll, and how many dots a printer for it has side by side: all between the margins.
DOTS_WIDE = {paper: round(PAPERS[paper].room * DOTS_IN_MM) for paper in ("58", "80")}


def receipt_commands(receipt: Receipt, paper: str) -> bytes:
    """The ESC/POS commands that print a receipt; `paper` is a key of DOTS_WIDE."""
    pdf = receipt_pdf(receipt, paper)
    return print_commands(pdf, DOTS_WIDE[paper], PAPERS[paper].margin, ROLL_END_MM)
