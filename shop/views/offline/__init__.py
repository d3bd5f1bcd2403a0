"""The desk without a network: what its page exchanges with the server, and what people decide afterwards."""

from flask import Blueprint

bp = Blueprint("offline", __name__)

# They register their routes.
from shop.views.offline import exchange, leases
