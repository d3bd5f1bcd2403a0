"""What the reader of a page or paper is shown of who served: as a filter for templates, and for lists."""

from people.views.shown import shown_name
from shop import labels
from shop.models import Redemption


def shown_server(redemption: Redemption) -> str:
    """Who handed something out: by their sign-in, or the device and whoever stood at it."""
    server = shown_name(redemption.clerk) or redemption.served_by
    return labels.at_device(server, shown_name(redemption.operator))
