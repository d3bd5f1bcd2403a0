"""Who vouches for a record is known to the files, or named with a village and a telephone."""

import hashlib
from uuid import uuid4

import pytest

from duties.households import files
from ground.clock import Quarter
from ground.db import db, transaction
from people import held
from people.models import Attention
from people.roster import persons
from people.signin import keeping
from points.models import Sample, Voucher, Witness
from points.samples import samples
from points.services import deciding, recording
from tests.cast import TODAY, VILLAGE
from tests.story import count, do, refused

HERE = f"/v/{VILLAGE}"
OUTSIDE = ("石板村", "139 0000 1111")
THIS_QUARTER = Quarter.of(TODAY)


@pytest.fixture
def record(cast):
    """Record a service of 李秀明, keyed in by the clerk."""

    def record():
        claim = (cast.worker, cast.item("入户发放"), TODAY, 1, "", cast.clerk)
        return do(recording.record, uuid4().hex, *claim)

    return record


@pytest.fixture
def household(cast):
    """A household in the worker's grid, headed by 张大山."""
    grid, head = cast.term_of(cast.worker).grid, files.Particulars("张大山", phone="13800002222")
    return do(files.add_household, grid, head, Attention.ORDINARY, "", TODAY, cast.clerk)


def test_who_is_in_the_files_is_found_by_name(cast, record, household):
    by_household = do(deciding.confirm, record(), cast.clerk, Voucher.HOUSEHOLD, " 张大山")
    by_witness = do(deciding.confirm, record(), cast.clerk, Voucher.WITNESS, "王芳")
    assert (by_household.witness.household_id, by_household.voucher_name) == (household.id, "张大山")
    assert (by_witness.witness.person, by_witness.witness.is_outside) == (cast.neighbour, False)


def test_who_is_in_no_file_is_named_with_village_and_telephone(cast, record):
    service = record()
    for missing in ((), ("石板村",), ("石板村", "12"), ("", OUTSIDE[1])):
        refused("witness_unknown", deciding.confirm, service, cast.clerk, Voucher.WITNESS, "陌生人", *missing)
    for _twice in range(2):
        do(deciding.confirm, service, cast.clerk, Voucher.WITNESS, "陌生人", *OUTSIDE)
    assert (count(Witness), service.witness.village, service.witness.is_outside) == (1, "石板村", True)


def test_of_several_with_one_name_the_telephone_tells(cast, record):
    with transaction():
        first, second = (
            persons.add_person(cast.village, "同名", None, phone) for phone in ("110110", "119119")
        )
    service = record()
    refused("several_named", deciding.confirm, service, cast.clerk, Voucher.WITNESS, "同名")
    do(deciding.confirm, service, cast.clerk, Voucher.WITNESS, "同名", "", "119 119")
    assert service.witness.person == second != first


def test_nobody_vouches_for_what_they_did_or_wrote_down(cast, record):
    """Under whatever name: the telephone is the worker's, or the entry is the recorder's."""
    with transaction():
        cast.worker.phone = "13977778888"
        other = persons.add_person(cast.village, "刘小妹", None)
        keeping.link(cast.clerk, other, None)
    service = record()
    told = (Voucher.WITNESS, "陌生人", "石板村", "１３９７７７７８８８８")
    refused("same_person", deciding.confirm, service, cast.clerk, *told)
    told = (Voucher.WITNESS, "陌生人", "石板村", "+86 139 7777 8888")
    refused("same_person", deciding.confirm, service, cast.clerk, *told)
    refused("same_person", deciding.confirm, service, cast.clerk, Voucher.WITNESS, "刘小妹")
    with transaction():
        cast.clerk.phone = "13900002222"
    told = (Voucher.WITNESS, "陌生人", "石板村", "13900002222")
    refused("same_person", deciding.confirm, service, cast.chair, *told)
    assert count(Witness) == 0


def test_another_household_than_the_one_that_was_served_is_a_witness(cast, record, household):
    service = record()
    with transaction():
        service.household_id = household.id
    do(deciding.confirm, service, cast.clerk, Voucher.HOUSEHOLD, "王芳")
    assert (service.voucher, service.witness.person) == (Voucher.WITNESS, cast.neighbour)


def test_an_instructor_finds_no_household_of_another_grid(cast, record, household):
    """Nor learns that it is there."""
    service = record()
    refused("witness_unknown", deciding.confirm, service, cast.instructor, Voucher.HOUSEHOLD, "张大山")


def test_what_was_taken_back_keeps_its_witness(cast, record):
    service = do(deciding.confirm, record(), cast.clerk, Voucher.WITNESS, "陌生人", *OUTSIDE)
    undone = do(deciding.take_back, service, "没有这个人", cast.chair)
    assert (service.witness, db.session.get_one(Witness, undone.witness_id).name) == (None, "陌生人")


def test_the_form_keeps_what_was_typed_and_offers_who_is_known(cast, client_of, record, household):
    service, clerk = record(), client_of(cast.clerk)
    page = clerk.get(f"{HERE}/services").text
    for name in ("王芳", "张大山"):
        assert f'<option value="{name}">' in page
    confirm = f"{HERE}/services/{service.id}/confirm?state=recorded"
    sent = {"voucher": "witness", "name": "陌生人", "from_village": "石板村"}
    answer = clerk.post(confirm, data=sent)
    assert (answer.status_code, 'value="石板村"' in answer.text) == (422, True)
    assert clerk.post(confirm, data=sent | {"phone": "13900001111"}).status_code == 302


def test_a_witness_finds_it_among_what_is_held_about_them(app, cast, record):
    do(deciding.confirm, record(), cast.clerk, Voucher.WITNESS, "王芳")
    told = "\n".join(
        str(row) for section in held.all_sections(cast.neighbour, held.Reader.VILLAGE) for row in section.rows
    )
    assert "入户发放" in told
    assert "李秀明" not in told


# --- Drawn more often ---


def by_hand(ids, seed, size, outside=()):
    """The draw as the page and docs/verifying.md tell it."""
    lots = {
        ident: [f"{seed}:{ident}", *([f"{seed}:{ident}:2", f"{seed}:{ident}:3"] if ident in outside else [])]
        for ident in ids
    }
    first = {
        ident: min(hashlib.sha256(lot.encode()).hexdigest() for lot in each) for ident, each in lots.items()
    }
    return sorted(ids, key=first.get)[:size]


def test_a_record_vouched_for_from_outside_is_drawn_about_three_times_as_often():
    ids, outside, size = range(1, 101), set(range(1, 11)), 10
    draws = [samples.drawn_ids(ids, str(seed), size, outside) for seed in range(300)]
    assert draws[7] == by_hand(ids, "7", size, outside)
    hits = sum(ident in outside for draw in draws for ident in draw) / len(draws)
    assert 1.9 < hits < 2.9  # without a weight it would be 1 of the 10
    assert samples.drawn_ids(ids, "7", size) == by_hand(ids, "7", size)


def test_a_draw_stays_what_it_was_whatever_is_decided_afterwards(cast, client_of, record):
    services = [record() for _number in range(12)]
    for service in services[:3]:
        do(deciding.confirm, service, cast.clerk, Voucher.WITNESS, "陌生人", *OUTSIDE)
    do(deciding.confirm, services[3], cast.clerk, Voucher.WITNESS, "王芳")
    sample = do(samples.draw, cast.village, THIS_QUARTER, "7", 5, cast.supervisor)
    outside = [service.id for service in services[:3]]
    drawn = by_hand([service.id for service in services], "7", 5, outside)
    assert (sample.outside, samples.drawn(sample)) == (outside, drawn)
    do(deciding.take_back, services[0], "查无此人", cast.chair)
    do(deciding.confirm, services[4], cast.clerk, Voucher.WITNESS, "陌生人", *OUTSIDE)
    again = do(samples.draw, cast.village, THIS_QUARTER, "7", 5, cast.supervisor)
    assert (count(Sample), [line.service.id for line in samples.sample_lines(again)]) == (1, drawn)
    page = client_of(cast.supervisor).get(f"{HERE}/samples/{sample.id}").text
    assert " ".join(map(str, outside)) in page
