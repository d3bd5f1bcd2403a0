"""What is drawn on a page: icons and QR codes."""

import re
from functools import cache
from importlib import resources

from markupsafe import Markup

from ground.paper.draw import qr_path


@cache
def icon(name: str) -> Markup:
    """One icon from Bootstrap-Flask's sprite, so that a phone need not fetch the whole of it."""
    sprite = resources.files("flask_bootstrap") / "static/bootstrap5/icons/bootstrap-icons.svg"
    symbol = re.search(rf'<symbol([^>]*) id="{name}">(.*?)</symbol>', sprite.read_text(), re.DOTALL)
    if symbol is None:
        raise LookupError(name)
    return Markup(f'<svg fill="currentColor"{symbol[1]}>{symbol[2]}</svg>')  # noqa: S704 -- the package's own


def qr(text: str) -> Markup:
    """A QR code for a page, as SVG; its size is the stylesheet's."""
    code = qr_path(text)
    bars = (bar.split() for bar in code.bars)
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length, *_rest in bars)
    box = f"0 0 {code.modules} {code.modules}"
    svg = f'<svg class="qr" role="img" aria-label="QR" viewBox="{box}"><path d="{path}"/></svg>'
    return Markup(svg)  # noqa: S704 -- figures only
