"""Printers on the network: which addresses they may have, and handing them what they print.

The only place where the program calls another device. It goes to one port of the own network, sends what is
printed, reads nothing, and says the same whatever went wrong: nobody learns by it what else is in that
network. The addresses are numbers, so that no name leads elsewhere.
"""

import os
import socket
from ipaddress import IPv4Address, IPv4Network
from threading import Lock

from flask_babel import lazy_gettext as _

from ground.refusal import Refused
from ground.slow import check_nobody_waits

PORT = 9100  # where network printers take what is to be printed, as it is
FOUND_SECONDS = 2  # what a printer costs that is off
TAKEN_SECONDS = 5  # for all of it; one with little memory takes it as fast as it prints

SETTING = "AIXIN_PRINTERS"
_PRIVATE = "192.168.0.0/16 10.0.0.0/8 172.16.0.0/12"

_turns: dict[str, Lock] = {}  # by address: a printer talks to one at a time


def networks() -> list[IPv4Network]:
    """The networks that printers may stand in: AIXIN_PRINTERS, or all private ones.

    ValueError where the setting names something else.
    """
    return [IPv4Network(text) for text in os.environ.get(SETTING, _PRIVATE).split()]


def checked_address(text: str) -> str:
    """A printer's address, as it was typed. Refused `bad_printer` unless it is in one of the networks."""
    try:
        address = IPv4Address(text.strip())
    except ValueError:
        raise Refused(
            "bad_printer",
            _("Write the printer's address in four numbers, like 192.168.1.50."),
            "address",
        ) from None
    if not any(address in network for network in networks()):
        raise Refused(
            "bad_printer",
            _(
                "%(address)s is not in the own network. Printers may be in: %(networks)s",
                address=address,
                networks=", ".join(map(str, networks())) or "–",
            ),
            "address",
        )
    return str(address)


def hand_over(address: str, commands: bytes) -> None:
    """Let a printer print; it has taken all of it when this returns.

    Refused `bad_printer`, and `printer_silent` when it is not there, does not take all of it in time, or is
    busy with another sheet all the while.
    """
    check_nobody_waits("a printer is waited for")
    turn = _turns.setdefault(checked_address(address), Lock())
    if not turn.acquire(timeout=FOUND_SECONDS):
        raise Refused("printer_silent", _("The printer is busy."))
    try:
        with socket.create_connection((address, PORT), FOUND_SECONDS) as connection:
            connection.settimeout(TAKEN_SECONDS)
            connection.sendall(commands)
            connection.shutdown(socket.SHUT_WR)
    except OSError as error:
        raise Refused("printer_silent", _("The printer does not answer.")) from error
    finally:
        turn.release()
