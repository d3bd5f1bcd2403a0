"""A day has two ends: each field for a day, each verb that takes one, each address that names one."""

import ast
import importlib
import inspect
import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import wtforms
from wtforms.fields.core import UnboundField

from duties import gatherings, incidents, visits
from duties.disputes import disputes
from duties.households import files
from duties.models import (
    AttemptResult,
    DisputeKind,
    GatheringKind,
    IncidentKind,
    IncidentStepKind,
    Rung,
    Severity,
    VisitStep,
)
from ground import clock, days
from ground.clock import Quarter
from ground.db import Base, db, transaction
from ground.refusal import Refused
from people import contacts
from people.conduct import trainings
from people.models import Attention, Contact, ContactKind, DepartureKind, Duty, GridKind, Outcome, Stage
from people.roster import changes, departures, grids, growth, persons, terms
from points import expiry, leaving
from points.assessment import meeting, opening
from points.models import ObjectionChannel
from points.openings import sheets as opening_sheets
from points.rubrics import template, versions
from points.services import deciding, recording
from points.wall import objections
from shop.models import Goods, Source
from shop.shelf import goods as shelf
from shop.shelf import prices, shops
from shop.shelf.hours import Hours
from shop.stock import counts, deliveries, moves
from shop.stock.deliveries import DeliveryLine, Origin
from tests.cast import COUNTY, PRESENT, TODAY, TOWNSHIP, VILLAGE
from tests.points import openings
from tests.points.hung import on_wall
from tests.product import PACKAGES, PRODUCT, ROOT
from tests.story import count, do
from tests.tampering import tamper
from tests.test_rules import address, methods, rules

HERE = f"/v/{VILLAGE}"
NOW = TODAY.isoformat()

# What is never a day of anybody's, and what is no day at all.
BEYOND = ("0001-01-01", "0026-12-27", "1899-12-31", "2207-01-01", "9999-12-31")
NO_DAY = ("0000-01-01", "2026-02-30", "26-12-27", "soon")
BLANK = "\u3000"  # typed, and yet nothing
# One of each kind, for every page; all of them are for `make long`.
OF_EACH_KIND = ("0026-12-27", "9999-12-31", "0000-01-01", "soon")


def forms_with_days():
    """Every form class of the program, with the names of its fields for a day."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("forms/*.py")):
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    found, waiting = {}, [wtforms.Form]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        fields = [
            name
            for name, field in inspect.getmembers(form, lambda value: isinstance(value, UnboundField))
            if issubclass(field.field_class, wtforms.DateField)
        ]
        if fields and form.__module__.partition(".")[0] in PACKAGES:
            found[form.__name__] = fields
    return found


def test_there_is_one_field_for_a_day():
    for file in PRODUCT:
        named = {node.id for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Name)}
        assert not {"DateField", "DateTimeField"} & named, file
    plain = [file for file in (ROOT / "templates").rglob("*.html") if 'type="date"' in file.read_text()]
    assert plain == []


# Form, its field, who sends it where, and what else they send. In an order in which all of it can be done.
SENT = (
    ("GridChangeForm", "on", "clerk", "grids/{free_grid}/close", {"reason": "撤并"}),
    ("RenameForm", "on", "clerk", "grids/{grid}/rename", {"name": "东岸", "reason": "改名"}),
    (
        "SplitForm",
        "on",
        "clerk",
        "grids/{grid}/split",
        {"code": "01-2", "name": "西岸", "households": "3", "reason": "太大"},
    ),
    ("MergeForm", "on", "clerk", "grids/{second_free_grid}/merge", {"into": "{grid}", "reason": "合并"}),
    ("PersonForm", "law_mark_on", "clerk", "people/{worker}/correct", {"name": "李秀明"}),
    ("MarkForm", "marked_on", "clerk", f"/a/{VILLAGE}/trainings/law-mark/{{neighbour}}", {}),
    ("AppointForm", "ends_on", "clerk", "grids/{vacant_grid}/appoint", {"name": "新来人", "starts_on": NOW}),
    ("AppointForm", "starts_on", "clerk", "grids/{second_vacant_grid}/appoint", {"name": "新来二"}),
    ("HandOverForm", "starts_on", "clerk", "terms/{handed_term}/hand-over", {"name": "接手人"}),
    ("EndForm", "on", "clerk", "terms/{ended_term}/end", {"reason": "搬家"}),
    (
        "TrainingForm",
        "held_on",
        "clerk",
        f"/a/{VILLAGE}/trainings/new",
        {"key": "t" * 16, "topic": "用电安全"},
    ),
    (
        "ContactForm",
        "since",
        "clerk",
        "contacts/new",
        {"kind": "judge", "name": "王法官", "agency": "法庭", "phone": "110110"},
    ),
    (
        "ReplaceForm",
        "since",
        "clerk",
        "contacts/{contact}/replace",
        {"name": "李警官", "agency": "派出所", "phone": "110110"},
    ),
    ("DetachForm", "until", "clerk", "contacts/{newest_contact}/detach", {}),
    ("GrowthForm", "on", "clerk", "growth", {"person": "{worker}", "stage": "applicant"}),
    ("NegativeItemForm", "holds_from", "county_user", f"/a/{COUNTY}/negative-list", {"text": "赌博"}),
    ("EndItemForm", "on", "county_user", f"/a/{COUNTY}/negative-list/{{item}}/end", {}),
    (
        "LeaveForm",
        "on",
        "chair",
        "people/{leaver}/leave",
        {"shown": "{rule}", "kind": "exit", "reason": "外出", "decision": "村委会"},
    ),
    (
        "LeavingRuleForm",
        "holds_from",
        "chair",
        "leaving/rule",
        {"outcome": "keep", "days": "60", "decided": "村民会议"},
    ),
    (
        "NewFileForm",
        "on",
        "clerk",
        "households/new",
        {"grid": "{grid}", "head": "张大海", "residents": "4", "attention": "ordinary"},
    ),
    ("VisitForm", "visited_on", "worker", "due/{household}/visit", {"key": "v" * 16, "steps": "walk"}),
    (
        "VisitInGridForm",
        "visited_on",
        "worker",
        "due/visit",
        {"key": "n" * 16, "household": "{household}", "steps": "walk"},
    ),
    ("DoneForm", "on", "worker", "visits/{visit}/done", {}),
    ("ClassForm", "on", "clerk", "households/{household}/class", {"attention": "watched", "reason": "大病"}),
    ("HouseholdLeaveForm", "on", "clerk", "households/{household}/leave", {"reason": "搬走"}),
    (
        "GatheringForm",
        "held_on",
        "worker",
        "gatherings/new",
        {"key": "g" * 16, "grid": "{grid}", "kind": "law", "topic": "修水渠", "present": "9"},
    ),
    (
        "DisputeForm",
        "opened_on",
        "clerk",
        "disputes/new",
        {"key": "d" * 16, "worker": "{worker}", "kind": "land", "parties": "甲乙", "matter": "地界"},
    ),
    (
        "AttemptForm",
        "on",
        "worker",
        "disputes/{dispute}/attempts",
        {"key": "a" * 16, "rung": "grid", "mediators": "李秀明", "result": "failed"},
    ),
    (
        "IncidentForm",
        "found_on",
        "clerk",
        "incidents/new",
        {"key": "i" * 16, "what": "塌方", "place": "村口", "grid": "{grid}", "worker": "0"},
    ),
    ("StepForm", "on", "clerk", "incidents/{incident}/steps", {"kind": "handed_over", "to": "镇消防站"}),
    (
        "DeductionForm",
        "done_on",
        "clerk",
        "services/deductions/new",
        {
            "key": "m" * 16,
            "worker": "{worker}",
            "item": "{minus_item}",
            "count": "1",
            "reason": "没有去过这户",
            "shown_by": "住户当面说的",
        },
    ),
    (
        "ServiceForm",
        "done_on",
        "clerk",
        "services/new",
        {"key": "n" * 16, "worker": "{worker}", "item": "{service_item}", "count": "1"},
    ),
    (
        "ActivityForm",
        "done_on",
        "clerk",
        "services/activities/new",
        {"key": "a" * 16, "here": "{worker}", "item": "{service_item}", "count": "1"},
    ),
    ("ServiceDetailsForm", "done_on", "clerk", "services/{rejected}/again", {"key": "s" * 16, "count": "1"}),
    ("MeetingForm", "met_on", "clerk", "quarters/2026Q4/deliberate", {"present": "{present}"}),
    (
        "MinutesForm",
        "met_on",
        "clerk",
        "quarters/2026Q4/minutes",
        {"revision": "1", "present": "{present}", "minutes": "照表通过"},
    ),
    (
        "CounterObjectionForm",
        "received_on",
        "clerk",
        "quarters/2026Q3/objections/new",
        {"key": "o" * 16, "line": "1", "text": "少记了一次", "channel": "oral"},
    ),
    (
        "OpeningObjectionForm",
        "received_on",
        "clerk",
        "openings/1/objections/new",
        {"key": "o" * 16, "line": "1", "text": "存折上是另一个数", "channel": "oral"},
    ),
    ("ReminderForm", "due_on", "township_user", f"/a/{TOWNSHIP}/quarters/2026Q4/remind", {}),
    ("ExpiryForm", "booked_until", "chair", "expiry", {"expires_on": "2027-06-30", "decided_by": "村民会议"}),
    ("AdoptForm", "in_force_from", "chair", "rubric/adopt", {"approved_by": "村民代表会议"}),
    (
        "PublishForm",
        "in_force_from",
        "county_user",
        f"/a/{COUNTY}/rubric/publish",
        {
            "approved_by": "县委",
            "most_bonuses": "1",
            "most_deductions": "1",
            "most_points": "5",
            "lines-0-category": "service",
            "lines-0-name": "送药",
            "lines-0-unit": "次",
            "lines-0-points": "1",
            "lines-0-source": "claim",
        },
    ),
    ("PriceForm", "holds_from", "manager", "goods/{goods}/price", {"price": "4"}),
    (
        "ReceiveForm",
        "best_before",
        "manager",
        "goods/{goods}/receive",
        {"key": "r" * 16, "quantity": "5", "source": "purchase"},
    ),
    (
        "DeliveryForm",
        "received_on",
        "manager",
        "deliveries/new",
        {"key": "d" * 16, "source": "purchase", "lines-0-article": "肥皂", "lines-0-quantity": "5"},
    ),
    (
        "DeliveryRow",
        "lines-0-best_before",
        "manager",
        "deliveries/new",
        {
            "key": "e" * 16,
            "source": "purchase",
            "received_on": "2026-12-28",
            "lines-0-article": "肥皂",
            "lines-0-quantity": "5",
        },
    ),
    (
        "CountedDay",
        "until-{candles}-best_before",
        "volunteer",
        "stock-takes/{take}/count",
        {"key": "c" * 16, "units-{candles}": "5"},
    ),
    ("DateRow", "dates-0-day", "manager", "hours", {"dates-0-opens": "09:00", "dates-0-closes": "11:00"}),
)
# What fits in each field, where it is not today.
FITTING = {
    "AdoptForm": "2027-04-01",
    "PublishForm": "2027-04-01",
    "AppointForm.ends_on": "2029-12-27",
    "ExpiryForm.booked_until": "2026-12-27",
    "ExpiryForm.expires_on": "2027-06-30",
}
# Those that stand on the page of another field that is sent, and those that only look for something.
BESIDE = {("ExpiryForm", "expires_on")}
LOOKED_FOR = {
    (form, name)
    for form in ("SearchForm", "DaysForm", "VouchersForm", "SupervisionForm")
    for name in ("since", "until")
}


def test_every_field_for_a_day_is_tried_below():
    found = {(form, name) for form, names in forms_with_days().items() for name in names}
    tried = {(form, name.rpartition("-")[2]) for form, name, *_rest in SENT}
    assert found == tried | BESIDE | LOOKED_FOR


@pytest.fixture
def there(cast):
    """A village in which everything can happen that has a day; what its addresses and forms need."""
    quarter = Quarter(2026, 3)
    with clock.at(quarter.last_day):
        with transaction():
            cast.serve(cast.worker, "入户发放", quarter.last_day, cast.clerk, cast.chair)
        on_wall(cast, {cast.worker.name: 20}, quarter)
        openings.hung(cast, 5)
    with transaction():
        new_grid = {
            name: grids.add_grid(cast.village, code, code, GridKind.RURAL, 8, cast.clerk, on=TODAY).id
            for name, code in (
                ("free_grid", "90"),
                ("second_free_grid", "91"),
                ("vacant_grid", "92"),
                ("second_vacant_grid", "93"),
            )
        }
        grid = cast.term_of(cast.worker).grid
        police = (ContactKind.POLICE, "马警官", "派出所", "110", clock.today(), cast.clerk)
        contact = contacts.attach(cast.village, *police)
        item = departures.add_item(cast.county, "酒驾", TODAY, cast.county_user)
        head = files.Particulars("张大山")
        household = files.add_household(grid, head, Attention.ORDINARY, "", TODAY, cast.clerk)
        told = ([VisitStep.MEET], "一切都好", "", "送药")
        visit = visits.record_visit("w" * 16, household, cast.worker, TODAY, *told, cast.worker_user)
        quarrel = (DisputeKind.LAND, "甲乙", "地界", cast.worker_user)
        dispute = disputes.open_dispute("e" * 16, grid, cast.worker, TODAY, *quarrel)
        slide = (IncidentKind.HAZARD, Severity.ORDINARY, TODAY, "村口", "塌方", "", cast.clerk)
        incident = incidents.report_incident("j" * 16, grid, None, *slide)
        service = recording.record("q" * 16, cast.worker, cast.item("入户发放"), TODAY, 1, "", cast.clerk)
        deciding.reject(service, "没有做", cast.chair)
        opening.open_quarter(cast.village, Quarter(2026, 4), cast.clerk)
        candles = shelf.add_goods(cast.shop, "蜡烛", "支", 10)  # none of them ever came in
        take = counts.begin_stock_take(cast.shop, cast.manager)
    rule = departures.rule_on(cast.village, TODAY)
    return new_grid | {
        "grid": grid.id,
        "worker": cast.worker.id,
        "minus_item": cast.item("虚报").id,
        "neighbour": cast.neighbour.id,
        "leaver": cast.workers[-1].id,
        "handed_term": cast.term_of(cast.workers[2]).id,
        "ended_term": cast.term_of(cast.workers[3]).id,
        "contact": contact.id,
        "item": item.id,
        "rule": f"{rule.outcome} {rule.days or ''}".strip(),
        "household": household.id,
        "visit": visit.id,
        "dispute": dispute.id,
        "incident": incident.id,
        "service_item": cast.item("入户发放").id,
        "rejected": service.id,
        "present": "，".join(PRESENT),
        "goods": cast.goods.id,
        "candles": candles.id,
        "take": take.id,
    }


def everything():
    """What is in the database, table by table."""
    db.session.rollback()
    return {
        table.name: db.session.execute(sa.select(table).order_by(*table.primary_key)).all()
        for table in Base.metadata.sorted_tables
    }


def control(page, name):
    """The control of this name in a page that keeps what was typed, as its attributes."""
    found = re.findall(rf'<input [^>]*name="{name}"[^>]*>', page)
    assert found, name
    return [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in found]


def test_no_page_takes_a_day_that_cannot_be_meant(cast, client_of, there, long):
    """Each field: what is typed wrong is refused beside what was typed, and nothing is stored; then the same
    with a good day is done, so that it was the day that was refused."""
    for form, name, who, path, more in SENT:
        there["newest_contact"] = db.session.scalar(sa.select(sa.func.max(Contact.id)))
        place = path.format(**there) if path[0] == "/" else f"{HERE}/{path.format(**there)}"
        client, fit = client_of(cast.user(who)), FITTING.get(f"{form}.{name}", FITTING.get(form, NOW))
        values = {key.format(**there): value.format(**there) for key, value in more.items()}
        name = name.format(**there)
        before = everything()
        fields = [name, *(field for other, field in BESIDE if other == form)]
        for field in fields:
            for typed in (*BEYOND, *NO_DAY) if long else OF_EACH_KIND:
                answer = client.post(place, data={name: fit, **values, field: typed})
                assert answer.status_code == 422, (form, field, typed)
                kept = [control_of for control_of in control(answer.text, field) if "min" in control_of]
                assert typed in [control_of["value"] for control_of in kept], (form, field, typed)
                assert 'class="error"' in answer.text or "note-refused" in answer.text, (form, field, typed)
                for control_of in kept:
                    first, last = (date.fromisoformat(control_of[end]) for end in ("min", "max"))
                    assert date(1950, 1, 1) <= first < last <= date(2050, 1, 1), (form, field)
            if "required" in answer.text.partition(f'name="{field}"')[2][:30]:
                answer = client.post(place, data={name: fit, **values, field: BLANK})
                assert answer.status_code == 422, (form, field)
                assert "请填写。" in answer.text, (form, field)
        assert everything() == before, form
        done = client.post(place, data={name: fit, **values})
        told = re.findall(r'class="(?:error|note note-refused)[^<]*', done.text)
        assert done.status_code == 302, (form, name, told)
        assert everything() != before, form


def test_a_search_for_days_that_cannot_be_meant(cast, client_of):
    client, place = client_of(cast.clerk), f"/a/{VILLAGE}/audit"
    for name in ("since", "until"):
        (shown,) = control(client.get(place).text, name)
        assert (shown["min"], shown["max"]) == ("2000-01-01", "2027-12-29")
        for typed in (*BEYOND, *NO_DAY):
            answer = client.get(f"{place}?{name}={typed}")
            assert answer.status_code == 422, typed
            assert f'value="{typed}"' in answer.text


def test_an_unusual_day_is_asked_about_once_more(cast, client_of):
    client, place = client_of(cast.clerk), f"{HERE}/contacts/new"
    told = {"kind": "judge", "name": "王法官", "agency": "法庭", "phone": "110110", "since": "2006-12-28"}
    asked = client.post(place, data=told)
    assert asked.status_code == 422
    assert "2006年12月28日离今天很远" in asked.text
    assert 'value="王法官"' in asked.text
    (tick,) = control(asked.text, "since-sure")
    assert tick["value"] == "2006-12-28"
    assert count(Contact) == 0
    other = client.post(place, data=told | {"since-sure": "2006-12-27"})
    assert other.status_code == 422  # the tick was for another day
    other = client.post(place, data=told | {"since-sure": "2006-12-28", "phone": ""})
    assert other.status_code == 422
    assert re.search(r'name="since-sure"[^>]* checked', other.text)
    assert client.post(place, data=told | {"since-sure": "2006-12-28"}).status_code == 302
    assert db.session.scalars(sa.select(Contact.since)).all() == [date(2006, 12, 28)]


def test_a_usual_day_is_not_asked_about_and_an_impossible_one_is_not_to_be_ticked(cast, client_of):
    client, place = client_of(cast.clerk), f"{HERE}/contacts/new"
    told = {"kind": "judge", "name": "王法官", "agency": "法庭", "phone": "110110"}
    ticked = {"since": "0026-12-28", "since-sure": "0026-12-28"}
    refused = client.post(place, data=told | ticked)
    assert refused.status_code == 422
    assert "since-sure" not in refused.text
    assert client.post(place, data=told | {"since": "２０２４－１２－２８"}).status_code == 302
    assert db.session.scalars(sa.select(Contact.since)).all() == [date(2024, 12, 28)]


def verbs_with_days(cast, there):
    """Every verb that takes a day, as a function of it."""
    grid, worker, clerk, chair = cast.term_of(cast.worker).grid, cast.worker, cast.clerk, cast.chair
    village, county = cast.village, cast.county
    vacant = grids.by_code(village, "92")
    assessment = opening.open_quarter(village, Quarter(2026, 4), clerk)
    hanging = opening.open_quarter(village, Quarter(2026, 3), clerk)
    household = db.session.get_one(files.Household, there["household"])
    visit = db.session.get_one(visits.Visit, there["visit"])
    dispute = db.session.get_one(disputes.Dispute, there["dispute"])
    incident = db.session.get_one(incidents.Incident, there["incident"])
    contact = db.session.get_one(Contact, there["contact"])
    rejected = db.session.get_one(recording.Service, there["rejected"])
    item = db.session.get_one(departures.NegativeItem, there["item"])
    police = ("马", "派出所", "110")
    person = {"phone": None, "agency": None, "sex": None, "birth_year": None, "standing": None}
    sheet = opening_sheets.find(village, 1)
    key = "x" * 16
    candles, take = db.session.get_one(Goods, there["candles"]), counts.open_stock_take(cast.shop)
    return {
        "appoint": lambda day: terms.appoint(worker, vacant, Duty.WORKER, day, clerk),
        "appoint until": lambda day: terms.appoint(worker, vacant, Duty.WORKER, TODAY, clerk, day),
        "hand over": lambda day: terms.hand_over(cast.term_of(worker), cast.neighbour, day, clerk),
        "end a term": lambda day: terms.end_term(cast.term_of(worker), "搬家", clerk, day),
        "add a grid": lambda day: grids.add_grid(village, "99", "九", GridKind.RURAL, 8, clerk, on=day),
        "rename": lambda day: changes.rename(grid, "东岸", day, "改名", clerk),
        "split": lambda day: changes.split(grid, "01-2", "西岸", 2, day, "太大", clerk),
        "merge": lambda day: changes.merge(vacant, grid, day, "合并", clerk),
        "close": lambda day: changes.close(vacant, day, "撤并", clerk),
        "correct a person": lambda day: persons.correct(
            worker, "李秀明", clerk, **person, background=None, law_mark_on=day
        ),
        "law mark": lambda day: trainings.set_law_mark(worker, day, clerk),
        "training": lambda day: trainings.hold(key, village, Duty.WORKER, "防火", "村委会", day, clerk),
        "growth": lambda day: growth.reach_stage(worker, Stage.APPLICANT, day, "", clerk),
        "attach": lambda day: contacts.attach(village, ContactKind.JUDGE, *police, day, clerk),
        "replace": lambda day: contacts.replace(contact, *police, day, clerk),
        "detach": lambda day: contacts.detach(contact, day, clerk),
        "negative item": lambda day: departures.add_item(county, "赌博", day, cast.county_user),
        "end negative item": lambda day: departures.end_item(item, day, cast.county_user),
        "leaving rule": lambda day: departures.decide_rule(village, Outcome.EXPIRE, None, "会议", day, chair),
        "leave": lambda day: leaving.leave(worker, DepartureKind.EXIT, "外出", "村委会", day, chair),
        "household": lambda day: files.add_household(
            grid, files.Particulars("张"), Attention.ORDINARY, "", day, clerk
        ),
        "class": lambda day: files.reclassify(household, Attention.WATCHED, day, "大病", clerk),
        "household leaves": lambda day: files.leave(household, day, "搬走", clerk),
        "visit": lambda day: visits.record_visit(
            key, household, worker, day, [VisitStep.MEET], "好", "", "", cast.worker_user
        ),
        "follow-up": lambda day: visits.complete_follow_up(visit, day, "", cast.worker_user),
        "gathering": lambda day: gatherings.record_gathering(
            key, grid, worker, day, GatheringKind.LAW, "修水渠", 9, "", clerk
        ),
        "dispute": lambda day: disputes.open_dispute(
            key, grid, worker, day, DisputeKind.LAND, "甲乙", "地界", cast.worker_user
        ),
        "attempt": lambda day: disputes.record_attempt(
            key, dispute, Rung.GRID, day, "李", AttemptResult.FAILED, "", (), cast.worker_user
        ),
        "incident": lambda day: incidents.report_incident(
            key, grid, None, IncidentKind.HAZARD, Severity.ORDINARY, day, "村口", "塌方", "", clerk
        ),
        "step": lambda day: incidents.record_step(
            incident, IncidentStepKind.HANDED_OVER, "镇", "", day, clerk
        ),
        "service": lambda day: recording.record(key, worker, cast.item("入户发放"), day, 1, "", clerk),
        "service again": lambda day: recording.resubmit(key, rejected, day, 1, "", clerk),
        "meeting": lambda day: meeting.deliberate(assessment, day, PRESENT, (), "", clerk),
        "objection": lambda day: objections.bring(
            key, hanging, worker, ObjectionChannel.ORAL, "少记一次", clerk, received_on=day
        ),
        "opening objection": lambda day: openings.object_to(sheet, 1, clerk, day),
        "reminder": lambda day: opening.remind(cast.township, Quarter(2026, 4), day, "", cast.township_user),
        "booked until": lambda day: expiry.resolve(village, day, date(2027, 6, 30), "村民会议", chair),
        "expires on": lambda day: expiry.resolve(village, date(2026, 6, 30), day, "村民会议", chair),
        "adopt": lambda day: versions.adopt(village, day, "村民会议", (), chair),
        "publish": lambda day: versions.publish(
            county, day, "县委", template.TEMPLATE, template.USUAL_LIMITS, cast.county_user
        ),
        "price": lambda day: prices.set_price(cast.goods, 40, cast.manager, day),
        "receive": lambda day: moves.receive(
            key, cast.goods, 5, Source.PURCHASE, cast.manager, best_before=day
        ),
        "delivery": lambda day: deliveries.take_in(
            key, cast.shop, Origin(Source.PURCHASE, received_on=day), [DeliveryLine(cast.goods, 5)], None
        ),
        "count": lambda day: counts.record_count(key, take, candles, 5, cast.volunteer, best_before=day),
        "hours": lambda day: shops.set_hours(cast.shop, Hours(dates={day: None}), cast.manager),
    }


# A best-before day that is over, and an expiry before what expires, have words of their own.
NO_DAY_CODES = {"bad_day", "in_future", "in_past", "expired", "bad_days"}


def test_no_verb_takes_a_day_that_cannot_be_meant(cast, there):
    """Programs and files call the verbs without a form."""
    with transaction():
        verbs = verbs_with_days(cast, there)
    before = everything()
    for name, verb in verbs.items():
        for day in map(date.fromisoformat, BEYOND):
            with pytest.raises(Refused) as told:
                do(verb, day)
            assert told.value.code in NO_DAY_CODES, (name, day)
        assert everything() == before, name


def test_a_term_for_all_time_that_is_there_already_can_be_ended(cast, client_of):
    """Before days had two ends, 9999 was taken as the last year of a term, and its village's pages broke."""
    term = cast.term_of(cast.worker)
    tamper(f"UPDATE appointment SET ends_on = '9999-12-31' WHERE id = {term.id}")
    client = client_of(cast.clerk)
    for page in ("", "people", "terms", "grids", f"grids/{term.grid_id}", f"people/{cast.worker.id}", "due"):
        assert client.get(f"{HERE}/{page}").status_code == 200, page
    ended = client.post(f"{HERE}/terms/{term.id}/end", data={"on": NOW, "reason": "年份写错"})
    assert ended.status_code == 302
    assert term.ended_on == TODAY


def test_every_column_for_a_day_names_its_range():
    """What is refused then: test_rosterfile.py, test_goodsfile.py."""
    reads = [
        node
        for file in PRODUCT
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("tables.day", "cells.day")
    ]
    assert len(reads) >= 2
    assert [ast.unparse(node) for node in reads if len(node.args) < 3] == []


def test_a_range_has_two_ends():
    for name, range_ in vars(days).items():
        if isinstance(range_, days.DayRange):
            first, last = range_.bounds()
            assert first <= TODAY <= last, name
            assert range_.is_usual(TODAY), name
            for day in (first, last):
                range_.check(day)
            for day in (first - timedelta(days=1), last + timedelta(days=1)):
                assert not range_.has(day), name
                with pytest.raises(Refused):
                    range_.check(day)


def test_a_quarter_is_read_only_where_days_can_be_computed_from_it():
    for text in (
        "0000Q1",
        "0001Q1",
        "1899Q4",
        "2207Q1",
        "9999Q4",
        "２０２６Q4",
        "2026Q5",
        "2026q4",
        " 2026Q4",
    ):
        with pytest.raises(ValueError):
            Quarter.parse(text)
    for text in ("2000Q1", "2026Q4", "2199Q4"):
        quarter = Quarter.parse(text)
        assert str(quarter) == text
        assert quarter.previous.first_day < quarter.first_day < quarter.last_day < quarter.next.last_day


NO_QUARTER = ("0000Q1", "0001Q1", "0026Q4", "1899Q4", "2207Q1", "9999Q4", "2026Q5", "soon", "%00")
ASKED_FOR = ("quarter", "day", "since", "until", "year", "from", "to", "on", "date", "month")


@pytest.mark.at_length
def test_no_address_breaks_on_a_quarter_or_a_day_that_cannot_be(app, cast, client_of, there):
    """Those of every route that names one: not there, rather than broken."""
    wrong = {"quarter": NO_QUARTER, "day": (*BEYOND, *NO_DAY)}
    ways = {
        (name, route.endpoint, method): rule
        for route, rule in rules(app)
        for name in wrong.keys() & route.arguments
        for method in methods(route)
    }
    assert len(ways) > 20
    for who in (None, "clerk", "chair", "manager", "worker", "township_user"):
        client, roles = client_of(who and cast.user(who)), who and cast.user(who).roles_in(cast.village)
        for (name, endpoint, method), rule in list(ways.items()):
            if rule.public or (roles and rule.roles_for(method) & roles):
                for text in wrong[name]:
                    place = address(app, endpoint, **{name: text})
                    assert client.open(place, method=method).status_code == 404, (method, place)
                del ways[name, endpoint, method]
    assert ways == {}


@pytest.mark.at_length
def test_no_page_breaks_on_a_period_in_its_address(app, cast, client_of, there):
    """Whatever is asked for behind the question mark."""
    client, roles = client_of(cast.clerk), cast.clerk.roles_in(cast.village)
    for route, rule in rules(app):
        if "GET" in route.methods and rule.roles and roles & rule.roles:
            place = address(app, route.endpoint)
            for text in ("0000Q1", "9999-12-31"):
                answer = client.get(place, query_string=dict.fromkeys(ASKED_FOR, text))
                assert answer.status_code < 500, (place, text)
