"""How long the search from every page's head takes over a whole county.

    PYTHONPATH=. .venv/bin/python -m bench.find [--database sqlite]

The milliseconds are the processor time of an answer, the least of many, on PostgreSQL with that of its
processes: what somebody of the county finds among all 6,168 grids and their workers, and a village's manager
in their shop. The first answer after a start comes alone: it learns how every name is spelled.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from flask_migrate import upgrade

from app import create_app
from bench import county, figures, flat, pages, sites
from bench.figures import Figure, at_most
from demo.story import SECRET
from ground.db import transaction
from people import areas
from people.models import Role
from people.signin import accounts

MOST_MS = 50
FROM_ABOVE = {
    "a name": "李",
    "first letters": "lm",
    "a grid": "微网格",
    "a telephone": "5678",
    "nothing": "没有这个",
}
IN_A_SHOP = {"goods": "货品", "goods by first letters": "hp"}


def measure(kind: str) -> Iterator[Figure]:
    """The figures of one database, filled for it."""
    with tempfile.TemporaryDirectory(prefix="aixin-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as a user of its own
        with sites.empty_database(kind, folder) as (uri, _process):
            os.environ.update(AIXIN_INSTANCE=name, DATABASE_URL=uri, AIXIN_LOG=os.devnull)
            app = create_app(TESTING=True)
            with app.app_context():
                pages.watch_backends()
                upgrade()
                village = county.fill()[0]
                with transaction():
                    place = areas.county()
                    assert place is not None
                    user = accounts.add_user("bench-county", "县上的人", SECRET, None, temporary=False)
                    accounts.grant(user, Role.COUNTY, place, None)
                    address = f"/a/{place.code}/find?q="
                with pages.signed_in(app, "bench-county") as client:
                    began = time.process_time()
                    client.get(f"{address}zz")
                    first = (time.process_time() - began) * 1000
                yield Figure("find: the first after a start", first, "ms", kind)
                for what, words in FROM_ABOVE.items():
                    ms = flat.page_ms(app, "bench-county", address + words)
                    yield Figure(f"find in the county: {what}", ms, "ms", kind, goal=at_most(MOST_MS))
                for what, words in IN_A_SHOP.items():
                    ms = flat.page_ms(app, f"manager-{village.code}", f"/a/{village.code}/find?q={words}")
                    yield Figure(f"find in a shop: {what}", ms, "ms", kind, goal=at_most(MOST_MS))


def main() -> None:
    """Measure; exits 1 when a figure falls short of its goal."""
    parser = argparse.ArgumentParser(prog="python -m bench.find", description=__doc__)
    parser.add_argument("--database", choices=sites.KINDS, action="append")
    chosen = parser.parse_args()
    found = (figure for kind in chosen.database or sites.KINDS for figure in measure(kind))
    sys.exit(figures.report(found))


if __name__ == "__main__":
    main()
