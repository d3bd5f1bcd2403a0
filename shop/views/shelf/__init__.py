"""Pages about goods, prices, labels, hours, budget, devices and the printer."""

from flask import Blueprint

bp = Blueprint("shelf", __name__)

# They register their routes.
from shop.views.shelf import article, budget, devices, goods, goodsfile, hours, labels, printing
