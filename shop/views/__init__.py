"""Pages of the shop."""

from flask import Blueprint

bp = Blueprint("shop", __name__)
NAVIGATION: list = []
