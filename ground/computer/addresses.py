"""Hosts in addresses, and which of them are this computer's own name for itself."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether a host is this computer by its own name for itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_in(address: str) -> str:
    """The host in an address, without its port and in small letters; empty if there is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def leads_here_only(text: str) -> bool:
    """Whether a text is an address that this computer alone can open: on paper it leads nobody anywhere."""
    return is_loopback(host_in(text))
