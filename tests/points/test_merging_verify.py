"""`flask ledger verify` on merges and departures: whoever changes a row by hand is found."""

from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from ground.db import db, transaction
from people.models import DepartureKind, Outcome
from people.roster import departures
from points import leaving, ledger, merging
from points.assessment import assessments
from points.models import MergeMove, Transfer, TransferKind
from tests.cast import TODAY
from tests.points.twins import DECISION, REASON, enter_twins, problems
from tests.story import do
from tests.tampering import story, tamper, told, uri

__all__ = ["story", "told", "uri"]  # fixtures

pytestmark = pytest.mark.both_databases


def tell(cast):
    """A merge with points, a departure whose points expired, and the ids of the rows."""
    kept, twin = enter_twins(cast)
    cast.earn_each({kept.id: 100, twin.id: 70, cast.worker.id: 40})
    made = do(merging.merge, kept, twin, REASON, cast.chair)
    with transaction():
        departures.decide_rule(cast.village, Outcome.EXPIRE, None, DECISION, TODAY, cast.chair)
        left = leaving.leave(cast.worker, DepartureKind.EXIT, "外出", DECISION, TODAY, cast.chair)
    move = db.session.scalars(sa.select(MergeMove).where(MergeMove.merge_id == made.id)).one()
    lapsed = db.session.scalars(sa.select(Transfer.id).where(Transfer.kind == TransferKind.EXPIRY)).one()
    ids = SimpleNamespace(
        out=move.out_id,
        into=move.into_id,
        lapsed=lapsed,
        merge=made.id,
        award=assessments.award_of(assessments.assessments_of(cast.village)[0], cast.worker).id,
        departure=left.id,
        kept=kept.id,
        twin=twin.id,
        worker=cast.worker.id,
        twins_account=ledger.find_account(twin).id,
    )
    assert problems() == []
    return ids


TAMPERINGS = {
    "the merge removed": (["DELETE FROM person_merge"], "transfer {out}: merge_out without a merge"),
    "half of a merge removed": (
        ["DELETE FROM transfer WHERE id = {into}"],
        "transfer {out}: its other half is missing",
    ),
    "the other half removed": (
        ["DELETE FROM transfer WHERE id = {out}"],
        "transfer {into}: its other half is missing",
    ),
    "an amount changed": (
        ["UPDATE transfer SET amount = 60 WHERE id = {into}"],
        "transfer {out}: moved 70, transfer {into} 60",
    ),
    "the halves swapped": (
        ["UPDATE merge_move SET out_id = {into}, into_id = {out}"],
        "transfer {out}: merge_out, merge_move names it as merge_in",
    ),
    "the move of a merge removed": (
        ["DELETE FROM merge_move"],
        "transfer {out}: merge_out without a merge",
    ),
    "the move's other half replaced by an award": (
        ["UPDATE merge_move SET into_id = {award}"],
        "transfer {award}: award, merge_move names it as merge_in",
    ),
    "the move of another merge": (
        ["UPDATE merge_move SET merge_id = 999"],
        "transfer {into}: merge_in without a merge",
    ),
    "keys swapped": (
        [
            "UPDATE transfer SET key = 'x' WHERE id = {into}",
            "UPDATE transfer SET key = 'merge:{merge}:in' WHERE id = {out}",
            "UPDATE transfer SET key = 'merge:{merge}:out' WHERE id = {into}",
        ],
        "transfer {out}: the hash does not fit what it says",
    ),
    "the merge of somebody else": (
        ["UPDATE person_merge SET kept_id = {worker}"],
        "transfer {into}: is not on the account of entry {worker}",
    ),
    "the kept and the duplicate swapped": (
        ["UPDATE person_merge SET kept_id = {twin}, duplicate_id = {kept}"],
        "transfer {out}: is not on the account of entry {kept}",
    ),
    "points on an entry that was merged": (
        ["UPDATE account SET balance = 5 WHERE id = {twins_account}"],
        "account {twins_account}: points are left on an entry that was merged",
    ),
    "the departure removed": (
        ["DELETE FROM departure"],
        "transfer {lapsed}: points lapsed without a departure or an expiry",
    ),
    "the departure of somebody else": (
        ["UPDATE departure SET person_id = {kept}"],
        "transfer {lapsed}: lapsed by departure {departure} of somebody else",
    ),
    "the departure on another day": (
        ["UPDATE departure SET \"on\" = '2026-12-01'"],
        "transfer {lapsed}: departure {departure} was on 2026-12-01",
    ),
    "the cause of a lapse removed": (
        ["DELETE FROM lapse"],
        "transfer {lapsed}: points lapsed without a departure or an expiry",
    ),
    "a lapse by an expiry that is not there": (
        ["UPDATE lapse SET departure_id = NULL, expiry_id = 999"],
        "transfer {lapsed}: points lapsed without a departure or an expiry",
    ),
    "the cause of a lapse on another transfer": (
        ["UPDATE lapse SET transfer_id = {out}"],
        "transfer {out}: merge_out, lapse names it as expiry",
    ),
    "two causes of one transfer": (
        ["INSERT INTO lapse (transfer_id, departure_id) VALUES ({into}, {departure})"],
        "transfer {into}: 2 causes name it",
    ),
    "a lapse that is not in the ledger": (
        ["INSERT INTO lapse (transfer_id, departure_id) VALUES (999, {departure})"],
        "transfer 999: missing, lapse names it",
    ),
    "an expiry under another key": (
        ["UPDATE transfer SET key = 'x' WHERE id = {lapsed}"],
        "transfer {lapsed}: the hash does not fit what it says",
    ),
}


@pytest.mark.one_database
@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_named(app, story, what):
    statements, named = TAMPERINGS[what]
    tamper(*(statement.format(**vars(story)) for statement in statements))
    told = app.test_cli_runner().invoke(args=["ledger", "verify"])
    assert told.exit_code == 1
    assert named.format(**vars(story)) in told.output.splitlines(), told.output


def test_points_moved_past_the_verb_are_named(cast, story):
    with transaction():
        account = ledger.find_account(cast.worker) or ledger.account_of(cast.worker)
        stray = ledger.post("merge:999:in", TransferKind.MERGE_IN, account, 10, "#1", cast.chair)
    assert f"transfer {stray.id}: merge_in without a merge" in problems()
