"""Activities of many: written down once for all who were there, and decided on in one step."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.clock import Quarter
from ground.db import db, fetch, lock_all
from ground.forms import ReasonForm, attempt
from ground.refusal import Refused
from people import access
from people.models import Person
from people.roster.holders import WorkerInGrid
from points.forms.services import ActivityForm
from points.models import Activity, RubricItem
from points.rubrics import versions
from points.services import activities, photos
from points.views.services import bp, waiting
from points.views.services.new_services import item_choices, seats_of_late
from points.views.services.services import (
    DECIDERS,
    RECORDERS,
    back_to_the_place,
    confirm_group,
    list_page,
)


@bp.route("/v/<village>/services/activities/new", methods=["GET", "POST"])
@access.allow(*RECORDERS)
def new_activity(village: str) -> Response | tuple[str, int]:
    """Record an activity of many: ticked, scanned by card, or read from a list of names.

    A card or a list only ticks; the page comes back with what was typed, to be looked at and recorded.
    """
    form = ActivityForm(done_on=clock.today())
    rubric = versions.in_force(g.area, Quarter.of(form.done_on.data or clock.today()))
    form.item.choices = item_choices(rubric)
    workers = _workers()
    form.here.choices = [(worker.person_id, worker.name) for worker in workers]
    told: list[str] = []
    if form.is_submitted() and form.only_ticks:
        told = _tick_read(form, workers)
    elif form.validate_on_submit():
        with attempt(form):
            activity = activities.record(
                form.key.data,
                g.area,
                db.session.get_one(RubricItem, form.item.data),
                form.done_on.data,
                form.count.data,
                form.note.data,
                lock_all(Person, form.here.data),
                current_user,
            )
            if form.photo.picture is not None:
                photos.keep_with_all(activities.records_of(activity), form.photo.picture, current_user)
        if form.status == 200:
            flash(
                ngettext(
                    "Recorded for %(num)s worker. Now a second person confirms it.",
                    "Recorded for %(num)s workers. Now a second person confirms them together.",
                    len(form.here.data),
                )
            )
            return redirect(url_for("services.services", village=village))
    page = render_template(
        "points/services/new_activity.html",
        form=form,
        rubric=rubric,
        workers=workers,
        told=told,
    )
    return page, form.status


def _workers() -> list[WorkerInGrid]:
    """Who served this quarter or the last, each once, by the code of their first grid."""
    first_seats: dict[int, WorkerInGrid] = {}
    for seat in seats_of_late():
        first_seats.setdefault(seat.person_id, seat)
    return list(first_seats.values())


def _tick_read(form: ActivityForm, workers: list[WorkerInGrid]) -> list[str]:
    """Tick whom the card and the names mean; return what is told. What they don't mean stays in its field."""
    told = []
    if form.scan.data:
        try:
            holder = activities.read_card(form.scan.data, g.area, workers)
        except Refused as refusal:
            form.refuse(refusal.with_field("scan"))
        else:
            is_new = form.tick([holder.id])
            form.scan.data = ""
            told.append(
                gettext("%(name)s is ticked.", name=holder.name)
                if is_new
                else gettext("%(name)s was ticked already.", name=holder.name)
            )
    if form.names.data:
        read = activities.read_names(form.names.data, workers)
        ticked = form.tick(read.found_ids)
        form.names.data = "\n".join(name for name, _why in read.left)
        form.names.errors = [why for _name, why in read.left]
        told.append(ngettext("%(num)s more is ticked.", "%(num)s more are ticked.", ticked))
    return told


@bp.post("/v/<village>/services/activities/<int:ident>/confirm")
@access.allow(*DECIDERS)
def confirm_activity(village: str, ident: int) -> Response | tuple[str, int]:
    """Confirm an activity's records in one step; what can't be confirmed is told with why."""
    activity, item = _activity_or_404(ident)
    return confirm_group(waiting.GroupKey(item.id, activity.id), item.name, activity_id=activity.id)


@bp.post("/v/<village>/services/activities/<int:ident>/reject")
@access.allow(*DECIDERS)
def reject_activity(village: str, ident: int) -> Response | tuple[str, int]:
    """Reject all records of an activity that wait, with one reason."""
    form, rejected_count = ReasonForm(), 0
    if form.validate_on_submit():
        with attempt(form):
            activity, _item = _activity_or_404(ident)
            rejected_count = len(activities.reject(activity, form.reason.data, current_user))
    activity, item = _activity_or_404(ident)
    group = waiting.GroupKey(item.id, activity.id)
    if form.status != 200:
        return list_page(refused=waiting.RefusedForm(form, group=group))
    done = ngettext(
        "Rejected together: %(num)s record, %(item)s.",
        "Rejected together: %(num)s records, %(item)s.",
        rejected_count,
        item=item.name,
    )
    web.flash_in_place(waiting.place_of_group(group), done)
    return back_to_the_place()


def _activity_or_404(ident: int) -> tuple[Activity, RubricItem]:
    """An activity of the village, and its item; or 404."""
    activity = fetch(Activity, ident, village_id=g.area.id) or abort(404)
    return activity, db.session.get_one(RubricItem, activity.item_id)
