"""How the tests about opening balances tell their stories: a file, its sheet, a notice that has ended."""

import io
from datetime import date
from uuid import uuid4

from openpyxl import Workbook

from ground.db import transaction
from points.models import ObjectionChannel
from points.openings import columns, objections, posting, sheets
from points.openings.intake import OPENINGS
from tests.story import do, told

BASIS = "2025年积分存折"
PAST_NOTICE = date(2027, 1, 1)  # a notice of 28 December hangs until the 31st


def row(name, balance, basis=BASIS, **more):
    """A row of the file."""
    return {columns.NAME: name, columns.BALANCE: balance, columns.BASIS: basis, **more}


def workbook(rows, headers=(columns.NAME, columns.CODE, columns.PHONE, columns.BALANCE, columns.BASIS)):
    """The file as the village's Excel writes it."""
    book = Workbook()
    book.active.append(list(headers))
    for given in rows:
        book.active.append([given.get(header) for header in headers])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def take_in(village, rows, actor):
    """Take a file in, as its page does; its sheet."""
    table = OPENINGS.read(workbook(rows), "期初.xlsx", village)
    with transaction():
        made = OPENINGS.plan_table(table, village)
        assert told(made) == []
        assert list(OPENINGS.carry_out(made, village, actor))[-1] == len(made.steps)
    return sheets.sheets_of(village)[0]


def brought(cast, *tenths):
    """A sheet that the clerk brought: the first workers with so many tenths each."""
    rows = [row(worker.name, each / 10) for worker, each in zip(cast.workers, tenths, strict=False)]
    return take_in(cast.village, rows, cast.clerk)


def hung(cast, *tenths):
    """The same, posted today."""
    sheet = brought(cast, *tenths)
    do(posting.post_notice, sheet, cast.clerk)
    return sheet


def ended(cast, clock, *tenths):
    """The same, and its notice has ended."""
    sheet = hung(cast, *tenths)
    clock.turn_to(PAST_NOTICE)
    return sheet


def line_of(sheet, number):
    """A line of a sheet, by its number."""
    return sheets.state_of(sheet).lines[number - 1].line


def object_to(sheet, number, actor, day, text="存折上是另一个数"):
    """An objection to a line, by word of mouth; inside a transaction."""
    line = line_of(sheet, number)
    return objections.bring(uuid4().hex, line, ObjectionChannel.ORAL, "赵老大", text, day, actor)
