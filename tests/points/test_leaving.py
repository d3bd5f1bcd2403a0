"""Leaving: the terms end, the card is frozen, and the village's rule settles the points, never silently."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from ground.db import db, transaction
from ground.refusal import Refused
from people import cards
from people.models import (
    AuditEvent,
    Card,
    CardState,
    Departure,
    DepartureKind,
    Duty,
    LeavingRule,
    Outcome,
    Person,
)
from people.roster import departures, holders, persons, terms
from points import amounts, labels, leaving, ledger
from points.models import Transfer, TransferKind
from shop import verify
from shop.desk import redemptions, voids
from tests.cast import NEXT_VILLAGE, TODAY, VILLAGE
from tests.story import do, give, refused

HERE = f"/v/{VILLAGE}"
DECISION = "村民代表会议2026年12月20日"
KEPT_UNTIL = TODAY + timedelta(days=90)
ONE_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def books(cast):
    """After every story: each row fits, and what was issued is redeemed, expired, or with the workers."""
    yield
    db.session.rollback()
    assert [line for line in verify.problems() if "an award without" not in line] == []
    for village in (cast.village, cast.next_village):
        total = ledger.totals(village)
        assert total["issuing"] == total["redeemed"] + total["expired"] + total["worker"]
        assert total["worker"] == sum(account.balance for account in ledger.accounts_of(village))


@pytest.fixture
def leave(cast):
    """Let somebody leave."""

    def leave(person=None, on=TODAY, kind=DepartureKind.EXIT, reason="外出务工", **changes):
        given = {"decision": DECISION, "actor": cast.chair, "item": None} | changes
        return leaving.leave(
            person or cast.worker, kind, reason, given["decision"], on, given["actor"], given["item"]
        )

    return leave


@pytest.fixture
def decide(cast):
    def decide(outcome, days=None, holds_from=TODAY, decided=DECISION):
        return departures.decide_rule(cast.village, outcome, days, decided, holds_from, cast.chair)

    return decide


@pytest.fixture
def redeem(cast):
    def redeem(card=None, units=1):
        return redemptions.redeem(
            uuid4().hex, cast.shop, card or cast.card, {cast.goods.id: units}, cast.volunteer
        )

    return redeem


def settle(village=None, actor=None):
    with transaction():
        return [lapse.transfer for lapse in leaving.settle_due(village, actor)]


def actions(person_or_card):
    db.session.rollback()
    name = f"{person_or_card.__tablename__}:{person_or_card.id}"
    query = sa.select(AuditEvent.action).where(AuditEvent.subject == name).order_by(AuditEvent.id)
    return list(db.session.scalars(query))


# --- The verb ---


def test_who_leaves_keeps_the_points_for_ninety_days_unless_the_village_decided_otherwise(cast, leave):
    cast.earn(cast.worker, 100)
    term, card = cast.term_of(cast.worker), cast.card
    left = do(leave)
    assert (left.kind, left.on, left.decision, left.reason) == ("exit", TODAY, DECISION, "外出务工")
    assert (left.outcome, left.kept_until) == (Outcome.KEEP, KEPT_UNTIL)
    assert ledger.balance_of(cast.worker) == 100
    assert (term.ended_on, card.state) == (TODAY, CardState.FROZEN)
    assert holders.term_on_day(cast.worker.id, TODAY) is None
    assert holders.term_on_day(cast.worker.id, TODAY - ONE_DAY)
    assert actions(cast.worker)[-2:] == ["term.end", "person.leave"]
    assert actions(card)[-1] == "card.freeze"


def test_kept_points_are_spent_with_a_new_card_until_the_last_day(cast, leave, redeem, clock):
    cast.earn(cast.worker, 100)
    old = cast.card
    do(leave)
    told = str(refused("card_inactive", redeem, old).message)
    assert "2026年12月28日" in told
    assert "2027年3月28日" in told
    clock.turn_to(KEPT_UNTIL)
    with transaction():
        new = cards.issue(cast.worker, cast.clerk)
    assert do(redeem, new).total == 30
    refused("card_inactive", redeem, old)
    assert settle() == []
    assert ledger.balance_of(cast.worker) == 70
    clock.days_on()
    refused("term_ended", redeem, new)
    with pytest.raises(Refused, match="not_serving"), transaction():
        cards.issue(cast.worker, cast.clerk)
    told = str(refused("card_inactive", redeem, old).message)
    assert "2026年12月28日" in told
    assert "2027" not in told
    assert ledger.balance_of(cast.worker) == 70


def test_what_is_left_after_the_last_day_expires_once_and_says_why(app, cast, leave, clock):
    cast.earn(cast.worker, 100)
    left = do(leave)
    clock.turn_to(KEPT_UNTIL)
    assert settle() == []
    clock.days_on()
    (lapsed,) = settle(cast.village, cast.chair)
    assert (lapsed.key, lapsed.kind, lapsed.amount) == (f"departure:{left.id}", TransferKind.EXPIRY, 100)
    assert ledger.balance_of(cast.worker) == 0
    assert ledger.totals(cast.village)["expired"] == 100
    with app.test_request_context():
        assert "2026年12月28日" in labels.explain_transfer(lapsed)
    assert settle() == []
    assert settle(cast.village, cast.chair) == []
    assert ledger.totals(cast.village)["expired"] == 100


def test_where_the_village_says_expire_nothing_is_left_in_the_same_moment(cast, leave, decide, redeem):
    cast.earn(cast.worker, 100)
    old = cast.card
    do(decide, Outcome.EXPIRE)
    left = do(leave)
    assert (left.outcome, left.kept_until) == (Outcome.EXPIRE, None)
    entry = ledger.latest(cast.worker, 1)[0]
    assert (entry.key, entry.amount, entry.actor_id) == (f"departure:{left.id}", 100, cast.chair.id)
    assert ledger.balance_of(cast.worker) == 0
    told = str(refused("card_inactive", redeem, old).message)
    assert "2026年12月28日" in told
    assert "2027" not in told
    with pytest.raises(Refused, match="not_serving"), transaction():
        cards.issue(cast.worker, cast.clerk)


def test_without_points_nothing_is_posted(cast, leave, decide):
    do(decide, Outcome.EXPIRE)
    do(leave)
    assert ledger.find_account(cast.worker) is None
    assert settle() == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Transfer)) == 0


def test_a_leaving_that_is_refused_moves_nothing(cast, leave, decide):
    cast.earn(cast.worker, 100)
    do(decide, Outcome.EXPIRE)
    refused("decision_missing", leave, decision=" ")
    assert ledger.balance_of(cast.worker) == 100
    assert cast.card.state == CardState.ACTIVE


def test_days_that_cannot_be(cast, leave):
    term = cast.term_of(cast.worker)
    refused("in_future", leave, on=TODAY + ONE_DAY)
    refused("bad_day", leave, on=term.starts_on - ONE_DAY)
    assert do(leave, on=term.starts_on).on == term.starts_on
    assert cast.worker.id not in {
        served.person_id for served in holders.serving_terms(cast.village, term.starts_on, TODAY)
    }


def test_words_that_have_to_be_there(leave):
    refused("reason_missing", leave, reason=" ")
    refused("decision_missing", leave, decision=" ")


def test_who_left_does_not_leave_again_until_they_serve_again(cast, leave, clock):
    do(leave)
    refused("already_left", leave)
    clock.days_on(10)
    refused("already_left", leave, on=TODAY)
    with transaction():
        grid = holders.last_grid(cast.worker)
        terms.appoint(cast.worker, grid, Duty.WORKER, TODAY + timedelta(days=10), cast.clerk)
    refused("bad_day", leave, on=TODAY + timedelta(days=9))
    assert do(leave, on=TODAY + timedelta(days=10)).id


def test_nobody_decides_on_their_own_leaving(cast, leave):
    refused("own_departure", leave, actor=cast.worker_user)


def test_who_never_served_has_nothing_to_leave(cast, leave):
    with transaction():
        newcomer = persons.add_person(cast.village, "新来的", cast.clerk)
    refused("never_served", leave, newcomer)


def test_an_item_of_the_negative_list_holds_on_its_days_only(cast, leave):
    with transaction():
        item = departures.add_item(cast.county, "瞒报隐患", TODAY - timedelta(days=5), None)
        far = departures.add_item(cast.county, "以后才有", TODAY + ONE_DAY, None)
    refused("item_not_holding", leave, item=item, on=TODAY - timedelta(days=6))
    refused("item_not_holding", leave, item=far)
    assert do(leave, item=item).negative_item.text == "瞒报隐患"


def test_a_term_that_ran_out_or_was_handed_over_waits_to_be_settled_and_nothing_expires(cast, leave, clock):
    first, second = cast.worker, cast.neighbour
    cast.earn_each({first.id: 100, second.id: 50})
    last_day = cast.term_of(first).ends_on
    with transaction():
        terms.hand_over(cast.term_of(second), cast.workers[2], TODAY, cast.clerk)
    assert [(one.person.id, one.balance) for one in leaving.remainders(cast.village)] == [(second.id, 50)]
    clock.turn_to(last_day)
    assert first.id not in {one.person.id for one in leaving.remainders(cast.village)}
    clock.days_on()
    waiting = leaving.remainders(cast.village)
    assert {one.person.id for one in waiting} == {first.id, second.id}
    assert {one.departure for one in waiting} == {None}
    assert settle() == []
    refused("bad_day", leave, second, on=TODAY - ONE_DAY)
    left = do(leave, first, on=last_day + ONE_DAY, kind=DepartureKind.TERM_END)
    do(leave, second, on=TODAY, kind=DepartureKind.TERM_END)
    assert left.kept_until == last_day + ONE_DAY + timedelta(days=90)
    assert cast.card_of(first) is None
    (waiting,) = leaving.remainders(cast.village)
    assert (waiting.person.id, waiting.departure.id, waiting.is_due) == (first.id, left.id, False)
    assert ledger.balance_of(second) == 0  # a year ago, so the ninety days are over


def test_a_term_that_ran_out_unnoticed_ends_as_it_ran_out(cast, leave, clock):
    term = cast.term_of(cast.worker)
    clock.turn_to(term.ends_on + timedelta(days=30))
    do(leave, on=term.ends_on + timedelta(days=30), kind=DepartureKind.TERM_END)
    assert term.ended_on == term.ends_on + ONE_DAY


def test_a_renewal_is_called_off_with_the_term(cast, leave):
    with transaction():
        renewal = terms.renew(cast.term_of(cast.worker), cast.clerk)
    do(leave)
    assert holders.state_of(renewal, TODAY) == holders.TermState.CALLED_OFF
    refused("already_left", leave)


def test_every_grid_of_the_worker_is_free_then(cast, leave):
    with transaction():
        second = cast.term_of(cast.neighbour)
        terms.hand_over(second, cast.worker, TODAY, cast.clerk)
    do(leave)
    assert {term.person_id for term in holders.serving_terms(cast.village, TODAY, TODAY)} == {
        person.id for person in cast.workers[2:]
    }


def test_who_is_appointed_again_before_the_day_keeps_everything(cast, leave, redeem, clock):
    cast.earn(cast.worker, 100)
    old = cast.card
    do(leave)
    clock.turn_to(KEPT_UNTIL)
    with transaction():
        grid = holders.last_grid(cast.worker)
        terms.appoint(cast.worker, grid, Duty.WORKER, KEPT_UNTIL + timedelta(days=5), cast.clerk)
    clock.days_on(2)  # not begun yet, and the last day is over
    assert settle() == []
    clock.days_on(3)
    assert settle() == []
    assert ledger.balance_of(cast.worker) == 100
    assert "202" not in str(refused("card_inactive", redeem, old).message)
    with transaction():
        new = cards.issue(cast.worker, cast.clerk)
    assert do(redeem, new).total == 30


def test_points_of_a_quarter_booked_later_go_to_the_account_and_expire_by_the_same_departure(
    cast, leave, decide
):
    cast.earn(cast.worker, 100)
    do(decide, Outcome.EXPIRE)
    left = do(leave)
    cast.earn(cast.worker, 60)  # a quarter in which they served
    assert ledger.balance_of(cast.worker) == 60
    (later,) = settle()
    assert (later.key, later.amount) == (f"departure:{left.id}:2", 60)
    cast.earn(cast.worker, 7)
    (last,) = settle()
    assert (last.key, last.amount) == (f"departure:{left.id}:3", 7)
    assert settle() == []
    assert leaving.tenths_lapsed([left]) == {left.id: 167}


def test_kept_points_with_what_came_later_expire_together(cast, leave, clock):
    cast.earn(cast.worker, 100)
    left = do(leave)
    cast.earn(cast.worker, 60)
    clock.turn_to(KEPT_UNTIL + ONE_DAY)
    (lapsed,) = settle()
    assert (lapsed.key, lapsed.amount) == (f"departure:{left.id}", 160)


def test_a_redemption_voided_after_the_end_gives_points_that_expire_too(cast, leave, decide, redeem):
    cast.earn(cast.worker, 100)
    done = do(redeem)
    do(decide, Outcome.EXPIRE)
    left = do(leave)
    with transaction():
        voids.void(done, "拿错了", cast.volunteer)
    assert ledger.balance_of(cast.worker) == 30
    assert [transfer.key for transfer in settle()] == [f"departure:{left.id}:2"]
    assert ledger.balance_of(cast.worker) == 0


def test_more_than_the_ledger_takes_at_once_expires_whole(cast, leave, decide):
    for _ in range(2):
        do(give, cast.worker, amounts.LARGEST_TENTHS)
    do(give, cast.worker, 5)
    do(decide, Outcome.EXPIRE)
    left = do(leave)
    assert ledger.balance_of(cast.worker) == 0
    assert ledger.latest(cast.worker, 1)[0].amount == 2 * amounts.LARGEST_TENTHS + 5
    assert leaving.tenths_lapsed([left]) == {left.id: 2 * amounts.LARGEST_TENTHS + 5}


def test_a_leaving_written_down_after_the_kept_days_settles_at_once(cast, leave):
    cast.earn(cast.worker, 100)
    left = do(leave, on=TODAY - timedelta(days=91))
    assert left.kept_until == TODAY - ONE_DAY
    assert ledger.balance_of(cast.worker) == 0


def test_settling_one_village_leaves_the_others_alone(cast, leave, clock):
    cast.earn(cast.worker, 100)
    cast.earn(cast.stranger, 40)
    do(leave)
    do(leave, cast.stranger, actor=None)
    clock.turn_to(KEPT_UNTIL + ONE_DAY)
    settle(cast.next_village)
    assert (ledger.balance_of(cast.worker), ledger.balance_of(cast.stranger)) == (100, 0)
    settle()
    assert ledger.balance_of(cast.worker) == 0


def test_the_evening_command_settles_and_says_what_it_did(app, cast, leave, clock):
    cast.earn(cast.worker, 105)
    left = do(leave)
    run = app.test_cli_runner()
    assert run.invoke(args=["ledger", "settle"]).output == "nothing was due\n"
    clock.turn_to(KEPT_UNTIL + ONE_DAY)
    told = run.invoke(args=["ledger", "settle"])
    assert (told.exit_code, told.output) == (
        0,
        f"柳树村: 10.5 points of entry #{left.person_id} expired, left on 2026-12-28\n",
    )
    assert run.invoke(args=["ledger", "settle"]).output == "nothing was due\n"


# --- The village's rule ---


def test_the_rule_of_a_day_is_the_latest_that_holds(cast, decide):
    village = cast.village
    assert departures.rule_on(village, TODAY) == departures.TEMPLATE_RULE
    do(decide, Outcome.EXPIRE, holds_from=TODAY + timedelta(days=10))
    do(decide, Outcome.KEEP, 30)
    do(decide, Outcome.KEEP, 60, decided="更正")
    assert departures.rule_on(village, TODAY - ONE_DAY) == departures.TEMPLATE_RULE
    assert departures.rule_on(village, TODAY) == departures.PointsRule(Outcome.KEEP, 60, "更正")
    assert departures.rule_on(village, TODAY + timedelta(days=9)).days == 60
    assert departures.rule_on(village, TODAY + timedelta(days=10)).outcome == Outcome.EXPIRE
    assert departures.rule_on(cast.next_village, TODAY + timedelta(days=10)) == departures.TEMPLATE_RULE
    assert [rule.holds_from - TODAY for rule in departures.rules_of(village)] == [
        timedelta(days=10),
        timedelta(0),
        timedelta(0),
    ]


def test_who_left_before_keeps_what_held_then(cast, leave, decide):
    cast.earn_each({cast.worker.id: 100, cast.neighbour.id: 50})
    do(leave)
    do(decide, Outcome.EXPIRE)
    do(leave, cast.neighbour)
    assert settle() == []
    assert (ledger.balance_of(cast.worker), ledger.balance_of(cast.neighbour)) == (100, 0)


def test_rules_that_cannot_be(decide):
    refused("in_past", decide, Outcome.EXPIRE, holds_from=TODAY - ONE_DAY)
    refused("decision_missing", decide, Outcome.EXPIRE, decided="  ")
    for days in (None, 0, -1, 1101):
        refused("bad_days", decide, Outcome.KEEP, days)
    assert do(decide, Outcome.KEEP, 1100).days == 1100
    assert do(decide, Outcome.EXPIRE, 30).days is None


# --- Pages ---


def form_for(cast, **changes):
    return {
        "shown": "keep 90",
        "kind": "exit",
        "on": TODAY.isoformat(),
        "item": "0",
        "reason": "外出务工",
        "decision": DECISION,
    } | changes


def address(cast):
    return f"{HERE}/people/{cast.worker.id}/leave"


def test_the_chair_sees_what_becomes_of_the_points_and_decides(cast, client_of, clock):
    cast.earn(cast.worker, 105)
    with transaction():
        departures.add_item(cast.county, "瞒报隐患", TODAY, None)
    chair, clerk, worker = client_of(cast.chair), client_of(cast.clerk), client_of(cast.worker_user)
    token = cast.card.token
    before = chair.get(address(cast)).text
    assert "10.5" in before
    assert "2027年3月28日" in before
    assert "瞒报隐患" in before
    item = departures.negative_list(cast.village)[0].id
    db.session.rollback()
    assert chair.post(address(cast), data=form_for(cast, item=item)).status_code == 302
    listed = clerk.get(f"{HERE}/leaving").text
    for words in ("李秀明", "外出务工", DECISION, "瞒报隐患", "10.5", "2027年3月28日"):
        assert words in listed, words
    assert "2027年3月28日" in worker.get(f"{HERE}/mine").text
    assert "2027年3月28日" in client_of(None).get(f"/c/{token}").text
    assert "10.5" not in client_of(None).get(f"/c/{token}").text
    assert clerk.post(f"{HERE}/cards/people/{cast.worker.id}/issue").status_code == 302
    card = cast.card
    assert card.grouped in clerk.get(f"{HERE}/cards").text
    assert clerk.get(f"{HERE}/cards.pdf?number={card.number}").data.startswith(b"%PDF")
    public = client_of(None).get(f"/c/{card.token}").text
    assert "10.5" in public
    assert "2027年3月28日" in public
    desk = client_of(cast.volunteer).post(
        f"{HERE}/desk/{card.number}", data={"key": uuid4().hex, f"goods-{cast.goods.id}": "1"}
    )
    assert desk.status_code == 302
    assert ledger.balance_of(cast.worker) == 75
    clock.turn_to(KEPT_UNTIL + ONE_DAY)
    assert "7.5" in chair.get(f"{HERE}/leaving").text
    assert clerk.post(f"{HERE}/leaving/settle").status_code == 403
    for _ in range(2):
        assert chair.post(f"{HERE}/leaving/settle").status_code == 302
    assert ledger.balance_of(cast.worker) == 0
    book = clerk.get(f"{HERE}/accounts/{cast.worker.id}").text
    assert "2026年12月28日" in book


def test_a_form_that_is_refused_keeps_what_was_typed(cast, client_of):
    chair = client_of(cast.chair)
    for changes in (
        {"on": (TODAY + ONE_DAY).isoformat()},
        {"decision": " "},
        {"decision": ""},
        {"on": ""},
        {"kind": "x"},
        {"item": "999"},
        {"item": "x"},
    ):
        answer = chair.post(address(cast), data=form_for(cast, **changes))
        assert answer.status_code == 422, changes
        assert "外出务工" in answer.text
        assert 'class="error"' in answer.text or 'role="alert"' in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Departure)) == 0


def test_nobody_signs_another_rule_than_the_page_showed(cast, client_of, decide):
    cast.earn(cast.worker, 100)
    do(decide, Outcome.EXPIRE)
    chair = client_of(cast.chair)
    answer = chair.post(address(cast), data=form_for(cast))
    assert answer.status_code == 422
    assert 'value="expire"' in answer.text
    assert ledger.balance_of(cast.worker) == 100
    earlier = form_for(cast, on=(TODAY - ONE_DAY).isoformat(), shown="expire")
    assert chair.post(address(cast), data=earlier).status_code == 422
    assert chair.post(address(cast), data=form_for(cast, shown="expire")).status_code == 302
    assert ledger.balance_of(cast.worker) == 0


def test_the_rule_is_written_down_by_the_chair_and_its_history_is_read_by_all(cast, client_of):
    chair, there = client_of(cast.chair), f"{HERE}/leaving/rule"
    rule = {"outcome": "keep", "days": "30", "decided": "村民会议", "holds_from": TODAY.isoformat()}
    assert client_of(cast.clerk).post(there, data=rule).status_code == 403
    for wrong in (
        {"days": ""},
        {"days": "1101"},
        {"decided": ""},
        {"holds_from": "2026-12-27"},
        {"outcome": ""},
    ):
        assert chair.post(there, data=rule | wrong).status_code == 422, wrong
    assert chair.post(there, data=rule).status_code == 302
    assert chair.post(there, data=rule | {"outcome": "expire", "days": ""}).status_code == 302
    for reader in (cast.clerk, cast.supervisor, cast.county_user):
        page = client_of(reader).get(there).text
        assert "村民会议" in page
        assert "30" in page
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LeavingRule)) == 2


def test_who_sees_what(cast, client_of, leave):
    cast.earn(cast.worker, 100)
    do(leave)
    for path, roles in (
        ("/leaving", ("clerk", "chair", "supervisor", "township_user", "county_user")),
        ("/leaving/rule", ("clerk", "chair", "supervisor", "township_user", "county_user")),
        (f"/people/{cast.neighbour.id}/leave", ("chair", "second_chair")),
    ):
        for username in ("clerk", "chair", "second_chair", "supervisor", "instructor", "volunteer", "worker"):
            answer = client_of(cast.user(username)).get(HERE + path)
            if username in roles:
                assert answer.status_code == 200
            elif username not in ("second_chair",):
                assert answer.status_code == 403, (username, path)
        for username in ("outsider", "far_township_user"):
            assert client_of(cast.user(username)).get(HERE + path).status_code == 404
        assert client_of(None).get(HERE + path).status_code == 302
    for onlooker in (cast.township_user, cast.county_user):
        page = client_of(onlooker).get(f"{HERE}/leaving").text
        assert cast.worker.masked in page
        assert cast.worker.name not in page
        assert "外出务工" not in page


def test_whom_the_page_lets_leave(cast, client_of):
    chair = client_of(cast.chair)
    chosen = chair.get(f"{HERE}/leaving?person={cast.worker.id}")
    assert chosen.headers["Location"] == address(cast)
    assert chair.get(f"{HERE}/people/{cast.stranger.id}/leave").status_code == 404
    there = f"/v/{NEXT_VILLAGE}/people/{cast.worker.id}/leave"
    assert chair.get(there).status_code == 404


def test_who_is_not_settled_yet_is_listed_with_the_way_to_it(cast, client_of):
    cast.earn(cast.worker, 100)
    with transaction():
        terms.hand_over(cast.term_of(cast.worker), cast.neighbour, TODAY, cast.clerk)
    chair = client_of(cast.chair)
    assert f'href="{address(cast)}"' in chair.get(f"{HERE}/leaving").text
    assert f'href="{address(cast)}"' not in client_of(cast.clerk).get(f"{HERE}/leaving").text
    assert chair.post(address(cast), data=form_for(cast, kind="term_end")).status_code == 302
    assert f'href="{address(cast)}"' not in chair.get(f"{HERE}/leaving").text
    assert cast.worker.name in chair.get(f"{HERE}/leaving").text


def test_a_new_card_after_leaving_is_listed_until_the_day(cast, leave, clock):
    cast.earn(cast.worker, 100)
    do(leave)
    assert cast.worker.id not in {term.person_id for term, _card in cards.holders_with_cards(cast.village)}
    with transaction():
        new = cards.issue(cast.worker, cast.clerk)
    assert (cast.worker.id, new.id) in {
        (term.person_id, card.id) for term, card in cards.holders_with_cards(cast.village) if card
    }
    clock.turn_to(KEPT_UNTIL + ONE_DAY)
    assert cast.worker.id not in {term.person_id for term, _card in cards.holders_with_cards(cast.village)}
    assert db.session.get(Card, new.id).state == CardState.ACTIVE


def test_a_card_is_not_issued_to_an_entry_that_never_served(cast):
    with transaction():
        newcomer = persons.add_person(cast.village, "新来的", cast.clerk)
    with pytest.raises(Refused, match="not_serving"), transaction():
        cards.issue(db.session.get_one(Person, newcomer.id), cast.clerk)
