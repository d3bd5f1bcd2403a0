"""The pages of people, a package for each room, each with its blueprint."""

from people import access
from people.models import Role

# Who brings a roster as a file; it names people, whom their village knows and a county appointed.
IMPORTERS = frozenset({Role.CLERK, Role.TOWNSHIP, Role.COUNTY})

TRAINING_READERS = access.ONLOOKERS | {Role.INSTRUCTOR}
GRID_ROLES = access.COMMITTEE | {Role.INSTRUCTOR, Role.WORKER}
EVALUATORS = (access.ONLOOKERS - access.ROLES_ABOVE) | {Role.INSTRUCTOR, Role.WORKER}

# Where the rooms are: on a village's pages, or else on those of a township or county.
ROSTER = ("roster.grids", "home.area")
CONDUCT = ("conduct.trainings",)
OFFICE = ("signin.accounts", *ROSTER)
