"""The redemption register (兑换登记簿): what was handed out, of which lot, and what came back by a void."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select

from points.amounts import as_number
from reports.books.book import BookColumn, Frame, Line, Scope, SummedBook, sum_line
from reports.books.stock import lot_text
from shop import labels
from shop.desk import register
from shop.desk.register import Registered
from shop.views import READERS

COLUMNS = (
    BookColumn(_("Day"), 23),
    BookColumn(_("Receipt"), 24),
    BookColumn(_("Name"), 17),
    BookColumn(_("Card number"), 20),
    BookColumn(_("Goods"), 30),
    BookColumn(_("Lot"), 31),
    BookColumn(_("Quantity"), 12, "right"),
    BookColumn(_("Unit"), 10, "center"),
    BookColumn(_("Unit price"), 12, "right"),
    BookColumn(_("Points taken"), 14, "right"),
    BookColumn(_("Balance"), 14, "right"),
    BookColumn(_("Recipient's signature"), 22),
    BookColumn(_("Served by"), 20),
    BookColumn(_("Note"), 25),
)
QUANTITY, TAKEN = 6, 9  # the places of what is summed


def query(scope: Scope) -> Select[int, int]:
    """What left the lots by redemptions and came back by voids, as it was written."""
    return register.units_between(scope.village_ids, scope.first, scope.last)


def read(scope: Scope, records: Sequence[Any]) -> Iterator[Line]:
    """A line for each lot of a redemption or void; the balance is the one after all of it."""
    for row in register.by_ids([ident for ident, _units in records]):
        lot, line = row.move.lot, row.line
        yield (
            lot.goods.shop.village.name,
            row.day,
            row.redemption.number,
            scope.sight.name(row.redemption.card.person),
            row.redemption.card.number,
            f"{line.name} {line.spec}" if line.spec else line.name,
            lot_text(lot),
            row.units,
            line.unit,
            as_number(line.price),
            as_number(row.points),
            as_number(row.balance_after),
            None,
            _server(scope, row),
            _remark(scope, row),
        )


def _server(scope: Scope, row: Registered) -> str:
    """Whoever served, or voided it: by their sign-in, or the device and whoever stood at it."""
    if row.void:
        return scope.sight.name(row.void.actor) or row.void.made_by
    server = scope.sight.name(row.redemption.clerk) or row.redemption.served_by
    return labels.at_device(server, scope.sight.name(row.redemption.operator))


def _remark(scope: Scope, row: Registered) -> str:
    """That it was voided and why, or who collected it."""
    village, proxy = row.move.lot.goods.shop.village, row.redemption.proxy
    if row.void:
        return gettext("Void: %(reason)s", reason=scope.sight.text(row.void.reason, village))
    said = [gettext("Voided")] if row.redemption.void else []
    if proxy:
        collected = gettext("collected by %(name)s", name=scope.sight.name(proxy.name))
        said.append(f"{collected} · {scope.sight.text(proxy.relation, village)}")
    return "；".join(said)


def frame(scope: Scope, count: int, sums: Sequence[int]) -> Frame:
    """The sums, net of voids; the points by their receipts, which are fewer than what left the lots."""
    (units,) = sums
    points = register.points_between(scope.village_ids, scope.first, scope.last)
    return Frame(count, [sum_line(COLUMNS, {QUANTITY: units, TAKEN: as_number(points)})])


REDEMPTIONS = SummedBook(
    "redemptions",
    "redemptions",
    _("Redemption register"),
    _("What was handed out to whom, for how many points; what was voided stands as a row of its own."),
    READERS,
    COLUMNS,
    query,
    read,
    frame,
)
