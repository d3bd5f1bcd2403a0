"""From a quarter's points to the goods they bought, from goods to who gave them, and back."""

import sqlalchemy as sa

from ground.db import db
from points.models import Transfer, TransferKind
from shop import trace
from shop.desk import redemptions, voids
from shop.stock import consignments, moves
from tests.cast import NEXT_VILLAGE, VILLAGE
from tests.story import do

HERE = f"/v/{VILLAGE}"


def award_of(cast):
    account = cast.account_of(cast.worker)
    is_award = (Transfer.account_id == account.id, Transfer.kind == TransferKind.AWARD)
    return db.session.scalars(sa.select(Transfer).where(*is_award)).one()


def test_points_and_goods_are_followed_from_page_to_page(cast, client_of):
    """Award, receipt, lot, donor: each page leads to the next, and to the one before."""
    cast.earn(cast.worker, 100)
    bought = do(redemptions.redeem, "k" * 16, cast.shop, cast.card, {cast.salt.id: 2}, cast.volunteer)
    award = award_of(cast)
    lot, chair = cast.lot_of(cast.salt), client_of(cast.chair)
    points, lots = f"{HERE}/trace/points", f"{HERE}/trace/lots/{lot.id}"
    assert f"{points}/{award.id}" in chair.get(f"{HERE}/accounts/{cast.worker.id}").text
    forward = chair.get(f"{points}/{award.id}").text
    for shown in (bought.number, "食盐 2 袋", "还没有花", f"{points}/{bought.transfer_id}"):
        assert shown in forward, shown
    backward = chair.get(f"{points}/{bought.transfer_id}").text
    assert all(link in backward for link in (f"{points}/{award.id}", lots, f"{HERE}/redemptions/{bought.id}"))
    receipt = f"{HERE}/redemptions/{bought.id}"
    assert all(link in chair.get(receipt).text for link in (f"{points}/{bought.transfer_id}", lots))
    volunteer = client_of(cast.volunteer)
    assert (lots in volunteer.get(receipt).text, points in volunteer.get(receipt).text) == (True, False)
    assert volunteer.get(f"{points}/{award.id}").status_code == 403
    story = volunteer.get(lots).text
    for shown in ("供销社", lot.donation.number, bought.number, "李秀明", "10 袋", "2 袋", "8 袋"):
        assert shown in story, shown
    assert "李秀明" not in client_of(cast.township_user).get(lots).text
    for page in (f"{HERE}/goods/{cast.salt.id}/stock", f"{HERE}/donations"):
        assert lots in volunteer.get(page).text


def test_a_lot_adds_up_whatever_became_of_it(cast):
    """Handed out, given back, broken, sent on: what came in is what went and what is left."""
    cast.earn(cast.worker, 200)
    lot = cast.lot_of(cast.salt)
    first = do(redemptions.redeem, "k" * 16, cast.shop, cast.card, {cast.salt.id: 3}, cast.volunteer)
    do(redemptions.redeem, "l" * 16, cast.shop, cast.card, {cast.salt.id: 1}, cast.volunteer)
    do(voids.void, first, "拿错了", cast.manager)
    do(moves.write_off, "w" * 16, lot, 2, "破损", cast.manager)
    sent = do(consignments.send, "s" * 16, lot, cast.next_shop, 4, "调", cast.manager)
    traced = trace.lot_trace(cast.lot_of(cast.salt))
    assert (traced.came_in, traced.handed_out, traced.otherwise, traced.lot.on_hand) == (10, 1, 6, 3)
    arrived = do(consignments.accept, sent, cast.outsider)
    there = trace.lot_trace(arrived)
    assert (there.came_in, there.handed_out, there.otherwise) == (4, 0, 0)
    assert there.first.id == lot.id
    assert [consignment.id for consignment in there.sent_by] == [sent.id]
    assert there.first.donor == "供销社"


def test_nobody_traces_in_another_village(cast, client_of):
    cast.earn(cast.worker, 100)
    award = award_of(cast)
    outsider = client_of(cast.outsider)
    for page in (f"trace/points/{award.id}", f"trace/lots/{cast.lot_of(cast.goods).id}"):
        assert outsider.get(f"/v/{NEXT_VILLAGE}/{page}").status_code == 404
        assert outsider.get(f"{HERE}/{page}").status_code == 404
