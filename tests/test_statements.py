"""A page sends as many statements for a large village as for a small one: no list asks for each row."""

import random
from datetime import date
from uuid import uuid4
from zlib import crc32

from duties import gatherings, incidents, visits
from duties.disputes import disputes
from duties.households import files
from duties.models import DisputeKind, GatheringKind, IncidentKind, Severity, VisitStep
from ground import clock
from ground.db import db, transaction
from people import cards, contacts
from people.conduct import trainings
from people.models import Attention, ContactKind, Duty, GridKind, Stage, Training
from people.roster import grids, growth, persons, terms
from points.services import recording
from points.slips import slips
from shop.desk import devices, redemptions
from shop.models import Source
from shop.shelf import goods as shelf
from shop.stock import consignments, moves
from tests.cast import BEGAN_ON, counted
from tests.setup.pages import FIRST_DAY
from tests.test_pages import LOOKING
from tests.test_rules import address, lived_in, to_look_at

__all__ = ["lived_in"]  # a fixture

# Files and pictures are drawn, which takes its time; what they ask, their pages ask too.
DRAWN = (".pdf", ".bin", ".jpg", ".png", ".svg", ".xlsx", ".csv")

# `make test` looks at one page of so many, at a few more workers; `make long` at all, and at seventy.
SAMPLED_EVERY = 6
MORE_WORKERS, WORKERS_AT_LENGTH = 9, 62


def arrive(cast, numbers):
    """More workers of the village, one for each of these numbers, with a grid, an instructor and a card."""
    chance = random.Random(numbers.start)
    arriving = []
    for number in numbers:
        grid = grids.add_grid(
            cast.village, f"2{number:02}", f"第2{number:02}网格", GridKind.RURAL, 8, cast.clerk
        )
        worker = persons.add_person(cast.village, f"张{chr(0x4E00 + number)}平", None, f"138{number:08}")
        terms.appoint(worker, grid, Duty.WORKER, BEGAN_ON, cast.clerk)
        instructor = persons.add_person(cast.township, f"何{chr(0x4E00 + number)}指", None, None, "司法所")
        terms.appoint(instructor, grid, Duty.INSTRUCTOR, BEGAN_ON, None)
        cards.issue(worker, cast.clerk, chance)
        arriving.append(worker)
    return arriving


def work(cast, workers):
    """Each of these workers does something of everything, and the shop has an article more for each."""
    cast.earn_each({worker.id: 100 for worker in workers})
    today, clerk = clock.today(), cast.clerk
    with transaction():
        session = trainings.hold(uuid4().hex, cast.village, Duty.WORKER, "防汛", "村委会", today, clerk)
        for worker in workers:
            live(cast, worker, session, today)


def live(cast, worker, session: Training, today: date):
    grid, clerk = cast.term_of(worker).grid, cast.clerk
    for _time in range(2):
        recording.record(uuid4().hex, worker, cast.item("入户发放"), today, 1, "送资料", clerk)
    cast.serve(worker, "入户发放", today, clerk, cast.chair)
    cast.deduction(worker, today)
    slips.print_slips(cast.village, worker, 1, clerk)
    household = files.add_household(
        grid, files.Particulars(f"户主{worker.id}"), Attention.PRIORITY, "独居", today, clerk
    )
    told = ([VisitStep.MEET], "一切都好", "", "送药")
    visits.record_visit(uuid4().hex, household, worker, today, *told, clerk)
    gatherings.record_gathering(uuid4().hex, grid, worker, today, GatheringKind.LAW, "学法", 9, "", clerk)
    quarrel = (uuid4().hex, grid, worker, today, DisputeKind.LAND, "甲乙", "地界", clerk)
    disputes.open_dispute(*quarrel)
    for kind in IncidentKind:
        hole = (uuid4().hex, grid, None, kind, Severity.ORDINARY, today, "村口", "一个坑", "", clerk)
        incidents.report_incident(*hole)
    trainings.attend(session, worker, False, clerk)
    growth.reach_stage(worker, Stage.APPLICANT, today, "", clerk)
    contacts.attach(cast.village, ContactKind.OFFICIAL, f"干部{worker.id}", "镇政府", "110", today, None)
    goods = shelf.add_goods(cast.shop, f"货品{worker.id}", "件", 5)
    lot = moves.receive(uuid4().hex, goods, 9, Source.DONATION, cast.manager, f"捐赠人{worker.id}")
    consignments.send(uuid4().hex, lot, cast.next_shop, 1, "", cast.manager)
    redemptions.redeem(uuid4().hex, cast.shop, cast.card_of(worker), {goods.id: 1}, cast.volunteer)
    devices.add_device(cast.shop, f"收银台{worker.id}", cast.manager)


def sent_by_page(app, client_of, cast, given, names):
    """How many statements each page sends, by its endpoint and by who looks at it: the first who may."""
    sent = {}
    left = set(names)
    for username in LOOKING:
        client = client_of(cast.user(username))
        for name in sorted(left):
            with counted() as statements:
                answer = client.get(address(app, name, **given))
            if answer.status_code == 200 and answer.mimetype == "text/html":
                left.discard(name)
                sent[name, username] = statements
    return sent


def test_no_page_asks_for_each_of_its_rows(app, cast, client_of, lived_in, long):
    drawn = {route.endpoint for route in app.url_map.iter_rules() if route.rule.endswith(DRAWN)}
    names = [name for name, _rule in to_look_at(app) if name not in drawn | FIRST_DAY]
    if not long:
        names = [name for name in names if crc32(name.encode()) % SAMPLED_EVERY == 0]
    with transaction():
        first = arrive(cast, range(1))
    db.session.rollback()
    work(cast, [*cast.workers[1:], *first])
    few = sent_by_page(app, client_of, cast, lived_in, names)
    with transaction():
        arriving = arrive(cast, range(1, WORKERS_AT_LENGTH if long else MORE_WORKERS))
    db.session.rollback()
    work(cast, arriving)
    many = sent_by_page(app, client_of, cast, lived_in, names)
    assert len(few) > len(names) * 0.8
    grown = {
        page: f"{len(few[page])} → {len(many[page])}" for page in few if len(many[page]) > len(few[page])
    }
    assert grown == {}
