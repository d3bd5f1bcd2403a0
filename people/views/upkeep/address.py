"""The page of the printed address, which holds from the next start on."""

import os
from dataclasses import replace
from pathlib import Path

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ground.computer import settings
from ground.computer.addresses import host_in
from ground.refusal import Refused
from ground.server import nearby, visitor
from ground.server.cli import default_port
from people import access
from people.forms.upkeep import ADDRESS, HERE, NETWORK, PrintedAddressForm
from people.models import Role
from people.views.upkeep import bp


@bp.route("/a/<area>/address", methods=["GET", "POST"])
@access.allow(Role.COUNTY, Role.CHAIR)
def address(area: str) -> Response | tuple[str, int]:
    """Choose the address that is printed on cards, receipts and notices."""
    if not access.keeps_backups(g.area, g.roles):
        abort(404)
    kept = settings.read(Path(current_app.instance_path))
    chosen = NETWORK if kept.lan else ADDRESS if kept.public_url else HERE
    form = PrintedAddressForm(printed=chosen, address=kept.public_url)
    form.offer(nearby.network_url(default_port()))
    is_set = "PUBLIC_URL" in os.environ or "TENANT" in current_app.config
    if not is_set and form.validate_on_submit():
        try:
            check_address(form)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            keep_address(form)
            flash(
                gettext("The address holds from the next start on: stop the program and start it once more.")
            )
            return redirect(url_for("upkeep.address", area=area))
    page = render_template(
        "people/upkeep/address.html", form=form, is_set=is_set, now=current_app.config["PUBLIC_URL"]
    )
    return page, form.status


def check_address(form: PrintedAddressForm) -> None:
    """Check that whoever chooses from elsewhere is not locked out. Refused `unknown_host`."""
    if form.printed.data == ADDRESS and not visitor.is_from_here():
        asked = host_in(request.host_url)
        if host_in(form.address.data) != asked:
            text = gettext("You are at %(host)s, and would not come in under this address.", host=asked)
            raise Refused("unknown_host", text, "address")


def keep_address(form: PrintedAddressForm) -> None:
    """Keep the choice for the next start."""
    folder = Path(current_app.instance_path)
    lan = form.printed.data == NETWORK
    public_url = form.address.data if form.printed.data == ADDRESS else ""
    settings.keep(folder, replace(settings.read(folder), public_url=public_url, lan=lan))
