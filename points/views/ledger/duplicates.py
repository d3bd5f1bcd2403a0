"""Entries that may be one person: side by side, and what merging them does."""

from dataclasses import dataclass

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock
from ground.db import fetch
from ground.forms import ReasonForm, attempt
from ground.refusal import Refused
from people import access, areas, cards, labels
from people.models import Appointment, Card, Person, Role
from people.roster import duplicates as suggestions
from people.roster import holders, staffing
from people.roster.duplicates import Why
from people.trail import words
from points import ledger, merging
from points.views import WATCHING
from points.views.ledger import bp

WHY = {Why.PHONE: _("the same phone"), Why.BIRTH_YEAR: _("the same birth year")}


@dataclass(frozen=True)
class Side:
    """One of two entries, as they stand side by side."""

    person: Person
    balance: int
    terms: list[Appointment]
    card: Card | None


def _side(person: Person) -> Side:
    """What the village knows of an entry today."""
    today = clock.today()
    held = staffing.of_people(g.area, [person])[person.id]
    running = [term for term in held if holders.state_of(term, today) == holders.State.RUNNING]
    return Side(person, ledger.balance_of(person), running, cards.active(person))


@bp.get("/v/<village>/duplicates")
@access.allow(*WATCHING)
def duplicates(village: str) -> str:
    """Pairs of entries of the village that look like one person."""
    return render_template(
        "points/ledger/duplicates.html",
        pairs=[(pair, _side(pair.first), _side(pair.second)) for pair in suggestions.suggested(g.area)],
        why=WHY,
        labels=labels,
        may_decide=Role.CHAIR in g.roles,
        above=False,
    )


@bp.get("/a/<area>/duplicates")
@access.allow(*access.ABOVE)
def area_duplicates(area: str) -> str:
    """The same for a township or county: how many, and where; the villages decide."""
    return render_template(
        "points/ledger/duplicates.html",
        pairs=[(pair, None, None) for pair in suggestions.suggested(g.area)],
        villages=len(areas.below(g.area)),
        why=WHY,
        labels=labels,
        may_decide=False,
        above=True,
    )


@bp.route("/v/<village>/people/<int:ident>/merge", methods=["GET", "POST"])
@access.allow(*access.COMMITTEE, posting={Role.CHAIR})
def merge(village: str, ident: int) -> Response | tuple[str, int]:
    """Merge an entry into the one given by `?into=`: what will happen, why, and the button.

    Without `into`, ask which entry is kept.
    """
    duplicate = fetch(Person, ident, area_id=g.area.id) or abort(404)
    into = request.args.get("into", type=int)
    if into is None and request.method == "GET":
        others = suggestions.others(duplicate)
        return render_template("points/ledger/merge.html", duplicate=duplicate, others=others, kept=None), 200
    kept = fetch(Person, into or 0, area_id=g.area.id) or abort(404)
    form = ReasonForm()
    if form.validate_on_submit():
        with attempt(form):
            merging.merge(kept, duplicate, form.reason.data, current_user)
        if form.status == 200:
            flash(gettext("Merged. Both histories are kept, and all points are on one account."))
            return redirect(url_for("ledger.account", village=village, ident=kept.id))
    page = render_template(
        "points/ledger/merge.html",
        form=form,
        kept=kept,
        duplicate=duplicate,
        sides=(_side(kept), _side(duplicate)),
        plan=merging.plan(kept, duplicate),
        stopped=_stopped(kept, duplicate),
        fields=words.known().fields,
        labels=labels,
        may_decide=Role.CHAIR in g.roles,
    )
    return page, form.status


def _stopped(kept: Person, duplicate: Person) -> Refused | None:
    """Why these two cannot be merged now, or None."""
    try:
        merging.check(kept, duplicate, current_user)
    except Refused as refusal:
        return refusal
    return None
