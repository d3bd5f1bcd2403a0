"""How receipts are printed: for the manager to decide, and to try."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import stop_reading
from ground.forms import attempt
from ground.paper import printer
from ground.refusal import Refused
from people import access
from people.models import Role
from shop.forms.printing import PrintingForm
from shop.models import ReceiptPrinter
from shop.paper.dots import trial_commands
from shop.shelf import printing as verbs
from shop.shelf import shops
from shop.views.shelf import bp


@bp.route("/v/<village>/printing", methods=["GET", "POST"])
@access.allow(Role.MANAGER)
def printing(village: str) -> Response | tuple[str, int]:
    """The paper, the printer, and whether the desk prints by itself."""
    shop = shops.of_village(g.area)
    form = PrintingForm.of_shop(shop)
    if form.validate_on_submit():
        with attempt(form):
            verbs.set_printing(shops.of_village(g.area) or abort(404), form.printing, current_user)
        if form.status == 200:
            flash(gettext("From now on receipts are printed like this."))
            return redirect(url_for("shelf.printing", village=village))
    return render_template("shop/shelf/printing.html", shop=shop, form=form), form.status


@bp.post("/v/<village>/printing/trial")
@access.allow(Role.MANAGER)
def print_trial(village: str) -> Response:
    """Let the shop's printer in the network print a short sheet, to see whether it does."""
    shop = shops.of_village(g.area) or abort(404)
    if shop.printer != ReceiptPrinter.NETWORK or not shop.paper:
        abort(404)
    address, commands = shop.printer_address or "", trial_commands(shop.name, clock.now(), shop.paper)
    stop_reading()
    try:
        printer.hand_over(address, commands)
        flash(gettext("The printer has taken the trial sheet."))
    except Refused as refusal:
        web.flash_warning(str(refusal.message))
    return redirect(url_for("shelf.printing", village=village))
