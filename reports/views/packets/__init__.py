"""Pages about the packets of booked quarters."""

from flask import Blueprint

bp = Blueprint("packets", __name__)

# They register their routes.
from reports.views.packets import packets
