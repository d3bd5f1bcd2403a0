"""What asks for somebody, as a reader sees it: its words, its number, and the page where one goes on."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import g, url_for

from people import access
from people.models import Area
from reports import labels
from reports.boards.standing import Concern

# Where what asks in a village is seen to.
PAGES = {
    Concern.LATE: "assessment.quarters",
    Concern.OVERDUE_ANSWERS: "assessment.quarters",
    Concern.WITHOUT_WORKER: "roster.terms",
    Concern.WITHOUT_INSTRUCTOR: "roster.terms",
    Concern.OVERDUE_VISITS: "duties.due",
    Concern.EXPIRED_GOODS: "stock.stock",
    Concern.THIN_SHELF: "shelf.budget",
    Concern.ENDING_TERMS: "roster.terms",
    Concern.MISSING_CONTACTS: "home.contacts",
    Concern.LOW_GOODS: "stock.stock",
    Concern.EXPIRING_GOODS: "stock.stock",
}


@dataclass(frozen=True)
class Asking:
    """One kind of thing that asks: how many, in which words, and where; `url` None where one may not go.

    `number` is None where it is so or not.
    """

    label: Any
    number: int | None
    url: str | None


def asking_in(village: Area, concerns: Counter[Concern], *, with_links: bool = True) -> list[Asking]:
    """What asks in a village, the most urgent first, and where it is seen to."""
    return [
        Asking(
            labels.OF_ONE_VILLAGE.get(concern, label),
            None if concern in labels.OF_ONE_VILLAGE else concerns[concern],
            _url(village, concern) if with_links else None,
        )
        for concern, label in labels.CONCERNS.items()
        if concerns[concern]
    ]


def asking_below(url: str, concerns: Counter[Concern]) -> list[Asking]:
    """What asks in the villages of an area together, each leading to the same address."""
    return [
        Asking(label, concerns[concern], url)
        for concern, label in labels.CONCERNS.items()
        if concerns[concern]
    ]


def _url(village: Area, concern: Concern) -> str | None:
    """The address where it is seen to, for a reader who may go there."""
    rule = access.rule_of(PAGES[concern])
    may = rule is not None and (rule.roles is None or bool(rule.roles & g.roles))
    return url_for(PAGES[concern], village=village.code) if may else None
