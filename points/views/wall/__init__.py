"""Pages about notices, objections, booking, corrections and proofs."""

from flask import Blueprint

bp = Blueprint("wall", __name__)

# They register their routes.
from points.views.wall import corrections, notices, objections, proof
