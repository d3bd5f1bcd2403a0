"""Pages about signing in, and the sign-ins that an office keeps."""

from flask import Blueprint

bp = Blueprint("signin", __name__)

# They register their routes.
from people.views.signin import accounts, second_factor, sign_in
