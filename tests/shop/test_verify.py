"""`flask ledger verify`: whoever changes a row behind the program's back is found, and the row is named."""

import threading
from datetime import date
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from ground import clock
from ground.db import db, transaction
from points import chain, ledger
from points.models import Transfer, TransferKind
from shop.desk import redemptions, voids
from shop.models import Donation, Lot, Redemption, Source
from shop.shelf import goods as shelf
from shop.stock import consignments, counts, moves
from tests.cast import TODAY, Cast
from tests.tampering import story, tamper, told, uri

__all__ = ["story", "told", "uri"]  # fixtures

pytestmark = pytest.mark.both_databases


def tell(cast):
    """Two quarters of two workers; four redemptions, of which the neighbour's was voided; two gifts."""
    worker, neighbour, goods, salt = cast.worker, cast.neighbour, cast.goods, cast.salt
    first = cast.earn_each({worker.id: 200, neighbour.id: 100})
    spent = redeem(cast, "a", worker, {goods.id: 2})
    cast.earn(worker, 100)
    other = redeem(cast, "b", worker, {goods.id: 1, salt.id: 2})
    twin = redeem(cast, "c", worker, {goods.id: 2})
    undone = redeem(cast, "d", neighbour, {goods.id: 1})
    with transaction():
        void = voids.void(undone, "拿错了", cast.volunteer)
    award = db.session.scalars(
        sa.select(Transfer).where(Transfer.kind == TransferKind.AWARD).order_by(Transfer.id)
    ).first()
    return SimpleNamespace(
        account=cast.account_of(worker).id,
        neighbours_account=cast.account_of(neighbour).id,
        assessment=first.id,
        worker=worker.id,
        neighbour=neighbour.id,
        award=award.id,
        spent=spent.id,
        spent_transfer=spent.transfer_id,
        other=other.id,
        other_transfer=other.transfer_id,
        twin=twin.id,
        twin_transfer=twin.transfer_id,
        undone=undone.id,
        undone_transfer=undone.transfer_id,
        void=void.id,
        void_transfer=void.transfer_id,
        lot=cast.lot_of(goods).id,
        salt=salt.id,
        next_account=db.session.scalar(sa.text("SELECT max(id) FROM account")) + 1,
        far=cast.far_village.id,
        stranger=cast.stranger.id,
        **tell_of_rice(cast),
    )


def tell_of_rice(cast):
    """Two gifts of rice: written off by mistake, sent to the next shop, counted; one bag is missing."""
    manager, there = cast.manager, cast.next_shop
    with transaction():
        rice = shelf.add_goods(cast.shop, "大米", "袋", 100)
        lot = moves.receive("r1", rice, 20, Source.DONATION, manager, "粮站", date(2027, 12, 31), 2500)
        moves.receive("r2", rice, 5, Source.DONATION, manager, "合作社")
        out = moves.write_off("r3", lot, 2, "受潮", manager)
        reversal = moves.reverse(out, "看错", manager)
        sent, waiting, back = (
            consignments.send(key, lot, there, 4, "", manager) for key in ("r4", "r5", "r6")
        )
        arrived = consignments.accept(sent, cast.outside_volunteer)
        consignments.send_back(back, cast.outside_volunteer)
        take = counts.begin_stock_take(cast.shop, manager)
        count = counts.record_count("r7", take, rice, 16, cast.supervisor)
        noodles = shelf.add_goods(cast.shop, "挂面", "把", 20)
        counts.record_count("r8", take, noodles, 6, cast.supervisor)
        counts.book(take, manager)
    return {
        "rice_lot": lot.id,
        "gift": lot.donation_id,
        "delivery": lot.delivery_id,
        "found_lot": db.session.scalars(sa.select(Lot.id).where(Lot.goods_id == noodles.id)).one(),
        "foreign_gift": db.session.scalars(sa.select(Donation.id).where(Donation.shop_id == there.id)).one(),
        "out": out.id,
        "reversal": reversal.id,
        "sent": sent.id,
        "waiting": waiting.id,
        "back": back.id,
        "arrived": arrived.id,
        "take": take.id,
        "count": count.id,
    }


def redeem(cast, key, worker, basket):
    with transaction():
        return redemptions.redeem(key, cast.shop, cast.card_of(worker), basket, cast.volunteer)


@pytest.fixture
def verify(app):
    """Run the command; return its exit code and what it named."""

    def verify():
        db.session.rollback()
        result = app.test_cli_runner().invoke(args=["ledger", "verify"])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return verify


def test_an_honest_ledger_fits(story, verify):
    assert verify() == (0, "everything fits\n")


# What was done -> the statements, and how the report must begin to name the row.
TAMPERINGS = {
    "balance raised": (
        ["UPDATE account SET balance = balance + 10 WHERE id = {account}"],
        "account {account}: balance",
    ),
    "transfers miscounted": (
        ["UPDATE account SET transfers = transfers + 1 WHERE id = {account}"],
        "account {account}: 6 transfers, there are 5",
    ),
    "head replaced": (
        ["UPDATE account SET head = 'f' WHERE id = {account}"],
        "account {account}: the head",
    ),
    "an account invented": (
        [
            "INSERT INTO account (id, kind, village_id, person_id, balance, transfers, head) "
            "VALUES ({next_account}, 'worker', {far}, {stranger}, 500, 0, 'f')"
        ],
        "account {next_account}: balance",
    ),
    "an account removed": (["DELETE FROM account WHERE id = {account}"], "account {account}: "),
    "an amount in the middle changed": (
        ["UPDATE transfer SET amount = amount + 10 WHERE id = {spent_transfer}"],
        "transfer {spent_transfer}: the hash",
    ),
    "a balance after changed": (
        ["UPDATE transfer SET balance_after = 999 WHERE id = {spent_transfer}"],
        "transfer {spent_transfer}: balance after 999",
    ),
    "a reason changed": (
        ["UPDATE transfer SET reason = 'x' WHERE id = {award}"],
        "transfer {award}: the hash",
    ),
    "an actor changed": (
        ["UPDATE transfer SET actor_id = 1 WHERE id = {award}"],
        "transfer {award}: the hash",
    ),
    "a moment changed": (
        ["UPDATE transfer SET at = '2026-12-01 00:00:00+00' WHERE id = {award}"],
        "transfer {award}: the hash",
    ),
    "a kind changed": (
        ["UPDATE transfer SET kind = 'expiry' WHERE id = {spent_transfer}"],
        "transfer {spent_transfer}: expiry between the wrong accounts",
    ),
    "the last transfer removed": (
        ["DELETE FROM transfer WHERE id = {twin_transfer}"],
        "account {account}: balance",
    ),
    "a transfer in the middle removed": (
        ["DELETE FROM transfer WHERE id = {other_transfer}"],
        "transfer {twin_transfer}: position 5, expected 4",
    ),
    "a redemption's transfer removed": (
        ["DELETE FROM transfer WHERE id = {twin_transfer}"],
        "redemption {twin}: ",
    ),
    "a reversed transfer removed": (
        ["DELETE FROM transfer WHERE id = {undone_transfer}"],
        "transfer {void_transfer}: does not mirror",
    ),
    "the giving back of a void removed": (
        ["DELETE FROM transfer WHERE id = {void_transfer}"],
        "void {void}: ",
    ),
    "a transfer moved to another village": (
        [
            "UPDATE account SET village_id = {far} WHERE id = "
            "(SELECT debit_id FROM transfer WHERE id = {award})"
        ],
        "transfer {award}: joins two villages",
    ),
    "on hand raised": (["UPDATE lot SET on_hand = on_hand + 1 WHERE id = {lot}"], "lot {lot}: "),
    "goods received again": (
        ["UPDATE stock_move SET lot_id = {lot} WHERE kind = 'receipt' AND lot_id <> {lot}"],
        "lot {lot}: received",
    ),
    "a stock move changed": (
        ["UPDATE stock_move SET quantity = -1 WHERE redemption_id = {spent}"],
        "lot {lot}: ",
    ),
    "a stock move changed with the stock": (
        [
            "UPDATE stock_move SET quantity = -1 WHERE redemption_id = {spent}",
            "UPDATE lot SET on_hand = on_hand + 1 WHERE id = {lot}",
        ],
        "redemption {spent}: the stock moves",
    ),
    "a stock move removed": (
        ["DELETE FROM stock_move WHERE redemption_id = {spent}"],
        "redemption {spent}: the stock moves",
    ),
    "stock moves of a redemption that is not there": (
        [
            "UPDATE stock_move SET redemption_id = 9999 "
            "WHERE kind = 'redemption' AND redemption_id = {undone}",
        ],
        "redemption {undone}: the stock moves",
    ),
    "a redemption points to an award": (
        ["UPDATE redemption SET transfer_id = {award} WHERE id = {spent}"],
        "redemption {spent}: ",
    ),
    "a redemption points to the neighbour's transfer": (
        [
            "UPDATE redemption SET transfer_id = -1 WHERE id = {undone}",
            "UPDATE redemption SET transfer_id = {undone_transfer} WHERE id = {spent}",
        ],
        "redemption {spent}: transfer {undone_transfer} is on another worker's account",
    ),
    "two redemptions of the same total swap transfers": (
        [
            "UPDATE redemption SET transfer_id = -1 WHERE id = {spent}",
            "UPDATE redemption SET transfer_id = {spent_transfer} WHERE id = {twin}",
            "UPDATE redemption SET transfer_id = {twin_transfer} WHERE id = {spent}",
        ],
        "redemption {spent}: ",
    ),
    "a receipt renumbered": (
        ["UPDATE redemption SET day = '2026-12-27', serial = 1 WHERE id = {undone}"],
        "redemption {undone}: ",
    ),
    "a receipt number put back": (
        ["UPDATE shop SET last_serial = last_serial - 1 WHERE id = 1"],
        "shop 1: ",
    ),
    "a gap in the receipts": (
        ["UPDATE redemption SET serial = 99 WHERE id = {undone}"],
        "shop 1, 2026-12-28: receipt numbers run to 99",
    ),
    "a total changed": (
        ["UPDATE redemption SET total = total - 10 WHERE id = {spent}"],
        "redemption {spent}: total",
    ),
    "a redemption removed with all that is its": (
        [
            "UPDATE lot SET on_hand = on_hand + 2 WHERE id = {lot}",
            "DELETE FROM stock_move WHERE redemption_id = {twin}",
            "DELETE FROM redemption_line WHERE redemption_id = {twin}",
            "DELETE FROM redemption WHERE id = {twin}",
        ],
        "transfer {twin_transfer}: points were spent without a redemption",
    ),
    "a void removed": (
        ["DELETE FROM void WHERE id = {void}"],
        "transfer {void_transfer}: gives back redemption {undone} without its void",
    ),
    "a void of another redemption": (
        ["UPDATE void SET redemption_id = {spent} WHERE id = {void}"],
        "void {void}: ",
    ),
    "a line's quantity changed": (
        ["UPDATE redemption_line SET quantity = quantity + 1 WHERE redemption_id = {spent}"],
        "redemption {spent}: the lines",
    ),
    "a line changed without changing the sum": (
        ["UPDATE redemption_line SET quantity = 1, price = 60 WHERE redemption_id = {spent}"],
        "redemption {spent}: the stock moves",
    ),
    "a line's article changed": (
        ["UPDATE redemption_line SET goods_id = {salt} WHERE redemption_id = {spent}"],
        "redemption {spent}: the stock moves",
    ),
    "a counted service changed": (
        ["UPDATE service SET count = count + 1 WHERE assessment_id = {assessment} AND worker_id = {worker}"],
        "assessment {assessment}: worker {worker}: 200 hung on the wall, the records say 201",
    ),
    "an adjustment removed": (
        ["DELETE FROM adjustment WHERE assessment_id = {assessment} AND worker_id = {worker}"],
        "assessment {assessment}: worker {worker}: 200 hung on the wall, the records say 1",
    ),
    "a posted line changed": (
        ["UPDATE notice_line SET total = 300 WHERE worker_id = {worker}"],
        "assessment {assessment}: worker {worker} was booked 200, the sheet says 300",
    ),
    "an award's cause removed": (
        ["DELETE FROM award WHERE transfer_id = {award}"],
        "transfer {award}: an award without a booked assessment",
    ),
    "two workers' awards swapped": (
        [
            "UPDATE award SET worker_id = -worker_id WHERE assessment_id = {assessment}",
            "UPDATE award SET worker_id = {worker} + {neighbour} + worker_id "
            "WHERE assessment_id = {assessment}",
        ],
        "transfer {award}: booked to another worker than the sheet's",
    ),
    "an award's cause on a redemption": (
        ["UPDATE award SET transfer_id = {spent_transfer} WHERE transfer_id = {award}"],
        "transfer {spent_transfer}: redemption, award names it as award",
    ),
    "an award's cause of another quarter": (
        ["UPDATE award SET assessment_id = 9999 WHERE transfer_id = {award}"],
        "assessment {assessment}: worker {worker} was booked 0, the sheet says 200",
    ),
    "an award's cause without a transfer": (
        ["UPDATE award SET transfer_id = 9999 WHERE transfer_id = {award}"],
        "transfer 9999: missing, award names it",
    ),
    "an award that has two causes": (
        [
            "INSERT INTO correction (id, key, assessment_id, line_id, award_id, reversal_id, booked_id, "
            "right_tenths, reason, actor_id, at) "
            "VALUES (1, 'x', {assessment}, {award}, {spent_transfer}, "
            "{void_transfer}, {award}, 200, 'x', 1, '2026-12-28 01:00:00+00')"
        ],
        "transfer {award}: 2 causes name it",
    ),
    "a correction of another line": (
        [
            "INSERT INTO correction (id, key, assessment_id, line_id, award_id, reversal_id, booked_id, "
            "right_tenths, reason, actor_id, at) "
            "VALUES (1, 'x', {assessment}, {award}, {undone_transfer}, "
            "{void_transfer}, NULL, 0, 'x', 1, '2026-12-28 01:00:00+00')"
        ],
        "correction 1: transfer {undone_transfer} is not what the line was booked with last",
    ),
    "a lot removed": (["DELETE FROM lot WHERE id = {rice_lot}"], "lot {rice_lot}: missing"),
    "goods taken by a redemption that is not there": (
        [
            "INSERT INTO stock_move (key, lot_id, kind, quantity, redemption_id, at) "
            "VALUES ('x', {lot}, 'redemption', -1, 9999, '2026-12-28 01:00:00+00')",
            "UPDATE lot SET on_hand = on_hand - 1 WHERE id = {lot}",
        ],
        "redemption 9999: missing",
    ),
    "a reversal of less": (
        [
            "UPDATE stock_move SET quantity = 1 WHERE id = {reversal}",
            "UPDATE lot SET on_hand = on_hand - 1 WHERE id = {rice_lot}",
        ],
        "stock move {reversal}: does not mirror move {out}",
    ),
    "a reversal of what is called otherwise": (
        ["UPDATE stock_move SET spec = '大' WHERE id = {reversal}"],
        "stock move {reversal}: does not mirror move {out}",
    ),
    "what was undone removed": (
        ["DELETE FROM stock_move WHERE id = {out}"],
        "stock move {reversal}: does not mirror",
    ),
    "a consignment's arrival removed": (
        ["DELETE FROM stock_move WHERE consignment_id = {sent} AND kind = 'receipt'"],
        "consignment {sent}: the stock moves",
    ),
    "fewer arrived than were sent": (
        [
            "UPDATE stock_move SET quantity = 3 WHERE consignment_id = {sent} AND kind = 'receipt'",
            "UPDATE lot SET on_hand = on_hand - 1 WHERE id = {arrived}",
        ],
        "consignment {sent}: the stock moves",
    ),
    "a consignment of more": (
        ["UPDATE consignment SET quantity = quantity + 1 WHERE id = {waiting}"],
        "consignment {waiting}: the stock moves",
    ),
    "what is on its way counts as gone back": (
        ["UPDATE consignment SET answered_at = sent_at, answered_by_id = 1 WHERE id = {waiting}"],
        "consignment {waiting}: the stock moves",
    ),
    "what went back is on its way again": (
        ["UPDATE consignment SET answered_at = NULL, answered_by_id = NULL WHERE id = {back}"],
        "consignment {back}: the stock moves",
    ),
    "a consignment removed": (
        ["DELETE FROM consignment WHERE id = {waiting}"],
        "consignment {waiting}: missing",
    ),
    "a lot younger than the one it was taken from": (
        ["UPDATE lot SET best_before = '2030-01-01' WHERE id = {arrived}"],
        "lot {arrived}: does not keep",
    ),
    "a gift that was bought at the next shop": (
        ["UPDATE lot SET source = 'purchase', donation_id = NULL WHERE id = {arrived}"],
        "lot {arrived}: does not keep",
    ),
    "a gift of another donor": (
        ["UPDATE lot SET donation_id = {foreign_gift} WHERE id = {rice_lot}"],
        "lot {rice_lot}: donation {foreign_gift}",
    ),
    "a gift of another day": (
        ["UPDATE donation SET given_on = '2026-12-01' WHERE id = {gift}"],
        "lot {rice_lot}: donation {gift}",
    ),
    "a donation removed": (
        ["DELETE FROM donation WHERE id = {gift}"],
        "lot {rice_lot}: donation {gift} is missing",
    ),
    "a gap in the donation receipts": (
        ["UPDATE donation SET serial = 99 WHERE id = {gift}"],
        "shop 1: donation receipts run to 99, there are 3",
    ),
    "what was found is said to be bought": (
        ["UPDATE lot SET source = 'purchase' WHERE id = {found_lot}"],
        "lot {found_lot}: received 0 times",
    ),
    "a line of another day than its delivery": (
        ["UPDATE lot SET received_on = '2026-12-01' WHERE id = {lot}"],
        "lot {lot}: delivery",
    ),
    "a line from elsewhere than its delivery": (
        ["UPDATE lot SET source = 'allocation' WHERE id = {lot}"],
        "lot {lot}: delivery",
    ),
    "a delivery removed": (
        ["DELETE FROM delivery WHERE id = {delivery}"],
        "lot {rice_lot}: delivery {delivery} is missing",
    ),
    "a delivery without a line": (
        ["UPDATE lot SET delivery_id = NULL WHERE id = {rice_lot}"],
        "delivery {delivery}: has no lots",
    ),
    "a delivery numbered in another year": (
        ["UPDATE delivery SET year = 2024 WHERE id = {delivery}"],
        "delivery {delivery}: numbered in 2024",
    ),
    "a gap in the deliveries": (
        ["UPDATE delivery SET serial = 99 WHERE id = {delivery}"],
        "shop 1, 2026: deliveries run to 99",
    ),
    "a count changed": (
        ["UPDATE stock_count SET units = units + 1 WHERE id = {count}"],
        "stock-take {take}: the stock moves",
    ),
    "a count removed": (
        ["DELETE FROM stock_count WHERE id = {count}"],
        "stock-take {take}: the stock moves",
    ),
    "a stock-take's move removed": (
        ["DELETE FROM stock_move WHERE stock_take_id = {take}"],
        "stock-take {take}: the stock moves",
    ),
    "a stock-take that was not booked": (
        ["UPDATE stock_take SET booked = false WHERE id = {take}"],
        "stock-take {take}: the stock moves",
    ),
    "a stock-take removed": (
        ["DELETE FROM stock_take WHERE id = {take}"],
        "stock-take {take}: missing",
    ),
    "an assessment removed": (
        ["DELETE FROM assessment WHERE id = {assessment}"],
        "transfer {award}: an award without a booked assessment",
    ),
}


@pytest.mark.one_database("postgresql")
@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_named(story, verify, what):
    statements, named = TAMPERINGS[what]
    tamper(*(statement.format(**vars(story)) for statement in statements))
    code, output = verify()
    assert code == 1
    assert any(line.startswith(named.format(**vars(story))) for line in output.splitlines()), output


def test_points_posted_past_the_assessment(story, cast, verify):
    with transaction():
        stray = ledger.post(
            "x", TransferKind.AWARD, ledger.account_of(cast.worker), 100, "2026Q3", cast.chair
        )
    assert verify()[0] == 1
    assert f"transfer {stray.id}: an award without a booked assessment" in verify()[1]


def forge(transfer, **changes):
    """What a hash would be if the transfer said something else."""
    said = {
        **{column.name: getattr(transfer, column.name) for column in Transfer.__table__.columns},
        **changes,
    }
    return SimpleNamespace(**said)


def test_a_hash_recomputed_for_one_row_breaks_the_next(story, verify):
    award = db.session.get_one(Transfer, story.award)
    forged = chain.link("0" * 64, forge(award, reason="forged"), None)
    tamper(f"UPDATE transfer SET reason = 'forged', hash = '{forged}' WHERE id = {award.id}")
    code, output = verify()
    assert code == 1
    assert f"transfer {award.id}:" not in output
    assert f"transfer {story.spent_transfer}: the hash does not fit what it says" in output


def test_history_rewritten_from_end_to_end_is_found_by_the_paper_on_the_wall(story, cast, app, verify):
    """Who recomputes the whole chain fits again; the digest on the second quarter's notice does not."""
    head, statements = "0" * 64, []
    for transfer in reversed(db.session.scalars(ledger.entries(cast.account_of(cast.worker))).all()):
        actor = cast.second_chair.id if transfer.id == story.award else transfer.actor_id
        head = chain.link(head, forge(transfer, actor_id=actor), None)
        statements.append(f"UPDATE transfer SET actor_id = {actor}, hash = '{head}' WHERE id = {transfer.id}")
    digest = ["ledger", "digest", "--village", cast.village.code, "--at", "2025Q2"]
    assert app.test_cli_runner().invoke(args=digest).exit_code == 0
    tamper(*statements, f"UPDATE account SET head = '{head}' WHERE id = {story.account}")
    assert verify() == (0, "everything fits\n")
    db.session.rollback()
    found = app.test_cli_runner().invoke(args=digest)
    assert found.exit_code == 1
    assert "the notice says" in found.output


def test_the_report_is_of_one_moment(story, app, verify, long):
    """The shop stays open meanwhile: what happens between two looks of the command is no false alarm."""
    looks, due = 0, None

    def trade():
        """At every second time a redemption, at the others its void."""
        with app.app_context(), clock.at(TODAY):
            cast = Cast()
            latest = db.session.scalars(redemptions.redemptions_of(cast.shop).limit(1)).one()
            if latest.void:
                redeem(cast, f"meanwhile-{due}", cast.worker, {cast.salt.id: 1})
            else:
                with transaction():
                    voids.void(latest, "拿错了", cast.volunteer)
            db.session.remove()

    def look(connection, cursor, statement, *_rest):
        nonlocal looks
        if threading.current_thread() is threading.main_thread() and statement.startswith("SELECT"):
            looks += 1
            if looks == due:
                trader = threading.Thread(target=trade)
                trader.start()
                trader.join()

    sa.event.listen(db.engine, "before_cursor_execute", look)
    verify()
    every = looks
    assert every > 5
    for due in range(2, every + 1, 1 if long else 5):
        looks = 0
        assert verify() == (0, "everything fits\n"), due
    assert db.session.scalar(sa.select(sa.func.max(Redemption.id))) > story.undone + every // (
        3 if long else 15
    )


def test_the_command_writes_nothing(story, verify):
    before = db.session.scalars(sa.select(Redemption.code)).all()
    verify()
    assert db.session.scalars(sa.select(Redemption.code)).all() == before
    assert not db.session.new
    assert not db.session.dirty
