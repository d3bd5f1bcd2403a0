"""Booking (入账) of opening balances: what hung on the wall goes into the ledger, line by line, each once."""

from flask_babel import lazy_gettext as _

from ground.db import db
from ground.refusal import Refused
from people.models import User
from people.roster import persons
from people.signin import humans
from points import keys, ledger
from points.models import OpeningBooking, OpeningSheet, TransferKind
from points.openings import sheets
from points.openings.sheets import LineState, SheetState


def book(sheet: OpeningSheet, actor: User) -> list[LineState]:
    """Book every line of a sheet that nothing stands in the way of, all or none, and return these lines.

    Returns none when none is left. By another person than brought the file or posted it. Refused
    `withdrawn`, `nothing_ready` while each line waits, `same_person`, `own_line` when the booker's own
    points are among them. Locks: the sheet, then the accounts.
    """
    sheets.lock_standing(sheet)
    state = sheets.state_of(sheet)
    ready = state.ready_lines
    if not ready:
        if state.is_booked or state.is_done:
            return []
        raise Refused(
            "nothing_ready", _("No line can be booked yet: its notice hangs, or an objection waits.")
        )
    if humans.is_among(actor, preparers(state)):
        raise Refused("same_person", _("You prepared this sheet. Somebody else books it."))
    if humans.own_people(actor, {each.line.worker for each in ready}):
        raise Refused("own_line", _("Your own points are on this sheet. Another chair books it."))
    _post_transfers(sheet, ready, actor)
    return ready


def preparers(state: SheetState) -> set[int]:
    """The ids of those who prepared a sheet: who brought the file, and who posted it."""
    return {state.sheet.brought_by_id, *(notice.posted_by_id for notice in state.notices)}


def _post_transfers(sheet: OpeningSheet, ready: list[LineState], actor: User) -> None:
    """Post a transfer for each line, on the account of the entry that stands for its worker now."""
    owners = persons.current_entries([each.line.worker for each in ready])
    accounts = ledger.accounts_for(list(owners.values()))
    asked = [
        (keys.opening_key(each.line), accounts[owners[each.line.worker_id].id], each.tenths) for each in ready
    ]
    booked = ledger.post_all(TransferKind.OPENING, asked, str(sheet.number), actor)
    db.session.add_all(
        OpeningBooking(transfer_id=transfer.id, line_id=each.line.id)
        for each, transfer in zip(ready, booked, strict=True)
    )
    db.session.flush()
