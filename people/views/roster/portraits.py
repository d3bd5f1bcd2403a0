"""The pages of a person's photo: for those who meet them in their village, and nobody above it."""

from flask import abort, flash, g, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.forms import attempt
from people import access
from people.forms.pictures import PortraitForm
from people.roster import persons
from people.roster import portraits as verbs
from people.views.roster import bp
from people.views.roster.grids import READERS
from people.views.roster.persons import correctable_person, person_page

PORTRAIT_READERS = (set(READERS) | access.SHOP) - access.ROLES_ABOVE


@bp.get("/v/<village>/people/<int:ident>/portrait")
@access.allow(*PORTRAIT_READERS)
def portrait(village: str, ident: int) -> Response:
    """The photo of a person of the village, for its people and its shop."""
    photo = verbs.portrait_of(persons.find(g.area, ident) or abort(404)) or abort(404)
    return web.photo(photo.content, photo.digest)


@bp.post("/v/<village>/people/<int:ident>/keep-portrait")
@access.allow(*access.COMMITTEE)
def set_portrait(village: str, ident: int) -> Response | tuple[str, int]:
    """Keep a photo of a person, instead of the one before."""
    form = PortraitForm()
    if form.validate():
        with attempt(form):
            verbs.set_portrait(correctable_person(ident), form.photo.picture, current_user)
    return _finish(ident, form, gettext("The photo is kept."))


@bp.post("/v/<village>/people/<int:ident>/remove-portrait")
@access.allow(*access.COMMITTEE)
def remove_portrait(village: str, ident: int) -> Response | tuple[str, int]:
    """Delete the photo of a person."""
    form = PortraitForm(formdata=None)
    with attempt(form):
        verbs.remove_portrait(correctable_person(ident, to_write=True), current_user)
    return _finish(ident, form, gettext("The photo is deleted."))


def _finish(ident: int, form: PortraitForm, message: str) -> Response | tuple[str, int]:
    if form.status != 200:
        return person_page(correctable_person(ident), form)
    flash(message)
    return redirect(url_for("roster.person", village=g.area.code, ident=ident))
