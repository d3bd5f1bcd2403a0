"""Posting (公示) of opening balances: the whole sheet first, later the lines that objections changed."""

from datetime import timedelta
from functools import partial

from flask_babel import lazy_gettext as _

from ground import clock
from ground.db import db
from ground.refusal import Refused
from people.models import User
from people.sight import outside
from points import ledger
from points.assessment import meeting_rules
from points.models import OpeningNotice, OpeningNoticeLine, OpeningSheet
from points.openings import sheets
from points.wall.booking import WaitReason


def post_notice(sheet: OpeningSheet, actor: User) -> OpeningNotice:
    """Post what of a sheet does not hang as it is: all of it at first, for the county's days of notice.

    A line waits for the answer to an objection before it hangs again. Refused `withdrawn`,
    `nothing_changed`.
    """
    sheets.lock_standing(sheet)
    state = sheets.state_of(sheet)
    to_post = [line for line in state.lines if line.wait_reason == WaitReason.TO_POST]
    if not to_post:
        raise Refused("nothing_changed", _("Nothing has changed since the last notice."))
    today, rules = clock.today(), meeting_rules.rules_of(sheet.village)
    digest, last_transfer_id = ledger.freeze_digest(sheet.village)
    notice = OpeningNotice(
        sheet_id=sheet.id,
        number=len(state.notices) + 1,
        posted_on=today,
        ends_on=today + timedelta(days=rules.notice_days),
        posted_by_id=actor.id,
        posted_at=clock.now(),
        digest=digest,
        last_transfer_id=last_transfer_id,
    )
    db.session.add(notice)
    db.session.flush()
    masked = partial(outside().text, place=sheet.village)
    db.session.add_all(
        OpeningNoticeLine(
            notice_id=notice.id,
            line_id=each.line.id,
            name=outside().name(each.line.worker),
            basis=masked(each.line.basis),
            tenths=each.tenths,
        )
        for each in to_post
    )
    db.session.flush()
    return notice
