"""Everything held about a person, shown to whoever may show it to them, and to themselves."""

from flask import abort, g, render_template
from flask_login import current_user

from ground import clock
from ground.db import fetch, transaction
from people import access, audit
from people import held as verbs
from people.held import Reader
from people.models import Person, Role
from people.roster import persons
from people.views.home import bp


@bp.get("/v/<village>/people/<int:ident>/held")
@access.allow(*access.COMMITTEE)
def held(village: str, ident: int) -> str:
    """Everything held about a person of the village, to print and hand over."""
    return _shown(ident, Reader.VILLAGE)


@bp.get("/a/<area>/people/<int:ident>/held")
@access.allow(*access.ABOVE)
def held_above(area: str, ident: int) -> str:
    """The same for the instructors who belong to a township or county itself; its villages show their own."""
    if g.area.is_village:
        abort(404)
    return _shown(ident, Reader.ABOVE)


def _shown(ident: int, reader: Reader) -> str:
    """The page about a person who belongs to the place; that it was shown is written down."""
    with transaction():
        person = persons.kept(fetch(Person, ident, area_id=g.area.id) or abort(404))
        if person.area_id != g.area.id:
            abort(404)
        audit.note(current_user, "person.show", person, person.area)
    return _page(person, reader)


@bp.get("/v/<village>/me/held")
@access.allow(Role.WORKER, Role.INSTRUCTOR)
def held_about_me(village: str) -> str:
    """Everything held about whoever is signed in. Who reads of themselves is not written down."""
    mine = fetch(Person, current_user.person_id) if current_user.person_id else None
    person = persons.kept(mine or abort(404))
    if not person.area.covers(g.area):
        abort(404)
    return _page(person, Reader.THEMSELF)


def _page(person: Person, reader: Reader) -> str:
    return render_template(
        "people/home/held.html",
        person=person,
        sections=verbs.everything(person, reader),
        own=reader == Reader.THEMSELF,
        today=clock.today(),
    )
