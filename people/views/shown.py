"""What the reader of a page is shown of people: for views, forms, and as filters for templates."""

from flask import g, url_for

from people import access
from people.models import Area
from people.sight import Named, Sight
from people.trail import Subject


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


def subject_link(subject: Subject) -> str | None:
    """The page about somebody or something of the trail, if there is one that the reader may open."""
    page = subject.page
    if page is None or (page.argument == "village" and not page.place.is_village):
        return None
    rule = access.rule_of(page.endpoint)
    if not (rule and rule.roles and rule.roles & g.roles and g.area.covers(page.place)):
        return None
    return url_for(page.endpoint, **{page.argument: page.place.code}, ident=page.ident)  # type: ignore[arg-type]
