"""The demo's own calendar, whose days can be turned, and whom a demo answers: this computer alone.

Everybody knows a demo's passwords. So whatever server it was started with, and whatever stands in front,
it answers nobody else unless PUBLIC_DEMO says so.
"""

from datetime import date, datetime, time, timedelta

from flask import Blueprint, abort, current_app, g, has_request_context, redirect, request
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.wrappers import Response

from ground import clock, web
from ground.db import Base, db, transaction
from ground.refusal import Refused
from ground.server import visitor
from people import access
from people.models import Area

# The last week of a quarter: services can still be recorded, and the quarter can be assessed.
STARTS_ON = date(2026, 12, 28)

bp = Blueprint("demo", __name__)


class DemoCalendar(Base):
    """The calendar of a demo: how far it is from the machine's; no other database has this row."""

    __tablename__ = "demo_calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    seconds: Mapped[int]


def start_calendar() -> None:
    """Mark the database as a demo whose calendar reads nine in the morning of its first day now."""
    morning = datetime.combine(STARTS_ON, time(9), clock.SHANGHAI)
    db.session.add(DemoCalendar(seconds=int((morning - clock.now()).total_seconds())))


def find_calendar() -> DemoCalendar | None:
    """The demo's calendar; None in a database that is no demo."""
    return db.session.scalar(select(DemoCalendar).limit(1))


def is_empty() -> bool:
    """Whether nothing is in the database yet; only then it may still become a demo."""
    return db.session.scalar(select(Area.id).limit(1)) is None


def follow_calendar() -> None:
    """Let the clock of this request follow the demo's calendar, if this is a demo."""
    calendar = _calendar_if_demo()
    g.is_demo = calendar is not None
    if calendar is not None and request.endpoint not in access.ASSETS:
        _check_visitor()
    _follow(calendar)


def _follow(calendar: DemoCalendar | None) -> None:
    clock.shift(timedelta(seconds=calendar.seconds if calendar else 0))


def _check_visitor() -> None:
    """Check that a demo is asked by this computer. Refused `demo_is_local`."""
    settings = current_app.config
    if not settings["PUBLIC_DEMO"] and (settings["PUBLIC_URL"] or not visitor.is_from_here()):
        raise Refused(
            "demo_is_local",
            _("This is a demo. Everybody knows its passwords, so it answers its own computer alone."),
        )


def follow_at_command() -> None:
    """Let the clock of a command follow the demo's calendar, too; that of a request does already."""
    if not has_request_context():
        _follow(_calendar_if_demo())


def _calendar_if_demo() -> DemoCalendar | None:
    """The calendar of a demo, or None; a database in use that is no demo is asked only once."""
    if current_app.config.get("IN_EARNEST"):
        return None
    calendar = find_calendar()
    current_app.config["IN_EARNEST"] = calendar is None and not is_empty()
    return calendar


def watermark() -> str:
    """What stands across every page of a paper that a demo makes; empty where this is no demo."""
    return "演示数据" if _is_in_demo() else ""


def _is_in_demo() -> bool:
    """Whether a paper is made in a demo; a streamed answer has a `g` of its own, but the request was seen."""
    if "is_demo" in g:
        return bool(g.is_demo)
    if has_request_context() and current_app.config.get("IN_EARNEST") is not False:
        return False
    return find_calendar() is not None


def template_day() -> dict[str, date | None]:
    """The variable `demo` for templates: the demo's day, or None when this is no demo."""
    return {"demo": clock.today() if g.get("is_demo") else None}


@bp.post("/demo/next-day")
@access.signed_in
def next_day() -> Response:
    """Turn the demo's calendar by a day, so that a notice of three days can be seen to its end."""
    with transaction():
        calendar = find_calendar()
        if calendar is None:
            abort(404)
        calendar.seconds += 86_400
    return redirect(web.own_address(request.form.get("next")))
