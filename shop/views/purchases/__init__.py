"""Pages about purchases: what was asked for in vain, what should be bought, and the requests for it."""

from flask import Blueprint

from people import access
from people.models import Role

bp = Blueprint("purchases", __name__)

# Who asks for a purchase, and who notes what is missing.
ASKING = frozenset({Role.MANAGER, Role.CLERK})
WISHING = access.SHOP | {Role.CLERK, Role.WORKER}

# They register their routes.
from shop.views.purchases import requests, suggestions, wishes
