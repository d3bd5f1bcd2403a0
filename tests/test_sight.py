"""Above the village nobody reads who is who: no page, file, paper or search tells a name or telephone.

Neighbours write of each other everywhere. So every column of free text is filled with the names of a worker
and of a household and with a telephone, and each page is opened as those above see it.
"""

import io
import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from duties import gatherings, visits
from duties.disputes import disputes
from duties.models import Dispute, GatheringKind, Rung, Visit
from ground import clock
from ground.clock import Quarter
from ground.db import Base, db, transaction
from people import access, sight
from people.models import VILLAGE_LEVELS, Area, Household, Person, Proposal, User
from people.proposals import proposing
from people.roster import changes
from people.sight import Sight
from people.signin import keeping
from people.supervision import inquiries
from people.supervision.entries import DaySpan
from points import merging
from points.assessment import assessments, meeting, opening
from points.models import Deduction, FindingResult, Sample, Voucher
from points.openings import sheets as opening_sheets
from points.samples import samples
from points.services import activities, deciding, deductions, recording
from points.wall import correcting, objections
from reports.returns import sending
from shop.desk import devices, redemptions
from shop.desk.proxies import Collector
from shop.stock import moves
from tests.cast import COUNTY, TOWNSHIP, VILLAGE, counted
from tests.printed import texts
from tests.product import PRODUCT, ROOT
from tests.setup.pages import FIRST_DAY
from tests.tampering import tamper
from tests.test_lists import eventful
from tests.test_rules import TEMPLATES, address, lived_in, rules

__all__ = ["eventful", "lived_in"]  # fixtures

WORKER, HEAD, PHONE = "王芳", "张大山", "13987654321"

# What is no free text, or is meant for everybody: it hangs on walls, stands on shelves, or is an official's.
OPEN_TABLES = {
    *("area", "contact", "shop", "device", "delivery", "donation", "goods", "redemption_line", "rubric_item"),
    *("village_group", "user_account", "negative_item", "assessment_terms", "notice_line"),
    *("opening_notice_line", "received_return"),
    *("sent_form", "sign_in_failure"),
}
OPEN_COLUMNS = {
    *("grid.name", "grid.place", "grid.agency", "person.agency", "rubric.approved_by"),
    *("stock_move.key", "stock_count.key", "opening_line.grid", "quarterly_return.area_name"),
    *("stock_move.name", "stock_move.spec", "stock_move.unit"),
}
# A column with a name alone, and the row in which somebody of the village stands there.
NAMES = {
    "person.name": "",
    "household.head": "",
    "member.name": "name = '村民代表甲'",
    "objection.name": "1 = 1",
    "opening_objection.name": "1 = 1",
    "proxy.name": "1 = 1",
    "redemption.operator": "operator IS NOT NULL",
    "witness.name": "phone IS NOT NULL",
}
WITNESS = "和小妹"  # on no roster

# What somebody above could try: a whole name, a part of one, a household, a telephone; and nobody's name.
WORDS, NOBODY = ("李秀明", "秀明", HEAD, "13700001001"), "某某某"
# What is typed there is masked before it is looked for, so that it finds every 李*明.
FOUND_MASKED = "wall.notice"

# Nothing in this village wrote there, or those above do not open what is about it.
UNWRITTEN = {"attempt_undone.reason", "household.left_for", "rubric_withdrawal.reason", "sent_back.reason"}

# Who mediates has to know whom: a dispute is read by the levels that it has come or was reported to.
MEDIATED = {
    "dispute.parties",
    "dispute.matter",
    "attempt.mediators",
    "attempt.note",
    "dispute_report.measures",
}
MAY_SAY = {
    "duties.dispute": MEDIATED,
    "duties.disputes": MEDIATED,
    "duties.area_disputes": MEDIATED,
    # The chain is computed over what was written. With another text the book would look tampered with.
    "wall.ledger_file": {"transfer.reason"},
}
# What a township cannot open in this village, each with its reason.
CLOSED = {
    "home.home": "leads to one's only place",
    "home.enter": "leads to the first page",
    "assessment.area_quarters": "leads to the current quarter",
    "signin.sign_in_code": "asks for the code after a password",
    "roster.import_file": "a file is looked at by who brought it; its own words are theirs",
    "roster.failed_rows": "the same file's bad rows",
    "shelf.goods_picture": "a picture of goods",
    **dict.fromkeys(FIRST_DAY, "setup/test_first_day.py"),
}


@pytest.fixture
def gossip(cast, eventful):
    """The village in which everything was written down by somebody, of somebody."""
    day, clerk, chair = clock.today(), cast.clerk, cast.chair
    with transaction():
        (dispute,) = db.session.scalars(sa.select(Dispute))
        disputes.report_dispute(dispute, Rung.TOWNSHIP, "看住", cast.worker_user)
        grid = cast.term_of(cast.worker).grid
        held = (grid, cast.worker, day, GatheringKind.LAW, "学法", 9, "都来了", clerk)
        gatherings.record_gathering("g" * 16, *held)
        (visit,) = db.session.scalars(sa.select(Visit))
        visits.complete_follow_up(visit, day, "送到了", cast.worker_user)
        (sample,) = db.session.scalars(sa.select(Sample))
        drawn = samples.sample_lines(sample)[0].service
        samples.note_finding(sample, drawn, FindingResult.DOUBTFUL, "户主说没来过", cast.supervisor)
        (deduction,) = db.session.scalars(sa.select(Deduction))
        deductions.state(deduction, "我去过", "s" * 32, chair)
        for key in "wu":
            service = recording.record(key * 32, cast.worker, cast.item("入户发放"), day, 1, "", clerk)
            deciding.confirm(service, chair, Voucher.WITNESS, WITNESS, "石板村", PHONE)
        deciding.take_back(service, "按错了", chair)
        told = (cast.item("公益"), day, 1, "扫水沟", cast.workers[:2], clerk)
        activities.record("y" * 16, cast.village, *told)
        moves.write_off("o" * 16, cast.lot_of(cast.salt), 1, "破损", cast.manager)
        collector = Collector("女儿", "母女", [])
        till, _key = devices.add_device(cast.shop, "收银台", cast.manager)
        bought = {cast.goods.id: 1}
        done = redemptions.redeem("x" * 16, cast.shop, cast.card, bought, till, collector, operator=WITNESS)
        first = assessments.find_assessment(cast.village, Quarter(2025, 1))
        (objection,) = objections.objections_of(first)
        objections.answer(objection, False, 0, "记录齐全", "评议小组", clerk)
        opening_sheets.withdraw(opening_sheets.find(cast.village, 2), "拿错了表", clerk)
        opening.remind(cast.township, Quarter(2026, 3), day + timedelta(days=9), "快一点", cast.township_user)
        quarter = assessments.find_assessment(cast.village, Quarter.of(day))
        member = next(member for member in quarter.members if member.name == "村民代表乙")
        meeting.recuse(quarter, member, cast.worker, "舅舅", chair)
        award = assessments.award_of(first, cast.worker)
        correcting.correct(award, 900, "多记了", "c" * 32, chair)
        sending.send("q" * 16, cast.village, first.quarter, "有一笔多记了", clerk)
        twins = sa.select(Person).where(Person.name == "李重名").order_by(Person.id)
        kept, duplicate = db.session.scalars(twins)
        merging.merge(kept, duplicate, "同一个人", chair)
        (proposal,) = db.session.scalars(sa.select(Proposal))
        proposing.refuse(proposal, "没有受潮", chair)
        changes.rename(cast.term_of(cast.neighbour).grid, "新网格", day, "改名", clerk)
        watched = inquiries.entries_of(cast.village, DaySpan.usual())
        (void,) = (each for each in watched if each.kind.code == "voids")
        inquiries.look_into(cast.village, "voids", void.entry, "问过了", cast.supervisor)
        keeping.link(cast.volunteer, None, chair, unit="供销社", phone="13600002222")
    at_till = {f"desk.{page}": {"ident": done.id} for page in ("redemption", "receipt", "receipt_file")}
    written_of(cast.village)
    return eventful | at_till | {"signin.account": {"ident": cast.volunteer.id}}


def free_texts():
    """The columns in which people write sentences, and those with a name alone, by table and name."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            is_text = isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum)
            name = f"{table.name}.{column.name}"
            is_long = is_text and (column.type.length or 0) >= 100
            if (is_long or name in NAMES) and table.name not in OPEN_TABLES and name not in OPEN_COLUMNS:
                yield name


def written_of(village):
    """Write of somebody wherever something was written."""
    statements = [f"UPDATE person SET name = '何家驹' WHERE name = '何指导' AND area_id = {village.id}"]
    statements += [
        "UPDATE person SET phone = '1370000' || (1000 + id)",
        "UPDATE household SET phone = '15912345678'",
    ]
    for name in set(free_texts()) - UNWRITTEN:
        table, column = name.split(".")
        text, where = (
            f"{name} {WORKER}和{HEAD}电话 139 8765 4321，{WORKER} {PHONE}",
            f'"{column}" IS NOT NULL',
        )
        if name in NAMES:
            text, where = WITNESS, NAMES[name]
        if where:
            statements.append(f"UPDATE {table} SET \"{column}\" = '{text}' WHERE {where}")
    for field in ("reason", "note", "decision", "topic"):
        text = f"audit_event.{field} {WORKER}和{HEAD}电话{PHONE}"
        statements.append(
            f"UPDATE audit_event SET detail = json_set(detail, '$.{field}', '{text}')"
            f" WHERE json_extract(detail, '$.{field}') IS NOT NULL AND area_id = {village.id}"
        )
    tamper(*statements)


def personal():
    """Everything that nobody above may read: names, telephones, heads of households."""
    villagers = sa.select(Person.name, Person.phone).join(Person.area).where(Area.level.in_(VILLAGE_LEVELS))
    people = db.session.execute(villagers).all()
    homes = db.session.execute(sa.select(Household.head, Household.phone)).all()
    own = db.session.execute(sa.select(User.phone)).all()
    db.session.rollback()
    return {word for row in (*people, *homes, *own) for word in row if word} | {
        PHONE,
        "139 8765 4321",
        WITNESS,
    }


def told(answer):
    """What an answer says, without spaces: a page, a paper or a file."""
    if answer.mimetype == "application/pdf":
        return "".join(texts(answer.data))
    if answer.mimetype.endswith("sheet"):
        book = load_workbook(io.BytesIO(answer.data), read_only=True)
        return "|".join(str(cell) for sheet in book for row in sheet.values for cell in row)
    if answer.mimetype.startswith("image/") or answer.mimetype == "application/octet-stream":
        return ""  # the latter is the picture of a receipt, whose PDF is read too
    return unescape(answer.text)


def asked_for(app, cast, client_of, known):
    """What those above may ask for, in the village and in the area of their own.

    The county is not asked for what the township is: both read a village in the same way.
    """
    asked = set()
    for user, own in ((cast.township_user, TOWNSHIP), (cast.county_user, COUNTY)):
        client, roles = client_of(user), user.roles_in(cast.village)
        for route, rule in rules(app):
            is_for_them = not rule.roles or rule.roles & roles
            if (
                "GET" in route.methods
                and is_for_them
                and not rule.device
                and route.endpoint not in access.ASSETS
            ):
                for area in {VILLAGE, own if "area" in route.arguments else VILLAGE}:
                    path = address(app, route.endpoint, **known | {"area": area})
                    if path not in asked:
                        asked.add(path)
                        yield client, route.endpoint, path


@pytest.mark.only_on("sqlite")  # where a row may be written that breaks a rule
def test_nobody_above_reads_who_is_who(app, cast, client_of, gossip):
    """On pages and papers, in the files of lists, and by what a search finds."""
    secrets, found, opened, asked, searched = personal(), {}, set(), set(), set()
    for client, endpoint, path in asked_for(app, cast, client_of, gossip):
        asked.add(endpoint)
        answer = client.get(path)
        answers = [answer] if answer.status_code == 200 else []
        if answers and getattr(app.view_functions[endpoint], "listings", ()):
            answers.append(client.get(f"{path}{'&' if '?' in path else '?'}as=xlsx"))
        for answer in answers:
            opened.add(endpoint)
            for name, around in slips(told(answer), secrets):
                if name not in MAY_SAY.get(endpoint, ()):
                    found.setdefault((endpoint, answer.mimetype), {})[name] = around
        for field in {"q"} if endpoint == "home.find" else fields_to_search(answers):
            searched.add((endpoint, field))
            for word in () if endpoint == FOUND_MASKED else WORDS:
                page = client.get(path, query_string={field: word}).text
                if plain(page, word) != plain(client.get(path, query_string={field: NOBODY}).text, NOBODY):
                    found[endpoint, field] = word
    assert found == {}
    assert asked - opened == CLOSED.keys()
    assert {("home.audit", "q"), ("home.find", "q"), ("signin.accounts", "words")} <= searched


def slips(text, secrets):
    """The secrets that a text tells, each with the column it comes from, or what stands around it."""
    for secret in secrets:
        for hit in re.finditer(re.escape(secret), text):
            before = text[max(0, hit.start() - 60) : hit.start()]
            columns = re.findall(r"([a-z]+(?:_[a-z]+)*\.[a-z_]+)\s*" + WORKER[0], before + WORKER)
            yield (columns[-1] if columns else secret), " ".join((before + secret).split())


# The field of every page's head is asked on its own page.
FILTERS = re.compile(r"<form(?![^>]*role=\"search\")[^>]*method=\"get\".*?</form>", re.DOTALL)
TYPED = re.compile(r"<input(?![^>]*type=\"(?:hidden|date|checkbox|radio|number)\")[^>]*name=\"(\w+)\"")


def fields_to_search(answers):
    """The names of the fields of a page in which words are typed to find something."""
    page = next((answer.text for answer in answers if answer.mimetype == "text/html"), "")
    return {name for form in FILTERS.findall(page) for name in TYPED.findall(form)} - {"since", "until"}


def plain(page, typed):
    """A page without what was typed, and without what differs each time."""
    page = unescape(page).replace(typed, "").replace(quote(typed), "")
    return re.sub(r"(csrf_token|once)\"[^>]*value=\"[^\"]*\"", "", page)


def test_who_acts_by_their_post_stands_by_name(cast):
    """A sign-in with nobody of a roster behind it; a villager is masked whatever they do."""
    from_above = Sight(masked=True)
    assert from_above.name(cast.clerk) == "刘文书"
    assert from_above.name(cast.worker_user) == from_above.name(cast.worker) == "李*明"
    assert Sight(masked=False).name(cast.worker_user) == "李秀明"
    cast.worker.area_id = cast.township.id  # an instructor of the township's own roster
    assert Sight(True, cast.township).name(cast.worker) == "李秀明"
    assert Sight(True, cast.village).name(cast.worker) == "李*明"
    assert [sight.outside().name(None), sight.outside().phone(None), from_above.text(None, cast.village)] == [
        "",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("李秀明和王 芳吵架，刘文书在场", "李*明和王*吵架，刘文书在场"),
        ("打 13812345678 或 138 1234-5678", "打 138****5678 或 138****5678"),
        ("打１３８１２３４５６７８", "打138****5678"),
        ("座机0878-5211234，编号20261228-0001", "座机087****1234，编号20261228-0001"),
        ("条码6901028075831，区划539900101201", "条码6901028075831，区划539900101201"),
        ("邻村人来过", "邻村人来过"),
    ],
)
def test_what_somebody_wrote_is_read_with_masks(cast, written, read):
    """The names kept in the village, and what looks like a telephone; numbers of other things stay."""
    assert sight.outside().text(written, cast.village) == read
    assert Sight(masked=False).text(written, cast.village) == written


# Where a name may be masked by hand: the rule itself, what is kept masked, and paper that everybody sees.
MASKING = {
    *("people/models/__init__.py", "people/models/persons.py", "people/sight/reading.py"),
    *("points/wall/finding.py", "points/wall/posting.py", "points/wall/objections.py"),
    *("shop/api/cards.py", "shop/api/redemptions.py", "shop/views/desk/closing.py"),
    *("shop/views/desk/printing.py", "shop/offline/holding.py", "templates/shop/desk/holder.html"),
}


def test_what_may_be_seen_is_decided_in_one_place():
    """Nothing else masks, and no template chooses between a name and its mask."""
    by_hand = re.compile(
        r"mask_name|mask_phone|name_mask|\.masked\b(?! *=)|\.name if inside|\.phone if inside"
    )
    own = re.compile(r"(reader|search|sight|self|sight\(\))\.masked")
    found = {
        str(file.relative_to(ROOT))
        for file in [*PRODUCT, *TEMPLATES]
        if by_hand.search(own.sub("", file.read_text()))
    }
    assert found == MASKING


def test_a_page_looks_names_up_once(cast):
    """However many texts stand on it."""
    reader, village = Sight(masked=True), cast.village
    assert village.id
    with counted() as sent:
        for number in range(20):
            assert reader.text(f"{number} 李秀明", village) == f"{number} 李*明"
    assert len(sent) == 1
