"""The page of the backups: how old the newest is, and a button for one more."""

from flask import abort, current_app, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ground.refusal import Refused
from ground.server import backups as copies
from ground.watch import events
from people import access
from people.models import Role
from people.views.upkeep import bp


@bp.get("/a/<area>/backups")
@access.allow(Role.COUNTY, Role.CHAIR)
def backups(area: str) -> str:
    """The newest backup of the whole database, and how to make one now."""
    _check_keeps_them()
    newest = copies.newest(copies.folder(current_app))
    made_at = copies.made_at(newest) if newest else None
    return render_template("people/upkeep/backups.html", made_at=made_at)


@bp.post("/a/<area>/backups")
@access.allow(Role.COUNTY, Role.CHAIR)
def make_backup(area: str) -> Response:
    """Make one now, and look it through; it takes some seconds."""
    _check_keeps_them()
    try:
        copies.make(copies.folder(current_app), kept=None)
    except (copies.BackupFailed, OSError) as failed:
        raise Refused(
            "no_backup",
            gettext(
                "No backup was made. Tell whoever looks after the program: the command `backup` says why."
            ),
        ) from failed
    events.tell("backed_up")
    flash(gettext("A backup was made, and everything in it fits."))
    return redirect(url_for("upkeep.backups", area=area))


def _check_keeps_them() -> None:
    if not access.keeps_backups(g.area, g.roles):
        abort(404)
