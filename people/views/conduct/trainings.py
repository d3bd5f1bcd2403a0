"""The pages of training sessions: lists, attendance, who lacks a session, and the law mark."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import fetch, lock, transaction
from ground.forms import ButtonForm, attempt
from ground.paper.words import day
from ground.refusal import Refused
from people import access
from people.conduct import training_due as overdue
from people.conduct import trainings as verbs
from people.conduct.training_due import Period
from people.forms.cards import PhotoForm, ScanForm
from people.forms.training import MarkForm, TickForm, TrainingForm
from people.models import Duty, Level, Person, Role, Training
from people.roster import holders
from people.scanning.pictures import read_picture
from people.views.conduct import bp, lists
from people.views.frames import codes_on_frame
from people.views.listing import excel, render

READERS = (*access.ONLOOKERS, Role.INSTRUCTOR)
HOLDER_ROLES = (*access.COMMITTEE, *access.ROLES_ABOVE)

# Who holds the sessions of a place of each level; the county does not hold a township's.
HOLDERS = {
    Level.COUNTY: {Role.COUNTY},
    Level.TOWNSHIP: {Role.TOWNSHIP},
    Level.VILLAGE: access.COMMITTEE,
    Level.COMMUNITY: access.COMMITTEE,
}

DUTIES = {Duty.WORKER: _("Grid workers"), Duty.INSTRUCTOR: _("Instructors")}
AUDIENCES = {Duty.WORKER: _("for grid workers"), Duty.INSTRUCTOR: _("for instructors")}
GIVERS = {Level.VILLAGE: _("village"), Level.TOWNSHIP: _("township"), Level.COUNTY: _("county")}


def _may_hold() -> bool:
    """Whether the reader may hold sessions of the area in the address."""
    return bool(HOLDERS[g.area.level] & g.roles)


def _session(ident: int) -> Training:
    """The session in the address, or 404."""
    return verbs.find(g.area, ident) or abort(404)


def _own_session(ident: int, to_write: bool = False) -> Training:
    """The session in the address, for who holds it at its own place, or 404; locked with `to_write`."""
    training = _session(ident)
    if to_write:
        lock(training)
    return training if _may_change(training) else abort(404)


def _may_change(training: Training) -> bool:
    return training.area_id == g.area.id and _may_hold()


# --- Sessions ---


@bp.get("/a/<area>/trainings")
@access.allow(*READERS)
@excel(lists.TRAININGS)
def trainings(area: str) -> str:
    """The sessions that concern an area, and how the current period stands."""
    page = web.page_of(verbs.visible_trainings(g.area))
    duty = verbs.AUDIENCE[g.area.level]
    period = Period.of(duty, clock.today())
    due = overdue.trainings_due(g.area, duty, period)
    return render(
        "people/conduct/trainings.html",
        page=page,
        attendance_counts=verbs.attendance_counts(page.items),
        audiences=AUDIENCES,
        duty=duty,
        period=period_name(period),
        serving=sum(village_due.serving for village_due in due),
        missing=sum(len(village_due.missing) for village_due in due),
        may_hold=_may_hold(),
        today=clock.today(),
    )


@bp.route("/a/<area>/trainings/new", methods=["GET", "POST"])
@access.allow(*HOLDER_ROLES)
def new_training(area: str) -> Response | tuple[str, int]:
    """Write down a session of one's own place."""
    if not _may_hold():
        abort(404)
    form = TrainingForm(held_on=clock.today())
    duty = verbs.AUDIENCE[g.area.level]
    if form.validate_on_submit():
        with attempt(form):
            training = verbs.hold(
                form.key.data,
                g.area,
                duty,
                form.topic.data,
                form.place.data,
                form.held_on.data,
                current_user,
            )
        if form.status == 200:
            return redirect(url_for("conduct.training", area=area, ident=training.id))
    page = render_template("people/conduct/new_training.html", form=form, audience=AUDIENCES[duty])
    return page, form.status


@bp.get("/a/<area>/trainings/<int:ident>")
@access.allow(*READERS)
@excel(lists.ATTENDANCES, subject_key="training")
def training(area: str, ident: int) -> tuple[str, int]:
    """A session: who is there so far, and for who holds it the field that waits for a card."""
    return _training(_session(ident), ScanForm(formdata=None), PhotoForm(formdata=None))


def _training(
    training: Training, form: ScanForm, photo: PhotoForm, button: ButtonForm | None = None
) -> tuple[str, int]:
    """The session's page; `?person=` is who was let in last, with `?again=1` not for the first time."""
    roll = verbs.roll(training, g.area)
    present = [line for line in roll if line.attendance]
    last = web.number_asked("person") if form.status == photo.status == 200 else None
    page = render(
        "people/conduct/training.html",
        training=training,
        audiences=AUDIENCES,
        expected_count=len(roll),
        attendances=sorted(present, key=lambda line: line.attendance.at, reverse=True),
        last_arrival=next((line for line in present if line.person.id == last), None),
        is_repeated="again" in request.args,
        scan=form,
        photo=photo,
        button=button or ButtonForm(formdata=None),
        may_change=_may_change(training),
        by_card=training.duty == Duty.WORKER,
        is_open=training.held_on <= clock.today(),
    )
    return page, max(form.status, photo.status, button.status if button else 200)


@bp.post("/a/<area>/trainings/<int:ident>/call-off")
@access.allow(*HOLDER_ROLES)
def call_off(area: str, ident: int) -> Response | tuple[str, int]:
    """Take back a session that was written down by mistake."""
    form = ButtonForm()
    with attempt(form):
        verbs.call_off(_own_session(ident, to_write=True), current_user)
    if form.status != 200:
        return _training(_own_session(ident), ScanForm(formdata=None), PhotoForm(formdata=None), form)
    flash(gettext("The session is taken back."))
    return redirect(url_for("conduct.trainings", area=area))


# --- Who is there ---


@bp.post("/a/<area>/trainings/<int:ident>/scan")
@access.allow(*HOLDER_ROLES)
def training_scan(area: str, ident: int) -> Response | dict[str, str] | web.Problem | tuple[str, int]:
    """Let in who holds the card that was scanned or typed.

    The page's script asks for JSON: the next page as `url`, or the refusal.
    """
    form = ScanForm()
    if form.validate_on_submit():
        try:
            with transaction():
                url = _let_in(ident, form.scan.data)
            return {"url": url} if web.asked_by_script() else redirect(url)
        except Refused as refusal:
            if web.asked_by_script():
                _own_session(ident)
                return web.problem(refusal)
            form.refuse(refusal)
    elif web.asked_by_script():
        _own_session(ident)
        return web.problem(form.problem())
    return _training(_own_session(ident), form, PhotoForm(formdata=None))


@bp.post("/a/<area>/trainings/<int:ident>/photo")
@access.allow(*HOLDER_ROLES)
def training_photo(area: str, ident: int) -> Response | tuple[str, int]:
    """Let in who holds the card on a photo.

    It is read before the transaction begins, as that takes its time.
    """
    form = PhotoForm()
    if form.validate_on_submit():
        try:
            scanned = read_picture(form.photo.data.read())
            with transaction():
                return redirect(_let_in(ident, scanned))
        except Refused as refusal:
            form.refuse(refusal.with_field("photo"))
    return _training(_own_session(ident), ScanForm(formdata=None), form)


@bp.post("/a/<area>/trainings/<int:ident>/read")
@access.allow(*HOLDER_ROLES)
def training_read(area: str, ident: int) -> dict[str, list[str]] | web.Problem:
    """What the codes on a frame of the live camera say, for the page's script."""
    _own_session(ident)
    return codes_on_frame()


def _let_in(ident: int, scanned: str) -> str:
    """Let in the holder of a card; return the address of the page that says who it was."""
    person, is_new = verbs.check_in(_own_session(ident, to_write=True), scanned, current_user)
    again = None if is_new else 1
    return url_for("conduct.training", area=g.area.code, ident=ident, person=person.id, again=again)


@bp.get("/a/<area>/trainings/<int:ident>/list")
@access.allow(*READERS)
@excel(lists.TRAINING_ROLL, subject_key="training")
def training_list(area: str, ident: int) -> tuple[str, int]:
    """Everyone who should be there; who holds the session ticks who was, others only read it."""
    return _list(_session(ident), TickForm(formdata=None))


def _list(training: Training, form: TickForm) -> tuple[str, int]:
    page = render(
        "people/conduct/training_list.html",
        training=training,
        roll=verbs.roll(training, g.area),
        form=form,
        may_tick=_may_change(training) and training.held_on <= clock.today(),
    )
    return page, form.status


@bp.post("/a/<area>/trainings/<int:ident>/ticks")
@access.allow(*HOLDER_ROLES)
def tick_training(area: str, ident: int) -> Response | tuple[str, int]:
    """Take over what was changed on the list since it was shown."""
    form = TickForm()
    if form.validate_on_submit():
        with attempt(form):
            training = _own_session(ident, to_write=True)
            listed = {line.person.id for line in verbs.roll(training, g.area)}
            ticked, ticked_before = (listed & set(field.data or ()) for field in (form.here, form.shown))
            added, removed = verbs.tick(training, ticked, ticked_before, current_user)
    if form.status != 200:
        return _list(_own_session(ident), form)
    flash(gettext("Written down: %(came)s came, %(left)s taken off the list.", came=added, left=removed))
    return redirect(url_for("conduct.training", area=area, ident=ident))


# --- Who still lacks it ---


@bp.get("/a/<area>/trainings/due")
@access.allow(*READERS)
@excel(lists.MISSING_TRAINING, lists.TRAINING_DUE)
def training_due(area: str) -> str:
    """Who still lacks the training of a period, by `?for=` and `?period=`; in a village by name."""
    try:
        duty = Duty(request.args.get("for", verbs.AUDIENCE[g.area.level]))
    except ValueError:
        abort(404)
    current = Period.of(duty, clock.today())
    periods = {str(period): period for period in (current, current.previous)}
    period = periods.get(request.args.get("period", str(current)))
    if period is None:  # a half-year is no period of the instructors': the choice of whom came after it
        period = current
    due = overdue.trainings_due(g.area, duty, period)
    return render(
        "people/conduct/training_due.html",
        villages_due=due,
        duty=duty,
        duties=DUTIES,
        period=period,
        periods={key: period_name(each) for key, each in periods.items()},
        givers={giver: GIVERS[giver] for giver in overdue.GIVERS[duty]},
        serving=sum(each.serving for each in due),
        missing=sum(len(each.missing) for each in due),
    )


def period_name(period: Period) -> str:
    """A period as people say it: 2026年下半年."""
    names = (
        _("the year %(year)d", year=period.year),
        _("first half of %(year)d", year=period.year),
        _("second half of %(year)d", year=period.year),
    )
    return str(names[period.half])


# --- The mark ---


@bp.get("/a/<area>/trainings/law-mark")
@access.allow(*READERS)
@excel(lists.LAW_MARKS, lists.LAW_MARK_FIGURES)
def law_marks(area: str) -> tuple[str, int]:
    """In how many grids the worker bears the mark, by village; in a village, who."""
    return _law_marks()


def _law_marks(refused: tuple[int, MarkForm | ButtonForm] | None = None) -> tuple[str, int]:
    today = clock.today()
    page = render(
        "people/conduct/law_marks.html",
        figures=overdue.law_marks(g.area),
        serving=holders.serving_terms(g.area, today, today) if g.area.is_village else [],
        form=MarkForm(formdata=None, marked_on=today),
        refused=refused,
        may_mark=g.area.is_village and _may_hold(),
    )
    return page, refused[1].status if refused else 200


def _person(ident: int, to_write: bool = False) -> Person:
    """A person of the village, to look at or locked; otherwise 404."""
    return fetch(Person, ident, lock=to_write, area_id=g.area.id) or abort(404)


@bp.post("/a/<area>/trainings/law-mark/<int:ident>")
@access.allow(*access.COMMITTEE)
def mark_law(area: str, ident: int) -> Response | tuple[str, int]:
    """Write down since when a worker bears the mark."""
    form = MarkForm()
    if form.validate_on_submit():
        with attempt(form):
            person = _person(ident, to_write=True)
            verbs.set_law_mark(person, form.marked_on.data, current_user)
    if form.status != 200:
        return _law_marks((_person(ident).id, form))
    flash(gettext("%(name)s bears the mark since %(day)s.", name=person.name, day=day(form.marked_on.data)))
    return redirect(url_for("conduct.law_marks", area=area))


@bp.post("/a/<area>/trainings/law-mark/<int:ident>/back")
@access.allow(*access.COMMITTEE)
def unmark_law(area: str, ident: int) -> Response | tuple[str, int]:
    """Take the mark back."""
    form = ButtonForm()
    with attempt(form):
        person = _person(ident, to_write=True)
        verbs.set_law_mark(person, None, current_user)
    if form.status != 200:
        return _law_marks((_person(ident).id, form))
    flash(gettext("The mark of %(name)s is taken back.", name=person.name))
    return redirect(url_for("conduct.law_marks", area=area))
