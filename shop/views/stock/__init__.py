"""Pages about stock, deliveries, stock-takes, consignments, donations, vouchers, and the trace of goods."""

from flask import Blueprint

bp = Blueprint("stock", __name__)

# They register their routes.
from shop.views.stock import consignments, counts, deliveries, donations, stock, trace, vouchers
