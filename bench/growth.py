"""How the program bears years: what is asked most, every page and verifying, of a county with a history.

    PYTHONPATH=. .venv/bin/python -m bench.growth [--database sqlite] [--transfers 10000 --transfers 1000000]

Fills a database of its own for each number of transfers (bench/history.py) and measures processor time, the
database's included: how busy the machine is with other things hardly matters. What is asked most
(bench/flat.py) is compared with the first number, which stands as its floor; the rest is measured at the last
one. The pages that take longest are told one by one.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from app import create_app
from bench import figures, flat, history, pages, sites
from bench.commands import flask
from bench.figures import Figure, at_most, at_most_of_floor
from demo.calendar import STARTS_ON
from ground import clock
from ground.db import db
from people.models import Role, User
from points import ledger
from points.models import Transfer

TRANSFERS = (10_000, 100_000)
VERIFY_SECONDS, VERIFY_MB, DIGEST_MS, FLAT = 60, 250, 50, 1.1
# What helps a backend of PostgreSQL would be counted nowhere.
ALONE = "&options=-c%20max_parallel_workers_per_gather%3D0"


@contextmanager
def filled(kind: str, transfers: int) -> Iterator[Flask]:
    """The program on a filled database of its own, at the demo's day."""
    with tempfile.TemporaryDirectory(prefix="aixin-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as a user of its own
        with sites.empty_database(kind, folder) as (uri, _process):
            uri += ALONE if kind == "postgresql" else ""
            os.environ.update(AIXIN_INSTANCE=str(folder), DATABASE_URL=uri, AIXIN_LOG=os.devnull)
            app = create_app(TESTING=True)
            with app.app_context(), clock.at(STARTS_ON):
                history.fill(transfers, transfers)
                pages.watch_backends()
                yield app
                db.session.remove()
                db.engine.dispose()


def measure(kind: str, sizes: Sequence[int]) -> Iterator[Figure]:
    """The figures of one kind of database, at each of these numbers of transfers and services."""
    first: dict[str, float] = {}
    for transfers in sizes:
        with filled(kind, transfers) as app:
            name = f"{transfers:,} transfers"
            if transfers == sizes[-1]:
                yield from _measure_all(app, kind, name)
            costs = flat.costs(app)
            first = first or costs
            for asked, ms in costs.items():
                yield Figure(f"{asked}, {name}", ms, "ms", kind, first[asked], at_most_of_floor(FLAT))


def _measure_all(app: Flask, kind: str, name: str) -> Iterator[Figure]:
    verified = flask("ledger", "verify")  # which fails if what was filled does not fit
    yield Figure(f"ledger verify, {name}", verified.seconds, "s", kind, goal=at_most(VERIFY_SECONDS))
    memory = verified.megabytes
    yield Figure(f"ledger verify, {name}: memory", memory, "MB", kind, goal=at_most(VERIFY_MB))
    yield Figure(f"digest of a village, {name}", _digest_ms(), "ms", kind, goal=at_most(DIGEST_MS))
    looks = pages.look_at_all(app)
    told = f"of {len(looks)}, {name}"
    for word, is_file, most in (
        ("pages", False, pages.MOST_MS_OF_PAGE),
        ("files", True, pages.MOST_MS_OF_FILE),
    ):
        slow = sum(look.is_over for look in looks if look.is_file == is_file)
        yield Figure(f"{word} over {most} ms {told}", slow, "", kind, goal=at_most(0))
    for word, package in (("overview", "boards."), ("first page of a book", "books.")):
        of_kind = [look.ms for look in looks if look.endpoint.startswith(package) and not look.is_file]
        yield Figure(
            f"the slowest {word}, {name}", max(of_kind), "ms", kind, goal=at_most(pages.MOST_MS_OF_PAGE)
        )
    yield Figure(f"pages, median {told}", pages.median_ms(looks), "ms", kind)
    pages.tell(looks)


def _digest_ms() -> float:
    """Milliseconds for the digest of the first village that was filled, as of now."""
    clerk = db.session.scalars(select(User).where(User.username == history.user_name(Role.CLERK)))
    village, upto = clerk.one().grants[0].area, db.session.scalar(select(func.max(Transfer.id)))
    ledger.digest(village, upto or 0)
    began = pages.processor_ms()
    ledger.digest(village, upto or 0)
    return pages.processor_ms() - began


def main() -> None:
    """Measure; exits 1 when a figure falls short of its goal."""
    parser = argparse.ArgumentParser(prog="bench.growth", description=__doc__)
    parser.add_argument("--database", choices=sites.KINDS, action="append")
    parser.add_argument("--transfers", type=int, action="append")
    chosen = parser.parse_args()
    kinds = chosen.database or sites.KINDS
    sys.exit(
        figures.report(figure for kind in kinds for figure in measure(kind, chosen.transfers or TRANSFERS))
    )


if __name__ == "__main__":
    main()
