"""Pages about points, a package for each blueprint, and where they stand in the navigation."""

from people import access
from people.models import Role

# Where what is written down in the grids has its rooms.
RECORD_PAGES = ("services.services",)

# Who prints slips and keys them in.
KEYING_IN = access.COMMITTEE | {Role.INSTRUCTOR}
