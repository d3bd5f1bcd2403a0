"""Pages about points, a package for each room, each with its blueprint."""

from people import access
from people.models import Role

WATCHING = frozenset(access.ONLOOKERS)

# Where what is written down in the grids has its rooms.
RECORDS = ("services.services",)

# Who prints slips and keys them in.
KEYING_IN = frozenset(access.COMMITTEE | {Role.INSTRUCTOR})
