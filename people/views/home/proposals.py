"""What needs a second person in a village: what was proposed, and deciding on it."""

from collections.abc import Callable

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.db import fetch
from ground.forms import ButtonForm, Form, ReasonForm, attempt
from ground.refusal import refusal_of
from people import access, labels
from people.forms.proposals import AgreeForm
from people.models import Proposal, User
from people.proposals import kinds, proposing
from people.views.home import bp, lists
from people.views.listing import excel, render
from people.views.proposing import READERS

Answer = Response | tuple[str, int]


@bp.get("/v/<village>/proposals")
@access.allow(*READERS)
@excel(lists.PROPOSALS)
def proposals(village: str) -> str:
    """What was proposed in the village and needs a second person, what waits first."""
    return render(
        "people/home/proposals.html",
        page=web.page_of(proposing.search(g.area, g.roles)),
        waiting=len(proposing.waiting_for(g.area, current_user, g.roles)),
        kind_of=kinds.kind_of,
        labels=labels,
    )


@bp.get("/v/<village>/proposals/<int:ident>")
@access.allow(*READERS)
def proposal(village: str, ident: int) -> tuple[str, int]:
    """One proposal: what would be done, who proposed it, and the buttons to agree or refuse."""
    proposing.note_read(_proposal_or_404(ident), current_user)
    return _proposal_page(ident, ReasonForm(formdata=None))


def _proposal_page(ident: int, form: Form) -> tuple[str, int]:
    """The page of a proposal; a form that was refused is shown again as it was sent."""
    proposal = _proposal_or_404(ident)
    kind = kinds.kind_of(proposal)
    page = render_template(
        "people/home/proposal.html",
        proposal=proposal,
        kind=kind,
        facts=kind.facts(proposal),
        doubt=kind.doubts.get(form.refused.code) if form.refused else None,
        form=form,
        refusal_form=form if isinstance(form, ReasonForm) else ReasonForm(formdata=None),
        labels=labels,
        decision_refusal=refusal_of(proposing.check_may_decide, proposal, current_user),
    )
    return page, form.status


@bp.post("/v/<village>/proposals/<int:ident>/agree")
@access.allow(*READERS)
def agree_to_proposal(village: str, ident: int) -> Answer:
    """Agree as the second person; then it is done."""
    form = AgreeForm()

    def agree(proposal: Proposal, actor: User) -> Proposal:
        return proposing.agree(proposal, actor, form.despite.data or "")

    return _decide(ident, form, agree, gettext("Agreed, and done."))


@bp.post("/v/<village>/proposals/<int:ident>/refuse")
@access.allow(*READERS)
def refuse_proposal(village: str, ident: int) -> Answer:
    """Refuse as the second person, with the reason; nothing is done."""
    form = ReasonForm()

    def refuse(proposal: Proposal, actor: User) -> Proposal:
        return proposing.refuse(proposal, form.reason.data, actor)

    return _decide(ident, form, refuse, gettext("Refused. Nothing is done."))


@bp.post("/v/<village>/proposals/<int:ident>/withdraw")
@access.allow(*READERS)
def withdraw_proposal(village: str, ident: int) -> Answer:
    """Withdraw one's own proposal; nothing is done."""
    form = ButtonForm()
    return _decide(ident, form, proposing.withdraw, gettext("Withdrawn. Nothing is done."))


def _decide(ident: int, form: Form, verb: Callable[[Proposal, User], Proposal], message: str) -> Answer:
    if form.validate_on_submit():
        with attempt(form):
            verb(_proposal_or_404(ident), current_user)
        if form.status == 200:
            flash(message)
            return redirect(url_for("home.proposals", village=g.area.code))
    return _proposal_page(ident, form)


def _proposal_or_404(ident: int) -> Proposal:
    """The proposal of the village with this id; 403 for who may not see what it is about."""
    proposal = fetch(Proposal, ident, area_id=g.area.id) or abort(404)
    if not g.roles & kinds.kind_of(proposal).readers:
        abort(403)
    return proposal
