"""Measure what was asked for: a line of JSON for each figure as it comes, then the table."""

import argparse
import sys
from collections.abc import Iterator

from bench import card, desk, figures, redemption, sites

MODULES = {module.__name__.rpartition(".")[2]: module for module in (desk, card, redemption)}


def main() -> None:
    """Measure; exits 1 when a figure falls short of its goal."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("modules", nargs="*", choices=[*MODULES, []], metavar="|".join(MODULES))
    parser.add_argument("--database", choices=sites.KINDS, action="append")
    parser.add_argument("--seconds", type=float, default=4, help="for each turn of program and floor")
    parser.add_argument("--rounds", type=int, default=3, help="how many turns each of them has")
    chosen = parser.parse_args()
    sys.exit(figures.report(_measured(chosen)))


def _measured(chosen: argparse.Namespace) -> Iterator[figures.Figure]:
    for kind in chosen.database or sites.KINDS:
        with sites.open_site(kind, chosen.seconds, chosen.rounds) as site:
            for name in chosen.modules or MODULES:
                yield from MODULES[name].measure(site)


if __name__ == "__main__":
    main()
