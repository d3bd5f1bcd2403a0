"""Pages about trainings, evaluations, growth and the negative list."""

from flask import Blueprint

bp = Blueprint("conduct", __name__)

# They register their routes.
from people.views.conduct import evaluations, growth, negative_list, trainings
