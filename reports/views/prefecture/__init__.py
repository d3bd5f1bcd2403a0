"""The page of a prefecture."""

from flask import Blueprint

bp = Blueprint("prefecture", __name__)

# It registers its route.
from reports.views.prefecture import board
