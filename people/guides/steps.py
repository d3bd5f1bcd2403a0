"""What stands on the instructions of a role: its steps, and answers for when something goes wrong.

A text names its page by `%(page)s`: the sheet puts there what the page is called in the role's navigation.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ground.contributions import Slot
from people.models import Role


class Rhythm(StrEnum):
    """The rhythm of a step: how often it comes."""

    DAILY = "daily"
    QUARTERLY = "quarterly"


@dataclass(frozen=True)
class GuideStep:
    """A step of some roles on a page, or away from all pages; of one rhythm they stand in one `order`."""

    order: int
    endpoint: str | None
    roles: frozenset[Role]
    text: Any
    rhythm: Rhythm


@dataclass(frozen=True)
class GuideAnswer:
    """What some roles do when something goes wrong: the `question` in a few words, and the answer."""

    order: int
    endpoint: str | None
    roles: frozenset[Role]
    text: Any
    question: Any


STEPS: Slot[GuideStep] = Slot(by=lambda step: step.order)
ANSWERS: Slot[GuideAnswer] = Slot(by=lambda answer: answer.order)
