"""What was decided about reports, what was filed and what was sent: the tables, to be imported from here."""

from reports.models.disclosure import DisclosureInterval
from reports.models.packets import Packet
from reports.models.received import ReceivedReturn
from reports.models.returns import QuarterlyReturn, ReturnPart

__all__ = ["DisclosureInterval", "Packet", "QuarterlyReturn", "ReceivedReturn", "ReturnPart"]
