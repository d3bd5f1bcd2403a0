"""What the torture says: line by line on the screen, and as a table in the document."""

import os
import platform
import sys
from collections.abc import Sequence

from tests.served.server import ROOT
from tests.served.torture.reckoning import Reckoning

DOCUMENT = ROOT / "docs" / "reliability.md"


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def line(kind: str, words: str, found: Reckoning) -> str:
    """A line of the table."""
    figures = (found.faults, found.asked, found.acknowledged, found.lost, found.twice, len(found.half_done))
    return " | ".join((kind, words, *(f"{figure:,}" for figure in figures)))


def machine() -> str:
    """The machine that this runs on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}"


def write(name: str, about: str, headings: str, lines: Sequence[str]) -> None:
    """Write a table into its place in the document."""
    begins, ends = f"<!-- the {name} begins -->\n", f"<!-- the {name} ends -->\n"
    before, _begins, rest = DOCUMENT.read_text().partition(begins)
    _old, _ends, after = rest.partition(ends)
    rule = " | ".join(["---", "---", *["---:"] * (headings.count("|") - 1)])
    table = "\n".join(f"| {each} |" for each in (headings, rule, *lines))
    DOCUMENT.write_text(f"{before}{begins}\n{about}.\n\n{table}\n\n{ends}{after}")
