"""The board of a prefecture as it is taken out: who has sent, the figures, and what was put right."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from people.views.listing import Listing
from reports.prefecture.board import PrefectureQuarter
from reports.returns.figures import FIGURES, UNITS

Named = tuple[str, str | None, Mapping[str, int]]


def _lines(context: Mapping[str, Any]) -> Iterable[Named]:
    """The counties' figures by code, then the sum of the quarter, and of the one before."""
    board: PrefectureQuarter = context["board"]
    for each in board.counties:
        yield each.county.name, each.county.code, each.figures
    yield gettext("Sum"), None, board.sums
    yield gettext("Sum of the quarter before"), None, board.sums_before


SENT = Listing(
    _("Who has sent"),
    lambda context: ((context["quarter"], each) for each in context["board"].counties),
    (_("Quarter"), lambda quarter, each: str(quarter)),
    (_("Code"), lambda quarter, each: each.county.code),
    (_("County"), lambda quarter, each: each.county.name),
    (_("State"), lambda quarter, each: each.state),
    (_("Version"), lambda quarter, each: each.latest.version if each.latest else None),
    (_("Sent on"), lambda quarter, each: each.latest.sent_at if each.latest else None),
    (_("Office that sent it"), lambda quarter, each: each.latest.sent_by_unit if each.latest else None),
    (
        _("Townships that had sent nothing"),
        lambda quarter, each: "、".join(each.latest.missing.values()) if each.latest else None,
    ),
)

FIGURES_BY_COUNTY = Listing(
    _("Figures by county"),
    _lines,
    (_("County"), lambda name, code, kept: name),
    (_("Code"), lambda name, code, kept: code),
    *(
        (
            _("%(figure)s (%(unit)s)", figure=each.title, unit=UNITS[each.unit]),
            lambda name, code, kept, each=each: each.number(kept),
        )
        for each in FIGURES
    ),
)

CORRECTED = Listing(
    _("What was put right"),
    lambda context: ((each, change) for each in context["board"].counties for change in each.corrected),
    (_("County"), lambda each, change: each.county.name),
    (_("Version"), lambda each, change: each.latest.version),
    (_("What"), lambda each, change: change.figure.title),
    (_("Before"), lambda each, change: change.figure.number(change.was)),
    (_("Now"), lambda each, change: change.figure.number(change.now)),
)
