"""Paper slips: numbered, printed, found again by scanner or by hand, and keyed in once."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select
from stdnum import damm

from people import audit
from people.db import db, transaction
from people.models import User
from people.refused import Refused
from points.models import Service, Slip
from points.services import recording, slips
from tests.cast import VILLAGE, Cast
from tests.shop.test_races import AT_ONCE, at_once, crowd

__all__ = ["at_once", "crowd"]  # fixtures

HERE = f"/v/{VILLAGE}"
DAY = date(2026, 12, 20)


def do(verb, *args, **more):
    with transaction():
        return verb(*args, **more)


def printed(cast, count=1, worker=None):
    return do(slips.print_slips, cast.village, worker, count, cast.clerk)


def test_numbers_follow_each_other_and_a_mistyped_one_is_none(cast):
    batch = printed(cast, 12, cast.worker)
    assert [slip.number[:-1] for slip in batch] == [f"{count:07d}" for count in range(1, 13)]
    assert all(damm.is_valid(slip.number) for slip in batch)
    (after,) = printed(cast)
    assert (after.number[:-1], after.worker_id) == ("0000013", None)
    good = batch[11].number
    for given in (good, f"S{good}", f" s {good[:4]} {good[4:]}\n", f"Ｓ{good[:4]}-{good[4:]}"):
        assert do(slips.find, given, cast.village).id == batch[11].id
    swapped = good[:5] + good[6] + good[5] + good[7]
    for wrong in (swapped, good[:7], good + "0", "", "S", "爱心", "९" * 8):
        with pytest.raises(Refused, match="bad_slip_number"):
            slips.find(wrong, cast.village)


@pytest.mark.parametrize("count", [0, 201])
def test_how_many_are_printed_at_once(cast, count):
    with pytest.raises(Refused, match="bad_count"):
        printed(cast, count)
    assert len(printed(cast, 200)) == 200


def test_slips_are_for_who_serves_in_this_village(cast):
    (slip,) = printed(cast)
    with pytest.raises(Refused, match="slip_unknown"):
        slips.find(slip.number, cast.next_village)
    with pytest.raises(Refused, match="slip_unknown"):
        slips.find("0000099" + damm.calc_check_digit("0000099"), cast.village)


def test_a_slip_is_keyed_in_once(cast):
    (slip,) = printed(cast)
    with transaction():
        slips.use(slip.number, cast.village, "service:1", cast.clerk)
        slips.use(slip.number, cast.village, "service:1", cast.chair)
    used = slips.find(slip.number, cast.village)
    assert (used.used_for, used.used_by_id) == ("service:1", cast.clerk.id)
    with pytest.raises(Refused, match="slip_used"):
        do(slips.use, slip.number, cast.village, "visit:1", cast.clerk)


def key_in(number, who):
    """In a process: what the form does, a record and its slip in one transaction."""
    cast = Cast()
    service = recording.record(
        uuid4().hex, cast.worker, cast.item("代办"), DAY, 1, "", db.session.get(User, who)
    )
    slips.use(number, cast.village, audit.name_of(service), db.session.get(User, who))
    return service.id


def test_eight_clerks_with_one_slip(cast, at_once):
    (slip,) = printed(cast)
    number, clerk, chair = slip.number, cast.clerk.id, cast.chair.id
    ends = at_once([(key_in, number, who) for who in (clerk, chair) * (AT_ONCE // 2)])
    assert sorted(end for end, _what in ends) == ["done"] + ["refused"] * (AT_ONCE - 1)
    assert {what for end, what in ends if end == "refused"} == {"slip_used"}
    (service,) = db.session.scalars(select(Service)).all()
    assert db.session.scalar(select(Slip.used_for)) == f"service:{service.id}"
