"""How a shop prints its receipts: on which paper, by which printer, and whether by itself."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from ground.db import lock
from ground.paper import printer as network_printer
from ground.refusal import Refused
from people import audit
from people.models import User
from shop.models import ReceiptPrinter, Shop
from shop.paper.dots import DOTS_WIDE
from shop.paper.receipt import PAPERS


@dataclass(frozen=True)
class Printing:
    """What a shop decided: `paper` a key of PAPERS, None: chosen each time; `printer` None: the browser's."""

    paper: str | None = None
    printer: ReceiptPrinter | None = None
    address: str | None = None
    by_itself: bool = False


def set_printing(shop: Shop, printing: Printing, actor: User | None) -> None:
    """Print a shop's receipts in this way from now on.

    Refused `bad_paper` for a paper that the printer does not take, and for none where the desk prints by
    itself; `bad_printer` for an address where no printer may be; `not_by_itself` for a telephone.
    """
    _check_paper(printing)
    is_network = printing.printer == ReceiptPrinter.NETWORK
    address = network_printer.checked_address(printing.address or "") if is_network else None
    if printing.by_itself and printing.printer == ReceiptPrinter.PHONE:
        raise Refused("not_by_itself", _("A telephone prints when its button is pressed."), "by_itself")
    lock(shop)
    if not is_network and (printing.address or "") not in ("", shop.printer_address):
        raise Refused(
            "bad_printer",
            _("Only a printer in the network has an address. Choose it above, or leave this empty."),
            "address",
        )
    audit.change(
        actor,
        "shop.printing",
        shop,
        shop.village,
        paper=printing.paper,
        printer=printing.printer,
        printer_address=address,
        prints_itself=printing.by_itself,
    )


def _check_paper(printing: Printing) -> None:
    """Check that a printer of receipts has paper on a roll, and that what prints by itself has any."""
    if printing.paper is not None and printing.paper not in PAPERS:
        raise Refused("bad_paper", _("There is no such paper."), "paper")
    if printing.printer is not None and printing.paper not in DOTS_WIDE:
        raise Refused("bad_paper", _("Such a printer takes paper of 58 or 80 mm. Choose one."), "paper")
    if printing.by_itself and printing.paper is None:
        raise Refused("bad_paper", _("Choose the paper on which the desk prints by itself."), "paper")
