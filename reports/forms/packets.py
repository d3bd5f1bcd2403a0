"""The button that makes a packet."""

from ground.forms import KeyedForm


class PacketForm(KeyedForm):
    """Make the packet of a quarter."""
