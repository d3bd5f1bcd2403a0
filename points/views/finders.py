"""What a worker finds of the people of their village: themselves."""

from flask import url_for
from flask_babel import lazy_gettext as _

from people.models import Role
from people.pages import Finder, Hit, Hits, Search
from people.views import TRAINING_READERS


def find_oneself(search: Search) -> Hits:
    """A worker's own page by their name; who reads the roster finds everybody there."""
    person = search.user.person
    is_found = (
        person is not None
        and not search.roles & TRAINING_READERS
        and person.area_id == search.area.id
        and search.words.fit(person.name)
    )
    url = url_for("ledger.mine", village=search.area.code)
    return Hits.of([person] if person and is_found else [], lambda one: Hit(one.name, url))


FINDERS = (Finder(25, _("People"), frozenset({Role.WORKER}), find_oneself),)
