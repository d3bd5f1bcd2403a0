"""Supervision's random samples: anybody can repeat the draw; findings stay, and the latest counts."""

import hashlib
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from ground.clock import Quarter
from ground.db import db, transaction
from ground.refusal import Refused
from points.models import Finding, FindingResult, Sample, Service
from points.samples import samples
from points.samples.samplesheet import Checklist, ChecklistRow, checklist_pdf
from points.services import deciding, recording
from tests.cast import VILLAGE
from tests.printed import ink, read
from tests.story import do

HERE = f"/v/{VILLAGE}"
QUARTER = Quarter(2026, 4)
SOUND, DOUBTFUL, FALSE = FindingResult


@pytest.fixture
def record(cast):
    def record(day=date(2026, 11, 2), worker=None):
        return recording.record(uuid4().hex, worker or cast.worker, cast.item("代办"), day, 1, "", cast.clerk)

    return record


@pytest.fixture
def forty(cast, record):
    """Forty records of the quarter by all workers, a few decided on, and others before it."""
    with transaction():
        record(date(2026, 9, 30))
        made = [record(QUARTER.first_day + timedelta(days=n), cast.workers[n % 8]) for n in range(40)]
        record(date(2026, 9, 30))
        deciding.confirm(made[3], cast.chair)
        deciding.reject(made[4], "重复", cast.chair)
    return [service.id for service in made]


def by_hand(ids, seed, size):
    """The draw as an outsider repeats it, with nothing of the program."""
    sums = [(hashlib.sha256(f"{seed}:{ident}".encode()).hexdigest(), ident) for ident in ids]
    return [ident for _sum, ident in sorted(sums)[:size]]


@pytest.mark.parametrize("seed", ["7", "双色球 03 11 18", "x" * 64])
def test_an_outsider_repeats_the_draw(cast, forty, record, seed):
    sample = do(samples.draw, cast.village, QUARTER, seed, 5, cast.supervisor)
    drawn = [line.service.id for line in samples.sample_lines(sample)]
    assert drawn == by_hand(forty, seed, 5)
    assert list(samples.population(sample)) == forty
    with transaction():  # whatever happens afterwards
        for _ in range(20):
            record()
        deciding.reject(db.session.get(Service, drawn[0]), "查无此事", cast.chair)
    assert [line.service.id for line in samples.sample_lines(sample)] == drawn


def test_the_draw_is_not_by_the_order_of_numbers():
    ids = range(1, 1001)
    draws = {tuple(samples.drawn_ids(ids, str(seed), 10)) for seed in range(20)}
    assert len(draws) == 20
    assert all(len(set(draw)) == 10 for draw in draws)
    assert samples.drawn_ids(range(1, 4), "a", 10) == by_hand([1, 2, 3], "a", 3)


def test_a_seed_draws_once(cast, forty):
    first = do(samples.draw, cast.village, QUARTER, " 7 ", 5, cast.supervisor)
    again = do(samples.draw, cast.village, QUARTER, "7", 9, cast.supervisor)
    other = do(samples.draw, cast.village, QUARTER, "8", 5, cast.supervisor)
    assert (again.id, again.size) == (first.id, 5)
    assert other.id != first.id
    for changed in (sa.update(Sample).values(seed="9"), sa.delete(Sample)):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), transaction() as session:
            session.execute(changed)


def test_what_cannot_be_drawn(cast, forty):
    for code, quarter, seed, size in (
        ("seed_missing", QUARTER, " ", 5),
        ("seed_missing", QUARTER, "9" * 65, 5),
        ("bad_size", QUARTER, "7", 0),
        ("bad_size", QUARTER, "7", 101),
        ("nothing_to_draw", Quarter(2026, 1), "7", 5),
    ):
        with pytest.raises(Refused, match=code):
            do(samples.draw, cast.village, quarter, seed, size, cast.supervisor)


def test_findings_stay_and_the_latest_counts(cast, forty):
    sample = do(samples.draw, cast.village, QUARTER, "7", 3, cast.supervisor)
    service = samples.sample_lines(sample)[0].service
    for found, note in ((DOUBTFUL, "户主不在家"), (DOUBTFUL, " 户主不在家 "), (FALSE, "没有来过")):
        do(samples.note_finding, sample, service, found, note, cast.supervisor)
    do(samples.note_finding, sample, samples.sample_lines(sample)[1].service, SOUND, "", cast.supervisor)
    assert [line.finding and line.finding.result for line in samples.sample_lines(sample)] == [
        FALSE,
        SOUND,
        None,
    ]
    assert len(db.session.scalars(select(Finding)).all()) == 3
    assert samples.samples_of_village(cast.village) == [(sample, 2)]
    with pytest.raises(Refused, match="reason_missing"):
        do(samples.note_finding, sample, service, FALSE, " ", cast.supervisor)
    not_drawn = next(i for i in forty if i not in [line.service.id for line in samples.sample_lines(sample)])
    with pytest.raises(Refused, match="not_in_sample"):
        do(samples.note_finding, sample, db.session.get(Service, not_drawn), SOUND, "", cast.supervisor)


def test_nobody_looks_into_their_own(cast, forty):
    sample = do(samples.draw, cast.village, QUARTER, "7", 40, cast.supervisor)
    own = next(
        line.service for line in samples.sample_lines(sample) if line.service.worker_id == cast.worker.id
    )
    with pytest.raises(Refused, match="own_service"):
        do(samples.note_finding, sample, own, SOUND, "", cast.worker_user)


def test_supervision_draws_and_others_look(cast, client_of, forty):
    supervisor = client_of(cast.supervisor)
    sent = {"quarter": "2026Q4", "seed": "双色球 03", "size": "3"}
    for user in (cast.clerk, cast.chair, cast.township_user, cast.worker_user):
        assert client_of(user).post(f"{HERE}/samples", data=sent).status_code == 403
    refused = supervisor.post(f"{HERE}/samples", data=sent | {"size": "0"})
    assert (refused.status_code, "双色球 03" in refused.text) == (422, True)
    page = supervisor.post(f"{HERE}/samples", data=sent).location
    drawn = by_hand(forty, "双色球 03", 3)
    shown = supervisor.get(page).text
    assert [int(ident) for ident in re.findall(r'id="record-(\d+)"', shown)] == drawn
    assert f"{forty[0]}–{forty[-1]}" in shown  # all numbers, so that the draw can be repeated
    assert "双色球 03" in client_of(cast.township_user).get(page).text
    assert client_of(cast.outsider).get(page).status_code == 404
    note = f"{page}/records/{drawn[1]}"
    assert client_of(cast.clerk).post(note, data={"result": "sound", "note": ""}).status_code == 403
    refused = supervisor.post(note, data={"result": "false", "note": ""})
    assert (refused.status_code, "checked" in refused.text) == (422, True)
    done = supervisor.post(note, data={"result": "false", "note": "户主说没来过"})
    assert done.location == f"{page}#record-{drawn[1]}"
    assert "户主说没来过" in client_of(cast.chair).get(page).text
    masked = client_of(cast.township_user).get(page).text
    assert "户主说没来过" not in masked
    assert not any(worker.name in masked for worker in cast.workers)
    pictures, text = read(supervisor.get(f"{page}/checklist.pdf").data)
    assert min(min(ink(picture)) for picture in pictures) >= 8
    assert "双色球03" in text
    assert all(str(ident) in text for ident in drawn)
    masked = read(client_of(cast.township_user).get(f"{page}/checklist.pdf").data)[1]
    assert not any(worker.name in masked for worker in cast.workers)


def test_a_long_checklist_has_pages():
    row = ChecklistRow(
        123456, date(2026, 12, 20), "欧阳晓燕", "第十二网格", "代办 × 1 件", "帮助" * 250, "3 张", ""
    )
    sheet = Checklist("柳树村", QUARTER, "7", 99, [3, 5], date(2026, 12, 28), "郭监督", [row] * 40)
    pictures, text = read(checklist_pdf(sheet))
    assert len(pictures) > 3
    assert min(min(ink(picture)) for picture in pictures) >= 8
    assert text.count("123456") == 40
