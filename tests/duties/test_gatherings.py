"""Gatherings: three a month in each grid, written down once, and nobody's secret."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from duties import gatherings
from duties.models import Gathering, GatheringKind
from ground.db import db, transaction
from ground.refusal import Refused
from points.models import FedBy, Service
from points.services import deciding
from tests.cast import TODAY, VILLAGE

HERE = f"/v/{VILLAGE}"


@pytest.fixture
def hold(cast, grid):
    def hold(on=TODAY, topic="学习土地承包法", present=12, key=None, note=""):
        with transaction():
            return gatherings.record_gathering(
                key or uuid4().hex,
                grid,
                cast.worker,
                on,
                GatheringKind.LAW,
                topic,
                present,
                note,
                cast.worker_user,
            )

    return hold


def service_of(gathering):
    return db.session.scalar(select(Service).where(Service.evidence_id == gathering.id))


def test_a_gathering_counts_once_however_often_it_is_sent(hold, cast):
    made = hold(key="k" * 16)
    assert hold(key="k" * 16).id == made.id
    with pytest.raises(Refused, match="key_reused"):
        hold(key="k" * 16, present=13)
    service = service_of(made)
    assert (service.item.source, service.count, service.worker_id) == (FedBy.GATHERING, 1, cast.worker.id)
    assert len(db.session.scalars(select(Gathering)).all()) == 1


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("in_future", {"on": TODAY + timedelta(1)}),
        ("topic_missing", {"topic": " "}),
        ("bad_count", {"present": 0}),
        ("bad_count", {"present": 10000}),
    ],
)
def test_what_is_no_gathering(hold, code, more):
    with pytest.raises(Refused, match=code):
        hold(**more)


def test_the_month_counts_what_was_not_rejected(hold, grid, cast, clock):
    assert gatherings.GATHERINGS_A_MONTH == 3
    for on in (date(2026, 11, 30), date(2026, 12, 1), TODAY):
        made = hold(on)
    assert gatherings.month_counts([grid.id], TODAY)[grid.id] == 2
    assert gatherings.month_counts([grid.id], date(2026, 11, 5))[grid.id] == 1
    with transaction():
        deciding.reject(service_of(made), "没有开过", cast.clerk)
    assert gatherings.month_counts([grid.id], TODAY)[grid.id] == 1
    clock.turn_to(date(2027, 1, 1))
    assert gatherings.month_counts([grid.id], date(2027, 1, 1))[grid.id] == 0


def test_a_worker_writes_one_down_and_whoever_watches_reads_it(cast, client_of, grid):
    worker = client_of(cast.worker_user)
    sent = {
        "key": "k" * 16,
        "grid": grid.id,
        "held_on": "2026-12-20",
        "kind": "village",
        "topic": "修水渠",
        "present": "9",
        "note": "杨家提的",
    }
    wrong = worker.post(f"{HERE}/gatherings/new", data=sent | {"present": "0"})
    assert wrong.status_code == 422
    assert 'value="修水渠"' in wrong.text
    other = cast.term_of(cast.neighbour).grid
    assert worker.post(f"{HERE}/gatherings/new", data=sent | {"grid": other.id}).status_code == 422
    assert worker.post(f"{HERE}/gatherings/new", data=sent).location == f"{HERE}/gatherings"
    page = worker.get(f"{HERE}/gatherings").text
    assert "修水渠" in page
    assert "本月已开展 1 次" in page
    assert "已开展 1 次" in worker.get(f"{HERE}/due").text
    for user in (cast.supervisor, cast.township_user, cast.chair):
        page = client_of(user).get(f"{HERE}/gatherings").text
        assert "修水渠" in page
        assert "1／3 次" in page
    above = client_of(cast.township_user).get(f"{HERE}/gatherings").text
    assert "杨家提的" not in above
    assert cast.worker.name not in above
    assert client_of(cast.chair).get(f"{HERE}/gatherings/new").status_code == 403
    assert client_of(cast.outsider).get(f"{HERE}/gatherings").status_code == 404
