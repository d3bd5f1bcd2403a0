"""A small disk of memory, which is quickly full and can be made read-only; where it may be mounted."""

import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path


class Disk:
    """A folder on a disk of its own, of so many megabytes; without the right to mount one, just a folder."""

    def __init__(self, megabytes: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="aixin-torture-"))
        self.folder.chmod(0o755)
        options = f"size={megabytes}m,mode=755"
        self.is_own = self._run("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.folder))
        self._ballast = self.folder / "ballast"

    @staticmethod
    def _run(*command: str) -> bool:
        with suppress(FileNotFoundError):
            return subprocess.run(command, capture_output=True, check=False).returncode == 0
        return False

    def fill(self) -> None:
        """Fill it to the last byte."""
        with suppress(OSError), self._ballast.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                with suppress(OSError):
                    while file.write(b"\0" * size) == size:
                        pass

    def free(self) -> None:
        """Take the ballast off."""
        self._ballast.unlink(missing_ok=True)

    def set_read_only(self, is_read_only: bool) -> bool:
        """Let nothing be written there any more, or let it again; whether that worked."""
        return self._run("mount", "-o", f"remount,{'ro' if is_read_only else 'rw'}", str(self.folder))

    def close(self) -> None:
        """Take it away with all that is on it."""
        if self.is_own:
            self._run("umount", "-l", str(self.folder))
        subprocess.run(["rm", "-rf", str(self.folder)], check=False)
