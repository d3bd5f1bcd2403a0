"""Hazards and emergencies: reported once, followed until closed, and shown at once to who answers."""

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from duties import incidents
from duties.models import Incident, IncidentKind, IncidentStepKind, Severity
from ground.db import db, transaction
from people.models import AuditEvent
from points.models import FedBy, Service
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_TOWNSHIP, TODAY, TOWNSHIP, VILLAGE, counted
from tests.duties.quarrel import key
from tests.story import do, refused

HAZARD, EMERGENCY = IncidentKind
ORDINARY, MAJOR, SEVERE, EXTREME = Severity
HANDED_OVER, DONE, CLOSED = IncidentStepKind
HOME = f"/v/{VILLAGE}/incidents"


def reported(cast, kind=EMERGENCY, by=None, worker=None, severity=ORDINARY, **more):
    """An incident in the worker's grid, reported by the clerk unless by somebody else."""
    grid = cast.term_of(cast.worker).grid
    told = {"found_on": TODAY, "place": "村口", "what": "边坡塌方", "done": "拉了警戒线"} | more
    with transaction():
        return incidents.report_incident(
            more.pop("key", None) or key(), grid, worker, kind, severity,
            told["found_on"], told["place"], told["what"], told["done"], by or cast.clerk,
        )  # fmt: skip


def why_not(code, cast, **more):
    refused(code, lambda: _inside(cast, **more))


def _inside(cast, kind=HAZARD, by=None, worker=None, severity=ORDINARY, day=TODAY, place="村口", what="塌方"):
    grid = cast.term_of(cast.worker).grid
    incidents.report_incident(key(), grid, worker, kind, severity, day, place, what, "", by or cast.clerk)


def test_who_found_it_gets_the_rubric_s_item_once(cast):
    told = {"key": "k" * 16, "by": cast.worker_user, "worker": cast.worker}
    hazard = reported(cast, HAZARD, **told)
    assert reported(cast, HAZARD, **told).id == hazard.id
    emergency = reported(cast, EMERGENCY, worker=cast.worker)
    reported(cast, EMERGENCY)  # found by none of the workers
    services = db.session.scalars(sa.select(Service).order_by(Service.id)).all()
    assert [(each.item.source, each.evidence, each.note) for each in services] == [
        (FedBy.HAZARD, hazard.evidence, ""),
        (FedBy.EMERGENCY, emergency.evidence, ""),
    ]
    assert {each.worker_id for each in services} == {cast.worker.id}


def test_who_reports_what(cast):
    for other in (cast.supervisor, cast.manager, cast.volunteer, cast.township_user, cast.outsider):
        why_not("not_yours", cast, by=other)
    why_not("not_yours", cast, by=cast.worker_user)  # a worker reports for themselves
    why_not("not_yours", cast, by=cast.worker_user, worker=cast.neighbour)
    why_not("not_yours", cast, worker=cast.stranger)
    for one in (cast.clerk, cast.chair, cast.instructor):
        reported(cast, HAZARD, by=one)
    why_not("bad_severity", cast, severity=MAJOR)
    why_not("bad_severity", cast, severity=EXTREME)
    why_not("in_future", cast, day=TODAY + timedelta(days=1))
    why_not("place_missing", cast, place=" ")
    why_not("what_missing", cast, what=" ")
    for severity in Severity:
        reported(cast, EMERGENCY, severity=severity)


def test_it_is_followed_until_it_is_closed_once(cast):
    incident, day = reported(cast, HAZARD), TODAY
    refused("to_missing", incidents.record_step, incident, HANDED_OVER, " ", "", day, cast.clerk)
    refused("note_missing", incidents.record_step, incident, DONE, "", " ", day, cast.clerk)
    refused(
        "in_future", incidents.record_step, incident, DONE, "", "加固", day + timedelta(days=1), cast.clerk
    )
    refused(
        "out_of_order", incidents.record_step, incident, DONE, "", "加固", day - timedelta(days=1), cast.clerk
    )
    for other in (cast.supervisor, cast.county_user, cast.instructor, cast.user("stranger")):
        refused("not_yours", incidents.record_step, incident, DONE, "", "加固", day, other)
    handed = do(incidents.record_step, incident, HANDED_OVER, "镇应急所", "", day, cast.worker_user)
    assert (
        do(incidents.record_step, incident, HANDED_OVER, "镇应急所", "", day, cast.worker_user).id
        == handed.id
    )
    do(incidents.record_step, incident, DONE, "不要的", "加固", day, cast.township_user)
    do(incidents.record_step, incident, CLOSED, "", "验收合格", day, cast.chair)
    refused("closed", incidents.record_step, incident, DONE, "", "再看", day, cast.chair)
    assert [(step.kind, step.to) for step in incident.steps] == [
        (HANDED_OVER, "镇应急所"),
        (DONE, ""),
        (CLOSED, ""),
    ]
    assert incident.closed_on == day


def alarmed(client_of, user, *paths):
    """On which of these pages the emergency stands above everything else."""
    client, found = client_of(user), []
    for path in paths:
        text = client.get(path).text
        if "note-look alarm" in text:
            assert "突发事件（较大）" in text
            assert "<svg" in text.partition("note-look alarm")[2][:200]
            found.append(path)
    return found


def test_an_emergency_shows_at_once_and_until_it_is_closed(cast, client_of):
    village, town, county = f"/v/{VILLAGE}/", f"/a/{TOWNSHIP}/", f"/a/{COUNTY}/"
    watching = [
        (cast.clerk, [village, f"/v/{VILLAGE}/quarters", f"/a/{VILLAGE}/alarms"]),
        (cast.chair, [village]),
        (cast.supervisor, [village]),
        (cast.township_user, [village, town, f"/a/{TOWNSHIP}/emergencies", f"/a/{TOWNSHIP}/alarms"]),
        (cast.county_user, [village, town, county, f"/a/{COUNTY}/emergencies"]),
    ]
    elsewhere = [
        (cast.user("worker"), [f"/v/{VILLAGE}/mine"]),
        (cast.volunteer, [f"/v/{VILLAGE}/desk"]),
        (cast.outsider, [f"/v/{NEXT_VILLAGE}/"]),
        (cast.far_township_user, [f"/a/{OTHER_TOWNSHIP}/", f"/a/{OTHER_TOWNSHIP}/emergencies"]),
    ]
    for user, pages in watching:
        assert alarmed(client_of, user, *pages) == []
    reported(cast, HAZARD)  # a hazard is no alarm
    assert alarmed(client_of, cast.clerk, village) == []
    emergency = reported(cast, EMERGENCY, severity=MAJOR)
    for user, pages in watching:
        assert alarmed(client_of, user, *pages) == pages
    for user, pages in elsewhere:
        assert alarmed(client_of, user, *pages) == []
    assert client_of(cast.volunteer).get(f"/a/{VILLAGE}/alarms").status_code == 403
    assert client_of(cast.outsider).get(f"/a/{VILLAGE}/alarms").status_code == 404
    do(incidents.record_step, emergency, CLOSED, "", "已排除", TODAY, cast.township_user)
    for user, pages in watching:
        assert alarmed(client_of, user, *pages) == []


def test_an_alarm_ends_when_somebody_took_the_emergency_over(cast, client_of):
    emergency, village = reported(cast, EMERGENCY, severity=MAJOR), f"/v/{VILLAGE}/"
    do(incidents.record_step, emergency, DONE, "", "已派人查看", TODAY, cast.clerk)
    assert alarmed(client_of, cast.clerk, village) == [village]
    do(incidents.record_step, emergency, HANDED_OVER, "镇应急办", "", TODAY, cast.clerk)
    do(incidents.record_step, emergency, DONE, "", "已封路", TODAY, cast.clerk)
    assert alarmed(client_of, cast.clerk, village) == []
    assert "有 1 起突发事件还没有销号" in client_of(cast.clerk).get(village).text  # it is not forgotten
    assert client_of(cast.clerk).get(f"/a/{VILLAGE}/alarms").text.strip() == ""


def test_an_alarm_costs_a_page_one_query_and_is_not_endless(cast, client_of):
    client = client_of(cast.township_user)
    for _each in range(7):
        reported(cast, EMERGENCY, severity=MAJOR)
    with counted() as sent:
        text = client.get(f"/a/{TOWNSHIP}/alarms").text
    assert len([statement for statement in sent if "incident" in statement]) == 1
    assert text.count("note-look") == 6
    assert f'href="/a/{TOWNSHIP}/emergencies"' in text


def test_a_worker_reports_in_one_form(cast, client_of):
    client = client_of(cast.worker_user)
    way = f"/v/{VILLAGE}/emergencies/new"
    assert f'href="{way}"' in client.get(f"/v/{VILLAGE}/mine").text
    form = client.get(way).text
    assert "特别重大" in form
    assert "较大" not in client.get(f"{HOME}/new").text
    grid = cast.term_of(cast.worker).grid.id
    told = {"what": "着火", "place": "李家老屋", "severity": "severe", "done": "已打119"}
    told |= {
        "grid": grid,
        "worker": cast.worker.id,
        "found_on": TODAY.isoformat(),
        "key": "e" * 16,
    }
    kept = client.post(way, data=told | {"place": ""})
    assert kept.status_code == 422
    assert "着火" in kept.text
    page = client.post(way, data=told).location
    assert client.post(way, data=told).location == page
    assert "李家老屋" in client.get(page).text
    step = {"kind": "handed_over", "to": "", "note": "", "on": TODAY.isoformat()}
    assert client.post(f"{page}/steps", data=step).status_code == 422
    assert client.post(f"{page}/steps", data=step | {"to": "镇消防站"}).status_code == 302
    assert "镇消防站" in client.get(page).text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Incident)) == 1


def test_who_reads_them(cast, client_of):
    ident = reported(cast, HAZARD, what="电线老化").id
    for user in (
        cast.clerk,
        cast.chair,
        cast.supervisor,
        cast.instructor,
        cast.township_user,
        cast.county_user,
    ):
        client = client_of(user)
        assert "村口" in client.get(HOME).text
        assert client.get(f"{HOME}/{ident}").status_code == 200
    assert client_of(cast.worker_user).get(f"{HOME}/{ident}").status_code == 200
    assert client_of(cast.volunteer).get(f"{HOME}/{ident}").status_code == 403
    assert client_of(cast.outsider).get(f"{HOME}/{ident}").status_code == 404
    assert client_of(cast.outsider).get(f"/v/{NEXT_VILLAGE}/incidents/{ident}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["甲处", "丙处", "乙处"]),
        ("?kind=hazard", ["甲处", "乙处"]),
        ("?kind=emergency&severity=severe", ["丙处"]),
        ("?show=open", ["甲处", "丙处"]),
        ("?show=closed", ["乙处"]),
    ],
)
def test_open_ones_stand_first_and_the_list_narrows(cast, client_of, asked, found):
    earlier = TODAY - timedelta(days=3)
    closed = reported(cast, HAZARD, place="乙处", severity=SEVERE)
    do(incidents.record_step, closed, CLOSED, "", "修好", TODAY, cast.clerk)
    reported(cast, HAZARD, place="甲处")
    reported(cast, EMERGENCY, place="丙处", severity=SEVERE, found_on=earlier)
    text = client_of(cast.clerk).get(HOME + asked).text.partition('class="filters"')[2]
    places = {place: text.find(place) for place in ("甲处", "乙处", "丙处")}
    assert sorted((place for place in places if places[place] > 0), key=places.get) == found


def test_what_is_closed_on_a_quarter_s_last_day_is_closed_in_it(cast, clock):
    """And what is found on its first or its last day was found in it."""
    first, last = TODAY, TODAY + timedelta(days=3)
    found = [reported(cast, HAZARD, found_on=first)]
    clock.turn_to(last)
    found += [reported(cast, HAZARD, found_on=day) for day in (first, last)]
    clock.turn_to(last + timedelta(days=1))
    reported(cast, HAZARD, found_on=last + timedelta(days=1))
    for hazard, closed_on in zip(found, (first, last, last + timedelta(days=1)), strict=True):
        do(incidents.record_step, hazard, CLOSED, "", "修好", closed_on, cast.clerk)
    count = incidents.count_found(cast.village, HAZARD, first, last, closed_by=last)
    assert (count.found, count.still_open) == (3, 1)


def test_an_odd_choice_is_not_there(cast, client_of):
    client = client_of(cast.clerk)
    for asked in ("?kind=fire", "?severity=1", "?show=all"):
        assert client.get(HOME + asked).status_code == 404, asked


def test_the_ledger_is_taken_out_and_that_is_written_down(cast, client_of):
    hazard = reported(cast, HAZARD, worker=cast.worker)
    do(incidents.record_step, hazard, HANDED_OVER, "镇应急所", "已发函", TODAY, cast.clerk)
    answer = client_of(cast.clerk).get(f"{HOME}?as=xlsx")
    (line,) = table(answer)
    assert (line["类型"], line["等级"], line["发现人"]) == ("安全隐患", "一般", "李秀明")
    assert (line["移交单位"], line["处置情况"]) == ("镇应急所", "2026-12-28 已发函")
    noted = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "list.export")).one()
    assert noted.detail["rows"] == 1
    (masked,) = table(client_of(cast.township_user).get(f"{HOME}?as=xlsx"))
    assert masked["发现人"] == "李*明"
    assert table(client_of(cast.clerk).get(f"{HOME}?show=closed&as=xlsx")) == []


def table(answer):
    """The rows of a file's sheet, each by its headings."""
    header, *rows = load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]
