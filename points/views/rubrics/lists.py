"""The lists of a rubric, as they are taken out."""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _

from people.views.listing import Context, Listing, context_records
from points import amounts, labels
from points.models import FedBy
from points.rubrics.comparing import Difference

ITEMS = Listing(
    _("Rubric"),
    context_records("items"),
    (_("Service"), lambda item: item.name),
    (_("Duty"), lambda item: labels.DUTIES[item.category]),
    (_("Points"), lambda item: amounts.as_number(item.points)),
    (_("Unit"), lambda item: item.unit),
    (_("At most a quarter"), lambda item: amounts.as_number(item.cap) if item.cap else None),
    (_("Shown by"), lambda item: item.evidence),
    (_("Counts by itself"), lambda item: labels.FED_BY[item.source] if item.source != FedBy.CLAIM else None),
    (_("The village's own"), lambda item: getattr(item, "own", False)),
)

VERSIONS = Listing(
    _("Versions"),
    lambda context: ((rubric,) for rubric in context["versions"] if len(context["versions"]) > 1),
    (_("Version"), lambda rubric: rubric.version),
    (_("In force from"), lambda rubric: rubric.in_force_from),
    (_("Approved by"), lambda rubric: rubric.approved_by),
    (_("Version withdrawn"), lambda rubric: bool(rubric.withdrawal)),
)


def _differences(context: Context) -> Iterator[tuple[Difference]]:
    for difference in context["differences"]:
        yield (difference,)


def _points(side: str) -> Any:
    def value(difference: Difference) -> Any:
        item = getattr(difference, side)
        return item and amounts.as_number(item.points)

    return value


def _cap(side: str) -> Any:
    def value(difference: Difference) -> Any:
        item = getattr(difference, side)
        return amounts.as_number(item.cap) if item and item.cap else None

    return value


def _of_item(side: str, field: str) -> Any:
    return lambda difference: getattr(getattr(difference, side), field, None)


DIFFERENCES = Listing(
    _("What is different"),
    _differences,
    (_("Service"), lambda difference: difference.name),
    (_("Points before"), _points("older")),
    (_("Points after"), _points("newer")),
    (_("Unit before"), _of_item("older", "unit")),
    (_("Unit after"), _of_item("newer", "unit")),
    (_("At most a quarter before"), _cap("older")),
    (_("At most a quarter after"), _cap("newer")),
    (_("Shown by, before"), _of_item("older", "evidence")),
    (_("Shown by, after"), _of_item("newer", "evidence")),
)
