"""The ladder of a dispute against a model in plain Python: every move by everybody, and random histories."""

import random

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import note, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as play

from duties.disputes import disputes, ladder
from duties.models import AttemptResult, Dispute, Rung
from ground import clock
from ground.db import db, transaction
from ground.refusal import Refused
from points.models import FedBy, Service, ServiceState
from points.services import deciding, recording
from tests.cast import TODAY, Cast, new_app
from tests.duties.quarrel import (
    FAILED,
    GRID,
    GROUP,
    IN_COUNTY,
    IN_TOWNSHIP,
    IN_VILLAGE,
    SETTLED,
    WITHDRAWN,
    neighbour_user,
    opened,
    settle_in,
    tried,
)

# --- The model: what anyone may do and know, said without a database ---

LEVELS = {
    "worker": {GRID, GROUP},
    "instructor": {GRID, GROUP},
    "neighbour": set(),
    "clerk": {IN_VILLAGE},
    "chair": {IN_VILLAGE},
    "township_user": {IN_TOWNSHIP},
    "county_user": {IN_COUNTY},
    "supervisor": set(),
    "volunteer": set(),
    "outsider": set(),
    "far_township_user": set(),
}

# Who holds nothing here, as the supervisor and the neighbour do, who try everything.
ELSEWHERE = {"volunteer", "outsider", "far_township_user"}


class Model:
    """A dispute as people would tell it: what stands, how far it ever came, whom it was reported to."""

    def __init__(self, opener):
        self.opener = opener
        self.lines = []  # rung, result of what stands
        self.numbers = []  # of what stands, as written
        self.written = 0
        self.known = {GRID, GROUP}
        self.reported = set()
        self.confirmed = False

    @property
    def rung(self):
        if not self.lines:
            return GRID
        rung = self.lines[-1][0]
        if self.lines.count((rung, FAILED)) < 2 or rung == IN_COUNTY:
            return rung
        return list(Rung)[list(Rung).index(rung) + 1]

    @property
    def ended(self):
        return bool(self.lines) and self.lines[-1][1] != FAILED

    def holds(self, who):
        return LEVELS[who] | ({GRID, GROUP} if who == self.opener else set())

    def sees(self, who):
        return who == self.opener or bool(LEVELS[who] & (self.known | self.reported))

    def why_not_attempt(self, who, rung):
        if self.ended:
            return "ended"
        if rung != self.rung:
            return "moved_on"
        return None if rung in self.holds(who) else "not_yours"

    def why_not_undo(self, who, number):
        if not self.numbers or self.numbers[-1] != number:
            return "not_the_last"
        if self.lines[-1][0] not in self.holds(who):
            return "not_yours"
        return "service_confirmed" if self.confirmed else None

    def why_not_report(self, who, to):
        order = list(Rung).index
        if self.ended:
            return "ended"
        if to == GROUP or order(to) <= order(self.rung):
            return "not_above"
        if not self.holds(who) & ({self.rung} | {told for told in self.reported if order(told) < order(to)}):
            return "not_yours"
        return "already_reported" if to in self.reported else None

    def attempt(self, result):
        self.lines.append((self.rung, result))
        self.written += 1
        self.numbers.append(self.written)
        self.known.add(self.rung)

    def undo(self):
        self.lines.pop()
        self.numbers.pop()


class Undone(Exception):
    """What was only tried is not done."""


class Ladder:
    """A dispute in a database beside the model of it."""

    def __init__(self, opener):
        self.opener, self.model = opener, Model(opener)
        cast = Cast()
        with transaction():
            self.ident = opened(cast, self.user(opener)).id

    def user(self, who):
        return (
            neighbour_user()
            if who == "neighbour"
            else (Cast().worker_user if who == "worker" else Cast().user(who))
        )

    @property
    def dispute(self):
        return db.session.get_one(Dispute, self.ident)

    def outcome(self, verb, keep):
        """None if it was done, or the refusal's code; without `keep` nothing stays."""
        try:
            with transaction() if keep else db.session.begin_nested():
                verb()
                if not keep:
                    raise Undone
        except Refused as refusal:
            return refusal.code
        except Undone:
            pass
        return None

    def attempt(self, who, rung, result, keep=True):
        asked = lambda: tried(self.dispute, self.user(who), result, TODAY, rung)  # noqa: E731
        why_not = self.outcome(asked, keep)
        assert why_not == self.model.why_not_attempt(who, rung), (who, rung, result)
        if keep and why_not is None:
            self.model.attempt(result)

    def undo(self, who, number, keep=True):
        def asked():
            disputes.undo_attempt(self.dispute.attempts[number - 1], "写错了", self.user(who))

        why_not = self.outcome(asked, keep)
        assert why_not == self.model.why_not_undo(who, number), (who, number)
        if keep and why_not is None:
            self.model.undo()

    def report(self, who, to, keep=True):
        asked = lambda: disputes.report_dispute(self.dispute, to, "专人看护", self.user(who))  # noqa: E731
        why_not = self.outcome(asked, keep)
        assert why_not == self.model.why_not_report(who, to), (who, to)
        if keep and why_not is None:
            self.model.reported.add(to)

    def check(self):
        """It stands where the model says, is known to whom the model says, and counts as it says."""
        db.session.rollback()
        dispute, model = self.dispute, self.model
        assert ladder.current_rung(dispute.attempts) == model.rung
        assert bool(ladder.ending(dispute.attempts)) == model.ended
        cast = Cast()
        for who in LEVELS:
            user = self.user(who)
            for area in (cast.village, cast.township):
                may = model.sees(who) and (
                    area.is_village or bool(user.roles_in(area)) or who == model.opener
                )
                assert (disputes.find_dispute(user, area, self.ident) is not None) == may, (who, area.name)
        services = db.session.scalars(sa.select(Service).where(Service.evidence_id == self.ident))
        standing = [(each.item.source, each.note) for each in services if each.state != ServiceState.REJECTED]
        counts = {(GRID, SETTLED): FedBy.DISPUTE, (GROUP, SETTLED): FedBy.DISPUTE_GROUP}
        last = model.lines[-1] if model.lines else None
        assert standing == ([(counts[last], "")] if last in counts else [])

    def try_everything(self):
        """Every move by everybody; nothing of it stays."""
        with transaction():
            for who in [each for each in LEVELS if each not in ELSEWHERE]:
                for rung in Rung:
                    if rung != self.model.rung and who != "worker":
                        continue  # who asks makes no difference there
                    for result in AttemptResult if rung == self.model.rung else (FAILED,):
                        self.attempt(who, rung, result, keep=False)
                for rung in Rung:
                    self.report(who, rung, keep=False)
                for number in range(max(1, self.model.written - 1), self.model.written + 1):
                    self.undo(who, number, keep=False)


@pytest.mark.one_database
def test_every_move_by_everybody_on_every_rung(settled_in):
    """The whole way up: on each rung, and after each ending, all that anyone could try is tried."""
    way = Ladder("clerk")
    way.try_everything()
    for rung in Rung:
        who = next(each for each in LEVELS if rung in way.model.holds(each))
        for _try in range(2):
            way.attempt(who, rung, FAILED)
            way.check()
        way.try_everything()
    for result in (SETTLED, WITHDRAWN):
        way.attempt("county_user", IN_COUNTY, result)
        way.check()
        way.try_everything()
        way.undo("county_user", way.model.written)


class Walk(RuleBasedStateMachine):
    """Anyone tries anything at any time: most of it is refused, and what is done the model does too."""

    def __init__(self, app, databases, template):
        super().__init__()
        self.databases, self.name = databases, databases.copy(template, "walk")
        self.context = app.app_context()
        self.context.push()
        with clock.at(TODAY):
            with transaction():
                settle_in()
            self.way = Ladder("clerk")

    def teardown(self):
        db.session.remove()
        db.engine.dispose()
        self.context.pop()
        self.databases.drop(self.name)

    @rule(seed=st.integers(0, 2**32))
    def somebody_tries_something(self, seed):
        chance = random.Random(f"{seed} {self.way.model.written}")
        model = self.way.model
        deeds = ["undo"] * 6 + ["attempt", "report", "confirm"] if model.ended else ["attempt"] * 6
        deed = chance.choice([*deeds, "undo", "report"])
        rung = model.lines[-1][0] if deed == "undo" and model.lines else model.rung
        who = chance.choice([*LEVELS, *[each for each in LEVELS if rung in model.holds(each)] * 8])
        note(f"{who} {deed}")
        with clock.at(TODAY):
            if deed == "attempt":
                rung = chance.choice([*Rung, *[model.rung] * 12])
                self.way.attempt(who, rung, chance.choice([FAILED] * 4 + [SETTLED, SETTLED, WITHDRAWN]))
            elif deed == "undo" and model.written:
                last = model.numbers[-1] if model.numbers else model.written
                self.way.undo(who, chance.choice([last] * 5 + [1]))
            elif deed == "report":
                self.way.report(who, chance.choice(list(Rung)))
            elif deed == "confirm" and chance.random() < 0.3:
                self._confirm()

    def _confirm(self):
        with transaction():
            service = recording.service_of_evidence(self.way.dispute.evidence)
            if service:
                deciding.confirm(service, Cast().user("second_chair"))
                self.way.model.confirmed = True

    @invariant()
    def it_is_as_the_model_says(self):
        with clock.at(TODAY):
            self.way.check()


def test_random_ways_up_and_down_the_ladder(template, database, long):
    app = new_app(database.uri("walk"))
    play(
        lambda: Walk(app, database, template),
        settings=settings(max_examples=5 if long else 1, stateful_step_count=16, deadline=None),
    )
