"""Keys that are computed from the program's secret."""

import hmac
from hashlib import sha256

from flask import current_app


def program_key(purpose: str) -> bytes:
    """A key for one purpose, computed from the program's secret; it changes only with that."""
    return hmac.new(str(current_app.secret_key).encode(), purpose.encode(), sha256).digest()
