"""Leaving on pages: who left and what became of the points, the decision, the village's rule."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import fetch
from ground.forms import ButtonForm, attempt
from ground.paper import words
from ground.refusal import Refused
from people import access, cards
from people.forms.leaving import LeaveForm, LeavingRuleForm
from people.labels import DEPARTURE_KINDS
from people.models import Departure, DepartureKind, NegativeItem, Outcome, Person, Role
from people.roster import departures, holders, persons
from people.views.listing import excel, render
from points import amounts, ledger
from points import leaving as verbs
from points.openings import sheets
from points.views.ledger import bp, lists


@bp.get("/v/<village>/leaving")
@access.allow(*access.ONLOOKERS)
@excel(lists.DEPARTURES, lists.UNSETTLED)
def leaving(village: str) -> Response | tuple[str, int]:
    """Who left and what became of their points; whose points nobody has settled; what is due."""
    person_id = web.number_asked("person")
    if person_id is not None:
        return redirect(url_for("ledger.leave", village=village, ident=person_id))
    return _leaving(ButtonForm(formdata=None))


def _leaving(form: ButtonForm) -> tuple[str, int]:
    today = clock.today()
    page = web.page_of(departures.departures_of(g.area))
    remainders = verbs.remainders(g.area)
    serving = {term.person_id: term for term in holders.serving_terms(g.area, today, today)}
    rendered = render(
        "points/ledger/leaving.html",
        form=form,
        page=page,
        lapsed_tenths=verbs.tenths_lapsed(page.items),
        remainders={remainder.departure.id: remainder for remainder in remainders if remainder.departure},
        unsettled_remainders=[remainder for remainder in remainders if remainder.departure is None],
        due_remainders=[remainder for remainder in remainders if remainder.is_due],
        with_card={
            remainder.person.id
            for remainder in remainders
            if not remainder.is_due and cards.active_card(remainder.person)
        },
        serving=serving,
        kinds=DEPARTURE_KINDS,
        rule=departures.rule_on(g.area, today),
        may_decide=Role.CHAIR in g.roles,
        may_issue=bool(g.roles & access.COMMITTEE),
    )
    return rendered, form.status


@bp.post("/v/<village>/leaving/settle")
@access.allow(Role.CHAIR)
def settle_leaving(village: str) -> Response | tuple[str, int]:
    """Let the points expire whose last day is over."""
    form = ButtonForm()
    with attempt(form):
        lapsed = verbs.settle_due(g.area, current_user)
    if form.status != 200:
        return _leaving(form)
    if not lapsed:
        web.flash_warning(gettext("Nothing expired: no points are due."))
        return redirect(url_for("ledger.leaving", village=village))
    total = amounts.show(sum(lapse.transfer.amount for lapse in lapsed))
    flash(gettext("Expired: %(points)s points. Each entry in the ledger book says why.", points=total))
    return redirect(url_for("ledger.leaving", village=village))


@bp.route("/v/<village>/people/<int:ident>/leave", methods=["GET", "POST"])
@access.allow(Role.CHAIR)
def leave(village: str, ident: int) -> Response | tuple[str, int]:
    """Decide that a worker leaves; the page says first what becomes of the points."""
    form = LeaveForm(on=clock.today(), item=0)
    on = form.on.data or clock.today()
    on_list = [item for item in departures.negative_list(g.area) if departures.item_holds(item, g.area, on)]
    form.item.choices = [(0, gettext("none")), *((item.id, item.text) for item in on_list)]
    if form.validate_on_submit():
        with attempt(form):
            person = _person_or_404(ident, to_write=True)
            _check_rule_shown(form.shown.data, departures.rule_on(g.area, on))
            departure = verbs.leave(
                person,
                DepartureKind(form.kind.data),
                form.reason.data,
                form.decision.data,
                form.on.data,
                current_user,
                fetch(NegativeItem, form.item.data),
            )
            message = _done_text(person, departure)
        if form.status == 200:
            flash(message)
            return redirect(url_for("ledger.leaving", village=village))
    person, rule = _person_or_404(ident), departures.rule_on(g.area, on)
    serves = holders.term_on_day(ident, clock.today()) is not None
    if not form.is_submitted():
        form.kind.data = str(DepartureKind.EXIT if serves else DepartureKind.TERM_END)
    form.shown.data = _rule_page(rule)
    page = render_template(
        "points/ledger/leave.html",
        form=form,
        person=person,
        is_serving=serves,
        balance=ledger.balance_of(person),
        opening=sheets.unbooked_lines(g.area).get(persons.current_entry(person).id),
        rule=rule,
        kept_until=rule.until(on),
        today=clock.today(),
    )
    return page, form.status


def _person_or_404(ident: int, to_write: bool = False) -> Person:
    return fetch(Person, ident, lock=to_write, area_id=g.area.id) or abort(404)


def _rule_page(rule: departures.PointsRule) -> str:
    return f"{rule.outcome} {rule.days or ''}".strip()


def _check_rule_shown(rule_shown: str, rule: departures.PointsRule) -> None:
    """Check that the page told what the rule of that day does.

    Refused `rule_changed` when it told something else.
    """
    if rule_shown != _rule_page(rule):
        raise Refused(
            "rule_changed",
            _("Another rule was in force on that day. See above what becomes of the points, and send again."),
        )


def _done_text(person: Person, departure: Departure) -> str:
    if verbs.is_over(departure):
        return gettext("%(name)s left. The points are settled, the card is frozen.", name=person.name)
    return gettext(
        "%(name)s left; the card is frozen. The points can be spent until %(day)s, with a new card.",
        name=person.name,
        day=words.day(departure.kept_until or departure.on),
    )


@bp.route("/v/<village>/leaving/rule", methods=["GET", "POST"])
@access.allow(*access.ONLOOKERS, posting_roles={Role.CHAIR})
@excel(lists.LEAVING_RULES)
def leaving_rule(village: str) -> Response | tuple[str, int]:
    """The village's rule for the points of those who leave, those before it, and a new decision."""
    form = LeavingRuleForm(holds_from=clock.today(), days=departures.TEMPLATE_RULE.days)
    if form.validate_on_submit():
        with attempt(form):
            departures.decide_rule(
                g.area,
                Outcome(form.outcome.data),
                form.days.data,
                form.decided.data,
                form.holds_from.data,
                current_user,
            )
        if form.status == 200:
            flash(gettext("Written down. It holds for who leaves from that day on."))
            return redirect(url_for("ledger.leaving_rule", village=village))
    page = render(
        "points/ledger/leaving_rule.html",
        form=form,
        rule=departures.rule_on(g.area, clock.today()),
        rules=departures.rules_of(g.area),
        may_decide=Role.CHAIR in g.roles,
        today=clock.today(),
    )
    return page, form.status
