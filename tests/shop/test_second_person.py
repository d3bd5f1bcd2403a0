"""What one person alone does not do in the shop: large write-offs, old deliveries, empty voids."""

import re
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import g

from ground import clock as ground_clock
from ground.db import db, transaction
from people import access, audit
from people.models import AuditEvent, Proposal, ProposalState, Role, User
from people.proposals import kinds, proposing
from people.proposals.kinds import SecondPersonNeeded
from people.roster import persons
from people.signin import accounts, keeping
from points import merging
from points.openings import reversing
from shop.desk import devices, redemptions, voids
from shop.models import MoveKind, Source, StockMove
from shop.shelf import prices, shops
from shop.stock import counts, moves
from tests.cast import HASHED, TODAY, VILLAGE
from tests.story import count, do, everything_fits, new_password, on_hand, refused

HERE = f"/v/{VILLAGE}"
ONE_DAY = timedelta(days=1)


def propose(verb, *arguments, by):
    """A verb that needs a second person, and what a page then proposes."""
    told = refused("second_person", verb, *arguments)
    assert isinstance(told, SecondPersonNeeded)
    return do(proposing.propose, told, by)


@pytest.fixture
def write_off(cast):
    """Write off soap (3 points each); 17 pieces are more than one person writes off in a day."""

    def write_off(units, *, verb=moves.write_off):
        return verb(f"out-{uuid4()}", cast.lot_of(cast.goods), units, "受潮", cast.manager)

    return write_off


def large_write_off(cast, key):
    """The manager wants to write off 17 pieces of soap, which are worth 51 points."""
    lot, manager = cast.lot_of(cast.goods), cast.manager
    return propose(moves.write_off, key, lot, 17, "受潮", manager, by=manager)


@pytest.fixture
def proposed(cast):
    return large_write_off(cast, "k" * 16)


# --- The limit ---


def test_up_to_the_limit_one_person_writes_off_alone(cast, write_off):
    do(write_off, 16)
    assert on_hand(cast.goods) == [4]


def test_many_small_write_offs_of_a_day_are_one_large_one(cast, clock):
    """Returns to the supplier count with them, and another delivery of the article too."""
    lot = cast.lot_of(cast.goods)
    more = do(moves.receive, "more", cast.goods, 20, Source.PURCHASE, cast.manager)
    for verb in (moves.write_off, moves.give_back):
        do(verb, verb.__name__, lot, 8, "受潮", cast.manager)
    for verb in (moves.write_off, moves.give_back):
        for of in (lot, more):
            refused("second_person", verb, "another", of, 1, "受潮", cast.manager)
    do(moves.write_off, "salt", cast.lot_of(cast.salt), 10, "受潮", cast.manager)  # another article
    clock.turn_to(TODAY + ONE_DAY)
    do(moves.write_off, "tomorrow", lot, 4, "受潮", cast.manager)


def test_what_was_undone_counts_no_more(cast, write_off):
    do(moves.reverse, do(write_off, 16), "记错了", cast.manager)
    do(write_off, 16)
    refused("second_person", write_off, 1)


def test_a_lower_price_gets_nobody_under_the_limit(cast, write_off):
    do(prices.set_price, cast.goods, 5, cast.manager)
    refused("second_person", write_off, 17)


def test_a_village_s_own_limit_counts(cast, write_off):
    refused("bad_amount", shops.set_write_off_limit, cast.shop, 5_001, cast.chair)
    do(shops.set_write_off_limit, cast.shop, 90, cast.chair)
    do(write_off, 3)
    refused("second_person", write_off, 1)


# --- Two people ---


def test_a_second_person_agrees_and_it_is_done_in_the_name_of_who_proposed_it(cast, proposed):
    assert on_hand(cast.goods) == [20]
    for _twice in range(2):
        do(proposing.agree, proposed, cast.chair)
    assert on_hand(cast.goods) == [3]
    move = db.session.scalars(sa.select(StockMove).where(StockMove.kind == MoveKind.WRITE_OFF)).one()
    assert (move.actor, move.reason, proposed.decided_by) == (cast.manager, "受潮", cast.chair)
    assert everything_fits()


def test_nobody_agrees_to_their_own(cast, proposed):
    """A second sign-in of the same person is no second person, and another village's chair is nobody here."""
    refused("same_person", proposing.agree, proposed, cast.manager)
    with transaction():
        person = persons.add_person(cast.village, "孙店长", None)
        other = accounts.add_user("sun2", "孙店长", HASHED, None, temporary=False)
        accounts.grant(other, Role.TOWNSHIP, cast.township, None)
        for user in (other, cast.manager):
            keeping.link(user, person, None)
    refused("same_person", proposing.agree, proposed, other)
    refused("same_person", moves.write_off, "x", cast.lot_of(cast.goods), 17, "受潮", cast.manager, other)
    for user in (cast.outsider, cast.volunteer, cast.clerk, cast.far_township_user):
        refused("not_second_person", proposing.agree, proposed, user)
    assert on_hand(cast.goods) == [20]


def test_who_gave_the_proposer_a_password_is_no_second_person(cast, clock, proposed):
    """They could have signed in with it, and proposed in their name."""
    new_password(cast.manager, cast.chair)
    clock.days_on(29)
    refused("gave_password", proposing.agree, proposed, cast.chair)
    clock.days_on(2)
    do(proposing.agree, proposed, cast.chair)


def test_what_is_proposed_from_two_windows_is_one_proposal(cast, proposed):
    assert large_write_off(cast, "l" * 16) == proposed
    assert count(Proposal) == 1


def test_what_somebody_proposed_who_was_dismissed_is_not_done(cast, proposed):
    (grant,) = cast.manager.grants
    do(accounts.revoke, grant, None)
    refused("proposer_gone", proposing.agree, proposed, cast.chair)
    do(proposing.refuse, proposed, "店长换了", cast.chair)
    assert on_hand(cast.goods) == [20]


def test_refused_or_withdrawn_nothing_is_done(cast, proposed):
    refused("not_yours", proposing.withdraw, proposed, cast.chair)
    refused("reason_missing", proposing.refuse, proposed, " ", cast.chair)
    do(proposing.refuse, proposed, "看得见，没坏", cast.supervisor)
    for verb, user in ((proposing.agree, cast.chair), (proposing.withdraw, cast.manager)):
        refused("already_decided", verb, proposed, user)
    again = large_write_off(cast, "l" * 16)
    for _twice in range(2):
        do(proposing.withdraw, again, cast.manager)
    refused("already_decided", proposing.agree, again, cast.chair)
    assert on_hand(cast.goods) == [20]
    assert (proposed.decision, proposed.state, again.state) == ("看得见，没坏", "refused", "withdrawn")


def test_what_can_not_be_done_any_more_goes_on_waiting(cast, proposed):
    do(moves.write_off, "meanwhile", cast.lot_of(cast.goods), 10, "受潮", cast.manager)
    refused("out_of_stock", proposing.agree, proposed, cast.chair)
    assert proposed.state == ProposalState.WAITING


def test_the_trail_says_each_step(cast, proposed):
    do(proposing.agree, proposed, cast.chair)
    lines = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.subject == f"proposal:{proposed.id}"))
    assert [(line.action, line.actor_id) for line in lines] == [
        ("proposal.propose", cast.manager.id),
        ("proposal.agree", cast.chair.id),
    ]


@pytest.mark.both_databases
def test_the_database_knows_no_agreement_with_oneself(cast, proposed):
    with pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.execute(
            sa.update(Proposal).values(
                state="agreed", decided_by_id=cast.manager.id, decided_at=proposed.proposed_at
            )
        )


# --- Deliveries and prices ---


def test_a_delivery_is_taken_back_alone_on_its_own_day_only(cast, clock):
    def deliver(key, units=5):
        do(moves.receive, key, cast.goods, units, Source.PURCHASE, cast.manager, agreed_by=cast.chair)
        return moves.lots.find_move(key)

    do(moves.reverse, deliver("at once"), "记错了", cast.manager)
    late, large = deliver("late"), deliver("large", 1001)
    refused("second_person", moves.reverse, large, "记错了", cast.manager)
    clock.turn_to(TODAY + ONE_DAY)
    proposal = propose(moves.reverse, late, "没有到货", cast.manager, by=cast.manager)
    do(proposing.agree, proposal, cast.supervisor)
    assert on_hand(cast.goods) == [20, 0, 0, 1001]
    assert everything_fits()


def test_a_very_large_delivery_needs_a_second_person_however_it_is_split(cast):
    do(moves.receive, "a", cast.salt, 1000, Source.PURCHASE, cast.manager)
    given = ("b" * 16, cast.salt, 1, Source.DONATION, cast.manager, "供销社", TODAY + ONE_DAY, 150)
    proposal = propose(moves.receive, *given, by=cast.manager)
    do(proposing.agree, proposal, cast.chair)
    lot = db.session.scalars(sa.select(moves.Lot).order_by(moves.Lot.id.desc())).first()
    assert (lot.donor, lot.best_before, lot.unit_cost, lot.on_hand) == ("供销社", TODAY + ONE_DAY, 150, 1)


def test_a_price_that_leaps_needs_a_second_person_however_many_steps_it_takes(cast, clock):
    do(prices.set_price, cast.goods, 120, cast.manager)
    refused("second_person", prices.set_price, cast.goods, 3, cast.manager)
    proposal = propose(prices.set_price, cast.goods, 300, cast.manager, TODAY + ONE_DAY, by=cast.manager)
    clock.turn_to(TODAY + 2 * ONE_DAY)
    do(proposing.agree, proposal, cast.chair)
    assert prices.price_of(cast.goods) == 300


# --- A void whose goods do not come back ---


@pytest.fixture
def voided(cast):
    """The volunteer voided two pieces of soap, on paper; and who counts next is the supervisor."""
    cast.earn(cast.worker, 100)
    done = do(redemptions.redeem, "r" * 16, cast.shop, cast.card, {cast.goods.id: 2}, cast.volunteer)
    do(voids.void, done, "拿错了", cast.volunteer)
    return do(counts.begin_stock_take, cast.shop, cast.manager)


def test_missing_goods_of_a_void_are_explained_to_a_second_person(cast, voided):
    do(counts.record_count, "c", voided, cast.goods, 17, cast.supervisor)
    (row,) = [row for row in counts.count_sheet(voided) if row.voided_short]
    assert (row.goods, row.voided_short) == (cast.goods, 2)  # of three that are missing
    refused("explanation_missing", counts.book, voided, cast.manager)
    proposal = propose(counts.book, voided, cast.manager, "货没有放回来", by=cast.manager)
    refused("own_count", proposing.agree, proposal, cast.supervisor)
    with transaction():
        accounts.grant(cast.volunteer, Role.MANAGER, cast.village, None)
    refused("own_void", proposing.agree, proposal, cast.volunteer)
    do(proposing.agree, proposal, cast.chair)
    assert (voided.booked, voided.closed_by, on_hand(cast.goods)) == (True, cast.manager, [17])


def test_the_second_person_reads_all_that_is_booked(cast, voided, client_of):
    """Also what is missing without a void, and what is over."""
    for key, goods, units in (("c", cast.goods, 17), ("d", cast.salt, 12)):
        do(counts.record_count, key, voided, goods, units, cast.supervisor)
    proposal = propose(counts.book, voided, cast.manager, "货没有放回来", by=cast.manager)
    page = client_of(cast.chair).get(f"{HERE}/proposals/{proposal.id}").text
    assert "<dd>肥皂 2 块</dd>" in page
    assert "<dd>肥皂：少 3 块（9 分）；食盐：多 2 袋（5 分）</dd>" in page
    do(proposing.agree, proposal, cast.chair)
    assert [on_hand(cast.goods), on_hand(cast.salt)] == [[17], [12]]


def test_who_voided_by_a_till_decides_no_more_on_it(cast):
    cast.earn(cast.worker, 100)
    device, _key = do(devices.add_device, cast.shop, "收银台", cast.manager)
    done = do(redemptions.redeem, "r" * 16, cast.shop, cast.card, {cast.goods.id: 2}, device)
    do(voids.void, done, "拿错了", device)
    take = do(counts.begin_stock_take, cast.shop, cast.manager)
    do(counts.record_count, "c", take, cast.goods, 18, cast.volunteer)
    colleague = do(new_manager, cast)
    proposal = propose(counts.book, take, colleague, "货没有放回来", by=colleague)
    refused("own_void", proposing.agree, proposal, cast.manager)


def new_manager(cast):
    user = accounts.add_user("qian", "钱店长", HASHED, None, temporary=False, unit="供销社")
    accounts.grant(user, Role.MANAGER, cast.village, None)
    return user


def test_agreed_is_what_was_counted_then(cast, voided):
    do(counts.record_count, "c", voided, cast.goods, 18, cast.supervisor)
    proposal = propose(counts.book, voided, cast.manager, "货没有放回来", by=cast.manager)
    do(counts.record_count, "d", voided, cast.goods, 10, cast.supervisor)
    refused("counted_since", proposing.agree, proposal, cast.chair)
    assert not voided.booked


def test_a_void_that_was_counted_since_explains_nothing_any_more(cast, voided):
    do(counts.record_count, "c", voided, cast.goods, 20, cast.supervisor)
    do(counts.book, voided, cast.manager)
    again = do(counts.begin_stock_take, cast.shop, cast.manager)
    do(counts.record_count, "d", again, cast.goods, 19, cast.supervisor)
    do(counts.book, again, cast.manager)
    assert on_hand(cast.goods) == [19]


# --- Pages ---


def test_from_the_write_off_to_the_second_person(cast, manager, client_of):
    lot = cast.lot_of(cast.goods).id
    sent = {"key": "k" * 16, "quantity": "20", "reason": "受潮"}
    for _twice in range(2):
        led_to = manager.post(f"{HERE}/goods/lots/{lot}/write-off", data=sent)
        assert led_to.status_code == 302
    page = manager.get(led_to.location).text
    assert (count(Proposal), on_hand(cast.goods)) == (1, [20])
    assert ["肥皂 20 块" in page, "/withdraw" in page, "/agree" in page] == [True, True, False]
    assert led_to.location in manager.get(f"{HERE}/goods/lots/{lot}/write-off").text
    for user in (cast.chair, cast.supervisor, cast.township_user):
        front = f"{HERE}/" if user != cast.township_user else f"/a/{cast.township.code}/"
        assert led_to.location in client_of(user).get(front).text
    assert led_to.location not in client_of(cast.clerk).get(f"{HERE}/").text
    chair = client_of(cast.chair)
    unsaid = chair.post(f"{led_to.location}/refuse", data={"reason": ""})
    assert [unsaid.status_code, "<details open>" in unsaid.text] == [422, True]
    assert "<details>" in chair.get(led_to.location).text  # no reason stands beside the button that agrees
    assert manager.post(f"{led_to.location}/agree").status_code == 422
    assert chair.post(f"{led_to.location}/agree").status_code == 302
    assert on_hand(cast.goods) == [0]
    assert chair.post(f"{led_to.location}/refuse", data={"reason": "不行"}).status_code == 422
    assert "大额报损" in chair.get(f"{HERE}/proposals").text


def front(client):
    """The front page, without tags."""
    return re.sub(r"<[^>]+>", "", client.get(f"{HERE}/").text)


@pytest.mark.parametrize(
    ("verb", "more", "told"),
    [
        (proposing.agree, (), "大额报损：陈主任同意了，已经办好"),
        (proposing.refuse, ("看得见，没坏",), "大额报损：陈主任没有同意，没有办"),
    ],
)
def test_who_proposed_it_is_told_what_became_of_it_until_they_read_it(
    cast, proposed, manager, client_of, verb, more, told
):
    assert told not in front(manager)
    do(verb, proposed, *more, cast.chair)
    for reader in (client_of(cast.chair), client_of(cast.supervisor)):
        reader.get(f"{HERE}/proposals/{proposed.id}")
        assert told not in front(reader)
    assert told in front(manager)
    assert [manager.get(f"{HERE}/proposals/{proposed.id}").status_code, told in front(manager)] == [
        200,
        False,
    ]


def test_what_became_of_it_is_told_for_a_week(cast, clock, proposed, manager):
    told = "没有同意"
    do(proposing.refuse, proposed, "看得见，没坏", cast.chair)
    clock.days_on(6)
    assert told in front(manager)
    clock.days_on(1)
    assert told not in front(manager)


def test_it_waits_only_for_who_may_decide(cast, proposed, client_of):
    """Not for who gave the proposer a password: neither on the front page nor in the figure of the list."""
    new_password(cast.manager, cast.chair)
    waits = f"{HERE}/proposals/{proposed.id}"
    for user, is_waiting in ((cast.chair, False), (cast.second_chair, True)):
        client = client_of(user)
        assert (waits in client.get(f"{HERE}/").text) is is_waiting
        assert ("有 1 件待您复核" in client.get(f"{HERE}/proposals").text) is is_waiting


def test_the_chair_alone_sets_the_village_s_limit(cast, manager, client_of):
    page = f"{HERE}/budget"
    for user, status in ((cast.manager, 403), (cast.chair, 302)):
        assert client_of(user).post(f"{page}/limit", data={"limit": "80"}).status_code == status
    assert 'value="80"' in client_of(cast.chair).get(page).text
    assert (
        client_of(cast.chair).post(f"{page}/limit", data={"limit": "900", "limit-sure": "900"}).status_code
        == 422
    )
    assert cast.shop.write_off_limit == 800


def test_who_may_look_and_who_may_not(cast, proposed, client_of):
    page = f"{HERE}/proposals/{proposed.id}"
    statuses = {
        name: client_of(cast.user(name)).get(page).status_code
        for name in ("clerk", "county_user", "volunteer", "worker", "outsider", "far_township_user")
    }
    assert statuses == dict(zip(statuses, (200, 200, 403, 403, 404, 404), strict=True))


def test_who_reads_a_proposal_can_open_the_page_it_is_about(app, cast, clock, client_of, monkeypatch):
    """Of every kind; who may not see what it is about, as the manager an opening balance, reads nothing."""
    lot, take = cast.lot_of(cast.goods), do(counts.begin_stock_take, cast.shop, cast.manager)
    received = db.session.scalars(sa.select(StockMove).where(StockMove.lot_id == lot.id)).first()
    about = {
        "lot": lot,
        "stock.receive": cast.shop,
        "stock.undo": received,
        "stock.undo_delivery": lot.delivery,
        "stock.void_short": take,
        "goods.price": cast.goods,
    }
    line = SimpleNamespace(sheet=SimpleNamespace(number=1))
    monkeypatch.setattr(reversing, "proposed_line", lambda _proposal: line)
    monkeypatch.setattr(merging, "proposed_entries", lambda _proposal: (cast.worker, cast.neighbour))
    users = [cast.user(name) for name in ("clerk", "chair", "supervisor", "manager", "county_user")]
    for kind in kinds.KINDS.items():
        assert kind.deciders <= kind.readers, kind.code
        with transaction():
            proposal = Proposal(
                area_id=cast.village.id,
                kind=kind.code,
                subject=audit.name_of(about.get(kind.code, lot)),
                terms={},
                proposed_by_id=cast.volunteer.id,
                proposed_at=ground_clock.now(),
            )
            db.session.add(proposal)
        for user in users:
            roles, client = user.roles_in(cast.village), client_of(user)
            with app.test_request_context():
                g.roles = roles
                rule = access.rule_of(
                    app.url_map.bind("localhost").match(urlsplit(kind.page(proposal)).path)[0]
                )
            assert not kind.readers & roles or rule.roles & roles, (kind.code, user.username)
            page = f"{HERE}/proposals/{proposal.id}"
            if not kind.readers & roles:
                assert [client.get(page).status_code, client.post(f"{page}/agree").status_code] == [403, 403]
                assert page not in client.get(f"{HERE}/proposals").text


# --- At the same moment ---


def agree(proposal_id, user_id):
    proposal = db.session.get_one(Proposal, proposal_id)
    return proposing.agree(proposal, db.session.get_one(User, user_id)).state.value


def withdraw(proposal_id, user_id):
    proposal = db.session.get_one(Proposal, proposal_id)
    return proposing.withdraw(proposal, db.session.get_one(User, user_id)).state.value


def take_off(key, lot_id, user_id):
    lot = db.session.get_one(moves.Lot, lot_id)
    return moves.write_off(key, lot, 9, "受潮", db.session.get_one(User, user_id)).id


def test_two_who_agree_at_once_do_it_once(cast, proposed, at_once):
    users = (cast.chair, cast.second_chair)
    ends = Counter(at_once([(agree, proposed.id, users[n % 2].id) for n in range(8)]))
    assert ends == {("done", "agreed"): 4, ("refused", "already_decided"): 4}
    assert on_hand(cast.goods) == [3]


def test_agreed_or_withdrawn_and_never_both(cast, proposed, at_once):
    calls = [(agree, proposed.id, cast.chair.id), (withdraw, proposed.id, cast.manager.id)] * 4
    ends = Counter(at_once(calls))
    assert ends[("refused", "already_decided")] == 4
    db.session.rollback()
    assert ends[("done", proposed.state.value)] == 4
    assert on_hand(cast.goods) == [3 if proposed.state == ProposalState.AGREED else 20]


def test_eight_small_write_offs_at_once_stay_within_the_limit(cast, at_once):
    """Nine pieces are 27 points: one of the eight is within the limit, two are not; of either delivery."""
    do(moves.receive, "more", cast.goods, 20, Source.PURCHASE, cast.manager)
    lots = db.session.scalars(sa.select(moves.Lot.id).where(moves.Lot.goods_id == cast.goods.id)).all()
    calls = [(take_off, f"key-{n}", lots[n % 2], cast.manager.id) for n in range(8)]
    ends = Counter(how if how == "done" else told for how, told in at_once(calls))
    assert ends == {"done": 1, "second_person": 7}
