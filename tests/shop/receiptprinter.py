"""A receipt printer of the tests: it listens as one does, and draws what it is sent."""

import socket
import threading

from PIL import Image, ImageChops


def drawn(commands):
    """What a receipt printer would print, as a picture, 0 for black; AssertionError for an unknown command.

    It knows: begin anew (ESC @), a raster (GS v 0), feed lines (ESC d), feed and cut (GS V B).
    """
    bands, place, is_cut = [], 0, False
    while place < len(commands):
        assert not is_cut, "something is printed after the cut"
        head = commands[place : place + 2]
        if head == b"\x1b@":
            assert place == 0
            place += 2
        elif head == b"\x1dv":
            assert commands[place + 2 : place + 4] == b"0\0", "dots of the usual size"
            wide = int.from_bytes(commands[place + 4 : place + 6], "little")
            high = int.from_bytes(commands[place + 6 : place + 8], "little")
            end = place + 8 + wide * high
            assert end <= len(commands), "a raster is broken off"
            bands.append(Image.frombytes("1", (wide * 8, high), commands[place + 8 : end]))
            place = end
        elif head == b"\x1bd":
            place += 3
        elif head == b"\x1dV":
            assert commands[place + 2 : place + 3] == b"B"
            place, is_cut = place + 4, True
        else:
            raise AssertionError(f"no command of a receipt printer: {commands[place : place + 8]!r}")
    assert is_cut
    assert len({band.width for band in bands}) == 1
    roll = Image.new("1", (bands[0].width, sum(band.height for band in bands)))
    down = 0
    for band in bands:
        roll.paste(band, (0, down))
        down += band.height
    return ImageChops.invert(roll.convert("L"))


class ReceiptPrinter:
    """A printer of this machine: `sheets` are what it was sent, each a connection."""

    def __init__(self, host="127.0.0.1", port=0):
        self._socket = socket.create_server((host, port))
        self.port = self._socket.getsockname()[1]
        self.sheets = []
        self._printed = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:  # closed: the test is over
                return
            with connection, connection.makefile("rb") as sent:
                self.sheets.append(sent.read())
            self._printed.release()

    def sheet(self):
        """The next sheet that comes, drawn."""
        assert self._printed.acquire(timeout=10), "nothing is printed"
        return drawn(self.sheets[-1])

    def close(self):
        """Switch it off, if it is on."""
        if self._socket.fileno() == -1:
            return
        self._socket.shutdown(socket.SHUT_RDWR)  # closed alone, Linux goes on waiting for the next
        self._socket.close()
        self._thread.join(5)
