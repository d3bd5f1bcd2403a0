"""A cable between a browser and the program, which can be pulled out.

A browser's own offline mode does not hold back all that a page asks for which its service worker opened.
"""

import socket
import threading
from contextlib import suppress

CABLES: dict[str, "Cable"] = {}  # by the address at which the browser finds them


class Cable:
    """Hands on what comes to `address` while it is plugged in; pulled out, it cuts everybody off."""

    def __init__(self, address: str) -> None:
        self.program = ("127.0.0.1", int(address.rpartition(":")[2]))
        self.ends: set[socket.socket] = set()
        self.is_plugged = True
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        CABLES[self.address] = self
        threading.Thread(target=self._listen, daemon=True).start()

    @staticmethod
    def of(url: str) -> "Cable":
        """The cable through which a page of this address came."""
        return CABLES["/".join(url.split("/")[:3])]

    def pull(self) -> None:
        """Cut off everybody, and whoever comes from now on."""
        self.is_plugged = False
        for end in list(self.ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def plug(self) -> None:
        """Hand on again."""
        self.is_plugged = True

    def close(self) -> None:
        """Cut off everybody for good."""
        self.pull()
        self.listener.close()

    def _listen(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                near = self.listener.accept()[0]
                if not self.is_plugged:
                    near.close()
                    continue
                far = socket.create_connection(self.program)
                for one, other in ((near, far), (far, near)):
                    self.ends.add(one)
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        """Carry from one end to the other until either is closed; what comes after a pull arrives nowhere."""
        with suppress(OSError):
            while (sent := one.recv(65536)) and self.is_plugged:
                other.sendall(sent)
        self.ends.discard(one)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)
        one.close()
