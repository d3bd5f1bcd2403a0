"""What the next page says: what was done, and what was not and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import flash, get_flashed_messages
from flask_babel import gettext

from ground.refusal import Refused

IN_PLACE = "in_place"  # the category of what a page says at a place on it
MOST_NAMED = 5  # of those that were left for one reason, as what is said travels in a cookie


@dataclass(frozen=True)
class PlacedMessage:
    """A message for a place on the next page: what was done, and what was left undone and why."""

    place: Any
    done: str
    left: list[str]


def flash_in_place(place: Any, done: str, left: Iterable[str] = ()) -> None:
    """Let the page that comes next say what was done where the eye is, and not above everything.

    The page finds the place again by `place`, a plain value, and shows it by `placed_message` (macros.html).
    """
    message: Any = {"place": place, "done": done, "left": list(left)}
    flash(message, IN_PLACE)


def flashed_in_place() -> PlacedMessage | None:
    """The message that the page before left for a place on this one; of two windows, the last one's."""
    messages: list[Any] = get_flashed_messages(category_filter=[IN_PLACE])
    return PlacedMessage(**messages[-1]) if messages else None


def refusal_summaries(refusals: Iterable[tuple[str, Refused]]) -> list[str]:
    """A sentence for each reason why some of many were not done, with their names."""
    names_by_reason: dict[str, list[str]] = {}
    for name, refusal in refusals:
        names_by_reason.setdefault(str(refusal.message), []).append(name)
    return [
        gettext(
            "Not done: %(count)s (%(names)s). %(why)s",
            count=len(names),
            names="、".join(names[:MOST_NAMED]) + ("…" if len(names) > MOST_NAMED else ""),
            why=why,
        )
        for why, names in names_by_reason.items()
    ]


def flash_warning(text: str) -> None:
    """Say on the next page what was not done, and why: that never stands under a green tick."""
    flash(text, "warning")
