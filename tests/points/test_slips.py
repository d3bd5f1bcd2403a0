"""Paper slips: numbered, printed, found again by scanner or by hand, and keyed in once."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select
from stdnum import damm

from duties import visits
from duties.households import files
from duties.models import Visit, VisitStep
from ground.db import db, transaction
from ground.refusal import Refused
from people.models import Attention
from points.models import Service, ServiceState, Slip
from points.services import recording
from points.slips import slips
from points.slips.slipsheet import SlipFace, slips_pdf
from tests.cast import NEXT_VILLAGE, VILLAGE, Cast
from tests.crowd import AT_ONCE
from tests.printed import RARE, codes, cut, ink, read
from tests.story import do

HERE = f"/v/{VILLAGE}"
DAY = date(2026, 12, 20)


def printed(cast, count=1, worker=None):
    return do(slips.print_slips, cast.village, worker, count, cast.clerk)


def test_numbers_follow_each_other_and_a_mistyped_one_is_none(cast):
    batch = printed(cast, 12, cast.worker)
    assert [slip.number[:-1] for slip in batch] == [f"{count:07d}" for count in range(1, 13)]
    assert all(damm.is_valid(slip.number) for slip in batch)
    (after,) = printed(cast)
    assert (after.number[:-1], after.worker_id) == ("0000013", None)
    good = batch[11].number
    for given in (
        good,
        f"S{good}",
        f" s {good[:4]} {good[4:]}\n",
        f"Ｓ{good[:4]}-{good[4:]}",
        f"】Q1s{good}",
    ):
        assert do(slips.find, given, cast.village).id == batch[11].id
    swapped = good[:5] + good[6] + good[5] + good[7]
    for wrong in (swapped, good[:7], good + "0", "", "S", "爱心", "९" * 8):
        with pytest.raises(Refused, match="bad_slip_number"):
            slips.find(wrong, cast.village)


@pytest.mark.parametrize("count", [0, 201])
def test_how_many_are_printed_at_once(cast, count):
    with pytest.raises(Refused, match="bad_count"):
        printed(cast, count)
    assert len(printed(cast, 200)) == 200


def test_slips_are_for_who_serves_in_this_village(cast):
    (slip,) = printed(cast)
    with pytest.raises(Refused, match="slip_unknown"):
        slips.find(slip.number, cast.next_village)
    with pytest.raises(Refused, match="slip_unknown"):
        slips.find("0000099" + damm.calc_check_digit("0000099"), cast.village)


def test_a_slip_is_keyed_in_once(cast):
    (slip,) = printed(cast)
    with transaction():
        service = a_claim(cast)
        slips.use(slip.number, cast.village, service, cast.worker, cast.clerk)
        slips.use(slip.number, cast.village, service, cast.worker, cast.chair)
    used = slips.find(slip.number, cast.village)
    assert (used.service, used.evidence, used.used_by_id) == (service, None, cast.clerk.id)
    for other in (a_claim, a_visit):
        with pytest.raises(Refused, match="slip_used"), transaction():
            slips.use(slip.number, cast.village, other(cast), cast.worker, cast.clerk)


def a_claim(cast):
    return recording.record(uuid4().hex, cast.worker, cast.item("代办"), DAY, 1, "", cast.clerk)


def a_visit(cast):
    """A visit to a household of its own, as evidence."""
    grid, head = cast.term_of(cast.worker).grid, files.Particulars(f"户主{uuid4().hex[:8]}")
    home = files.add_household(grid, head, Attention.ORDINARY, "", DAY, cast.clerk)
    told = ([VisitStep.MEET], "", "", "")
    return visits.record_visit(uuid4().hex, home, cast.worker, DAY, *told, cast.clerk).evidence


def key_in(number, what):
    """In a process: what the forms do, a record and its slip in one transaction."""
    cast = Cast()
    made = {"claim": a_claim, "visit": a_visit}[what](cast)
    slips.use(number, cast.village, made, cast.worker, cast.clerk)
    return made.id


def test_eight_clerks_with_one_slip(cast, at_once):
    """Half of them key it in as a service that was claimed, half as a visit."""
    (slip,) = printed(cast)
    number = slip.number
    ends = at_once([(key_in, number, what) for what in ("claim", "visit") * (AT_ONCE // 2)])
    assert sorted(end for end, _what in ends) == ["done"] + ["refused"] * (AT_ONCE - 1)
    assert {what for end, what in ends if end == "refused"} == {"slip_used"}
    (service,) = db.session.scalars(select(Service)).all()
    used = slips.find(number, cast.village)
    claimed = service.evidence_id is None
    assert (used.service, used.evidence) == ((service, None) if claimed else (None, service.evidence))


def scan(client, given):
    return client.post(f"{HERE}/slips/find", data={"number": given})


def a_service(cast, slip, **more):
    """What the form for a service sends when a slip is keyed in."""
    return {
        "key": uuid4().hex,
        "worker": cast.worker.id,
        "item": cast.item("代办").id,
        "done_on": "2026-12-20",
        "count": "1",
        "note": "代缴电费",
        "slip": slip.number,
    } | more


def test_from_the_printer_to_the_confirmed_record(cast, client_of):
    clerk = client_of(cast.clerk)
    assert clerk.post(f"{HERE}/slips", data={"worker": cast.worker.id, "count": "5"}).status_code == 302
    slip = db.session.scalars(select(Slip).order_by(Slip.id)).first()
    page = f"{HERE}/slips/{slip.number}"
    pictures, _text = read(clerk.get(f"{page}/sheet.pdf").data)
    assert {code for picture in pictures for code in codes(picture)} == {
        f"S{one.number}" for one in db.session.scalars(select(Slip))
    }
    (code,) = codes(cut(pictures[0], 0, 0, 105, 148.5))
    answer = scan(clerk, code)
    assert answer.location == page
    assert "录入服务" in clerk.get(page).text
    form = clerk.get(f"{HERE}/services/new?slip={slip.number}").text
    assert f'value="{slip.number}"' in form
    assert cast.worker.name in form
    assert cast.neighbour.name not in form
    assert clerk.post(f"{HERE}/services/new", data=a_service(cast, slip)).location == page
    shown = clerk.get(page).text
    assert "刘文书" in shown  # by whom
    assert "录入服务" not in shown
    sent = {"voucher": "household", "name": "张大山", "from_village": "邻村", "phone": "13900001111"}
    assert clerk.post(f"{page}/confirm", data=sent | {"name": ""}).status_code == 422
    assert clerk.post(f"{page}/confirm", data=sent).status_code == 302
    db.session.rollback()
    (service,) = db.session.scalars(select(Service)).all()
    assert (service.state, service.voucher_name) == ("confirmed", "张大山")
    assert clerk.get(f"{HERE}/services/new?slip={slip.number}").location == page
    assert "1 / 5" in clerk.get(f"{HERE}/slips").text
    left = clerk.get(f"{page}/sheet.pdf").data  # printed again, without the one that came back
    assert len({code for picture in read(left)[0] for code in codes(picture)}) == 4


def test_a_double_click_finds_the_same_and_another_record_is_refused(cast, client_of):
    (slip,) = printed(cast)
    clerk, sent = client_of(cast.clerk), a_service(cast, slip)
    assert [clerk.post(f"{HERE}/services/new", data=sent).status_code for _ in range(2)] == [302, 302]
    answer = clerk.post(f"{HERE}/services/new", data=sent | {"key": uuid4().hex})
    assert answer.status_code == 422
    assert "已经录入过" in answer.text
    assert "代缴电费" in answer.text
    assert len(db.session.scalars(select(Service)).all()) == 1


def test_a_refused_record_leaves_the_slip_unused(cast, client_of):
    (slip,) = printed(cast)
    sent = a_service(cast, slip, done_on="2027-01-01")
    assert client_of(cast.clerk).post(f"{HERE}/services/new", data=sent).status_code == 422
    assert slips.find(slip.number, cast.village).used_at is None


def test_what_is_no_slip_stays_in_the_field(cast, client_of):
    (slip,) = printed(cast)
    swapped = slip.number[:-1] + str((int(slip.number[-1]) + 1) % 10)
    for user, given, told in ((cast.clerk, swapped, "八位数字"), (cast.clerk, "0000099" + "5", "八位数字")):
        answer = scan(client_of(user), given)
        assert (answer.status_code, told in answer.text, f'value="{given}"' in answer.text) == (
            422,
            True,
            True,
        )
    theirs = client_of(cast.outsider).post(f"/v/{NEXT_VILLAGE}/slips/find", data={"number": slip.number})
    assert "本村没有" in theirs.text
    assert client_of(cast.clerk).get(f"{HERE}/slips/{swapped}").status_code == 404
    assert client_of(cast.worker_user).get(f"{HERE}/slips").status_code == 403
    assert client_of(cast.supervisor).get(f"{HERE}/slips").status_code == 403


def test_slips_are_written_in_the_trail(cast, client_of):
    client_of(cast.clerk).post(f"{HERE}/slips", data={"worker": "0", "count": "8"})
    trail = client_of(cast.clerk).get(f"{HERE.replace('/v/', '/a/')}/audit").text
    assert "印了服务单" in trail


def test_a_sheet_of_long_names_stays_on_its_paper():
    face = SlipFace(
        village="云上县溪水镇柳树村民委员会" * 2,
        number="00000012",
        worker="欧阳晓燕" + RARE,
        grid="大麦地村民小组第十二微网格",
        items=["参加一次村内公益活动", "代办一件民生事项", "收集上报一条社情民意很长很长的名字"] * 3,
    )
    (page,), text = read(slips_pdf([face] * 4))
    assert min(ink(page)) >= 5
    assert codes(page) == {"S00000012"}
    assert text.count("S00000012") == 4
    assert "U+212FE" in text


def test_a_visit_comes_from_a_slip_and_whoever_signed_it_confirms(cast, client_of):
    (slip,) = printed(cast, 1, cast.worker)
    grid = cast.term_of(cast.worker).grid
    with transaction():
        household = files.add_household(
            grid, files.Particulars("张大山"), Attention.ORDINARY, "", DAY, cast.clerk
        )
        other = cast.term_of(cast.neighbour).grid
        away = files.add_household(
            other, files.Particulars("别处人"), Attention.ORDINARY, "", DAY, cast.clerk
        )
    clerk, ident, far = client_of(cast.clerk), household.id, away.id
    page = clerk.get(f"{HERE}/slips/{slip.number}").text
    due = f"{HERE}/due?slip={slip.number}&amp;grid={grid.id}"
    assert f'href="{due}"' in page
    address = f"{HERE}/due/{ident}/visit?slip={slip.number}"
    assert f'href="{address}"' in clerk.get(due.replace("&amp;", "&")).text
    form = {"key": uuid4().hex, "steps": "meet", "visited_on": DAY.isoformat(), "slip": slip.number}
    wrong = clerk.post(f"{HERE}/due/{far}/visit", data=form)
    assert wrong.status_code == 422
    assert "这张服务单是印给李秀明的" in wrong.text
    assert clerk.post(address, data=form).headers["Location"] == f"{HERE}/slips/{slip.number}"
    assert clerk.post(address, data=form).status_code == 302  # a double click finds the same
    signed = {"voucher": "household", "name": "张大山"}
    assert clerk.post(f"{HERE}/slips/{slip.number}/confirm", data=signed).status_code == 302
    (service,) = db.session.scalars(select(Service)).all()
    made = db.session.scalars(select(Visit)).one().evidence
    assert (service.evidence, service.state) == (made, ServiceState.CONFIRMED)
    assert slips.find(slip.number, cast.village).evidence == made


def test_a_worker_s_own_visit_uses_up_nobody_s_slip(cast, client_of):
    (slip,) = printed(cast, 1, cast.worker)
    with transaction():
        grid = cast.term_of(cast.worker).grid
        ident = files.add_household(
            grid, files.Particulars("张大山"), Attention.ORDINARY, "", DAY, cast.clerk
        ).id
    form = {"key": uuid4().hex, "steps": "meet", "visited_on": DAY.isoformat(), "slip": slip.number}
    assert client_of(cast.worker_user).post(f"{HERE}/due/{ident}/visit", data=form).status_code == 302
    assert slips.find(slip.number, cast.village).used_at is None
