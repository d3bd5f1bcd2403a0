"""Every list can be taken out as Excel: by whom, with how many rows, and by which link."""

import io
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from duties import incidents
from duties.disputes import disputes
from duties.models import AttemptResult, Dispute, Incident, IncidentStepKind, Rung
from ground import clock
from ground.db import db, transaction
from ground.web import lists
from people.conduct import evaluations, trainings
from people.conduct.evaluations import Grades
from people.models import (
    AuditEvent,
    DepartureKind,
    Duty,
    EvaluationSide,
    Outcome,
    Stage,
    Training,
)
from people.roster import departures, grids, growth, persons, terms
from points import expiry, leaving
from points.models import Category
from points.rubrics import versions
from points.rubrics.template import NewItem
from shop import backing
from shop.desk import devices
from shop.models import Source
from shop.stock import counts, moves
from tests.cast import VILLAGE
from tests.test_rules import TEMPLATES, address, lived_in, rules

__all__ = ["lived_in"]  # a fixture

# Pages that show records and offer no file, each with its reason.
WITHOUT_FILE = {
    "home.home": "where somebody has a role",
    "signin.sessions": "where one is signed in oneself at this moment",
    "home.front": "what waits today; each line leads to the list it stands in",
    "home.area": "what waits today, and the villages; the roster goes out by a button",
    "home.held": "all that is held about one person, to be printed and handed over",
    "home.held_above": "all that is held about one person, to be printed and handed over",
    "home.held_about_me": "all that is held about one person, to be printed and handed over",
    "roster.merge_grid": "a form; who is in its way stands on the grid's page",
    "roster.close_grid": "a form; who is in its way stands on the grid's page",
    "roster.import_file": "what a file would do; its bad rows go out by themselves",
    "shelf.goods_file": "what a file would do; its bad rows go out by themselves",
    "duties.household_file": "what a file would do; its bad rows go out by themselves",
    "openings.openings_file": "what a file would do; its bad rows go out by themselves",
    "stock.trace_points": "one entry of an account, which goes out whole",
    "stock.trace_lot": "one lot of an article, whose moves go out whole",
    "meeting.line": "one line of the sheet, which goes out whole",
    "meeting.projector": "one line of the sheet, which goes out whole",
    "rubrics.adopt_rubric": "a form; the rubric goes out from its own page",
    "rubrics.publish_template": "a form; the template goes out from its own page",
    "ledger.merge": "a form; the pair goes out from the list of pairs",
    "ledger.mine": "a worker's own, for the phone; the account goes out from the ledger book",
    "assessment.mine_quarter": "a worker's own, for the phone; the sheet goes out whole",
    "duties.visit": "one visit of a list that goes out whole",
    "duties.households_ledger": "a ledger on paper, which has a file of its own",
    "duties.grid_ledger": "a ledger on paper, which has a file of its own",
    "disclosure.disclosures": "quarters or months; what was in them goes out from the ledger books",
    "disclosure.disclosure": "a sheet as it hangs; what is on it goes out from the ledger books",
    "wall.preview": "a look before posting; what was posted goes out from the sheet's page",
    **dict.fromkeys(("desk.desk", "desk.desk_card"), "the basket of one card"),
    "stock.count": "a form; what was counted goes out from the stock-take's page",
}

LISTS = {"rows", "entries", "trail", "picks", "contacts", "due", "meeting", "plain"}
BESIDE = {"looks", "said", "detail"}  # rows that belong to the row above them


class Page(HTMLParser):
    """A page's records: rows of tables, lines of lists, sheets that stand below each other; and its link."""

    def __init__(self, html):
        super().__init__()
        self.records, self.file, self.next, self.filter = 0, None, None, None
        self._lists, self._in_main, self._in_body, self._row = [], False, True, False
        self._in_filters, self._select = False, None
        self.text = html
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        classes = set((given.get("class") or "").split())
        if tag == "main":
            self._in_main = True
        if not self._in_main:
            return
        if tag in ("table", "ol", "ul"):
            self._lists.append(tag == "table" or bool(classes & LISTS))
            self._in_body = True
        elif tag in ("thead", "tfoot"):
            self._in_body = False
        elif tag == "tbody":
            self._in_body = True
        elif tag == "tr" and self._in_body and not classes & BESIDE:
            self.records += 1
        elif tag == "th" and given.get("scope") == "rowgroup":
            self.records -= 1  # a heading among the rows
        elif (tag == "li" and self._lists and self._lists[-1]) or (tag == "article" and "sheet" in classes):
            self.records += 1
        elif tag == "a" and given.get("rel") == "next":
            self.next = given["href"]
        elif tag == "a" and "download" in given:
            self.file = given["href"]
        elif tag == "form" and "filters" in classes and not given.get("action"):
            self._in_filters = given.get("method") == "get"
        elif tag == "select" and self._in_filters:
            self._select = given["name"]
        elif tag == "option" and self._select and given.get("value"):
            self.filter = f"{self._select}={given['value']}"

    def handle_endtag(self, tag):
        if tag in ("table", "ol", "ul") and self._lists:
            self._lists.pop()
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._in_filters = False
        elif tag == "main":
            self._in_main = False


def rows_of(answer):
    """How many rows the sheets of a file hold, without their headers."""
    assert answer.status_code == 200, answer.text
    book = load_workbook(io.BytesIO(answer.data), read_only=True)
    return sum(sum(1 for _row in sheet.iter_rows()) - 1 for sheet in book)


def listings_of(app, endpoint):
    return getattr(app.view_functions[endpoint], "listings", ())


# Records that stand on a page otherwise than in a list, so that its file has so many more, or fewer, rows.
OTHERWISE = {
    "offline.leases": (-1, "what waits for a decision is no lease"),
    "roster.grid": (2, "who serves, worker and instructor, stands above the list"),
    "boards.board": (1, "what asks for somebody in the village stands as large figures"),
    "duties.disputes": (1, "the figures of the quarter stand as facts"),
    "conduct.training_list": (7, "who holds the session ticks boxes"),
    "assessment.quarter": (-1, "why a line was adjusted stands at the line, in a column of its own"),
    "ledger.duplicates": (-3, "a pair stands side by side, line by line"),
    "ledger.area_duplicates": (1, "a pair stands in one line"),
    **dict.fromkeys(
        (
            "books.points",
            "books.redemptions",
            "books.stock",
            "books.valued",
            "books.lots",
            "books.donations",
            "books.services",
        ),
        (4, "a book has its title and days above, its sums and who signs below"),
    ),
    **dict.fromkeys(
        ("books.objections", "books.terms", "books.trainings"),
        (3, "a book has its title and days above, and who signs below"),
    ),
}


@pytest.fixture
def eventful(cast, lived_in):
    """A village with something in every list that `lived_in` leaves empty; what its addresses need."""
    today = clock.today()
    with transaction():
        village, clerk, chair, worker = cast.village, cast.clerk, cast.chair, cast.worker
        growth.reach_stage(worker, Stage.APPLICANT, today, "支部大会", clerk)
        departures.add_item(cast.county, "隐瞒火灾隐患", today, cast.county_user)
        departures.decide_rule(village, Outcome.KEEP, 30, "村民会议", today, chair)
        expiry.resolve(village, today - timedelta(days=90), today + timedelta(days=60), "村民会议", chair)
        devices.give_voids(devices.add_device(cast.shop, "收银机", cast.manager)[0], cast.manager)
        backing.set_budget(cast.shop, today.year, 500_000, "村民会议", chair)
        for _entry in range(2):
            persons.add_person(village, "李重名", clerk, "13900002222")
        helper = persons.add_person(village, "何指导", clerk, agency="司法所")
        cast.instructor.person_id = helper.id
        terms.appoint(helper, grids.by_code(village, "03"), Duty.INSTRUCTOR, date(2026, 1, 1), clerk)
        leaving.leave(cast.workers[-1], DepartureKind.EXIT, "外出务工", "村委会", today, chair)
        training = db.session.scalars(select(Training).where(Training.topic == "用电安全")).one()
        trainings.tick(training, {worker.id}, set(), clerk)
        dispute = db.session.scalars(select(Dispute)).one()
        told = ("李秀明", AttemptResult.FAILED, "没有谈拢", ())
        disputes.record_attempt("a" * 16, dispute, Rung.GRID, today, *told, cast.worker_user)
        incident = db.session.scalars(select(Incident)).one()
        incidents.record_step(incident, IncidentStepKind.DONE, "", "清理了", today, clerk)
        soon = today + timedelta(days=3)
        moves.receive("m" * 16, cast.salt, 2, Source.PURCHASE, cast.manager, best_before=soon)
        take = counts.open_stock_take(cast.shop)
        counts.record_count("s" * 16, take, cast.goods, 18, cast.volunteer)
        counts.call_off(take, cast.manager)
        by_village, of_worker = EvaluationSide.BY_VILLAGE, EvaluationSide.OF_WORKER
        said = (village, 2026, Grades(4, 3, 4), "常来")
        evaluations.evaluate(by_village, helper, *said, chair)
        evaluations.evaluate(of_worker, cast.workers[2], *said, cast.instructor)
    idents = {name: {"ident": training.id} for name in ("conduct.training", "conduct.training_list")}
    idents["stock.stock_take"] = {"ident": take.id}
    db.session.rollback()
    return lived_in | idents


EVERYBODY = ("clerk", "chair", "manager", "supervisor", "worker", "township_user")


def files(app, cast, client_of, known, readers=EVERYBODY):
    """Each page that its first reader opens: its endpoint, address and content, and the reader's browser."""
    opened = set()
    for user in map(cast.user, readers):
        client, held = client_of(user), user.roles_in(cast.village)
        for route, rule in rules(app):
            endpoint = route.endpoint
            is_page = "GET" in route.methods and not route.rule.endswith((".pdf", ".xlsx"))
            if endpoint in opened or not is_page or not rule.roles or not held & rule.roles:
                continue
            path = address(app, endpoint, **known)
            answer = client.get(path)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                opened.add(endpoint)
                yield endpoint, path, Page(answer.text), client


def test_every_list_goes_out_with_all_its_rows(app, cast, client_of, eventful, monkeypatch):
    """A page that shows records offers a file, or is named above; the file holds the rows of all its pages,
    written in parts, and by a filter as many as the filter leaves."""
    offering, narrowed = set(), set()
    for endpoint, path, page, client in files(app, cast, client_of, eventful):
        file, narrower = page.file, page.filter and f"{path}?{page.filter}"
        assert bool(file) == bool(page.records) or endpoint in {*WITHOUT_FILE, *OTHERWISE}, endpoint
        if file:
            offering.add(endpoint)
            monkeypatch.setattr(lists, "PART_ROWS", 20 if page.next else 1)
            records = page.records + OTHERWISE.get(endpoint, (0,))[0]
            while page.next:
                page = Page(client.get(page.next).text)
                records += page.records
            assert rows_of(client.get(file)) == records, endpoint
            page = Page(client.get(narrower).text) if narrower else page
            if narrower and page.file:
                assert page.file == f"{narrower}&as=xlsx"
                records = page.records + OTHERWISE.get(endpoint, (0,))[0]
                assert rows_of(client.get(page.file)) == records, narrower
                narrowed.add(endpoint)
    assert len(narrowed) >= 5
    by_versions = {"rubrics.compare_rubrics", "rubrics.compare_templates"}
    elsewhere = by_versions | {"duties.household_imports"}  # tests/duties/test_households_taken_back.py
    elsewhere |= {"prefecture.counties"}  # tests/tenants/test_board_of_prefecture.py
    assert {name for name in app.view_functions if listings_of(app, name)} - offering == elsewhere
    assert offering & WITHOUT_FILE.keys() == set()


def test_a_file_opens_for_who_may_open_its_page(app, cast, client_of, lived_in):
    """The same view makes it, below the same rule: who is refused the page is refused the file."""
    inside, refused = ("clerk", "supervisor", "instructor", "manager", "volunteer", "worker"), 0
    for user in map(cast.user, (*inside, "outsider", "township_user")):
        client, held = client_of(user), user.roles_in(cast.village)
        for route, rule in rules(app):
            if listings_of(app, route.endpoint) and not held & rule.roles:
                path = address(app, route.endpoint, **lived_in)
                assert client.get(f"{path}?as=xlsx").status_code == (403 if held else 404), (user, path)
                refused += 1
    assert refused > 150


def read(client, path):
    """The only sheet of a file, and the file's name."""
    answer = client.get(path)
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.data)), answer.headers["Content-Disposition"]


def test_a_file_says_what_the_page_says(cast, client_of):
    """Names are masked as on the page, days are days, the header stands still; the trail says who took it."""
    with transaction():
        cast.workers[2].name = "=赵国强"
    own, name = read(client_of(cast.clerk), f"/v/{VILLAGE}/people?as=xlsx")
    assert "filename*=UTF-8''" in name
    assert unquote(name).endswith("柳树村-人员-2026-12-28.xlsx")
    sheet = own.active
    assert (sheet.title, sheet.freeze_panes) == ("人员", "A2")
    headings = [cell.value for cell in sheet[1]]
    (row,) = [row for row in sheet.iter_rows(min_row=2) if "赵国强" in row[0].value]
    cells = dict(zip(headings, row, strict=True))
    assert (cells["姓名"].value, cells["姓名"].data_type) == ("=赵国强", "s")
    assert cells["电话"].value == "12000005678"
    assert cells["聘期至"].is_date
    assert cells["聘期至"].value.date() == cast.term_of(cast.worker).ends_on
    masked, _name = read(client_of(cast.township_user), f"/v/{VILLAGE}/people?as=xlsx")
    said = {str(cell.value) for row in masked.active.iter_rows(min_row=2) for cell in row}
    assert {"王*", "120****5678"} <= said
    assert not said & {"王芳", "12000005678"}
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()[-2]
    assert (event.action, event.actor_id, event.area_id) == ("list.export", cast.clerk.id, cast.village.id)
    assert event.detail == {"list": "人员", "kind": "xlsx", "rows": 8}


def test_a_list_that_is_too_long_says_so(cast, client_of, monkeypatch):
    monkeypatch.setattr(lists, "MOST_ROWS", 8)
    clerk = client_of(cast.clerk)
    assert clerk.get(f"/v/{VILLAGE}/people?as=xlsx").status_code == 200
    monkeypatch.setattr(lists, "MOST_ROWS", 7)
    answer = clerk.get(f"/v/{VILLAGE}/people?as=xlsx")
    assert (answer.status_code, "8 行" in answer.text) == (422, True)
    assert clerk.get(f"/v/{VILLAGE}/people?name=王芳&as=xlsx").status_code == 200


def test_points_are_numbers_that_add_up(cast, client_of):
    cast.earn_each({cast.worker.id: 35, cast.neighbour.id: 20})
    book, _name = read(client_of(cast.clerk), f"/v/{VILLAGE}/accounts?as=xlsx")
    balances = [row[2] for row in book.active.iter_rows(min_row=2)]
    assert sorted(cell.value for cell in balances) == [2, 3.5]
    assert {cell.number_format for cell in balances} == {"0.0"}


def test_whose_list_was_taken_out_stands_in_the_trail(cast, client_of):
    cast.earn(cast.worker, 35)
    client_of(cast.supervisor).get(f"/v/{VILLAGE}/accounts/{cast.worker.id}?as=xlsx")
    page = client_of(cast.clerk).get(f"/a/{VILLAGE}/audit?action=list.export").text
    assert re.search("郭监督.*导出了一份列表.*李秀明", page, re.DOTALL)


def test_two_versions_of_a_rubric_go_out_side_by_side(cast, client_of):
    with transaction():
        more = NewItem(Category.SERVICE, "送戏下乡", "次", 20)
        versions.adopt(cast.village, date(2027, 1, 1), "村民代表会议", (more,), cast.chair)
    older, newer = (version.id for version in reversed(versions.versions_of(cast.village)))
    address = f"/v/{VILLAGE}/rubric/compare?older={older}&newer={newer}"
    page = Page(client_of(cast.clerk).get(address).text)
    assert rows_of(client_of(cast.clerk).get(page.file)) == page.records >= 1


def test_the_link_stands_in_one_place_in_one_wording():
    """base.html draws it; what goes out as a file that comes in again is called by its name."""
    found = [file.name for file in TEMPLATES if '_("Take out as Excel")' in file.read_text()]
    assert found == ["base.html"]
