"""The pages of a village's contacts."""

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock
from ground.db import fetch
from ground.forms import attempt
from people import access, labels
from people import contacts as verbs
from people.forms.contacts import ContactForm, DetachForm, ReplaceForm
from people.models import IN_A_COUNTY, Contact
from people.views.home import bp, lists
from people.views.listing import excel, render


@bp.get("/v/<village>/contacts")
@access.allow(*IN_A_COUNTY)
@excel(lists.CONTACTS)
def contacts(village: str) -> str:
    """The village's contact cards, to tap or to print.

    Nothing is masked, for townships and counties neither: these are the duty phones of officials, which
    hang on the village's wall.
    """
    return render(
        "people/home/contacts.html",
        contacts=verbs.of_village(g.area),
        kinds=labels.CONTACT_KINDS,
        may_change=bool(g.roles & access.COMMITTEE),
    )


@bp.route("/v/<village>/contacts/new", methods=["GET", "POST"])
@access.allow(*access.COMMITTEE)
def new_contact(village: str) -> Response | tuple[str, int]:
    """Attach somebody to the village."""
    form = ContactForm(since=clock.today())
    if form.validate_on_submit():
        with attempt(form):
            verbs.attach(
                g.area,
                form.kind.data,
                form.name.data,
                form.agency.data,
                form.phone.data,
                form.since.data,
                current_user,
            )
        if form.status == 200:
            flash(gettext("%(name)s is on the list now.", name=form.name.data.strip()))
            return redirect(url_for("home.contacts", village=village))
    return render_template("people/home/new_contact.html", form=form), form.status


@bp.get("/v/<village>/contacts/<int:ident>")
@access.allow(*access.COMMITTEE)
def contact(village: str, ident: int) -> tuple[str, int]:
    """What can be done with a contact: somebody takes their place, or nobody does."""
    return _contact(_current_contact(ident))


def _current_contact(ident: int, to_write: bool = False) -> Contact:
    """A contact of the village that still holds, or 404; one that has ended is not changed."""
    return fetch(Contact, ident, lock=to_write, village_id=g.area.id, until=None) or abort(404)


def _contact(
    contact: Contact, form: ReplaceForm | None = None, ending: DetachForm | None = None
) -> tuple[str, int]:
    today = clock.today()
    replace_form = form or ReplaceForm(formdata=None, obj=contact, since=today)
    if not form:
        replace_form.since.data = today
    ending = ending or DetachForm(formdata=None, until=today)
    page = render_template(
        "people/home/contact.html",
        contact=contact,
        kinds=labels.CONTACT_KINDS,
        form=replace_form,
        end_form=ending,
    )
    return page, max(replace_form.status, ending.status)


@bp.post("/v/<village>/contacts/<int:ident>/replace")
@access.allow(*access.COMMITTEE)
def replace_contact(village: str, ident: int) -> Response | tuple[str, int]:
    """Somebody else takes their place, or the same with another number."""
    form = ReplaceForm()
    if form.validate_on_submit():
        with attempt(form):
            verbs.replace(
                _current_contact(ident, to_write=True),
                form.name.data,
                form.agency.data,
                form.phone.data,
                form.since.data,
                current_user,
            )
        if form.status == 200:
            flash(gettext("%(name)s is on the list now.", name=form.name.data.strip()))
            return redirect(url_for("home.contacts", village=village))
    return _contact(_current_contact(ident), form=form)


@bp.post("/v/<village>/contacts/<int:ident>/detach")
@access.allow(*access.COMMITTEE)
def detach_contact(village: str, ident: int) -> Response | tuple[str, int]:
    """Nobody takes their place."""
    ending = DetachForm()
    if ending.validate_on_submit():
        with attempt(ending):
            contact = _current_contact(ident, to_write=True)
            verbs.detach(contact, ending.until.data, current_user)
        if ending.status == 200:
            flash(gettext("%(name)s is off the list.", name=contact.name))
            return redirect(url_for("home.contacts", village=village))
    return _contact(_current_contact(ident), ending=ending)
