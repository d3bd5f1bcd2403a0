"""The pages of everything held about a person, for who may show it to them, and for themselves."""

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
    return _audited_page(ident, Reader.VILLAGE)


@bp.get("/a/<area>/people/<int:ident>/held")
@access.allow(*access.ROLES_ABOVE)
def held_above(area: str, ident: int) -> str:
    """The same for the instructors who belong to a township or county itself; its villages show their own."""
    if g.area.is_village:
        abort(404)
    return _audited_page(ident, Reader.ABOVE)


def _audited_page(ident: int, reader: Reader) -> str:
    """The page about a person who belongs to the place; showing it is written into the audit trail."""
    with transaction():
        person = persons.current_entry(fetch(Person, ident, area_id=g.area.id) or abort(404))
        if person.area_id != g.area.id:
            abort(404)
        audit.note(current_user, "person.show", person, person.area)
    return _page(person, reader)


@bp.get("/v/<village>/me/held")
@access.allow(Role.WORKER, Role.INSTRUCTOR)
def held_about_me(village: str) -> str:
    """Everything held about whoever is signed in. Who reads of themselves is not written down."""
    own_entry = fetch(Person, current_user.person_id) if current_user.person_id else None
    person = persons.current_entry(own_entry or abort(404))
    if not person.area.covers(g.area):
        abort(404)
    return _page(person, Reader.THEMSELF)


def _page(person: Person, reader: Reader) -> str:
    return render_template(
        "people/home/held.html",
        person=person,
        sections=verbs.all_sections(person, reader),
        is_own=reader == Reader.THEMSELF,
        today=clock.today(),
    )
