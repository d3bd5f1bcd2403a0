"""Steps and answers of `shop` on the printed instructions of each role."""

from flask_babel import lazy_gettext as _

from people.guides.steps import GuideAnswer, GuideStep, Rhythm
from people.models import Role

GUIDE_STEPS = (
    GuideStep(
        40,
        "desk.desk",
        frozenset({Role.MANAGER, Role.VOLUNTEER}),
        _("At %(page)s scan the card, look whether it is the person, then scan the goods."),
        Rhythm.DAILY,
    ),
    GuideStep(
        50,
        "desk.desk",
        frozenset({Role.MANAGER, Role.VOLUNTEER}),
        _("Hand the goods out only after the green page of %(page)s."),
        Rhythm.DAILY,
    ),
    GuideStep(
        60,
        "desk.desk",
        frozenset({Role.MANAGER, Role.VOLUNTEER}),
        _("Somebody else collects: at %(page)s write down who, and let them sign."),
        Rhythm.DAILY,
    ),
    GuideStep(
        70,
        "stock.deliveries",
        frozenset({Role.MANAGER}),
        _("A delivery: count it, then take it in at %(page)s."),
        Rhythm.DAILY,
    ),
    GuideStep(
        80,
        "stock.stock",
        frozenset({Role.VOLUNTEER}),
        _("Look into %(page)s; take expired goods off the shelf and tell the manager."),
        Rhythm.DAILY,
    ),
    GuideStep(
        90,
        "stock.stock",
        frozenset({Role.MANAGER}),
        _("Look into %(page)s; take expired goods off the shelf and write them off."),
        Rhythm.DAILY,
    ),
    GuideStep(
        100,
        "desk.closings",
        frozenset({Role.MANAGER, Role.VOLUNTEER}),
        _("At the end of the day compare, print and sign the sheet in %(page)s."),
        Rhythm.DAILY,
    ),
    GuideStep(
        105,
        "desk.redemptions",
        frozenset({Role.SUPERVISOR}),
        _("Now and then compare receipts at the shop with %(page)s."),
        Rhythm.DAILY,
    ),
    GuideStep(
        730,
        "stock.stock_takes",
        frozenset({Role.VOLUNTEER}),
        _("Count the shelf in %(page)s; do not look into the books."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        740,
        "stock.stock_takes",
        frozenset({Role.MANAGER}),
        _("After the counting see the differences in %(page)s and book them. Who counted does not book."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        750,
        "stock.stock_takes",
        frozenset({Role.SUPERVISOR}),
        _("See in %(page)s what was missing when the shelf was counted."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        760,
        "stock.donations",
        frozenset({Role.MANAGER}),
        _("Something was donated: print the receipt in %(page)s and give it to the donor."),
        Rhythm.QUARTERLY,
    ),
    GuideStep(
        770,
        None,
        frozenset({Role.WORKER}),
        _("Once it is booked, take your card to the love supermarket and choose goods."),
        Rhythm.QUARTERLY,
    ),
)

GUIDE_ANSWERS = (
    GuideAnswer(
        12,
        None,
        frozenset({Role.MANAGER, Role.VOLUNTEER}),
        _("Who has lost theirs goes to the clerk. Keep a card that was reported lost and tell the clerk."),
        _("A card is lost"),
    ),
    GuideAnswer(
        31,
        None,
        frozenset({Role.MANAGER, Role.VOLUNTEER}),
        _("Hand nothing out. Press again once there is a network: it counts once."),
        _("No network"),
    ),
    GuideAnswer(
        44,
        "desk.redemptions",
        frozenset({Role.MANAGER}),
        _("Press the receipt in %(page)s and void it with the reason, within its quarter."),
        _("Something is entered wrongly"),
    ),
    GuideAnswer(
        45,
        None,
        frozenset({Role.VOLUNTEER}),
        _("Tell the manager, who voids it within its quarter."),
        _("Something is entered wrongly"),
    ),
)
