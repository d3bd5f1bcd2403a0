"""An exchange day of 89 shops without a network: each held by one desk, which goes on whatever happens.

    .venv/bin/python -m tests.served.torture.outages [redemptions]

Networks fail for a while, answers get lost, desks bring the same entries again, and the server is killed.
Afterwards each entry that a desk wrote down must be booked, once. Prints and writes a line for each database
(docs/reliability.md).
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPException
from random import Random
from threading import Event
from typing import Any

from sqlalchemy import select

from ground.db import db
from people.models import Area, User
from points.models import Account
from shop import verify
from shop.models import Lease, LeaseEntry, Redemption, Void
from shop.offline import journal
from tests.served.house import House
from tests.served.server import Nursery
from tests.served.torture import faults, report, week
from tests.served.torture.ground import POSTGRESQL, SQLITE, house_on
from tests.served.torture.load import Browser, Desk, signed_in
from tests.served.torture.reckoning import Reckoning
from tests.shop import offlinedesk

REDEMPTIONS = 10_000
DESKS_AT_ONCE = 8
KILLS = 20
AT_MOST = 20  # entries that are brought at once
AGAIN_AFTER = 0.05  # seconds until a desk asks again
HEADINGS = "database | what is done | kills | asked | acknowledged | lost | done twice | half done"


class OfflineDesk:
    """A desk that holds its shop as its page does: it writes down first, and brings when it can."""

    def __init__(self, house: House, village: str, signed_in_as: Browser, chance: Random) -> None:
        self._house, self._place, self._browser = house, f"/v/{village}/offline", signed_in_as
        self._chance, self._cut = chance, 0
        self.page = offlinedesk.Browser()
        self.acknowledged: list[dict[str, Any]] = []  # what became of each entry, in its order
        self.handed_out = self.taken_back = 0
        self.lease: dict[str, Any] = {}

    def serve(self, redemptions: int) -> None:
        """Hand out so many times, and give the shop back at the end of the day."""
        self._hold(self._until_answered(self._place, {"public_key": self.page.public_key})["lease"])
        at = self.lease["now"]
        while self.handed_out < redemptions:
            at += 1
            card, goods, price = self._choose()
            entry = self.page.hand_out(card, {goods: 1}, at)
            self.handed_out += 1
            self._balances[card] -= price
            if self._chance.random() < 0.03:
                self.page.take_back(entry, at)
                self.taken_back += 1
                self._balances[card] += price
            self._cut = self._cut - 1 if self._cut else self._chance.choice([0] * 9 + [15])
            if not self._cut or len(self.page.receipts) < 2:
                self._bring()
        self.page.end(at)
        self._bring()

    def _choose(self) -> tuple[str, int, int]:
        """Somebody who can pay, an article of the shelf and its price."""
        goods, price, _left = self.lease["shelf"][0]
        rich = [card for card, balance in self._balances.items() if balance >= price]
        return self._chance.choice(rich), goods, price

    def _hold(self, lease: dict[str, Any]) -> None:
        """Hold what the server gave; what is not brought yet is applied on top by what was counted here."""
        if not self.lease:
            balances = {
                ident: balance for ident, _name, _grid, balance, why, _masked in lease["people"] if not why
            }
            self._balances = {card: balances[who] for card, _hash, who, why in lease["cards"] if not why}
        self.lease = lease
        self.page.hold(lease)

    def _bring(self) -> None:
        """Bring all that is written down, until the server has answered for it."""
        while self.page.journal:
            sent = self.page.journal[:AT_MOST]
            body = {"entries": sent, "receipts_until": self.page.receipts_until}
            answer = self._until_answered(f"{self._place}/{self.lease['id']}", body)
            if self._chance.random() < 0.1:
                continue  # the answer got lost: all of it is brought again
            self.acknowledged += answer["results"]
            del self.page.journal[: len(sent)]
            if answer["lease"]:
                self._hold(answer["lease"])

    def _until_answered(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask, and ask again, until there is an answer that says what became of it."""
        while True:
            try:
                status, answer = self._house.server.ask(
                    "POST",
                    path,
                    body,
                    Cookie=f"session={self._browser.cookie}",
                    X_CSRFToken=self._browser.token,
                    Accept="application/json",
                    Referer=f"http://127.0.0.1:{self._house.server.port}{path}",
                )
            except (OSError, HTTPException, ValueError):
                status, answer = 0, None
            if status == 200:
                return answer
            assert status in (0, 409, 500, 503), (status, answer)
            Event().wait(AGAIN_AFTER)


def day(desk: Desk, redemptions: int) -> Reckoning:
    """A day of all shops, with so many redemptions together; and what is in the database afterwards."""
    chance, house = Random(16), desk.house
    villages = db.session.scalars(
        select(Area).where(Area.code.in_({seat.village for seat in desk.seats}))
    ).all()
    managers = {user.username: user for user in db.session.scalars(select(User))}
    desks = [
        OfflineDesk(house, village.code, signed_in(managers[f"manager-{village.id}"]), Random(village.code))
        for village in villages
    ]
    accounts = select(Account.id, Account.balance).where(
        Account.person_id.in_({s.worker for s in desk.seats})
    )
    before = sum(balance for _ident, balance in db.session.execute(accounts))
    db.session.remove()
    db.engine.dispose()
    with ThreadPoolExecutor(DESKS_AT_ONCE) as crowd:
        days = [crowd.submit(each.serve, -(-redemptions // len(desks))) for each in desks]
        for _kill in range(KILLS):
            faults.pause(chance, 2)
            faults.killed(house, chance)
        for each in days:
            each.result()
    db.engine.dispose()
    return _reckoned(desks, before - sum(balance for _ident, balance in db.session.execute(accounts)))


def _reckoned(desks: list[OfflineDesk], spent: int) -> Reckoning:
    """What the desks wrote down, beside what is booked."""
    written = sum(each.page.position for each in desks)
    stored = len(db.session.scalars(select(LeaseEntry.id)).all())
    booked = len(db.session.scalars(select(Redemption.id).where(Redemption.entry_id.is_not(None))).all())
    voided = len(db.session.scalars(select(Void.id)).all())
    [price] = {each.lease["shelf"][0][1] for each in desks}
    handed_out, taken_back = (
        sum(getattr(each, name) for each in desks) for name in ("handed_out", "taken_back")
    )
    found = Reckoning(asked=written, faults=KILLS, acknowledged=sum(len(each.acknowledged) for each in desks))
    found.lost = (written - stored) + (handed_out - booked) + (taken_back - voided)
    found.twice = spent - price * (handed_out - taken_back)
    found.half_done = list(verify.problems())
    found.half_done += [f"entry {row.id} waits" for row in db.session.scalars(journal.waiting_entries())]
    unended = db.session.scalars(select(Lease.id).where(Lease.ended_at.is_(None))).all()
    found.half_done += [f"lease {ident} did not end" for ident in unended]
    return found


def main(redemptions: int) -> int:
    """A day on each database; returns 1 if anything was not as it must be."""
    began, lines, bad, nursery = datetime.now(UTC), [], [], Nursery()
    for kind in (SQLITE, POSTGRESQL):
        with house_on(kind, nursery, week.county) as desk:
            found = day(desk, redemptions)
            villages = len({seat.village for seat in desk.seats})
            lines.append(report.line(kind, f"an exchange day of {villages} shops with outages", found))
            report.say(lines[-1])
            if not found.is_good:
                bad.append(str(found))
                report.say(bad[-1])
    nursery.close()
    about = f"`.venv/bin/python -m tests.served.torture.outages`, {began:%Y-%m-%d}; {report.machine()}"
    report.write("day", about, HEADINGS, lines)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(int((sys.argv[1:] or [REDEMPTIONS])[0])))
