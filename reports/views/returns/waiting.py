"""What waits of the quarterly returns, for the front page: the last quarter's, until it is sent."""

from flask import url_for
from flask_babel import gettext

from ground import clock
from ground.clock import Quarter
from ground.paper import words
from people.models import Area, Role, User
from people.pages import WaitingItem
from reports.returns import sending


def waiting(area: Area, _user: User, roles: set[Role]) -> list[WaitingItem]:
    """The return of the quarter that ended last, for whoever sends it; above villages with how many came."""
    if not roles & sending.SENDERS[area.level]:
        return []
    quarter = Quarter.of(clock.today()).previous
    if sending.latest_versions(area, [quarter]) or not sending.quarters_to_send(area, [quarter]):
        return []
    text = gettext("Send the quarterly return of the %(quarter)s", quarter=words.quarter(quarter))
    if not area.is_village:
        count = sending.sent_counts(area, [quarter]).get(str(quarter), 0)
        text = gettext("%(what)s (%(count)s from below have come)", what=text, count=count)
    url = url_for("returns.quarterly", area=area.code, quarter=quarter)
    return [WaitingItem(text, url, sending.due_on(area, quarter))]
