"""Tables of the reports: what was sent."""

from reports.models.returns import QuarterlyReturn as QuarterlyReturn
from reports.models.returns import ReturnPart as ReturnPart
