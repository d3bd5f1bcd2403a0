"""The lists of redemptions and of a shop's days, as they are taken out."""

from flask_babel import lazy_gettext as _

from people.views.listing import Listing, context_records
from people.views.shown import shown_name, shown_text
from points import amounts
from shop.models import Redemption
from shop.views.shown import shown_server


def _goods(redemption: Redemption) -> str:
    return "、".join(f"{line.name} {line.quantity} {line.unit}" for line in redemption.lines)


REDEMPTIONS = Listing(
    _("Redemptions"),
    context_records("page"),
    (_("Receipt"), lambda redemption: redemption.number),
    (_("Time"), lambda redemption: redemption.at),
    (_("Who"), lambda redemption: shown_name(redemption.card.person)),
    (_("Goods"), _goods),
    (_("In points"), lambda redemption: amounts.as_number(redemption.total)),
    (_("Voided"), lambda redemption: bool(redemption.void)),
    (_("Reason"), lambda redemption: redemption.void and shown_text(redemption.void.reason)),
)

DAYS = Listing(
    _("Closing"),
    context_records("days"),
    (_("Day"), lambda day: day.day),
    (_("Receipts"), lambda day: day.redemptions),
    (_("Handed out in points"), lambda day: amounts.as_number(day.handed_out)),
    (_("Given back in points"), lambda day: amounts.as_number(day.given_back)),
)

DAY_GOODS = Listing(
    _("Goods of the day"),
    lambda context: ((context["closing"].day, row) for row in context["closing"].goods),
    (_("Day"), lambda day, row: day),
    (_("Goods"), lambda day, row: row.name),
    (_("Unit"), lambda day, row: row.unit),
    (_("Handed out"), lambda day, row: row.handed_out),
    (_("Given back"), lambda day, row: row.given_back),
    (_("In points"), lambda day, row: amounts.as_number(row.points)),
)

DAY_REDEMPTIONS = Listing(
    _("Redemptions"),
    lambda context: ((redemption,) for redemption in context["closing"].redemptions),
    (_("Receipt"), lambda redemption: redemption.number),
    (_("Time"), lambda redemption: redemption.at),
    (_("Who"), lambda redemption: shown_name(redemption.card.person)),
    (_("Served by"), shown_server),
    (_("In points"), lambda redemption: amounts.as_number(redemption.total)),
    (_("Voided"), lambda redemption: bool(redemption.void)),
)

DAY_VOIDS = Listing(
    _("Voided on this day"),
    lambda context: ((void,) for void in context["closing"].voids),
    (_("Receipt"), lambda void: void.redemption.number),
    (_("Time"), lambda void: void.at),
    (_("Reason"), lambda void: shown_text(void.reason)),
    (_("Voided by"), lambda void: shown_name(void.actor) or void.made_by),
    (_("In points"), lambda void: amounts.as_number(void.redemption.total)),
)

RECEIPT = Listing(
    _("What was handed out"),
    lambda context: ((context["redemption"], line) for line in context["redemption"].lines),
    (_("Receipt"), lambda redemption, line: redemption.number),
    (_("Goods"), lambda redemption, line: line.name),
    (_("Specification"), lambda redemption, line: line.spec),
    (_("How many"), lambda redemption, line: line.quantity),
    (_("Unit"), lambda redemption, line: line.unit),
    (_("In points"), lambda redemption, line: amounts.as_number(line.amount)),
)
