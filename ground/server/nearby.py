"""How people come to a server that was started by hand: this computer's browser, and phones in the house."""

import os
import socket
import sys
import webbrowser
from io import StringIO

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_L

HTTPS_IS_FOR = (
    "It is plain HTTP: on this network others can read along. Only over HTTPS does a phone give its camera\n"
    "to a page and open pages without a network (docs/operations.md, “A county”); photos, a scanner gun and\n"
    "typed numbers work without. Cards bear this address: give the computer a fixed one, or set PUBLIC_URL."
)


def network_address() -> str | None:
    """The address of this computer in its network; None where there is no network. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address of documents: asks only which way it would go
        except OSError:
            return None
        return str(probe.getsockname()[0])


def network_url(port: int) -> str | None:
    """The address by which the computers and phones of this network come; None where there is none."""
    host = network_address()
    return f"http://{host}:{port}" if host else None


def qr_for_terminal(text: str) -> str:
    """A QR code in characters, for a terminal that writes light on dark."""
    code, written = QRCode(error_correction=ERROR_CORRECT_L, border=2), StringIO()
    code.add_data(text)
    code.print_ascii(out=written, invert=True)
    return written.getvalue()


def has_browser() -> bool:
    """Whether somebody sits here who would see a browser: at a terminal, and with a screen."""
    has_screen = sys.platform in ("win32", "darwin") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    return has_screen and sys.stdout.isatty()


def open_browser(address: str) -> None:
    """Show the program in the browser, where there is one."""
    if has_browser():
        webbrowser.open(address)
