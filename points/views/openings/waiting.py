"""What waits of opening balances, for the front page: to post, to answer, to book."""

from collections.abc import Collection, Sequence

from flask import url_for
from flask_babel import gettext, ngettext

from ground import clock
from people import access
from people.models import Area, Role, User
from people.pages import Urgency, WaitingItem
from people.roster import persons
from people.signin import humans
from points.openings import booking, objections, sheets
from points.openings.sheets import SheetState
from points.wall.booking import WaitReason


def waiting(area: Area, user: User, roles: set[Role]) -> list[WaitingItem]:
    """What waits of opening balances in an area for somebody with these roles there.

    Above the villages that are the sheets that hang, and the answers to objections that are due.
    """
    if not area.is_village:
        return [*_hanging(area), *_objections(area, access.ROLES_ABOVE)]
    readers = access.COMMITTEE | {Role.SUPERVISOR}
    if not roles & (readers | {Role.WORKER}):
        return []
    states = sheets.states_of(sheets.unfinished_sheets(area))
    items = _own(area, states, user) if Role.WORKER in roles else []
    if roles & readers:
        items += [item for state in states for item in _steps(area, state, user, roles)]
        items += _objections(area, roles)
    return items


def _hanging(area: Area) -> list[WaitingItem]:
    """The sheets that hang in the villages of an area, to know of, until their last notice ends."""
    last_days = {notice.sheet: notice.ends_on for notice in sheets.hanging_notices(area)}
    return [
        WaitingItem(
            gettext("Opening balances, sheet %(number)s, hang on the wall", number=sheet.number),
            url_for("openings.sheet", village=sheet.village.code, sheet=sheet.number),
            last_day,
            Urgency.TO_KNOW,
            sheet.village,
        )
        for sheet, last_day in last_days.items()
    ]


def _own(area: Area, states: Sequence[SheetState], user: User) -> list[WaitingItem]:
    """A worker's own line that hangs on the wall."""
    ids = persons.entry_ids(persons.current_entry(user.person)) if states and user.person else ()
    return [
        WaitingItem(
            gettext("Your opening balance hangs on the wall: see whether it is right"),
            url_for("openings.notice", village=area.code, sheet=state.sheet.number),
            each.posted.notice.ends_on,
            Urgency.TO_KNOW,
        )
        for state in states
        for each in state.lines
        if each.posted and each.wait_reason == WaitReason.NOTICE_RUNS and each.line.worker_id in ids
    ]


def _steps(area: Area, state: SheetState, user: User, roles: set[Role]) -> list[WaitingItem]:
    """The next step of a sheet that is not through: to do for whose step it is, to know for others."""
    number = state.sheet.number
    url = url_for("openings.sheet", village=area.code, sheet=number)
    items = []
    to_post, running = state.count(WaitReason.TO_POST), state.count(WaitReason.NOTICE_RUNS)
    if to_post:
        text = ngettext(
            "Opening balances, sheet %(number)s: post %(num)s line",
            "Opening balances, sheet %(number)s: post %(num)s lines",
            to_post,
            number=number,
        )
        items.append(WaitingItem(text, url, urgency=_urgency(Role.CLERK in roles)))
    if state.ready_lines:
        text = gettext("Opening balances, sheet %(number)s: the notice has ended, book them", number=number)
        books = Role.CHAIR in roles and not humans.is_among(user, booking.preparers(state))
        items.append(WaitingItem(text, url, urgency=_urgency(books)))
    if running:
        text = gettext("Opening balances, sheet %(number)s, hang on the wall", number=number)
        last_day = max(notice.ends_on for notice in state.notices)
        items.append(WaitingItem(text, url, last_day, Urgency.TO_KNOW))
    return items


def _objections(area: Area, roles: Collection[Role]) -> list[WaitingItem]:
    """The objections without an answer, each with the day by which it is due.

    The committee answers them; overdue ones are for those above to ask about.
    """
    today, answers = clock.today(), bool(access.COMMITTEE & set(roles))
    return [
        WaitingItem(
            gettext(
                "An objection to the opening balances waits for its answer: %(code)s", code=objection.code
            ),
            url_for(
                "openings.objection",
                village=objection.sheet.village.code,
                sheet=objection.sheet.number,
                objection=objection.number,
            ),
            objection.due_on,
            _urgency(answers or (not area.is_village and objection.due_on < today)),
            None if area.is_village else objection.sheet.village,
        )
        for objection in objections.waiting_objections(area)
    ]


def _urgency(is_theirs: bool) -> Urgency:
    return Urgency.IN_TURN if is_theirs else Urgency.TO_KNOW
