"""The donations and what became of them (捐赠台账); nowhere to whom it went."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select

from reports.books.book import Book, BookColumn, Frame, Line, Scope, sum_line
from shop.stock import donations, turnover
from shop.views import READERS

COLUMNS = (
    BookColumn(_("Day"), 26),
    BookColumn(_("Donation receipt"), 26),
    BookColumn(_("Donor"), 46),
    BookColumn(_("Goods"), 46),
    BookColumn(_("Best before"), 26),
    BookColumn(_("Unit"), 12, "center"),
    BookColumn(_("Units given"), 18, "right"),
    BookColumn(_("Handed out"), 18, "right"),
    BookColumn(_("Gone otherwise"), 20, "right"),
    BookColumn(_("Units left"), 18, "right"),
)
FIRST_FIGURE = 6


def query(scope: Scope) -> Select[int]:
    """The lots that were given on these days."""
    return donations.lot_ids_between(scope.village_ids, scope.first, scope.last)


def read(_scope: Scope, records: Sequence[Any]) -> Iterator[Line]:
    """A line for each lot, with what became of it until now."""
    lots = turnover.lots([ident for (ident,) in records])
    use = donations.use_of({lot.donation_id for lot in lots.values() if lot.donation_id})
    for (ident,) in records:
        lot, donated = lots[ident], use[ident]
        yield (
            lot.goods.shop.village.name,
            lot.donation.given_on if lot.donation else None,
            lot.donation.number if lot.donation else None,
            lot.donor,
            lot.goods.title,
            lot.best_before,
            lot.goods.unit,
            donated.units_given,
            donated.handed_out,
            donated.gone_otherwise,
            donated.units_left,
        )


def frame(scope: Scope) -> Frame:
    """The sums of the lines; of lots that were sent on it is asked step by step."""
    figures, count = [0, 0, 0, 0], 0
    for line in DONATIONS.lines(scope):
        count += 1
        figures = [total + units for total, units in zip(figures, line[-4:], strict=True)]
    return Frame(count, [sum_line(COLUMNS, dict(enumerate(figures, FIRST_FIGURE)))])


DONATIONS = Book(
    "donations",
    "donations",
    _("Donations and their use"),
    _("What was given by whom, and how much of it was handed out, is gone otherwise, or is left today."),
    READERS,
    COLUMNS,
    query,
    read,
    frame,
)
