"""Merging two entries of one person: suggested, decided, explained afterwards; the points add up."""

from datetime import timedelta
from uuid import uuid4

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as play

from ground.clock import Quarter
from ground.db import db, transaction
from ground.refusal import Refused
from people import cards
from people.models import (
    Appointment,
    AuditEvent,
    Card,
    CardState,
    DepartureKind,
    Duty,
    Merge,
    Outcome,
    Person,
    Sex,
    User,
)
from people.roster import departures, duplicates, holders, persons, terms
from people.roster.duplicates import DuplicateSign
from people.signin import accounts
from points import amounts, labels, leaving, ledger, merging
from points.assessment import meeting, opening, sheet
from points.models import Service, Transfer, TransferKind
from points.services import deciding, recording
from points.wall import booking, posting
from shop import verify
from shop.desk import redemptions, voids
from tests.cast import (
    BEGAN_ON,
    HASHED,
    NEXT_VILLAGE,
    PRESENT,
    TODAY,
    TOWNSHIP,
    VILLAGE,
    Cast,
    counted,
    new_app,
)
from tests.points.twins import DECISION, REASON, enter_twins, problems
from tests.story import do, give, refused

HERE = f"/v/{VILLAGE}"
ONE_DAY = timedelta(days=1)


@pytest.fixture
def twins(cast):
    return enter_twins(cast)


@pytest.fixture
def merge(cast):
    def merge(kept, duplicate, reason=REASON, actor=None):
        return merging.merge(kept, duplicate, reason, actor or cast.chair, cast.second_chair)

    return merge


def redeem(cast, card, units=1):
    return redemptions.redeem(uuid4().hex, cast.shop, card, {cast.goods.id: units}, cast.volunteer)


def moved():
    """What merges moved: key, amount, reason."""
    kinds = [TransferKind.MERGE_OUT, TransferKind.MERGE_IN]
    query = sa.select(Transfer).where(Transfer.kind.in_(kinds)).order_by(Transfer.id)
    return [(transfer.key, transfer.amount, transfer.reason) for transfer in db.session.scalars(query)]


# --- Suggestions ---


def test_pairs_are_suggested_by_name_with_phone_or_birth_year(cast, merge):
    def enter(area, name, phone=None, birth_year=None):
        return persons.add_person(area, name, None, phone, birth_year=birth_year)

    with transaction():
        village, next_village = cast.village, cast.next_village
        a = enter(village, "同名甲", "13800000001")
        b = enter(village, "同名甲", "13800000001", 1970)
        c = enter(village, "同名乙", None, 1970)
        d = enter(village, "同名乙", "13800000002", 1970)
        enter(village, "同名乙", None, 1971)
        enter(village, "同名丙")
        enter(village, "同名丙")
        enter(village, "同名丙", "", 1980)
        enter(next_village, "同名丙", "", 1980)
        e = enter(next_village, "同名甲", "13800000001")
        f = enter(next_village, "同名丁", "13800000003", 1990)
        g = enter(next_village, "同名丁", "13800000003", 1990)

    def found(area):
        return [(pair.first.id, pair.second.id, pair.signs) for pair in duplicates.suggested_pairs(area)]

    here = [(c.id, d.id, [DuplicateSign.BIRTH_YEAR]), (a.id, b.id, [DuplicateSign.PHONE])]
    there = [(f.id, g.id, [DuplicateSign.PHONE, DuplicateSign.BIRTH_YEAR])]
    across = [(a.id, e.id, [DuplicateSign.PHONE]), (b.id, e.id, [DuplicateSign.PHONE])]
    assert found(village) == sorted(here, key=lambda pair: pair[0] != c.id)
    assert found(next_village) == there
    for above in (cast.township, cast.county):
        assert sorted(found(above)) == sorted([*here, *across, *there])
    assert found(cast.far_village) == []
    do(merge, a, b)
    assert found(village) == [(c.id, d.id, [DuplicateSign.BIRTH_YEAR])]
    assert (b.id, e.id) not in {pair[:2] for pair in found(cast.county)}


def test_suggestions_are_one_query(cast, twins):
    db.session.rollback()
    with counted() as sent:
        (pair,) = duplicates.suggested_pairs(cast.county)
    assert pair.signs == [DuplicateSign.PHONE]
    assert pair.first.area.name == "柳树村"
    assert len([text for text in sent if "person_merge" in text]) == 1


# --- The verb ---


def test_points_move_by_two_linked_entries_and_nothing_is_rewritten(app, cast, twins, merge):
    kept, twin = twins
    cast.earn_each({kept.id: 100, twin.id: 70})
    db.session.rollback()
    before = ledger.totals(cast.village)
    upto = db.session.scalar(sa.select(sa.func.max(Transfer.id)))
    digest = ledger.digest(cast.village, upto)
    made = do(merge, kept, twin)
    assert moved() == [
        (f"merge:{made.id}:out", 70, f"#{kept.id}"),
        (f"merge:{made.id}:in", 70, f"#{twin.id}"),
    ]
    assert (ledger.balance_of(kept), ledger.balance_of(twin)) == (170, 0)
    assert ledger.totals(cast.village) == before
    assert ledger.digest(cast.village, upto) == digest
    assert [entry.amount for entry in ledger.latest(twin, 9)] == [70, 70]
    with app.test_request_context():
        assert f"#{twin.id}" in labels.explain_transfer(ledger.latest(kept, 1)[0])
    assert problems() == []


def test_what_goes_on_goes_on_under_the_kept_entry(cast, twins, merge):
    kept, twin = twins
    with transaction():
        cast.serve(twin, "走访", TODAY - ONE_DAY, cast.clerk, cast.chair, 3)
        waiting = recording.record(uuid4().hex, twin, cast.item("代办"), TODAY, 1, "", cast.clerk)
        user = accounts.add_user("twin", twin.name, HASHED, None, twin)
    old_card, old_term, kept_card = cast.card_of(twin), cast.term_of(twin), cast.card_of(kept)
    made = do(merge, kept, twin)
    db.session.rollback()
    assert (made.reason, made.actor_id) == (REASON, cast.chair.id)
    assert persons.current_entry(twin).id == kept.id
    assert persons.entry_ids(kept) == [kept.id, twin.id]
    assert {service.worker_id for service in db.session.scalars(sa.select(Service))} == {kept.id}
    assert (old_card.state, kept_card.state) == (CardState.REPLACED, CardState.ACTIVE)
    assert (old_term.ended_on, old_term.person_id) == (TODAY, twin.id)
    new = db.session.scalars(sa.select(Appointment).where(Appointment.follows_id == old_term.id)).one()
    assert (new.person_id, new.grid_id, new.starts_on, new.ends_on, new.ended_on) == (
        kept.id,
        old_term.grid_id,
        TODAY,
        old_term.ends_on,
        None,
    )
    assert db.session.get_one(User, user.id).person_id == kept.id
    assert (kept.sex, kept.birth_year, kept.phone) == (Sex.FEMALE, 1980, "12000005678")
    with transaction():
        deciding.confirm(waiting, cast.chair)
    quarter = Quarter.of(TODAY)
    with transaction():
        assessment = opening.open_quarter(cast.village, quarter, cast.clerk)
    totals = {row.worker.id: row.total for row in sheet.sheet_rows(assessment)}
    assert totals[kept.id] == 3 * 2 + 10
    assert totals.get(twin.id, 0) == 0
    trail = {
        event.action: event
        for event in db.session.scalars(sa.select(AuditEvent).where(AuditEvent.actor_id == cast.chair.id))
    }
    assert trail["person.merge"].subject == f"person:{twin.id}"
    assert trail["person.merge"].detail["kept"] == kept.id
    assert len(trail["person.merge"].detail["services"]) == 2
    assert waiting.id in trail["person.merge"].detail["services"]
    assert trail["person.fill"].subject == f"person:{kept.id}"
    assert trail["user.link"].before == {"person_id": twin.id}
    assert {"term.begin", "term.end", "card.replace"} <= set(trail)
    assert problems() == []


def test_records_that_an_assessment_took_stay_where_they_are(cast, twins, merge):
    kept, twin = twins
    assessment = cast.earn(twin, 70)
    before = [(row.worker.id, row.total) for row in sheet.sheet_rows(assessment)]
    do(merge, kept, twin)
    assert [(row.worker.id, row.total) for row in sheet.sheet_rows(assessment)] == before
    assert problems() == []


def test_an_empty_account_moves_nothing_and_a_missing_one_is_opened(cast, twins, merge):
    kept, twin = twins
    third = entry(cast, kept.name)
    do(merge, kept, third)
    assert moved() == []
    cast.earn(twin, 70)
    assert ledger.find_account(kept) is None
    do(merge, kept, twin)
    assert (ledger.balance_of(kept), ledger.balance_of(twin)) == (70, 0)


def entry(cast, name, area=None):
    """An entry of somebody who serves nowhere."""
    with transaction():
        return persons.add_person(area or cast.village, name, cast.clerk)


def test_more_than_the_ledger_takes_at_once_moves_whole(twins, merge):
    kept, twin = twins
    for tenths in (amounts.LARGEST_TENTHS, amounts.LARGEST_TENTHS, 5):
        do(give, twin, tenths)
    made = do(merge, kept, twin)
    assert [key for key, _amount, _reason in moved()] == [
        f"merge:{made.id}:out",
        f"merge:{made.id}:in",
    ]
    assert (ledger.balance_of(kept), ledger.balance_of(twin)) == (2 * amounts.LARGEST_TENTHS + 5, 0)
    assert problems() == []


def test_who_serves_without_a_card_gets_one_and_who_does_not_serve_gets_none(cast, twins, merge):
    kept, twin = twins
    with transaction():
        cards.report_lost(cast.card_of(kept), cast.clerk)
    do(merge, kept, twin)
    assert cast.card_of(kept).state == CardState.ACTIVE
    assert cast.card_of(twin) is None
    first, second = entry(cast, "无任何聘任"), entry(cast, "无任何聘任")
    do(merge, first, second)
    assert cast.card_of(first) is None


def test_a_renewal_that_was_made_moves_along(cast, twins, merge):
    kept, twin = twins
    term = cast.term_of(twin)
    with transaction():
        renewal = terms.renew(term, cast.clerk)
    do(merge, kept, twin)
    db.session.rollback()
    assert holders.state_of(renewal, TODAY) == holders.TermState.CALLED_OFF
    theirs = db.session.scalars(
        sa.select(Appointment)
        .where(Appointment.person_id == kept.id, Appointment.grid_id == term.grid_id)
        .order_by(Appointment.starts_on)
    ).all()
    assert [(new.starts_on, new.ends_on) for new in theirs] == [
        (TODAY, term.ends_on),
        (renewal.starts_on, renewal.ends_on),
    ]


def test_an_instructor_s_term_moves_too(cast, twins, merge):
    kept, twin = twins
    with transaction():
        terms.appoint(twin, holders.last_grid(cast.worker), Duty.INSTRUCTOR, BEGAN_ON, cast.clerk)
    do(merge, kept, twin)
    assert holders.term_on_day(kept.id, TODAY, Duty.INSTRUCTOR).grid.code == "01"
    assert holders.term_on_day(twin.id, TODAY, Duty.INSTRUCTOR) is None


def test_a_term_that_ran_out_ends_and_does_not_go_on(cast, twins, merge, clock):
    kept, twin = twins
    term = cast.term_of(twin)
    clock.turn_to(term.ends_on + timedelta(days=5))
    do(merge, kept, twin)
    assert term.ended_on == term.ends_on + ONE_DAY
    assert holders.term_on_day(kept.id, term.ends_on + timedelta(days=5)) is None


def test_what_is_voided_afterwards_follows_to_the_kept_account(cast, twins, merge):
    kept, twin = twins
    cast.earn(twin, 70)
    done = do(redeem, cast, cast.card_of(twin))
    made = do(merge, kept, twin)
    third = entry(cast, kept.name)
    last = do(merge, third, kept)
    assert ledger.balance_of(third) == 40
    for _ in range(2):
        with transaction():
            voids.void(done, "拿错了", cast.volunteer)
    assert [ledger.balance_of(person) for person in (twin, kept, third)] == [0, 0, 70]
    assert [key for key, _amount, _reason in moved()][-4:] == [
        f"merge:{made.id}:out:2",
        f"merge:{made.id}:in:2",
        f"merge:{last.id}:out:2",
        f"merge:{last.id}:in:2",
    ]
    assert problems() == []


def test_what_still_came_to_a_merged_entry_is_sent_on_in_the_evening(app, cast, twins, merge):
    kept, twin = twins
    made = do(merge, kept, twin)
    do(give, twin, 15)
    assert leaving.remainders(None) == []
    assert problems() == [
        f"account {ledger.find_account(twin).id}: points are left on an entry that was merged"
    ]
    told = app.test_cli_runner().invoke(args=["ledger", "settle"])
    assert told.output == f"entry #{twin.id}: 1.5 points moved to its other\nnothing was due\n"
    assert (ledger.balance_of(kept), ledger.balance_of(twin)) == (15, 0)
    assert [key for key, _amount, _reason in moved()] == [f"merge:{made.id}:out", f"merge:{made.id}:in"]
    assert problems() == []


def test_what_was_taken_on_either_card_stands_at_the_desk(cast, twins, merge):
    kept, twin = twins
    cast.earn(twin, 70)
    done = do(redeem, cast, cast.card_of(twin))
    do(merge, kept, twin)
    assert [one.id for one in redemptions.of_person(persons.entry_ids(kept), TODAY)] == [done.id]


def test_the_old_card_is_not_taken_and_the_kept_one_pays(cast, twins, merge):
    kept, twin = twins
    cast.earn(twin, 70)
    old, new = cast.card_of(twin), cast.card_of(kept)
    do(merge, kept, twin)
    refused("card_inactive", redeem, cast, old)
    with transaction(), pytest.raises(Refused, match="was_merged"):
        cards.issue(twin, cast.clerk)
    assert do(redeem, cast, new).total == 30


# --- What is refused ---


def test_one_entry_is_no_pair(cast, twins, merge):
    refused("same_entry", merge, twins[0], twins[0])
    refused("reason_missing", merge, *twins, reason="  ")


def test_merged_once_is_merged(cast, twins, merge):
    kept, twin = twins
    do(merge, kept, twin)
    refused("already_merged", merge, kept, twin)
    refused("already_merged", merge, twin, kept)
    refused("already_merged", merge, twin, cast.worker)
    refused("already_merged", merge, cast.worker, twin)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Merge)) == 1


def test_another_village_s_entry_only_if_nothing_goes_on_there(cast, merge):
    refused("other_village", merge, cast.worker, cast.stranger)
    idle = entry(cast, "邻村旧人", cast.next_village)
    do(give, idle, 10)
    refused("other_village", merge, cast.worker, idle)
    free = entry(cast, "邻村闲人", cast.next_village)
    assert do(merge, cast.worker, free).kept_id == cast.worker.id
    with transaction():
        cast.serve(cast.stranger, "走访", TODAY - ONE_DAY, cast.outsider, cast.county_user)
        terms.end_term(cast.term_of(cast.stranger), "不再担任", cast.outsider)
    refused("other_village", merge, cast.worker, cast.stranger)
    assert problems() == []


def test_not_while_the_duplicate_is_on_a_sheet(cast, twins, merge, clock):
    kept, twin = twins
    with transaction():
        assessment = opening.open_quarter(cast.village, Quarter(2026, 4), cast.clerk)
        meeting.deliberate(assessment, TODAY, PRESENT, (), "", cast.clerk)
    refused("on_a_sheet", merge, kept, twin)
    with transaction():
        posting.post_notice(assessment, cast.clerk)
    refused("on_a_sheet", merge, kept, twin)
    idle = entry(cast, kept.name)
    do(merge, kept, idle)
    clock.days_on(4)
    with transaction():
        booking.book(assessment, cast.chair)
    do(merge, kept, twin)
    assert problems() == []


def test_nobody_merges_their_own_entries(cast, twins, merge):
    kept, twin = twins
    with transaction():
        user = accounts.add_user("twin", twin.name, HASHED, None, twin)
    refused("own_entry", merge, kept, twin, actor=user)
    refused("own_entry", merge, twin, kept, actor=user)


def test_not_while_a_grid_is_about_to_change_hands(cast, twins, merge):
    kept, twin = twins
    with transaction():
        terms.hand_over(cast.term_of(twin), cast.worker, TODAY + timedelta(days=9), cast.clerk)
    refused("term_to_come", merge, kept, twin)
    other = entry(cast, "接任的人")
    with transaction():
        terms.hand_over(cast.term_of(cast.person("普绍兰")), other, TODAY + timedelta(days=9), cast.clerk)
    refused("term_to_come", merge, kept, other)


def test_nobody_s_points_expire_sooner_by_a_merge(cast, twins, merge, clock):
    kept, twin = twins
    cast.earn(twin, 70)

    def leave(person, on=TODAY):
        with transaction():
            leaving.leave(person, DepartureKind.EXIT, "外出", DECISION, on, cast.chair)

    leave(twin, TODAY - ONE_DAY)
    with transaction():
        departures.decide_rule(cast.village, Outcome.EXPIRE, None, DECISION, TODAY, cast.chair)
    leave(kept)
    refused("both_left", merge, kept, twin)
    refused("both_left", merge, twin, kept)
    clock.days_on(90)
    with transaction():
        leaving.settle_due(cast.village, cast.chair)
    assert do(merge, kept, twin).id
    assert problems() == []


def test_who_serves_under_the_kept_entry_keeps_points_of_one_that_left(cast, twins, merge, clock):
    kept, twin = twins
    cast.earn(twin, 70)
    with transaction():
        leaving.leave(twin, DepartureKind.ADJUSTMENT, "登记重复", DECISION, TODAY, cast.chair)
    do(merge, kept, twin)
    clock.days_on(400)
    with transaction():
        assert leaving.settle_due(cast.village, cast.chair) == []
    assert ledger.balance_of(kept) == 70


def test_the_departure_of_a_duplicate_counts_for_the_kept_entry(cast, twins, merge, clock):
    """Kept until the day, spent with a card of the kept entry, then expired by the duplicate's departure."""
    _kept, twin = twins
    cast.earn(twin, 70)
    other = entry(cast, twin.name)
    with transaction():
        left = leaving.leave(twin, DepartureKind.EXIT, "外出", DECISION, TODAY, cast.chair)
    do(merge, other, twin)
    assert departures.points_kept_until(other) == left.kept_until
    with transaction():
        card = cards.issue(other, cast.clerk)
    assert do(redeem, cast, card).total == 30
    clock.turn_to(left.kept_until + ONE_DAY)
    with transaction():
        (lapse,) = leaving.settle_due(None, None)
    lapsed = lapse.transfer
    assert (lapsed.key, lapsed.amount) == (f"departure:{left.id}", 40)
    assert problems() == []


# --- Pages ---


def test_from_the_suggestion_to_the_account(cast, twins, client_of):
    kept, twin = twins
    cast.earn_each({kept.id: 100, twin.id: 70})
    chair, clerk = client_of(cast.chair), client_of(cast.clerk)
    there = f"{HERE}/people/{twin.id}/merge?into={kept.id}"
    for client in (chair, clerk):
        assert there.replace("&", "&amp;") in client.get(f"{HERE}/duplicates").text
        page = client.get(there).text
        assert cast.card_of(twin).grouped in page
        assert "第09网格" in page
    assert clerk.post(there, data={"reason": REASON}).status_code == 403
    assert chair.post(there, data={"reason": ""}).status_code == 422
    assert chair.post(there, data={"reason": REASON}).status_code == 302
    again = chair.post(there, data={"reason": REASON})
    assert again.status_code == 422
    assert REASON in again.text
    for reader in (cast.clerk, cast.supervisor):
        history = client_of(reader).get(f"{HERE}/accounts/{kept.id}").text
        for words in (f"#{twin.id}", REASON, cast.chair.name, "17", "2025年第一季度"):
            assert words in history, words
        theirs = client_of(reader).get(f"{HERE}/accounts/{twin.id}").text
        assert f'href="{HERE}/accounts/{kept.id}"' in theirs
        assert REASON in theirs
    assert f"#{kept.id}" in clerk.get(f"{HERE}/accounts").text
    assert there not in clerk.get(f"{HERE}/duplicates").text
    above = client_of(cast.county_user).get(f"{HERE}/accounts/{kept.id}").text
    assert kept.name not in above


def test_the_page_says_why_two_cannot_be_merged(cast, client_of):
    chair = client_of(cast.chair)
    there = f"{HERE}/people/{cast.worker.id}/merge"
    assert f'value="{cast.neighbour.id}"' in chair.get(there).text
    assert 'class="note note-look"' in chair.get(f"{there}?into={cast.worker.id}").text
    assert chair.get(f"{there}?into={cast.stranger.id}").status_code == 404
    assert chair.get(f"{there}?into=999999").status_code == 404
    assert chair.get(f"{HERE}/people/{cast.stranger.id}/merge").status_code == 404
    assert chair.post(there, data={"reason": REASON}).status_code == 404
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Merge)) == 0


def test_who_sees_what(cast, twins, client_of):
    kept, twin = twins
    there = f"{HERE}/people/{twin.id}/merge?into={kept.id}"
    pages = {
        f"{HERE}/duplicates": {"clerk", "chair", "supervisor", "township_user", "county_user"},
        there: {"clerk", "chair"},
        f"/a/{VILLAGE}/duplicates": {"township_user", "county_user"},
        f"/a/{TOWNSHIP}/duplicates": {"township_user", "county_user"},
    }
    inside = {"clerk", "chair", "supervisor", "instructor", "manager", "volunteer", "worker"}
    for path, readers in pages.items():
        for username in (*inside, "township_user", "county_user", "outsider", "far_township_user"):
            in_scope = username in ("township_user", "county_user") or (
                username in inside and TOWNSHIP not in path
            )
            expected = 200 if username in readers else 403 if in_scope else 404
            assert client_of(cast.user(username)).get(path).status_code == expected, (username, path)
        assert client_of(None).get(path).status_code == 302
    for path in (f"{HERE}/duplicates", f"/a/{TOWNSHIP}/duplicates"):
        page = client_of(cast.township_user).get(path).text
        assert kept.masked in page
        assert kept.name not in page
        assert kept.phone not in page
        assert "/merge" not in page
    assert "柳树村" in client_of(cast.county_user).get(f"/a/{TOWNSHIP}/duplicates").text
    assert client_of(cast.outsider).get(f"/v/{NEXT_VILLAGE}/duplicates").status_code == 200


# --- Any order of things ---


class Village(RuleBasedStateMachine):
    """Three people under six entries come, earn, spend, leave, and are found to be one; in any order."""

    def __init__(self, app, databases, template):
        super().__init__()
        self.databases, self.name = databases, databases.copy(template, "history")
        self.context = app.app_context()
        self.context.push()
        self.ids = [person.id for person in Cast().workers[:6]]
        self.issued = self.redeemed = self.expired = 0
        self.quarters = 0
        self.done = []
        self.voided = set()

    def teardown(self):
        db.session.rollback()
        found = list(verify.problems())
        db.session.remove()
        db.engine.dispose()
        self.context.pop()
        self.databases.drop(self.name)
        assert found == []

    who = st.integers(0, 5)

    def person(self, which):
        return db.session.get_one(Person, self.ids[which])

    def attempt(self, verb):
        """What came of it, or None if a rule said no; then nothing happened."""
        try:
            with transaction():
                return verb()
        except Refused:
            return None

    def balances(self):
        db.session.rollback()
        return [ledger.balance_of(self.person(which)) for which in range(6)]

    @initialize(amounts=st.lists(st.integers(1, 200), min_size=6, max_size=6))
    def begin(self, amounts):
        """Everyone has something in the first quarter."""
        Cast().earn_each(dict(zip(self.ids, amounts, strict=True)))
        self.quarters, self.issued = 1, sum(amounts)

    @rule(which=who, tenths=st.integers(1, 200))
    def earn(self, which, tenths):
        person = self.person(which)
        if person.merge or self.quarters >= 7:
            return
        self.quarters += 1
        Cast().earn(person, tenths)
        self.issued += tenths

    @rule(which=who, units=st.integers(1, 2))
    def spend(self, which, units):
        cast = Cast()
        card = db.session.scalars(
            sa.select(Card).where(Card.person_id == self.ids[which]).order_by(Card.id.desc())
        ).first()
        made = self.attempt(
            lambda: redemptions.redeem(uuid4().hex, cast.shop, card, {cast.goods.id: units}, cast.volunteer)
        )
        if made is not None:
            self.redeemed += 30 * units
            self.done.append((made.id, 30 * units))

    @rule(data=st.data())
    def take_back(self, data):
        if not self.done:
            return
        ident, total = data.draw(st.sampled_from(self.done))
        redemption = db.session.get_one(redemptions.Redemption, ident)
        made = self.attempt(lambda: voids.void(redemption, "拿错了", Cast().volunteer))
        if made is not None and ident not in self.voided:
            self.voided.add(ident)
            self.redeemed -= total

    @rule(outcome=st.sampled_from(Outcome), days=st.integers(1, 3))
    def decide(self, outcome, days):
        cast = Cast()
        self.attempt(lambda: departures.decide_rule(cast.village, outcome, days, DECISION, TODAY, cast.chair))

    @rule(which=who, days=st.integers(0, 5))
    def leave(self, which, days):
        before = sum(self.balances())
        on = TODAY - timedelta(days=days)
        self.attempt(
            lambda: leaving.leave(self.person(which), DepartureKind.EXIT, "外出", DECISION, on, Cast().chair)
        )
        self.expired += before - sum(self.balances())

    @rule()
    def settle(self):
        before = sum(self.balances())
        lapsed = self.attempt(lambda: leaving.settle_due(None, None))
        assert sum(lapse.transfer.amount for lapse in lapsed) == before - sum(self.balances())
        self.expired += before - sum(self.balances())
        assert [one for one in leaving.remainders(None) if one.is_due] == []

    @rule(which=who)
    def come_back(self, which):
        person, cast = self.person(which), Cast()

        def again():
            terms.appoint(person, holders.last_grid(person), Duty.WORKER, TODAY, cast.clerk)
            cards.issue(person, cast.clerk)

        self.attempt(again)

    @rule(which=who)
    def new_card(self, which):
        self.attempt(lambda: cards.issue(self.person(which), Cast().clerk))

    @rule(kept=who, duplicate=who)
    def merge(self, kept, duplicate):
        before = sum(self.balances())
        self.attempt(lambda: merging.merge(self.person(kept), self.person(duplicate), REASON, Cast().chair))
        assert sum(self.balances()) == before

    @invariant()
    def no_point_is_made_or_lost(self):
        total = ledger.totals(Cast().village)
        assert (total["issuing"], total["redeemed"], total["expired"]) == (
            self.issued,
            self.redeemed,
            self.expired,
        )
        assert sum(self.balances()) == self.issued - self.redeemed - self.expired == total["worker"]

    @invariant()
    def a_merged_entry_holds_nothing(self):
        for which in range(6):
            person = self.person(which)
            if duplicates.merge_of(person):
                assert ledger.balance_of(person) == 0
                assert cards.active_card(person) is None
                assert holders.term_on_day(person.id, TODAY) is None


def test_points_add_up_in_any_order(database, template, long):
    app = new_app(database.uri("history"))
    play(
        lambda: Village(app, database, template),
        settings=settings(max_examples=5 if long else 2, stateful_step_count=15),
    )
