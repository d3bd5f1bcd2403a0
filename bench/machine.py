"""The machine work of a county: its roster, its quarter, its cards, a shop's goods, and receipts.

    PYTHONPATH=. .venv/bin/python -m bench.machine [--database sqlite]

Each is done by the command or the function that people use, on a database of its own. The seconds are
processor time of the program, its start included; beside them stand those that somebody waits.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain, product
from pathlib import Path

from flask import Flask
from flask_babel import Babel
from flask_migrate import upgrade
from stdnum import ean

from app import create_app
from bench import figures, flat, pages, quarter, roster, sites
from bench.commands import Used, flask, run
from bench.figures import Figure, at_least, at_most
from ground import clock
from ground.clock import SHANGHAI
from ground.db import db, transaction
from ground.paper.fonts import make_fonts
from people.areas import COUNTY_FILE
from points.assessment import opening
from points.wall import posting
from shop.goodsfile import columns
from shop.paper.receipt import Receipt, ReceiptLine, receipt_pdf

GOODS, RECEIPTS = 5_000, 200
ROSTER_SECONDS, GOODS_SECONDS, BOOKING_SECONDS = 6, 5, 10
CARDS_SECONDS, CARDS_MB, RECEIPTS_A_SECOND = 12, 200, 200


@contextmanager
def empty_database(kind: str) -> Iterator[Path]:
    """An empty database, on which commands and the program work meanwhile, and a folder for files."""
    with tempfile.TemporaryDirectory(prefix="aixin-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as a user of its own
        with sites.empty_database(kind, folder) as (uri, _process):
            os.environ.update(AIXIN_INSTANCE=str(folder), DATABASE_URL=uri, AIXIN_LOG=os.devnull)
            yield folder


def measure_files(kind: str) -> Iterator[Figure]:
    """The county's roster and a shop's goods, from their files."""
    with empty_database(kind) as folder:
        villages = roster.villages()
        rows, goods = folder / "roster.xlsx", folder / "goods.xlsx"
        rows.write_bytes(roster.workbook(villages))
        goods.write_bytes(goods_file())
        flask("db", "upgrade")
        flask("areas", "import", str(COUNTY_FILE))
        used = flask("people", "import", str(rows))
        yield from _seconds(f"roster of {roster.ROWS:,} rows", used, kind, ROSTER_SECONDS)
        used = flask("goods", "import", str(goods), "--shop", villages[0])
        yield from _seconds(f"{GOODS:,} goods", used, kind, GOODS_SECONDS)


def measure_quarter(kind: str) -> Iterator[Figure]:
    """A quarter of the county: the meeting's screen of one village, and the booking of all."""
    with empty_database(kind):
        app = create_app(TESTING=True)
        with app.app_context(), clock.at(quarter.MET_ON):
            pages.watch_backends()
            upgrade()
            clerks = quarter.prepare(random.Random(1))
            villages = [clerk.grants[0].area for clerk in clerks]
            for village, clerk in zip(villages, clerks, strict=True):
                with transaction():
                    quarter.meet(village, clerk)
            screen = flat.page_ms(
                app, clerks[0].username, f"/v/{villages[0].code}/quarters/{quarter.QUARTER}"
            )
            yield Figure("the meeting's screen of 70 workers", screen, "ms", kind)
            for village, clerk in zip(villages, clerks, strict=True):
                with transaction():
                    posting.post_notice(opening.open_quarter(village, quarter.QUARTER, clerk), clerk)
            db.session.remove()
            db.engine.dispose()
        used = flask("assessments", "book", "--quarter", str(quarter.QUARTER), "--by", "bench-chair")
        lines = f"{len(clerks)} × {quarter.WORKERS_A_VILLAGE}"
        yield from _seconds(f"booking {lines} lines", used, kind, BOOKING_SECONDS)


def _seconds(name: str, used: Used, kind: str, most: float) -> Iterator[Figure]:
    yield Figure(name, used.seconds, "s", kind, goal=at_most(most))
    yield Figure(f"{name}: waited", used.waited, "s", kind)


def measure_paper() -> Iterator[Figure]:
    """The figures of what is drawn, where no database is asked."""
    make_fonts()
    cards = run("bench.cards")
    yield Figure("cards of a county", cards.seconds, "s", "none", goal=at_most(CARDS_SECONDS))
    yield Figure("cards of a county: memory", cards.megabytes, "MB", "none", goal=at_most(CARDS_MB))
    yield Figure("receipts", receipts_a_second(), "a second", "none", goal=at_least(RECEIPTS_A_SECOND))


def goods_file() -> bytes:
    """A shop's file of goods, each with a code."""
    rows = []
    for number in range(GOODS):
        digits = f"2{number:011}"
        row = {
            columns.NAME: f"货品{number:04}",
            columns.SPEC: "500克",
            columns.UNIT: "件",
            columns.CATEGORY: "日用",
            columns.CODES: digits + ean.calc_check_digit(digits),
            columns.PRICE: number % 50 + 1,
        }
        rows.append(row)
    return columns.LAYOUT.write(rows, "xlsx")


def receipts_a_second() -> float:
    """How many receipts of three lines are drawn in a second of processor time."""
    app = Flask("bench")
    Babel(app, default_translation_directories=str(sites.ROOT / "translations"))
    with app.app_context():
        receipt_pdf(a_receipt(0), "58")
        began = time.process_time()
        for number in range(1, RECEIPTS + 1):
            receipt_pdf(a_receipt(number), "58")
        return RECEIPTS / (time.process_time() - began)


def a_receipt(number: int) -> Receipt:
    """An invented redemption, as it is printed."""
    lines = [ReceiptLine(name, "件", 1, 50, 50) for name in ("食盐", "肥皂", "毛巾")]
    return Receipt(
        shop="天台村爱心超市",
        village="天台村民委员会",
        number=f"20261228-{number:04}",
        at=datetime(2026, 12, 28, 9, tzinfo=SHANGHAI),
        worker="李*明",
        card_number="4021 7730 9",
        lines=lines,
        total=150,
        before=1000,
        after=850,
        clerk="马志愿",
        check_url=f"https://aixin.example/r/{number:016}",
    )


def main() -> None:
    """Measure; exits 1 when a figure falls short of its goal."""
    parser = argparse.ArgumentParser(prog="bench.machine", description=__doc__)
    parser.add_argument("--database", choices=sites.KINDS, action="append")
    chosen = parser.parse_args()
    measures = product(chosen.database or sites.KINDS, (measure_files, measure_quarter))
    on_databases = (figure for kind, measure in measures for figure in measure(kind))
    sys.exit(figures.report(chain(measure_paper(), on_databases)))


if __name__ == "__main__":
    main()
