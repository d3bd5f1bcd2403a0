"""The parts of a quarter's packet (季度档案): each package says which papers of its own belong into it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ground.contributions import Slot
from people.sight import Sight
from points.models import Assessment


@dataclass(frozen=True)
class PacketPart:
    """A part of a packet, in the order in which they are bound.

    `draw` draws its papers of a quarter, in the language in use; nothing where there are none. The papers of
    a village's own archive say what a `Sight` lets its committee see.
    """

    order: int
    title: Any
    draw: Callable[[Assessment, Sight], None]


PACKET_PARTS: Slot[PacketPart] = Slot(by=lambda part: part.order)
