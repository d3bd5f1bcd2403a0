"""What was chosen on a page and holds from the next start on: the printed address, and who is let in.

It lies beside the database, for whoever has no environment to set. What the environment says goes first.
"""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

FILE = "settings.json"  # in the instance folder

# As browsers send it: a name in characters as xn--…, so written otherwise nobody would be answered there.
LABEL = "[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"
ADDRESS = re.compile(rf"https?://({LABEL}(\.{LABEL})*|\[[0-9a-f:.]+\])(:[0-9]+)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Settings:
    """The settings of an installation.

    `lan`: the computers and phones of the same network are let in. `ends_demo`: the next start puts a demo
    aside.
    """

    public_url: str = ""
    lan: bool = False
    ends_demo: bool = False


def read(folder: Path) -> Settings:
    """The settings that lie in a folder; the usual ones if none were kept. ValueError for a damaged file.

    Whoever may not read the folder runs a command on a copy: it needs none of them.
    """
    try:
        return Settings(**json.loads((folder / FILE).read_text()))
    except (FileNotFoundError, PermissionError):
        return Settings()
    except TypeError as error:
        raise ValueError(error) from error


def keep(folder: Path, settings: Settings) -> None:
    """Keep the settings for the next start."""
    new = folder / f"{FILE}.new"
    new.write_text(json.dumps(asdict(settings)))
    new.replace(folder / FILE)


def is_public_url(url: str) -> bool:
    """Whether this is an address that people can be led to: https://aixin.example, without a path."""
    try:
        return bool(ADDRESS.fullmatch(url)) and urlsplit(url).port != 0
    except ValueError:  # a port of six digits, brackets around nothing
        return False
