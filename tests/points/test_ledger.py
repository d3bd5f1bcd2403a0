"""The ledger: one row for a transfer, keys that book once, and history that nobody rewrites."""

import hashlib
import json
import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from duties.models import (
    Attempt,
    AttemptResult,
    AttemptUndone,
    Dispute,
    DisputeKind,
    DisputeReport,
    Gathering,
    GatheringKind,
    Incident,
    IncidentKind,
    IncidentStep,
    IncidentStepKind,
    Rung,
    Severity,
)
from ground import clock
from ground.db import Base, db, transaction
from ground.refusal import Refused
from people import contacts
from people.models import (
    Attention,
    ContactKind,
    Departure,
    DepartureKind,
    Evaluation,
    EvaluationSide,
    GrowthStep,
    Household,
    HouseholdClass,
    ImportFile,
    ImportTrace,
    Inquiry,
    LeavingRule,
    Merge,
    Outcome,
    Stage,
)
from points import amounts, chain, ledger
from points.assessment import assessments
from points.models import (
    GENESIS,
    AccountKind,
    Activity,
    Answer,
    AssessmentRules,
    Correction,
    Deduction,
    Evidence,
    Finding,
    FindingResult,
    JointConfirmation,
    Lapse,
    MergeMove,
    Objection,
    ObjectionChannel,
    OpeningAnswer,
    OpeningBooking,
    OpeningLine,
    OpeningNotice,
    OpeningNoticeLine,
    OpeningObjection,
    OpeningReversal,
    OpeningSheet,
    Quorum,
    Reminder,
    RubricWithdrawal,
    Sample,
    SentBack,
    Transfer,
    TransferKind,
    Witness,
)
from points.services import deciding, deductions
from reports.models import DisclosureInterval, Packet, QuarterlyReturn, ReceivedReturn
from shop.desk import proxies, redemptions, voids
from shop.models import (
    Budget,
    Delivery,
    PurchaseApproval,
    PurchaseDelivery,
    PurchaseLine,
    PurchaseRequest,
    Wish,
    WishKind,
)
from shop.stock import counts
from tests.cast import writing_connection
from tests.shop.offlinedesk import brought_late

pytestmark = pytest.mark.both_databases

AWARD, REDEMPTION, EXPIRY = TransferKind.AWARD, TransferKind.REDEMPTION, TransferKind.EXPIRY

MIGRATIONS = Path(__file__).parents[2] / "migrations/versions"

JOURNALS = (
    "received_return",
    "transfer",
    "notice",
    "adjustment",
    "rubric",
    "rubric_item",
    "rubric_withdrawal",
    "stock_move",
    "redemption",
    "redemption_line",
    "lease_entry",
    "set_aside",
    "void",
    "audit_event",
    "grid_change",
    "household_class",
    "gathering",
    "incident",
    "incident_step",
    "dispute",
    "attempt",
    "attempt_contact",
    "attempt_undone",
    "dispute_report",
    "sample",
    "finding",
    "assessment_terms",
    "reminder",
    "sent_back",
    "joint_confirmation",
    "activity",
    "notice_line",
    "objection",
    "answer",
    "correction",
    "award",
    "lapse",
    "merge_move",
    "opening_line",
    "opening_notice",
    "opening_notice_line",
    "opening_objection",
    "opening_answer",
    "opening_booking",
    "opening_reversal",
    "budget",
    "person_merge",
    "evaluation",
    "departure",
    "growth_step",
    "leaving_rule",
    "price",
    "donation",
    "delivery",
    "stock_count",
    "witness",
    "proxy",
    "deduction",
    "statement",
    "confirmation_undone",
    "inquiry",
    "import_trace",
    "wish",
    "purchase_request",
    "purchase_line",
    "purchase_approval",
    "purchase_delivery",
    "disclosure_interval",
    "packet",
    "quarterly_return",
    "return_part",
)


@pytest.fixture
def post(app, cast):
    """Post to the worker's account in a transaction of its own."""

    def post(key, kind, amount, reason="", worker=None):
        with transaction():
            return ledger.post(
                key, kind, ledger.account_of(worker or cast.worker), amount, reason, cast.clerk
            )

    return post


@pytest.fixture
def reverse(app, cast):
    def reverse(transfer, key, reason="改错"):
        with transaction():
            return ledger.reverse(transfer, key, reason, cast.clerk)

    return reverse


def test_points_come_and_go(post, cast):
    assert ledger.balance_of(cast.worker) == 0
    award = post("a", AWARD, 100, "2026Q3")
    spent = post("b", REDEMPTION, 35)
    post("c", EXPIRY, 5)
    account = cast.account_of(cast.worker)
    assert (account.balance, account.transfers, ledger.balance_of(cast.worker)) == (60, 3, 60)
    assert [award.position, spent.position] == [1, 2]
    assert [award.balance_after, spent.balance_after] == [100, 65]
    assert [award.change, spent.change] == [100, -35]
    assert ledger.balance_of(cast.neighbour) == 0


def test_each_kind_stands_between_the_worker_and_the_village_account_it_names(post, cast):
    for key, kind, amount in (("a", AWARD, 100), ("b", REDEMPTION, 30), ("c", EXPIRY, 10)):
        post(key, kind, amount)
    kinds = dict(db.session.execute(sa.text("SELECT id, kind FROM account")).all())
    sides = db.session.execute(sa.select(Transfer.debit_id, Transfer.credit_id).order_by(Transfer.id))
    assert [(kinds[debit], kinds[credit]) for debit, credit in sides] == [
        (AccountKind.ISSUING, AccountKind.WORKER),
        (AccountKind.WORKER, AccountKind.REDEEMED),
        (AccountKind.WORKER, AccountKind.EXPIRED),
    ]


def test_what_is_not_there_is_not_spent(post, cast):
    post("a", AWARD, 100)
    with pytest.raises(Refused, match="insufficient_points") as refusal:
        post("b", REDEMPTION, 135)
    assert "3.5" in str(refusal.value.message)
    assert ledger.balance_of(cast.worker) == 100
    post("c", REDEMPTION, 100)  # to the last tenth
    assert ledger.balance_of(cast.worker) == 0


@pytest.mark.parametrize("kind", [AWARD, TransferKind.OPENING])
@pytest.mark.parametrize("amount", [0, -1, amounts.LARGEST_TENTHS + 1])
def test_amounts_that_are_none(post, cast, amount, kind):
    with pytest.raises(Refused, match="bad_amount"):
        post("a", kind, amount)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Transfer)) == 0


def test_the_largest_amount(post, cast):
    post("a", AWARD, amounts.LARGEST_TENTHS)
    assert ledger.balance_of(cast.worker) == amounts.LARGEST_TENTHS


def test_the_same_key_books_once(post, cast):
    first = post("a", AWARD, 100)
    again = post("a", AWARD, 100)
    assert again.id == first.id
    assert ledger.balance_of(cast.worker) == 100


def test_a_key_is_not_used_for_something_else(post, cast):
    post("a", AWARD, 100)
    for kind, amount, worker in ((AWARD, 99, None), (EXPIRY, 100, None), (AWARD, 100, cast.neighbour)):
        with pytest.raises(Refused, match="key_reused"):
            post("a", kind, amount, worker=worker)
    assert (ledger.balance_of(cast.worker), ledger.balance_of(cast.neighbour)) == (100, 0)


def test_a_repeated_spend_is_not_refused_for_what_it_spent_itself(post, cast):
    post("a", AWARD, 30)
    first = post("b", REDEMPTION, 30)
    assert post("b", REDEMPTION, 30).id == first.id


def test_a_reversal_mirrors_and_both_stay(post, reverse, cast):
    award = post("a", AWARD, 100)
    back = reverse(award, "b")
    assert (back.debit_id, back.credit_id, back.amount) == (award.credit_id, award.debit_id, award.amount)
    assert back.reverses_id == award.id
    assert ledger.balance_of(cast.worker) == 0
    assert cast.account_of(cast.worker).transfers == 2


def test_reversed_once(post, reverse, cast):
    post("base", AWARD, 500)
    spent = post("a", REDEMPTION, 100)
    back = reverse(spent, "b")
    assert reverse(spent, "b").id == back.id
    with pytest.raises(Refused, match="already_reversed"):
        reverse(spent, "c")
    with pytest.raises(Refused, match="not_reversible"):
        reverse(back, "d")
    assert ledger.balance_of(cast.worker) == 500


def test_a_reversal_does_not_take_a_used_key(post, reverse):
    award = post("a", AWARD, 100)
    with pytest.raises(Refused, match="key_reused"):
        reverse(award, "a")


def test_an_award_that_was_spent_is_not_reversed(post, reverse, cast):
    award = post("a", AWARD, 100)
    post("b", REDEMPTION, 1)
    with pytest.raises(Refused, match="insufficient_points"):
        reverse(award, "c")
    assert ledger.balance_of(cast.worker) == 99


def test_a_transaction_that_fails_leaves_nothing(app, cast):
    def post_and_fail():
        with transaction():
            ledger.post("a", AWARD, ledger.account_of(cast.worker), 100, "", cast.clerk)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        post_and_fail()
    assert ledger.balance_of(cast.worker) == 0
    assert db.session.scalar(sa.select(Transfer)) is None


@pytest.mark.parametrize("statement", ["UPDATE {table} SET {key} = {key}", "DELETE FROM {table}"])
def test_journals_take_additions_only(app, one_of_each, statement):
    for table in JOURNALS:
        key, *_rest = Base.metadata.tables[table].primary_key.columns.keys()
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), writing_connection() as connection:
            connection.execute(sa.text(statement.format(table=table, key=key)))


def test_no_other_table_is_a_journal():
    """The list above is the migrations' own."""
    lists = [runpy.run_path(str(file)).get("JOURNALS", ()) for file in MIGRATIONS.glob("*.py")]
    assert sorted(table for tables in lists for table in tables) == sorted(JOURNALS)


def test_journals_cannot_be_emptied_at_once(app, one_of_each):
    """SQLite has no TRUNCATE: there a DELETE without a condition is the one that skips the rows."""
    empty = {"sqlite": "DELETE FROM {}", "postgresql": "TRUNCATE {} CASCADE"}[db.engine.dialect.name]
    for table in JOURNALS:
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), writing_connection() as connection:
            connection.execute(sa.text(empty.format(table)))


@pytest.fixture
def one_of_each(cast):
    """A row in each journal, so that a trigger for each row has one to refuse."""
    cast.earn(cast.worker, 100)
    with transaction():
        son, basket = proxies.read_collector("李小明", "儿子"), {cast.goods.id: 1}
        redemption = redemptions.redeem("k" * 16, cast.shop, cast.card, basket, cast.volunteer, son)
        voids.void(redemption, "拿错了", cast.manager)
        brought_late(cast)
        counts.record_count(
            "a", counts.begin_stock_take(cast.shop, cast.volunteer), cast.goods, 20, cast.volunteer
        )
        db.session.add_all([*_of_people(cast), *_of_records(cast), *_of_assessments(cast)])
        db.session.add_all(_of_openings(cast))
        db.session.add_all([*_of_purchases(cast), *_of_reports(cast), _of_a_prefecture()])
    for table in JOURNALS:
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Base.metadata.tables[table]))
    db.session.rollback()


def _of_assessments(cast):
    """A row for each journal of the assessments'."""
    by = {"actor_id": cast.chair.id, "at": clock.now()}
    award = db.session.scalar(sa.select(Transfer).where(Transfer.kind == AWARD))
    assessment = assessments.assessments_of(cast.village)[0]
    correction = Correction(key="c", assessment_id=assessment.id, right_tenths=0, reason="记错", **by)
    correction.line, correction.award = award.line, award
    correction.reversal = ledger.reverse(award, "back", "记错", cast.chair)
    yield correction
    yield AssessmentRules(
        area_id=cast.county.id,
        quorum=Quorum.TWO_THIRDS,
        least_present=3,
        notice_days=5,
        book_within_days=30,
        decided_by="县委政法委",
        **by,
    )
    yield RubricWithdrawal(rubric_id=cast.rubric.id, reason="年份写错", **by)
    yield Reminder(area_id=cast.county.id, quarter_name="2026Q4", due_on=clock.today(), note="", **by)
    yield SentBack(assessment_id=assessment.id, reason="缺少说明", **by)
    yield Budget(shop_id=cast.shop.id, year=2027, amount=100_000, decided_by="村委会", **by)
    objection = Objection(
        key="o",
        assessment_id=assessment.id,
        number=1,
        worker_id=cast.worker.id,
        channel=ObjectionChannel.ORAL,
        name="",
        contact="",
        text="少记一次",
        received_on=clock.today(),
        due_on=clock.today(),
        token="T",
        received_by_id=cast.clerk.id,
        at=clock.now(),
    )
    objection.answer = Answer(accepted=False, change=0, reason="已核对", decided_by="村委会", **by)
    yield objection


def _of_openings(cast):
    """A row for each journal of the opening balances'."""
    who = {
        "sheet": OpeningSheet(village=cast.village, number=1, brought_by=cast.clerk, brought_at=clock.now())
    }
    line = OpeningLine(number=1, worker=cast.worker, grid="一网格", tenths=50, basis="存折", **who)
    day = {"posted_on": clock.today(), "ends_on": clock.today() + timedelta(days=3)}
    notice = OpeningNotice(
        number=1, posted_by=cast.clerk, posted_at=clock.now(), digest="", last_transfer_id=0, **day, **who
    )
    yield OpeningNoticeLine(notice=notice, line=line, name="李*明", basis="存折", tenths=50)
    objection = OpeningObjection(
        key="o",
        number=1,
        line=line,
        channel=ObjectionChannel.ORAL,
        name="",
        text="少记一次",
        received_on=clock.today(),
        due_on=clock.today(),
        received_by=cast.clerk,
        at=clock.now(),
        **who,
    )
    yield OpeningAnswer(
        objection=objection, reason="已核对", decided_by="村委会", actor=cast.chair, at=clock.now()
    )
    transfer = ledger.post("5", TransferKind.OPENING, ledger.account_of(cast.worker), 50, "1", None)
    back = ledger.reverse(transfer, "6", "记错", None)
    booking = OpeningBooking(transfer_id=transfer.id, line=line)
    yield OpeningReversal(transfer_id=back.id, booking=booking, agreed_by=cast.supervisor)


def _of_people(cast):
    """A row for each journal of the people's."""
    by = {"actor_id": cast.chair.id, "at": clock.now()}
    who, village, day = cast.neighbour.id, cast.village.id, clock.today()
    merge = Merge(kept_id=cast.worker.id, duplicate_id=who, reason="同一人", **by)
    yield merge
    file = ImportFile(area_id=village, name="花名册.xlsx", digest="", actor_id=cast.clerk.id, at=clock.now())
    yield ImportTrace(file=file, table_name="person", row_id=who, digest="0" * 16)
    first = HouseholdClass(attention=Attention.ORDINARY, on=day, reason="建档", **by)
    yield Household(
        grid_id=cast.term_of(cast.neighbour).grid_id,
        number=1,
        head="张三",
        house="",
        residents=3,
        composition="",
        standing="",
        situation="",
        needs="",
        classes=[first],
    )
    yield GrowthStep(person_id=who, stage=Stage.APPLICANT, on=day, note="", **by)
    yield LeavingRule(village_id=village, outcome=Outcome.EXPIRE, decided="村规", holds_from=day, **by)
    left = Departure(
        person_id=who,
        kind=DepartureKind.EXIT,
        reason="搬走",
        decision="村委会",
        on=day,
        outcome=Outcome.EXPIRE,
        **by,
    )
    yield left
    mine, theirs = ledger.account_of(cast.worker), ledger.account_of(cast.neighbour)
    ledger.post("1", AWARD, theirs, 50, "", None)
    out = ledger.post("2", TransferKind.MERGE_OUT, theirs, 20, "", None)
    into = ledger.post("3", TransferKind.MERGE_IN, mine, 20, "", None)
    yield MergeMove(merge=merge, out=out, into=into)
    yield Lapse(departure=left, transfer=ledger.post("4", EXPIRY, theirs, 5, "", None))
    grades = {"diligence": 4, "skill": 4, "manner": 4, "remark": ""}
    yield Evaluation(
        year=2026,
        side=EvaluationSide.OF_WORKER,
        person_id=who,
        village_id=village,
        voice="person:1",
        author_id=cast.clerk.id,
        at=clock.now(),
        **grades,
    )


def _of_purchases(cast):
    """A row for each journal of what is bought."""
    by = {"actor_id": cast.chair.id, "at": clock.now()}
    yield Wish(key="w", shop_id=cast.shop.id, kind=WishKind.WRITTEN, text="雨靴", **by)
    known = {"on_hand": 0, "handed_out": 0, "wished": 1}
    request = PurchaseRequest(
        key="p",
        shop_id=cast.shop.id,
        year=2026,
        serial=1,
        note="",
        outstanding=0,
        in_goods=0,
        asked_by_id=cast.manager.id,
        at=clock.now(),
        lines=[PurchaseLine(name="雨靴", unit="双", quantity=1, **known)],
        approval=PurchaseApproval(**by),
    )
    db.session.add(request)
    db.session.flush()
    delivery = db.session.scalars(sa.select(Delivery).limit(1)).one()
    yield PurchaseDelivery(delivery_id=delivery.id, request_id=request.id, **by)


def _of_reports(cast):
    """A row for each journal of what was decided about reports, filed and sent."""
    assessment = assessments.assessments_of(cast.village)[0]
    yield DisclosureInterval(village_id=cast.village.id, monthly=True, actor_id=cast.chair.id, at=clock.now())
    yield Packet(
        key="p",
        assessment=assessment,
        number=1,
        content=b"p",
        size=1,
        pages=1,
        digest="d",
        last_transfer_id=1,
        made_by_id=cast.chair.id,
        made_at=clock.now(),
    )
    village, township = (
        QuarterlyReturn(
            key=area.code,
            area=area,
            area_code=area.code,
            area_name=area.name,
            level=area.level,
            quarter_name="2026Q4",
            version=1,
            figures={},
            missing={},
            sent_by_id=cast.chair.id,
            sent_at=clock.now(),
        )
        for area in (cast.village, cast.township)
    )
    db.session.add(village)
    db.session.flush()
    township.parts = [village]  # which were sent before
    yield township


def _of_a_prefecture():
    """What a county sent, where it came."""
    whose = {
        "county_code": "539900000000",
        "county_name": "县",
        "sent_by_unit": "县",
        "quarter_name": "2026Q3",
    }
    said = {"version": 1, "figures": {}, "missing": {}, "digest": ""}
    return ReceivedReturn(**whose, **said, sent_at=clock.now(), received_at=clock.now())


def _of_records(cast):
    """A row for each journal of what workers write down."""
    by = {"actor_id": cast.chair.id, "at": clock.now()}
    recorded = {"recorded_by_id": cast.chair.id, "recorded_at": clock.now()}
    village, grid, day = cast.village.id, cast.term_of(cast.worker).grid_id, clock.today()
    where = {"village_id": village, "grid_id": grid, "worker_id": cast.worker.id}
    kind = GatheringKind.LAW
    held, found, opened = (Evidence(kind=each) for each in ("gathering", "incident", "dispute"))
    told = {"held_on": day, "kind": kind, "topic": "学法", "present": 8, "note": ""}
    yield Witness(name="张大山", village="邻村", phone="13900001111")
    yield Activity(
        key="t", village_id=village, item_id=cast.item("公益").id, done_on=day, note="", **recorded
    )
    yield JointConfirmation(key="t", village_id=village, ticked="", **by)
    yield Gathering(evidence=held, key="g", **told, **where, **recorded)
    step = IncidentStep(kind=IncidentStepKind.CLOSED, to="", note="", on=day, **by)
    yield Incident(
        evidence=found,
        key="i",
        kind=IncidentKind.HAZARD,
        severity=Severity.ORDINARY,
        found_on=day,
        place="村口",
        what="电线裸露",
        done="",
        steps=[step],
        **where,
        **recorded,
    )
    attempt = Attempt(
        key="a",
        number=1,
        rung=Rung.GRID,
        on=day,
        mediators="网格员",
        result=AttemptResult.FAILED,
        note="",
        **by,
    )
    attempt.undone = AttemptUndone(reason="写错了", **by)
    contact = contacts.attach(cast.village, ContactKind.POLICE, "马警官", "派出所", "110", day, None)
    attempt.contacts = [contact]
    yield Dispute(
        evidence=opened,
        key="d",
        opened_on=day,
        kind=DisputeKind.LAND,
        parties="甲、乙",
        matter="地界",
        opened_by_id=cast.chair.id,
        at=clock.now(),
        attempts=[attempt],
        reports=[DisputeReport(to=Rung.TOWNSHIP, measures="专人看护", **by)],
        **where,
    )
    sample = Sample(village_id=village, quarter_name="2025Q1", seed="1", size=1, last_service_id=1, **by)
    db.session.add(sample)
    db.session.flush()
    yield Inquiry(village_id=cast.village.id, entry_kind="voids", entry_row=1, note="看过", **by)
    yield Finding(sample_id=sample.id, service_id=1, result=FindingResult.SOUND, note="", **by)
    told = (uuid4().hex, cast.worker, cast.item("虚报"), day, 1, "没有去过这户", "住户当面说的", cast.clerk)
    said = deductions.state(deductions.propose(*told), "我去了", uuid4().hex, cast.chair)
    deduction = db.session.get_one(Deduction, said.deduction_id)
    deciding.take_back(deductions.confirm(deduction, cast.chair), "按错了", cast.chair)


def test_the_database_itself_refuses_a_balance_below_zero(post, cast):
    post("a", AWARD, 100)
    with pytest.raises(sa.exc.IntegrityError, match="balance"), writing_connection() as connection:
        connection.execute(sa.text("UPDATE account SET balance = -1"))


def test_an_outsider_computes_the_chain(post, reverse, cast):
    """With the rows alone and nothing of this program but the recipe in its words."""
    post("起始", AWARD, 100, "二〇二六年第三季度")
    spent = post("b", REDEMPTION, 35, "20261228-0001")
    reverse(spent, "c", '改"错"')
    account = cast.account_of(cast.worker)
    head = "0" * 64
    for row in rows_of(account.id):
        said = [
            head,
            row["position"],
            row["key"],
            row["kind"],
            row["debit_id"],
            row["credit_id"],
            row["amount"],
            row["reason"],
            row["actor_id"],
            row["at"],
            row["reversed_key"],
        ]
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        head = hashlib.sha256(text.encode("utf-8")).hexdigest()
        assert row["hash"] == head
    assert account.head == head != GENESIS


def rows_of(account_id):
    """The rows as plain SQL gives them, the moment written out in UTC."""
    query = sa.text(
        "SELECT t.*, r.key AS reversed_key FROM transfer t LEFT JOIN transfer r ON r.id = t.reverses_id "
        "WHERE t.account_id = :id ORDER BY t.position"
    )
    for row in db.session.execute(query, {"id": account_id}).mappings().all():
        at = row["at"]
        written = (
            f"{at[:10]}T{at[11:19]}Z"
            if isinstance(at, str)
            else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        )
        yield {**row, "at": written}


def test_a_notice_s_digest_stays_what_it_was(post, cast, clock):
    earned = cast.earn(cast.worker, 100)
    first = assessments.whole_notice(earned)
    assert first.last_transfer_id == 0  # nothing was booked yet when the first notice was posted
    second = cast.earn(cast.neighbour, 50)
    village, printed = cast.village, assessments.whole_notice(second).digest
    assert printed not in (first.digest, ledger.digest(village, 10**6))
    post("later", REDEMPTION, 30)
    post("other", AWARD, 30, worker=cast.workers[2])
    assert ledger.digest(village, assessments.whole_notice(second).last_transfer_id) == printed


def test_an_outsider_computes_the_digest(post, cast):
    for number, worker in enumerate(cast.workers[:3]):
        post(f"a{number}", AWARD, 100 + number, worker=worker)
    post("b", REDEMPTION, 50)
    post("far", AWARD, 70, worker=cast.stranger)
    lines = [
        f"{account.id}:{account.transfers}:{account.head}"
        for account in sorted(map(cast.account_of, cast.workers[:3]), key=lambda account: account.id)
    ]
    with transaction():
        digest, _upto = ledger.freeze_digest(cast.village)
    assert digest == hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_digest_command(app, cast):
    cast.earn(cast.worker, 100)
    assessment = cast.earn(cast.worker, 50)
    command = ["ledger", "digest", "--village", cast.village.code, "--at"]
    printed, code = assessments.whole_notice(assessment).digest, assessment.quarter_name
    fits = app.test_cli_runner().invoke(args=[*command, code])
    assert (fits.exit_code, fits.output.strip()) == (0, printed)
    assert app.test_cli_runner().invoke(args=[*command, "2031Q1"]).exit_code == 1
    assert app.test_cli_runner().invoke(args=[*command, "2031-1"]).exit_code == 1


def test_an_empty_ledger_fits(app):
    assert app.test_cli_runner().invoke(args=["ledger", "verify"]).output == "everything fits\n"


def test_the_award_of_a_line_is_found(app, cast):
    assessment = cast.earn(cast.worker, 100)
    assert assessments.award_of(assessment, cast.worker).amount == 100
    assert assessments.award_of(assessment, cast.neighbour) is None


def test_link_covers_every_field():
    """A change of anything a transfer says changes its hash."""
    said = {
        "position": 1,
        "key": "a",
        "kind": AWARD,
        "debit_id": 1,
        "credit_id": 2,
        "amount": 10,
        "reason": "",
        "actor_id": None,
        "at": datetime(2026, 12, 28, 1, 0, 0, tzinfo=UTC),
    }
    other = {
        "position": 2,
        "key": "b",
        "kind": EXPIRY,
        "debit_id": 3,
        "credit_id": 4,
        "amount": 11,
        "reason": "x",
        "actor_id": 1,
        "at": datetime(2026, 12, 28, 1, 0, 1, tzinfo=UTC),
    }
    plain = chain.link(GENESIS, SimpleNamespace(**said), None)
    hashes = {chain.link(GENESIS, SimpleNamespace(**{**said, name: other[name]}), None) for name in said}
    hashes |= {chain.link("1" * 64, SimpleNamespace(**said), None)}
    hashes |= {chain.link(GENESIS, SimpleNamespace(**said), "a")}
    assert len(hashes - {plain}) == len(said) + 2


@pytest.mark.parametrize(
    ("tenths", "shown"),
    [(0, "0"), (30, "3"), (35, "3.5"), (-5, "-0.5"), (-35, "-3.5"), (1_000_000, "100000")],
)
def test_points_as_people_write_them(tenths, shown):
    assert amounts.show(tenths) == shown
    assert amounts.parse(shown) == tenths


@given(st.integers(-amounts.LARGEST_TENTHS, amounts.LARGEST_TENTHS))
def test_what_is_shown_is_read_back(tenths):
    assert amounts.parse(amounts.show(tenths)) == tenths


@pytest.mark.parametrize(
    ("typed", "tenths"),
    [
        (" 3 ", 30),
        ("３．５", 35),
        ("3。5", 35),
        ("+2", 20),
        ("－2", -20),
        ("０", 0),
        ("3.50", 35),
        ("1，000.5", 10_005),
    ],
)
def test_points_as_people_type_them(typed, tenths):
    assert amounts.parse(typed) == tenths


@pytest.mark.parametrize(
    "typed", ["", "三", "3.55", "3.", ".5", "1e3", "3,5", "1,00", "1,0000", "--3", "3 5", "NaN", "0x10", "²"]
)
def test_no_points_at_all(typed):
    with pytest.raises(Refused, match="bad_amount"):
        amounts.parse(typed)


@pytest.mark.parametrize("typed", ["100000.1", "-100000.1", "999999999"])
def test_more_points_than_the_ledger_takes(typed):
    with pytest.raises(Refused, match="amount_too_large"):
        amounts.parse(typed)
