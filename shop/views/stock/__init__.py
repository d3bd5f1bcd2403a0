"""Pages about stock, deliveries, stock-takes, consignments and donations."""

from flask import Blueprint

bp = Blueprint("stock", __name__)

# They register their routes.
from shop.views.stock import consignments, counts, deliveries, donations, stock
