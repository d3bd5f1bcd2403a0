"""Pages about who and where, a package for each room, each with its blueprint."""

from people import access
from people.models import Role

# Who brings a roster as a file; it names people, whom their village knows and a county appointed.
IMPORTING = frozenset({Role.CLERK, Role.TOWNSHIP, Role.COUNTY})

FROM_ABOVE = frozenset(access.ABOVE)
WATCHING = frozenset(access.ONLOOKERS)
TAUGHT = WATCHING | {Role.INSTRUCTOR}
IN_GRIDS = frozenset(access.COMMITTEE | {Role.INSTRUCTOR, Role.WORKER})
SPEAKING = (WATCHING - access.ABOVE) | {Role.INSTRUCTOR, Role.WORKER}

# Where the rooms are: on a village's pages, or else on those of a township or county.
ROSTER = ("roster.grids", "home.area")
CONDUCT = ("conduct.trainings",)
OFFICE = ("signin.accounts", *ROSTER)
