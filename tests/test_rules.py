"""The house's rules as checks: what nobody has to remember, because it fails."""

import ast
import re
import subprocess
import sys
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from duties import incidents, visits
from duties.disputes import disputes
from duties.households import files
from duties.models import DisputeKind, IncidentKind, Severity, VisitStep
from ground import clock
from ground.clock import Quarter
from ground.db import Base, db, fetch, transaction
from ground.pictures import Jpeg
from people import access, contacts, filing
from people.conduct import trainings
from people.models import Attention, ContactKind, Duty, Person
from people.proposals import proposing
from people.proposals.kinds import SecondPersonNeeded
from people.roster import departures, persons, portraits, terms
from people.rosterfile import intake
from people.takeback import undoing
from points import expiry as expiries
from points.assessment import assessments
from points.models import Award, ObjectionChannel
from points.openings import booking as opening_booking
from points.openings import objections as opening_objections
from points.openings import posting as opening_posting
from points.rubrics import versions
from points.samples import samples
from points.services import deciding, photos, recording
from points.slips import slips
from points.wall import objections
from reports.returns import sending
from shop.desk import redemptions, voids
from shop.goodsfile.intake import GOODS
from shop.purchases import requests, wishes
from shop.stock import consignments, counts, moves
from tests.cast import NEXT_VILLAGE, PRESENT, TOWNSHIP, VILLAGE, a_picture, counted
from tests.points import openings
from tests.points.hung import in_meeting, on_wall
from tests.product import PRODUCT, ROOT
from tests.reports.kept import keep_packet
from tests.setup.pages import FIRST_DAY
from tests.shop.offlinedesk import brought_late
from tests.story import do

# Of whom each knows nothing: whoever stands higher, and of two that stand beside each other the other one.
HIGHER = {
    "ground": {"people", "points", "duties", "shop", "reports", "demo", "setup"},
    "people": {"points", "duties", "shop", "reports", "demo", "setup"},
    "points": {"duties", "shop", "reports", "demo", "setup"},
    "duties": {"shop", "reports", "demo", "setup"},
    "shop": {"duties", "reports", "demo", "setup"},
    "reports": {"demo", "setup"},
    "demo": {"setup"},
    "setup": set(),
}
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CATALOGUE = ROOT / "translations/zh/LC_MESSAGES/messages.po"

# Whom nobody asks for a name: the sign-in itself, and what hangs on walls and stands on receipts and cards.
PUBLIC = {
    "static",
    "worker",
    "signin.sign_in",
    "signin.sign_in_code",
    "signin.sign_out",
    "home.language",
    "home.print_size",
    "home.offline",
    *FIRST_DAY,
    "openings.notice",
    "wall.notice",
    "wall.notices",
    "disclosure.public_disclosure",
    "disclosure.public_disclosures",
    "wall.object_online",
    "wall.follow",
    "wall.followed",
    "wall.proof",
    "desk.check",
    "stock.donor",
    "desk.holder",
    "api.document",
}

# Who may speak of requests and responses; the verbs, models and printed matter may not.
OF_THE_WEB = re.compile(
    r"^(app|demo/calendar|ground/(cookies|formkey|forms|sending|server/(backups|cli|evening|health|metrics|restoring|visitor)|tenants/\w+|watch/events|web/\w+|wire/\w+)|people/(access|pages)|setup/gate"
    r"|\w+/((forms|views|api)(/\w+){0,2}|cli|contributions))\.py$"
)


def imports(file):
    """The names of the modules that a file imports."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_imports_run_one_way():
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_house_is_not_imported_by_its_rooms():
    assert [str(file) for file in PRODUCT if "app" in set(imports(file))] == []


def test_the_garbage_collector_leaves_alone_what_is_loaded():
    """Told before the program is loaded and when all of it is: else a command takes half as long again."""
    asked = [sys.executable, "-c", "import gc, ground; print(gc.get_threshold()[0])"]
    assert int(subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout) == 5_000
    assert ast.unparse(ast.parse((ROOT / "app.py").read_text()).body[-1]) == "gc.freeze()"


def names_in(file):
    """Everything that a file says in quotes: of Python the strings, of a template what stands in its tags."""
    if file.suffix == ".py":
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    else:
        for tag in re.findall(r"\{[{%].*?[%}]\}", file.read_text(), re.DOTALL):
            yield from re.findall(r"[\"']([^\"']+)[\"']", tag)


def package_named(app, name):
    """The package whose endpoint or template it is that a name in quotes means; None for any other name."""
    if page := re.fullmatch(r"([a-z_]+)\.(?!js$)[a-z_]+", name):
        blueprint = app.blueprints.get(page[1])
        return blueprint and blueprint.import_name.partition(".")[0]
    template = re.fullmatch(r"([a-z]+)/.+\.html", name)
    return template and template[1]


def test_no_package_names_the_pages_of_a_higher_one(plain_app):
    """What shall stand on a lower package's page is contributed to it: see ground/contributions.py. Templates
    beside the packages' folders are of `people`: they name its pages."""
    named = {}
    for package, higher in HIGHER.items():
        files = [*(ROOT / package).rglob("*.py"), *(ROOT / "templates" / package).rglob("*.html")]
        files += (ROOT / "templates").glob("*.html") if package == "people" else []
        for file in files:
            for name in names_in(file):
                of = package_named(plain_app, name)
                named.setdefault(of in higher, set()).add((str(file.relative_to(ROOT)), name))
    assert len(named[False]) > 500
    assert named.get(True, set()) == set()


def test_what_packages_contribute_is_kept_in_one_place():
    """There is no key in app.extensions for a thing that a lower package asks of a higher one."""
    assert [file.name for file in PRODUCT if ".extensions" in file.read_text()] == ["contributions.py"]


def test_verbs_know_nothing_of_the_web():
    for file in PRODUCT:
        path = str(file.relative_to(ROOT))
        if not OF_THE_WEB.match(path):
            known = {name.partition(".")[0] for name in imports(file)}
            web = {"flask", "flask_wtf", "wtforms", "flask_login"} & known
            assert not web or (path, web) == ("people/models/accounts.py", {"flask_login"}), path


def test_pictures_are_opened_in_one_place():
    """There the kinds of pictures, their size and what is dropped are settled, for whoever takes a photo."""
    assert [str(file.relative_to(ROOT)) for file in PRODUCT if "Image.open(" in file.read_text()] == [
        "ground/pictures/work.py"
    ]


def test_one_commit():
    """And one that ends what PostgreSQL knows to be READ ONLY."""
    found = [
        (str(file.relative_to(ROOT)), line.strip())
        for file in PRODUCT
        for line in file.read_text().splitlines()
        if ".commit(" in line
    ]
    assert found == [
        ("ground/db/connections.py", "raw.commit()"),
        ("ground/db/writing.py", "session.commit()"),
    ]


def test_what_streams_is_asked_for_in_one_place():
    """On PostgreSQL it needs a transaction, and what only reads has none."""
    found = [str(file.relative_to(ROOT)) for file in PRODUCT if "yield_per" in file.read_text()]
    assert found == ["ground/db/reading.py"]


# What a rule asks again under the lock: which roles the signed-in user holds, and where. An area comes along
# in the same statement; nothing of it ever changes, and neither does a rubric, which forms choose from.
ASKED_AGAIN = {"role_grant", "area", "rubric", "rubric_item"}


@contextmanager
def reads():
    """What meanwhile is read before a transaction and once more inside: rows, by table and id."""
    before, twice = set(), set()

    def note(row, context, *_rest):
        found = row.__tablename__, sa.inspect(row).identity
        if not context.session.info.get("writing"):
            before.add(found)
        elif found in before and row.__tablename__ not in ASKED_AGAIN:
            twice.add(found)

    for name in ("load", "refresh"):
        sa.event.listen(Base, name, note, propagate=True)
    yield twice
    for name in ("load", "refresh"):
        sa.event.remove(Base, name, note)


def test_the_search_for_what_is_read_twice_finds_it(cast):
    ident = cast.worker.id
    db.session.rollback()
    with reads() as twice:
        assert fetch(Person, ident)
        with transaction():
            fetch(Person, ident, lock=True)
    assert twice == {("person", (ident,))}


WRITES = (
    ("clerk", "people/{worker}/correct", {"name": "李秀明", "phone": "13800001111"}),
    ("clerk", "people/{worker}/remove-portrait", {}),
    ("clerk", "people/{worker}/held", None),
    ("clerk", "grids/{grid}/correct", {"kind": "rural", "households": "9"}),
    ("clerk", "grids/{grid}/rename", {"name": "新网格", "on": "2026-12-28", "reason": "改名"}),
    ("clerk", "/a/{village}/trainings/law-mark/{worker}", {"marked_on": "2026-12-01"}),
    ("clerk", "/a/{village}/trainings/law-mark/{worker}/back", {}),
    (
        "clerk",
        "contacts/{contact}/replace",
        {"name": "李警官", "agency": "派出所", "phone": "110", "since": "2026-12-28"},
    ),
    ("clerk", "/a/{village}/trainings/{training}/scan", {"scan": "{card}"}),
    ("clerk", "/a/{village}/trainings/{training}/ticks", {"here": "{worker}"}),
    ("chair", "pins/{worker}", {}),
    ("chair", "cards/{card}/lost", {}),
    ("chair", "cards/{card}/found", {}),
    ("chair", "cards/people/{worker}/issue", {}),
    ("chair", "terms/{term}/end", {"on": "2026-12-28", "reason": "搬家"}),
    ("chair", "terms/renew", {"term": "{term}"}),
    ("chair", "/a/{village}/accounts/{volunteer}/password", {}),
    ("chair", "/a/{village}/accounts/{volunteer}/sign-out", {}),
    ("chair", "/a/{village}/accounts/{volunteer}/close", {}),
    ("manager", "goods/{goods}", {"name": "香皂", "unit": "块"}),
    ("manager", "goods/{goods}/price", {"price": "4", "holds_from": "2026-12-28"}),
    ("manager", "goods/{goods}/codes", {"barcode": "6901028075848"}),
    ("manager", "goods/{goods}/codes/remove", {"code": "6901028075848"}),
    ("manager", "goods/{goods}/codes/own", {}),
    ("manager", "goods/{goods}/receive", {"key": "r" * 32, "quantity": "5", "source": "purchase"}),
    ("manager", "goods/lots/{lot}/write-off", {"key": "w" * 32, "quantity": "1", "reason": "破损"}),
    ("manager", "goods/lots/{lot}/give-back", {"key": "b" * 32, "quantity": "1", "reason": "退货"}),
    ("manager", "stock-takes/begin", {}),
    ("manager", "devices", {"name": "收银机"}),
    (
        "clerk",
        "services/new",
        {"key": "n" * 32, "worker": "{worker}", "item": "{item}", "done_on": "2026-12-28", "count": "1"},
    ),
    ("chair", "services/{claimed}/confirm", {"voucher": "second_person"}),
    ("chair", "services/items/{item}/confirm", {"key": "t" * 32, "service": "{keyed_in}"}),
    ("chair", "services/{doubtful}/reject", {"reason": "没有做"}),
    ("clerk", "services/{doubtful}/again", {"key": "a" * 32, "done_on": "2026-12-27", "count": "1"}),
    ("chair", "services/{claimed}/take-back", {"reason": "按错了"}),
    (
        "clerk",
        "services/deductions/new",
        {
            **{"key": "m" * 32, "worker": "{worker}", "item": "{minus}", "done_on": "2026-12-27"},
            **{"count": "1", "reason": "这一天没有去过", "shown_by": "住户当面说的"},
        },
    ),
    ("chair", "services/deductions/{deduction}/state", {"key": "s" * 32, "text": "我去过"}),
    ("chair", "services/deductions/{deduction}/confirm", {}),
    ("chair", "services/deductions/{deduction}/take-back", {"reason": "按错了"}),
    ("chair", "services/deductions/{deduction}/drop", {"reason": "邻居证实去过"}),
    ("clerk", "slips", {"worker": "0", "count": "2"}),
    (
        "chair",
        "slips/{slip}/confirm",
        {"voucher": "household", "name": "王大娘", "from_village": "柳树村", "phone": "13900001111"},
    ),
    ("supervisor", "samples", {"quarter": "2026Q4", "size": "3", "seed": "8"}),
    ("supervisor", "samples/{sample}/records/{claimed}", {"result": "sound"}),
    ("clerk", "quarters", {"quarter": "2026Q4"}),
    ("clerk", "quarters/2026Q4/deliberate", {"met_on": "2026-12-28", "present": "{present}"}),
    (
        "clerk",
        "quarters/2026Q4/minutes",
        {"revision": "1", "met_on": "2026-12-28", "present": "{present}", "minutes": "照表通过"},
    ),
    (
        "clerk",
        "quarters/2026Q4/workers/{worker}/adjust",
        {"key": "j" * 32, "amount": "2", "reason": "雪天送药", "seen": "0"},
    ),
    ("clerk", "quarters/2026Q4/adjustments/{adjustment}/take-back", {}),
    ("chair", "accounts/{worker}/correct/{award}", {"key": "c" * 32, "right": "1", "reason": "多记"}),
    ("clerk", "quarters/2026Q4/post", {}),
    (
        "clerk",
        "quarters/2026Q4/objections/new",
        {"key": "o" * 32, "line": "1", "text": "少记了一次", "channel": "oral", "received_on": "2026-12-28"},
    ),
    (
        "clerk",
        "quarters/2026Q4/objections/1",
        {"outcome": "rejected", "reason": "记录齐全", "decided_by": "评议小组"},
    ),
    (
        "passer_by",
        "/n/{village}/2026Q4/object",
        {"key": "p" * 32, "line": "1", "text": "少记了一次"},
    ),
    ("chair", "quarters/{hanging}/book", {}),
    ("chair", "expiry/{expiry}/cancel", {}),
    (
        "chair",
        "expiry",
        {"booked_until": "2026-12-31", "expires_on": "2027-06-30", "decided_by": "村民会议"},
    ),
    ("chair", "rubric/adopt", {"in_force_from": "2027-04-01", "approved_by": "村民代表会议"}),
    ("chair", "people/{duplicate}/merge?into={neighbour}", {"reason": "同一个人"}),
    (
        "chair",
        "people/{leaver}/leave",
        {
            "shown": "{rule}",
            "kind": "exit",
            "on": "2026-12-28",
            "reason": "外出务工",
            "decision": "村委会",
        },
    ),
)


def ready_to_write(cast):
    """What `WRITES` write about, in the cast's village; by the names in their addresses and forms."""
    with transaction():
        police = (ContactKind.POLICE, "马警官", "派出所", "110", clock.today())
        contact = contacts.attach(cast.village, *police, cast.clerk)
        held = ("t" * 16, cast.village, Duty.WORKER, "用电安全", "村委会", clock.today(), cast.clerk)
        training = trainings.hold(*held)
        duplicate = persons.add_person(cast.village, "李秀明二", cast.clerk)
    earned = cast.earn(cast.worker, 50)
    with clock.at(Quarter(2025, 2).last_day):
        hanging = on_wall(cast, {cast.neighbour.name: 20}, Quarter(2025, 2))
    with transaction():
        claimed, doubtful, keyed_in = (
            recording.record(key * 32, cast.worker, cast.item("入户发放"), clock.today(), 1, "", cast.clerk)
            for key in "123"
        )
        deduction = cast.deduction(cast.worker, clock.today())
        (slip,) = slips.print_slips(cast.village, None, 1, cast.clerk)
        slips.use(slip.number, cast.village, keyed_in, cast.worker, cast.clerk)
        sample = samples.draw(cast.village, Quarter.of(clock.today()), "7", 3, cast.supervisor)
        days = (date(2026, 6, 30), clock.today() + timedelta(days=60))
        expiry = expiries.resolve(cast.village, *days, "村民会议", cast.chair)
    rule = departures.rule_on(cast.village, clock.today())
    term = cast.term_of(cast.worker)
    return {
        "village": VILLAGE,
        "worker": cast.worker.id,
        "card": cast.card.number,
        "term": term.id,
        "grid": term.grid_id,
        "contact": contact.id,
        "training": training.id,
        "volunteer": cast.volunteer.id,
        "goods": cast.goods.id,
        "lot": cast.lot_of(cast.goods).id,
        "item": cast.item("入户发放").id,
        "minus": cast.item("虚报").id,
        "deduction": deduction.service_id,
        "claimed": claimed.id,
        "doubtful": doubtful.id,
        "keyed_in": keyed_in.id,
        "slip": slip.number,
        "sample": sample.id,
        "present": "，".join(PRESENT),
        "adjustment": len(earned.adjustments) + len(hanging.adjustments) + 1,
        "award": assessments.award_of(earned, cast.worker).id,
        "hanging": hanging.quarter_name,
        "expiry": expiry.id,
        "duplicate": duplicate.id,
        "neighbour": cast.neighbour.id,
        "leaver": cast.workers[-1].id,
        "rule": f"{rule.outcome} {rule.days or ''}".strip(),
    }


def test_what_is_written_is_read_once(cast, client_of):
    """A view opens its transaction before it reads; what was read before is no ground to write on."""
    there = ready_to_write(cast)
    users = {name: cast.user(name) for name in ("clerk", "chair", "manager", "supervisor")}
    clients = {name: client_of(user) for name, user in users.items()} | {"passer_by": client_of()}
    check_read_once(cast, clients, WRITES, there)


def written_out(path, form, there):
    """Address and form of a write, with what is there filled in."""
    address = path.format(**there) if path[0] == "/" else f"/v/{VILLAGE}/{path.format(**there)}"
    return address, None if form is None else {field: value.format(**there) for field, value in form.items()}


# A password or PIN is made before, as hashing takes its time. Whose it is, the verb looks at again.
MADE_BEFORE = {"pins/{worker}", "/a/{village}/accounts/{volunteer}/password"}


def check_read_once(cast, clients, writes, there):
    """Send these writes one after the other, and see that none reads a row before its transaction.

    Which person the signed-in user is, is asked again like their roles.
    """
    own_rows = {("user_account", (cast.user(name).id,)) for name in clients.keys() - {"passer_by"}}
    for name, path, form in writes:
        address, sent = written_out(path, form, there)
        db.session.rollback()
        with reads() as twice:
            answer = clients[name].open(address, method="GET" if sent is None else "POST", data=sent)
        assert answer.status_code in (200, 302), (address, answer.text)
        assert path in MADE_BEFORE or twice - own_rows == set(), address


TODAY_AND_WHY = {"on": "2026-12-28", "reason": "搬家"}
FOUND = {"severity": "ordinary", "found_on": "2026-12-28", "grid": "{grid}", "place": "路口", "what": "塌方"}
DUTY_WRITES = (
    ("worker", "due/{household}/visit", {"key": "v" * 32, "visited_on": "2026-12-28", "steps": "meet"}),
    (
        "worker",
        "due/visit",
        {"key": "w" * 32, "household": "{household}", "visited_on": "2026-12-28", "steps": "meet"},
    ),
    ("worker", "visits/{visit}/done", {"on": "2026-12-28"}),
    (
        "clerk",
        "gatherings/new",
        {
            **{"key": "g" * 32, "grid": "{grid}", "held_on": "2026-12-28"},
            **{"kind": "law", "topic": "学法", "present": "9"},
        },
    ),
    ("worker", "emergencies/new", {"key": "e" * 32, "worker": "{worker}", **FOUND}),
    ("clerk", "incidents/new", {"key": "h" * 32, "worker": "0", **FOUND}),
    ("clerk", "incidents/{incident}/steps", {"kind": "done", "note": "清理了", "on": "2026-12-28"}),
    (
        "worker",
        "disputes/new",
        {
            **{"key": "d" * 32, "worker": "{term}", "opened_on": "2026-12-28"},
            **{"kind": "land", "parties": "甲和乙", "matter": "地界"},
        },
    ),
    (
        "worker",
        "disputes/{dispute}/attempts",
        {
            **{"key": "a" * 32, "rung": "grid", "on": "2026-12-28"},
            **{"mediators": "李秀明", "result": "settled", "contacts": "{contact}"},
        },
    ),
    ("worker", "disputes/{dispute}/undo", {"attempt": "1", "reason": "记错"}),
    ("worker", "disputes/{dispute}/report", {"to": "village", "measures": "看住"}),
    ("clerk", "households/new", {"grid": "{grid}", "head": "乙", "residents": "1", "on": "2026-12-28"}),
    ("clerk", "households/{household}/correct", {"head": "甲", "residents": "2"}),
    ("clerk", "households/{household}/class", {"attention": "priority", **TODAY_AND_WHY}),
    ("clerk", "households/grids/{grid}/move", {"household": "{household}", "into": "{next}"}),
    ("clerk", "households/{household}/leave", TODAY_AND_WHY),
    ("clerk", "households/{household}/back", {}),
    ("clerk", "households/grids/{next}/ledger.csv", {}),
    ("clerk", "households/ledger.csv", {}),
)


def ready_for_duties(cast):
    """What `DUTY_WRITES` write about."""
    grid, today = cast.term_of(cast.worker).grid, clock.today()
    with transaction():
        police = (ContactKind.POLICE, "马警官", "派出所", "110", today)
        contact = contacts.attach(cast.village, *police, cast.clerk)
        told = files.Particulars("甲")
        household = files.add_household(grid, told, Attention.ORDINARY, "", today, cast.clerk)
        said = ([VisitStep.MEET], "", "", "送药", cast.clerk)
        visit = visits.record_visit("v" * 16, household, cast.worker, today, *said)
        hazard = (IncidentKind.HAZARD, Severity.ORDINARY, today, "路口", "坑", "", cast.clerk)
        incident = incidents.report_incident("h" * 16, grid, None, *hazard)
        quarrel = (today, DisputeKind.LAND, "甲和乙", "地界", cast.worker_user)
        dispute = disputes.open_dispute("d" * 16, grid, cast.worker, *quarrel)
    return {
        "grid": grid.id,
        "next": cast.term_of(cast.neighbour).grid_id,
        "worker": cast.worker.id,
        "term": cast.term_of(cast.worker).id,
        "contact": contact.id,
        "household": household.id,
        "visit": visit.id,
        "incident": incident.id,
        "dispute": dispute.id,
    }


def test_what_duties_write_is_read_once(cast, client_of):
    there = ready_for_duties(cast)
    clients = {name: client_of(cast.user(name)) for name in ("clerk", "worker")}
    check_read_once(cast, clients, DUTY_WRITES, there)


def test_nothing_else_asks_the_machine_for_the_time():
    clocks = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(|func\.now\(|CURRENT_")
    found = {str(file.relative_to(ROOT)) for file in PRODUCT if clocks.search(file.read_text())}
    assert found == {"ground/clock.py"}


TAKING_APART = {
    *("startswith", "endswith", "removeprefix", "removesuffix", "contains", "like", "ilike", "regexp_match"),
    *("partition", "rpartition", "split", "rsplit", "splitlines", "index", "find"),
}
READING_OUT = {"int", "parse", "fromisoformat", "match", "fullmatch", "search", "findall", "finditer"}


def taken_apart(code):
    """Where a key or a reason is more than kept, compared and shown: the lines, by number."""

    def is_text(node):
        return isinstance(node, ast.Attribute) and node.attr in ("key", "reason")

    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Subscript) and is_text(node.value):
            yield node.lineno
        elif isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            own = [called.value] if isinstance(called, ast.Attribute) and name in TAKING_APART else []
            given = node.args if name in READING_OUT else []
            if any(map(is_text, [*own, *given])):
                yield node.lineno


def test_the_search_for_what_is_taken_apart_finds_it():
    for code in (
        'transfer.key.startswith("expiry:")',
        'select(Transfer).where(Transfer.key.like("award:%"))',
        'award.key.partition(":")',
        "int(transfer.key[6:])",
        "date.fromisoformat(transfer.reason)",
        "Quarter.parse(award.reason)",
        "_LEFT_BY.fullmatch(transfer.key)",
        're.match("merge", transfer.key)',
    ):
        assert list(taken_apart(code)), code
    for code in ("made[transfer.key]", "transfer.reason != day.isoformat()", "entry.key in made", "f(a.key)"):
        assert list(taken_apart(code)) == [], code


def test_nothing_is_read_out_of_a_key_or_a_reason():
    """What caused a transfer is a row that names it (`points.models.aftermath`)."""
    found = {str(file.relative_to(ROOT)): list(taken_apart(file.read_text())) for file in PRODUCT}
    assert {file: lines for file, lines in found.items() if lines} == {}


def rules(app):
    """The routes with their rules; the app's own files are public by name."""
    with app.app_context():
        return [(route, access.rule_of(route.endpoint)) for route in app.url_map.iter_rules()]


def test_every_route_has_a_rule(plain_app):
    assert [route.endpoint for route, rule in rules(plain_app) if rule is None] == []


def test_what_is_public_is_meant_to_be(plain_app):
    assert {route.endpoint for route, rule in rules(plain_app) if rule.public} == PUBLIC


def test_a_rule_by_roles_finds_its_place_in_the_address(plain_app):
    lost = [
        route.rule
        for route, rule in rules(plain_app)
        if rule.roles is not None and not {"village", "area"} & route.arguments
    ]
    assert lost == []


def test_a_route_without_a_rule_is_denied(app_on, uri):
    app = app_on(uri)
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert app.test_client().get("/forgotten").status_code == 403
    with app.app_context():
        db.engine.dispose()


ARGUMENTS = {
    "ident": 1,
    "kind": "csv",
    "quarter": "2025Q1",
    "number": "000000000",
    "card": "000000000",
    "village": VILLAGE,
    "area": VILLAGE,
    "slip": "00000012",
    "transfer": 1,
    "day": "2026-12-28",
    "version": 1,
    "objection": 1,
    "sheet": 1,
    "line": 1,
    "ticket": "0" * 20,
    "role": "clerk",
    "period": "2025Q2",
    "packet": 1,
}


def address(app, endpoint, **given):
    """An address that leads to the endpoint. What is given under the endpoint's name is for it alone."""
    own = given.pop(endpoint, {})
    known = ARGUMENTS | given
    needed = set.union(*(route.arguments for route in app.url_map.iter_rules(endpoint)))
    return app.url_map.bind("localhost").build(endpoint, {name: known[name] for name in needed} | own)


def to_look_at(app):
    """What people, and not programs, may look at: the endpoints with their rules."""
    found = {route.endpoint: rule for route, rule in rules(app) if "GET" in route.methods and not rule.device}
    return [(name, rule) for name, rule in found.items() if name not in access.ASSETS]


def methods(route):
    return sorted(route.methods - {"HEAD", "OPTIONS"})


def test_strangers_are_asked_to_sign_in(app, client_of):
    client = client_of(None)
    for route, rule in rules(app):
        for method in () if rule.public or rule.device else methods(route):
            answer = client.open(address(app, route.endpoint), method=method)
            assert answer.status_code == 302, (method, route)
            assert answer.location.startswith("/sign-in?"), (method, route)


def test_programs_are_asked_for_a_key_and_a_sign_in_is_none(app, cast, client_of):
    for client in (client_of(None), client_of(cast.manager)):
        asked = 0
        for route, rule in rules(app):
            for method in methods(route) if rule.device else ():
                answer = client.open(address(app, route.endpoint), method=method)
                assert (answer.status_code, answer.json["code"]) == (401, "no_key"), (method, route)
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")
                assert "Set-Cookie" not in answer.headers
                asked += 1
        assert asked >= 5


INLINE = {
    "a script with a body": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<script[^>]*>\s*[^\s<]", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "something from elsewhere": re.compile(
        r"<(?:script|link|img|form|iframe|video)\b[^>]*(?:src|href|action)=[\"']?(?:https?:)?//",
        re.IGNORECASE,
    ),
}


def inline(html):
    """What in a page the content security policy would refuse."""
    return [what for what, pattern in INLINE.items() if pattern.search(html)]


def test_the_search_for_inline_things_finds_them():
    for html in (
        "<script>let a</script>",
        '<script src="/a.js">let a</script>',
        '<a href="/" onclick="go()">',
        '<p class="a" style="color: red">',
        "<style>p {}</style>",
        '<a href="javascript:go()">',
        '<img src="https://example.com/a.png">',
    ):
        assert inline(html), html
    assert inline('<script defer src="/a.js"></script> <a href="/one=1">on = style =</a>') == []


def test_whatever_is_pushed_sideways_is_reached_by_the_keyboard():
    """A table that is too wide has a name and can be focused: arrow keys push it then."""
    names = {file: re.findall(r'<div class="scroll"[^>]*>', file.read_text()) for file in TEMPLATES}
    wide = [tag for tags in names.values() for tag in tags]
    assert len(wide) >= 3
    assert all('tabindex="0"' in tag and "aria-label=" in tag for tag in wide)


def test_templates_hold_no_script_and_no_style():
    assert TEMPLATES
    found = {
        str(file): inline(re.sub(r"\{[{%#].*?[%#}]\}", "x", file.read_text(), flags=re.S))
        for file in TEMPLATES
    }
    assert {file: what for file, what in found.items() if what} == {}


PRESSED = re.compile(
    r'<button(?![^>]*type="button")[^>]*>|\{\{ *submit\(|\{\{ *form\.\w+\(class="btn[^}]*\}\}'
)
SCANNED_INTO = {"new_activity.html"}  # whose scanner ends with Enter: the one it scanned is ticked


def test_enter_in_a_field_presses_no_button_that_only_changes_the_form():
    """The first of a form is the one it presses: more rows, or another list, and a password is gone."""
    first = {
        str(file): buttons[0]
        for file in TEMPLATES
        if file.name not in SCANNED_INTO
        for form in file.read_text().split("<form")[1:]
        if "formnovalidate" in form and (buttons := PRESSED.findall(form))
    }
    assert len(first) > 3
    assert {file: button for file, button in first.items() if "formnovalidate" in button} == {}


def test_every_form_carries_a_key_and_no_search_does():
    """What is sent is done once (`ground.formkey`), also by forms that no test opens; what looks only, has
    an address that can be passed on."""
    along = re.compile(r"sent_along\(|form_top\(|hidden_tag\((?:\)|[^)]*\"once\")")
    seen, found = Counter(), []
    for file in TEMPLATES:
        for form in re.findall(r"<form\b.*?</form>", file.read_text(), re.DOTALL):
            is_sent = bool(re.match(r"<form[^>]*method=.post", form))
            seen[is_sent] += 1
            if is_sent != bool(along.search(form)) and file.name != "kept.html":  # that passes a form on
                found.append((file.name, form[:80]))
    assert (found, seen[True] > 80, seen[False] > 8) == ([], True, True)


# A comma, colon or bracket of English between words that the page fills in; what a machine reads is <code>.
ENGLISH_SIGN = re.compile(r"\}\}[,:;] ?\{\{| \(\{\{")


def test_the_signs_between_words_are_translated_too():
    assert ENGLISH_SIGN.search("{{ name }}, {{ day }}")
    assert ENGLISH_SIGN.search("{{ state }} ({{ name }})")
    assert not ENGLISH_SIGN.search("{{ name }}{{ _(': ') }}{{ reason }} · {{ day }}")
    found = {
        str(file): ENGLISH_SIGN.findall(re.sub(r"<code>.*?</code>", "", file.read_text()))
        for file in TEMPLATES
    }
    assert {file: signs for file, signs in found.items() if signs} == {}


FOOT_ROW = re.compile(r"<tfoot>.*?</tfoot>", re.DOTALL)
FOOT_FIGURE = re.compile(r'<td class="[^"]*\bfigure\b[^"]*"([^>]*)>')


def test_a_foot_of_several_figures_says_what_each_is():
    """On a phone the headings are gone: of one figure its row's word tells enough, of two not."""
    feet = {
        str(file): [
            FOOT_FIGURE.findall(row)
            for foot in FOOT_ROW.findall(file.read_text())
            for row in foot.split("<tr>")
        ]
        for file in TEMPLATES
    }
    assert [
        file
        for file, rows in feet.items()
        if any(len(row) > 1 and not all("data-label" in each for each in row) for row in rows)
    ] == []


# What may be minus, given bare to the filter that writes points, or a sign of its own before it.
BARE_MINUS = re.compile(
    r"\b(deductions|adjustments|adjustment\.amount|\.change|item\.points|\.tenths)[\"')]*\s*\|\s*(abs\s*\|\s*)?points"
    r"|\|\s*signed_points|[\"'][−-][\"'].*\|\s*points"
)


def test_the_search_for_bare_minus_points_finds_them():
    for tag in (
        "{{ row.deductions|points }}",
        '{{ rows|sum(attribute="deductions")|points }}',
        "{{ adjustment.amount|signed_points }}",
        '{{ "+" if row.adjustments > 0 }}{{ row.adjustments|points }}',
        '{{ ("+" if answer.change > 0 else "−") ~ answer.change|abs|points }}',
        "{{ item.points|points }}",
    ):
        assert BARE_MINUS.search(tag), tag
    for tag in ("{{ row.total|points }}", "{{ (-item.points)|points }}", "{{ figure(row.deductions) }}"):
        assert not BARE_MINUS.search(tag.replace("(-item.points)", "x")), tag


def test_minus_points_are_said_in_a_word_and_coloured():
    """One macro writes them (`figure`); what a page turns to plus, it says in a word of its own."""
    found = {}
    for file in TEMPLATES:
        tags = re.findall(r"\{\{.*?\}\}", file.read_text(), flags=re.S)
        turned = [re.sub(r"\(-[\w.]+\)", "x", tag) for tag in tags]
        found[str(file.relative_to(ROOT))] = [tag for tag in turned if BARE_MINUS.search(tag)]
    assert {file: tags for file, tags in found.items() if tags} == {}


def brought_from_paper(cast):
    """A sheet of opening balances: a line booked, one contested, one ready; and a sheet to be posted."""
    names = [worker.name for worker in cast.workers[4:8]]
    with clock.at(clock.today() - timedelta(days=9)):
        sheet = openings.take_in(cast.village, [openings.row(name, 5) for name in names[:3]], cast.clerk)
        do(opening_posting.post_notice, sheet, cast.clerk)
    with transaction():
        openings.object_to(sheet, 2, cast.clerk, clock.today())
        rejected = openings.object_to(sheet, 3, cast.clerk, clock.today())
        opening_booking.book(sheet, cast.chair)
        opening_objections.answer(rejected, None, "与存折核对过", "村民委员会", cast.chair)
    openings.take_in(cast.village, [openings.row(names[3], 5)], cast.clerk)


def objected(cast):
    """An objection to the first quarter: to a line of 0 points, as long as its notice hung."""
    assessment = assessments.find_assessment(cast.village, Quarter(2025, 1))
    with clock.at(assessments.whole_notice(assessment).ends_on), transaction():
        brought = (cast.neighbour, ObjectionChannel.ORAL, "少记一次", cast.clerk)
        return objections.bring("o" * 16, assessment, *brought)


@pytest.fixture
def lived_in(cast):
    return live_in(cast)


def taken_back(kind, rows, actor):
    """A file that an office brought and took back, before any points were booked; its id."""
    area, file = actor.grants[0].area, kind.layout.write(rows, "csv")
    brought = filing.bring(kind, area, "拿错的.csv", file)
    with transaction():
        kept = filing.keep_file(brought, area, actor)
    table, plan = filing.read_file(kind, kept), filing.plan_file(kind, kept)
    assert plan.bad_cells == []
    list(filing.import_file(kind, kept, table, plan.fingerprint, actor))
    undoing.take_back(kind, kept, "拿错了文件", actor)
    return kept.id


def live_in(cast):
    """Let something of everything happen in the village; what its addresses need."""
    a_grid = {"村(社区)代码": cast.village.code, "网格编码": "99", "网格名称": "第99网格", "网格类型": "农村"}
    wrong_roster = taken_back(intake.ROSTER, [a_grid], cast.clerk)
    wrong_goods = taken_back(GOODS, [{"货品名称": "毛巾", "单位": "条", "积分价格": 5}], cast.manager)
    brought_from_paper(cast)  # before the first quarter is booked
    keep_packet(cast.earn(cast.worker, 1000), cast.clerk)
    for place, by in ((cast.village, cast.clerk), (cast.township, cast.township_user)):
        do(sending.send, f"return-{place.code}", place, Quarter(2025, 1), "", by)
    picture = Jpeg(a_picture())
    bad_row = "村(社区)代码,网格编码\n0,1\n".encode()
    file = filing.bring(intake.ROSTER, cast.village, "花名册.csv", bad_row)
    with transaction():
        done = redemptions.redeem("k" * 16, cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)
        voids.void(done, "拿错了", cast.volunteer)
        waiting = brought_late(cast)
        consignments.send("c" * 16, cast.lot_of(cast.goods), cast.next_shop, 1, "", cast.manager)
        counts.begin_stock_take(cast.shop, cast.manager)
        contacts.attach(cast.village, ContactKind.POLICE, "马警官", "派出所", "110", clock.today(), None)
        day = clock.today()
        trainings.hold("t" * 16, cast.village, Duty.WORKER, "用电安全", "村委会", day, cast.clerk)
        bad = filing.keep_file(file, cast.village, cast.clerk).id
        portraits.set_portrait(cast.worker, picture, cast.clerk)
        grid, head = cast.term_of(cast.worker).grid, files.Particulars("张大山")
        household = files.add_household(grid, head, Attention.ORDINARY, "", day, cast.clerk)
        told = ([VisitStep.MEET], "一切都好", "", "送药")
        visit = visits.record_visit("v" * 16, household, cast.worker, day, *told, cast.worker_user)
        photos.keep(visit, picture, cast.worker_user)
        land, fire = DisputeKind.LAND, IncidentKind.EMERGENCY
        quarrel = ("d" * 16, grid, cast.worker, day, land, "甲乙", "地界", cast.worker_user)
        slide = ("i" * 16, grid, None, fire, Severity.MAJOR, day, "村口", "塌方", "", cast.clerk)
        dispute, incident = disputes.open_dispute(*quarrel).id, incidents.report_incident(*slide).id
        (slip,) = slips.print_slips(cast.village, cast.worker, 1, cast.clerk)
        deduction = cast.deduction(cast.worker, clock.today()).service_id
        rejected = recording.record("r" * 32, cast.worker, cast.item("入户发放"), day, 1, "", cast.clerk)
        deciding.reject(rejected, "日期不对", cast.chair)
        at_township = persons.add_person(cast.township, "何指导", None, "12100000000", "司法所")
        terms.appoint(at_township, grid, Duty.INSTRUCTOR, date(2026, 1, 1), None)
        donation = cast.lot_of(cast.salt).donation
        wishes.note_words("w" * 16, cast.shop, "雨靴", cast.worker_user)
        to_buy = [requests.Wanted(cast.goods, "", 12, 280)]
        purchase = requests.ask("p" * 16, cast.shop, to_buy, "", cast.manager).id
        samples.draw(cast.village, Quarter.of(cast.term_of(cast.worker).starts_on), "7", 5, cast.supervisor)
        with pytest.raises(SecondPersonNeeded) as needed:
            moves.write_off("s" * 16, cast.lot_of(cast.goods), 19, "受潮", cast.manager)
        proposal = proposing.propose(needed.value, cast.manager).id
    cast.earn(cast.worker, 10)
    ticket = objected(cast).token
    meeting = in_meeting(cast, {cast.worker.name: 20})
    template, rubric = versions.find_version(cast.county, 1), cast.rubric
    own = {
        "services.deduction": {"ident": deduction},
        "services.service_again": {"ident": rejected.id},
        "duties.dispute": {"ident": dispute},
        "duties.incident": {"ident": incident},
        "conduct.evaluate": {"ident": at_township.id},
        "home.held_above": {"area": TOWNSHIP, "ident": at_township.id},
        "stock.donor": {"code": donation.code},
        "stock.trace_lot": {"ident": donation.lots[0].id},
        **{name: {"ident": purchase} for name in ("purchases.request", "purchases.request_sheet")},
        **{name: {"number": f"CK{day:%Y%m%d}"} for name in ("stock.voucher", "stock.voucher_sheet")},
        **{name: {"ident": waiting.lease_id} for name in ("offline.exchange", "offline.break_lease")},
        **{name: {"ident": waiting.id} for name in ("offline.try_again", "offline.set_aside")},
        "home.proposal": {"ident": proposal},
        **{name: {"ident": bad} for name in ("roster.import_file", "roster.failed_rows")},
        "roster.take_back_import": {"ident": wrong_roster},
        "shelf.take_back_goods": {"ident": wrong_goods},
        "wall.preview": {"quarter": str(meeting.quarter)},
        "wall.correct": {"transfer": db.session.scalar(sa.select(sa.func.min(Award.transfer_id)))},
        "rubrics.compare_rubrics": {"older": template.id, "newer": rubric.id},
        "rubrics.compare_templates": {"older": template.id, "newer": template.id},
    }
    number, token, code, slip = cast.card.number, cast.card.token, done.code, slip.number
    db.session.rollback()
    return {
        "number": number,
        "token": token,
        "code": code,
        "slip": slip,
        "ident": done.id,
        "ticket": ticket,
        "filename": "aixin.css",
        **own,
    }


# What a page that is only looked at never sends to the database, but that it was looked at.
WRITING = re.compile(r"\s*(INSERT(?! INTO audit_event)|UPDATE|DELETE)")


@pytest.mark.parametrize(
    "language",
    ["zh", pytest.param("en", marks=[pytest.mark.one_database("postgresql"), pytest.mark.at_length])],
)
def test_every_page_opens_and_keeps_the_policy(app, cast, client_of, lived_in, language):
    """Whoever may see a page gets it, with nothing inline, or it is not there; in English who comes first.

    Nothing is written by looking: what does something is sent by a form, which no other site can send."""
    opened, offering, minus = set(), set(), cast.item("虚报").id
    pages = [(name, rule, address(app, name, **lived_in)) for name, rule in to_look_at(app)]
    township = address(app, "home.area", area=TOWNSHIP)
    pages.append(("home.area", access.AccessRule(), township))
    for username in ("clerk", "chair", "manager", "volunteer", "worker", "instructor", "township_user"):
        user = cast.user(username)
        client, held = client_of(user), user.roles_in(cast.village)
        client.set_cookie("language", language)
        for endpoint, rule, path in pages:
            if rule.roles is not None and not held & rule.roles:
                continue
            if language == "en" and endpoint in opened:
                continue
            with counted() as statements:
                answer = client.get(path)
            assert [sent for sent in statements if WRITING.match(sent)] == [], path
            assert answer.status_code in (200, 302, 404) or path == township, (username, path)
            assert not answer.mimetype.startswith("text/") or answer.mimetype_params == {"charset": "utf-8"}
            if answer.status_code == 200:
                opened.add(endpoint)
                assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
                assert "unsafe" not in answer.headers["Content-Security-Policy"]
            if answer.mimetype == "text/html":
                assert answer.headers["Cache-Control"] == "no-store", path
                assert inline(answer.text) == [], path
                if answer.status_code == 200:
                    assert ('class="page-help"' in answer.text) == ("<main" in answer.text), path
                offering |= {
                    endpoint for _one in re.findall(rf'<option value="{minus}">[^<]*虚报', answer.text)
                }
    assert offering == {"services.new_deduction"}  # what takes points is offered nowhere else
    redirecting = {"home.home", "home.enter", "assessment.area_quarters", "signin.sign_in_code"}
    opened_elsewhere = {"shelf.goods_picture"}  # test_goods_pages.py
    opened_elsewhere |= {"shelf.goods_file", "shelf.failed_goods"}  # test_goodsfile.py
    opened_elsewhere |= {"duties.household_file", "duties.failed_households"}  # test_householdfile.py
    opened_elsewhere |= {"duties.take_back_households"}  # test_households_taken_back.py
    opened_elsewhere |= {"openings.openings_file", "openings.failed_openings"}  # test_opening_pages.py
    opened_elsewhere |= {"rubrics.publish_template"}  # test_rubrics.py
    opened_elsewhere |= {"services.service_photo"}  # test_confirming.py
    opened_elsewhere |= {"upkeep.backups", "upkeep.address"}  # of a file; on PostgreSQL it is the county's
    opened_elsewhere |= {"prefecture.counties"}  # tests/tenants/test_board_of_prefecture.py
    opened_elsewhere |= FIRST_DAY  # test_first_day.py
    assert {endpoint for endpoint, _rule, _path in pages} - opened <= redirecting | opened_elsewhere


def test_a_number_too_large_for_a_row_is_not_there(app, cast, client_of):
    """An address anyone can type: not there, rather than broken."""
    asked = set()
    for username in ("clerk", "chair", "manager", "volunteer"):
        client, held = client_of(cast.user(username)), cast.user(username).roles_in(cast.village)
        for route, rule in rules(app):
            if "ident" not in route.arguments or not rule.roles or not held & rule.roles:
                continue
            for method in {*methods(route)} - {method for rule, method in asked if rule == route.rule}:
                asked.add((route.rule, method))
                for ident in (2**31, 2**63, 10**30):
                    answer = client.open(address(app, route.endpoint, ident=ident), method=method)
                    assert answer.status_code == 404, (username, method, route)
    assert len(asked) > 50


# How a view asks the address for a number.
NUMBER_ASKED = re.compile(r"web\.numbers?_asked\(\"(\w+)\"\)")


def test_numbers_are_read_out_of_an_address_in_one_place():
    bare = re.compile(r"request\.args\.get(list)?\([^)]*type=int")
    assert {str(file.relative_to(ROOT)) for file in PRODUCT if bare.search(file.read_text())} == {
        "ground/web/addresses.py"
    }


def test_a_number_too_large_that_is_asked_for_is_not_there(app, cast, client_of):
    """What follows the question mark anyone can type too."""
    names = {name for file in PRODUCT for name in NUMBER_ASKED.findall(file.read_text())}
    assert len(names) > 5
    too_large, not_there = dict.fromkeys(names, 10**30), set()
    for username in ("chair", "manager"):
        client, held = client_of(cast.user(username)), cast.user(username).roles_in(cast.village)
        for route, rule in rules(app):
            if rule.roles and held & rule.roles and "GET" in route.methods:
                place = address(app, route.endpoint, ident=cast.neighbour.id)
                status = client.get(place, query_string=too_large).status_code
                assert status < 500, route
                not_there |= {route.endpoint} if status == 404 else set()
    assert {"ledger.merge", "services.services", "shelf.labels"} <= not_there


def test_codes_that_are_no_village_s(app, cast, client_of):
    client = client_of(cast.county_user)
    for code in ("5399001012", "539900101999", TOWNSHIP, "５３９９００１０１２０１", "%00", "x" * 500):
        assert client.get(f"/v/{code}/").status_code == 404, code
    assert client.get(f"/v/{NEXT_VILLAGE}/").status_code == 200


def test_the_models_are_what_the_migrations_make(app):
    result = app.test_cli_runner().invoke(args=["db", "check"])
    assert result.exit_code == 0, result.output


def test_the_database_checks_what_the_models_say(app):
    """What the comparison above leaves out: CHECK constraints, by name."""
    inspector = sa.inspect(db.engine)
    for table in Base.metadata.sorted_tables:
        wanted = {
            str(check.name)
            for check in table.constraints
            if isinstance(check, sa.CheckConstraint) and check.name is not None
        }
        assert {check["name"] for check in inspector.get_check_constraints(table.name)} == wanted, table.name


@pytest.fixture(scope="module")
def words():
    """Every word the program says, by the mapping that `make messages` uses."""
    with (ROOT / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    keywords = DEFAULT_KEYWORDS | {"lazy_gettext": None, "lazy_ngettext": (1, 2)}
    found = extract_from_dir(ROOT, methods, options, keywords)
    return {message for _file, _line, message, _comments, _context in found}


@pytest.fixture(scope="module")
def chinese():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh")


def test_the_words_come_from_everywhere(words):
    """The mapping reaches Python and templates: a catalogue of nothing would be complete too."""
    assert len(words) > 200
    for word in ("Sign in", "The basket is empty.", "The notice has not ended yet.", "Nothing here"):
        assert word in words


def test_every_word_is_there_in_chinese(words, chinese):
    missing = {word for word in words if word not in chinese or not all(translations(chinese[word]))}
    assert missing == set()


def test_the_catalogue_holds_nothing_else(words, chinese):
    assert {message.id for message in chinese if message.id} - words == set()
    assert [message.id for message in chinese if message.fuzzy and message.id] == []
    assert list(chinese.obsolete) == []


def test_placeholders_are_the_same_in_chinese(chinese):
    holes = re.compile(r"%(?:\((\w+)\))?[#0\- +]*[\d.]*([a-zA-Z%])")
    for message in chinese:
        source = message.id if isinstance(message.id, str) else message.id[-1]
        for text in filter(None, translations(message) if source else ()):
            assert sorted(holes.findall(text)) == sorted(holes.findall(source)), source
        assert list(message.check()) == []


def translations(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_no_two_classes_share_a_name():
    """One word for one thing: whoever searches for a class finds the one."""
    places = defaultdict(list)
    for file in PRODUCT:
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(file.relative_to(ROOT)))
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def test_no_room_is_crowded():
    """A room that holds more than about fourteen files has two ideas in it."""
    rooms = Counter(file.parent for file in [*PRODUCT, *TEMPLATES] if file.name != "__init__.py")
    assert {str(room.relative_to(ROOT)): files for room, files in rooms.items() if files > 14} == {}
