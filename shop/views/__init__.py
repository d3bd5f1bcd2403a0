"""Pages of the shop, a package for each room, each with its blueprint."""

from people import access
from people.models import Role

READERS = access.SHOP | access.ONLOOKERS
MINDING = access.ONLOOKERS | {Role.MANAGER}  # who sees what stands behind the points
LABELLING = access.SHOP  # who prints what stands at the shelf
