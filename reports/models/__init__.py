"""The tables of what was decided about reports, and of what was filed, each to be imported from here."""

from reports.models.disclosure import DisclosureInterval
from reports.models.packets import Packet

__all__ = ["DisclosureInterval", "Packet"]
