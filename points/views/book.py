"""The ledger book (台账), a worker's own page, and the rubric."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from people import access, clock, pages
from people.clock import Quarter
from people.db import fetch
from people.forms import attempt
from people.models import Departure, Merge, Person, Role, User
from people.roster import departures, duplicates, persons
from points import labels, ledger
from points.forms.rubrics import RubricForm
from points.models import Account, Transfer
from points.rubrics import versions
from points.rubrics.template import TEMPLATE
from points.services import reading
from points.views import WATCHING, bp

LATEST = 20


@bp.get("/v/<village>/accounts")
@access.allow(*WATCHING)
def accounts(village: str) -> str:
    """Every worker's account with its balance, and what the village issued and took back."""
    return render_template(
        "points/accounts.html",
        accounts=ledger.accounts_of(g.area),
        totals=ledger.totals(g.area),
    )


@bp.get("/v/<village>/accounts/<int:ident>")
@access.allow(*WATCHING)
def account(village: str, ident: int) -> str:
    """The entries of one worker's account, the latest first, and the head of its chain.

    Below them those of entries that were merged into this one, each with who merged it, when and why.
    """
    person = fetch(Person, ident, area_id=g.area.id) or abort(404)
    found = ledger.existing(person)
    return render_template(
        "points/account.html",
        person=person,
        account=found,
        page=pages.page_of(ledger.entries(found)) if found else None,
        merges=[_history(made) for made in duplicates.merged_into(person)],
        left=_left(person),
        why=labels.why,
    )


@dataclass(frozen=True)
class History:
    """What happened under an entry before it was merged, and who merged it."""

    merge: Merge
    by: User | None
    account: Account | None
    latest: Sequence[Transfer]


def _history(made: Merge) -> History:
    return History(
        merge=made,
        by=fetch(User, made.actor_id) if made.actor_id else None,
        account=ledger.existing(made.duplicate),
        latest=ledger.latest(made.duplicate, LATEST),
    )


def _left(person: Person) -> Departure | None:
    """The departure by which somebody is away, for the words on their points."""
    return departures.standing(persons.selves(person))


@bp.get("/v/<village>/mine")
@access.allow(Role.WORKER)
def mine(village: str) -> str:
    """A worker's own balance, latest entries and records."""
    person = fetch(Person, current_user.person_id, area_id=g.area.id) or abort(404)
    services = pages.page_of(reading.of_worker(g.area, person))
    return render_template(
        "points/mine.html",
        person=person,
        balance=ledger.balance_of(person),
        left=_left(person),
        today=clock.today(),
        latest=ledger.latest(person, LATEST),
        services=services,
        again=reading.handed_in_again(services),
        states=labels.SERVICE_STATES,
        why=labels.why,
    )


@bp.get("/v/<village>/rubric")
@access.allow(*WATCHING, Role.INSTRUCTOR, Role.WORKER)
def rubric(village: str) -> tuple[str, int]:
    """The rubric in force, the one to come, or how to adopt the first."""
    return _rubric(RubricForm(formdata=None, in_force_from=Quarter.of(clock.today()).first_day))


def _rubric(form: RubricForm) -> tuple[str, int]:
    latest = versions.latest(g.area)
    page = render_template(
        "points/rubric.html",
        rubric=latest,
        template=TEMPLATE,
        categories=labels.CATEGORIES,
        form=form,
        in_force=latest is not None and latest.in_force_from <= clock.today(),
    )
    return page, form.status


@bp.post("/v/<village>/rubric")
@access.allow(Role.CHAIR)
def adopt_rubric(village: str) -> Response | tuple[str, int]:
    """Adopt the county's rubric by a decision of the village's meeting."""
    form = RubricForm()
    if form.validate_on_submit():
        with attempt(form):
            versions.adopt(g.area, form.in_force_from.data, form.approved_by.data, (), current_user)
        if form.status == 200:
            flash(gettext("Adopted. Hang the rubric up where everyone can read it."))
            return redirect(url_for("points.rubric", village=village))
    return _rubric(form)
