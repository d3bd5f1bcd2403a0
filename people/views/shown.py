"""What the reader of a page is shown of people: for views, forms, and as filters for templates."""

from flask import g

from people import access
from people.models import Area
from people.sight import Named, Sight


def sight() -> Sight:
    """What the reader of this request may see of people."""
    if "sight" not in g:
        g.sight = Sight(not access.is_insider(), g.get("area"))
    readers_own: Sight = g.sight
    return readers_own


def shown_name(who: Named | str | None) -> str:
    """A name as the reader may see it; of nobody, nothing."""
    return sight().name(who)


def shown_phone(number: str | None) -> str:
    """A telephone number as the reader may see it; without one, nothing."""
    return sight().phone(number)


def phone_in_form(number: str) -> str:
    """A telephone number as it stands in a form that changes it: nothing where the reader sees it masked."""
    return "" if sight().masked else number


def phone_from_form(typed: str) -> str | None:
    """The telephone number that a form means; None where who sees it masked left it empty: it stays."""
    return None if sight().masked and not typed else typed


def shown_text(text: str | None, place: Area | None = None) -> str:
    """What somebody wrote, as the reader may read it; without a `place` in the area of the page."""
    return sight().text(text, place or g.get("area"))
