"""Entries that may be one person: side by side, and what merging them does."""

from dataclasses import dataclass

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import fetch
from ground.forms import ReasonForm
from ground.refusal import refusal_of
from people import access, areas, cards, labels
from people.models import Appointment, Card, Person, Role
from people.roster import duplicates as suggestions
from people.roster import holders, staffing
from people.roster.duplicates import DuplicateSign
from people.trail import words
from people.views.listing import excel, render
from people.views.proposing import attempt_or_propose, to_proposal, waiting_about
from points import ledger, merging
from points.views.ledger import bp, lists

SIGN_LABELS = {DuplicateSign.PHONE: _("the same phone"), DuplicateSign.BIRTH_YEAR: _("the same birth year")}


@dataclass(frozen=True)
class MergeSide:
    """One of the two entries that are shown side by side."""

    person: Person
    balance: int
    terms: list[Appointment]
    card: Card | None


def _merge_side(person: Person) -> MergeSide:
    """An entry with its balance, its running terms and its card, as of today."""
    today = clock.today()
    terms = staffing.terms_of_people(g.area, [person])[person.id]
    running = [term for term in terms if holders.state_of(term, today) == holders.TermState.RUNNING]
    return MergeSide(person, ledger.balance_of(person), running, cards.active_card(person))


@bp.get("/v/<village>/duplicates")
@access.allow(*access.ONLOOKERS)
@excel(lists.DUPLICATES)
def duplicates(village: str) -> str:
    """Pairs of entries of the village that look like one person."""
    return render(
        "points/ledger/duplicates.html",
        pairs=[
            (pair, _merge_side(pair.first), _merge_side(pair.second))
            for pair in suggestions.suggested_pairs(g.area)
        ],
        sign_labels=SIGN_LABELS,
        labels=labels,
        may_decide=Role.CHAIR in g.roles,
        is_above_village=False,
    )


@bp.get("/a/<area>/duplicates")
@access.allow(*access.ROLES_ABOVE)
@excel(lists.DUPLICATES)
def area_duplicates(area: str) -> str:
    """Pairs of entries in a township or county that look like one person.

    It shows how many, and where; the villages decide.
    """
    return render(
        "points/ledger/duplicates.html",
        pairs=[(pair, None, None) for pair in suggestions.suggested_pairs(g.area)],
        villages=len(areas.villages_in(g.area)),
        sign_labels=SIGN_LABELS,
        labels=labels,
        may_decide=False,
        is_above_village=True,
    )


@bp.route("/v/<village>/people/<int:ident>/merge", methods=["GET", "POST"])
@access.allow(*access.COMMITTEE, posting_roles={Role.CHAIR})
def merge(village: str, ident: int) -> Response | tuple[str, int]:
    """Merge an entry into the one given by `?into=`: what will happen, why, and the button.

    Without `into`, ask which entry is kept.
    """
    into = web.number_asked("into")
    if into is None and request.method == "GET":
        duplicate = _entry_or_404(ident)
        others = suggestions.possible_duplicates(duplicate)
        return render_template(
            "points/ledger/merge.html", duplicate=duplicate, possible_duplicates=others, kept=None
        ), 200
    form = ReasonForm()
    if form.validate_on_submit():
        with attempt_or_propose(form) as proposed:
            merging.merge(_entry_or_404(into), _entry_or_404(ident), form.reason.data, current_user)
        if proposed:
            return to_proposal(proposed)
        if form.status == 200:
            flash(gettext("Merged. Both histories are kept, and all points are on one account."))
            return redirect(url_for("ledger.account", village=village, ident=into))
    kept, duplicate = _entry_or_404(into), _entry_or_404(ident)
    page = render_template(
        "points/ledger/merge.html",
        form=form,
        kept=kept,
        duplicate=duplicate,
        sides=(_merge_side(kept), _merge_side(duplicate)),
        plan=merging.plan(kept, duplicate),
        differing_fields=suggestions.differences(kept, duplicate),
        proposals=waiting_about(duplicate),
        merge_refusal=refusal_of(merging.check, kept, duplicate, current_user),
        fields=words.all_words().fields,
        labels=labels,
        may_decide=Role.CHAIR in g.roles,
    )
    return page, form.status


def _entry_or_404(ident: int | None) -> Person:
    return fetch(Person, ident or 0, area_id=g.area.id) or abort(404)
