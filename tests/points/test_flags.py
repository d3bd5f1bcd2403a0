"""Signs of padding: what whoever confirms is told, with its figures; nothing is refused for it."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from duties.households import files
from ground import clock as calendar
from ground.clock import SHANGHAI
from ground.db import transaction
from people.models import Attention
from people.roster import persons
from points import merging
from points.services import deciding, flags, recording
from points.services.flags import Sign
from points.slips import slips

DAY = date(2026, 12, 20)
NOON = datetime(2026, 12, 21, 12, tzinfo=SHANGHAI)
SAME = "帮助独居老人挑水劈柴。"


@pytest.fixture
def record(cast):
    """Record a service; by default nothing of it is a sign: each is written down an hour later."""
    hours = iter(range(1, 1000))

    def record(worker=None, note="", at=None, day=DAY, count=1, item="代办", household=None, slip=None):
        at = at or datetime(2026, 12, 21, tzinfo=SHANGHAI) + timedelta(hours=next(hours))
        with calendar.at(at), transaction():
            service = recording.record(
                uuid4().hex,
                worker or cast.worker,
                cast.item(item),
                day,
                count,
                note,
                cast.clerk,
                household,
            )
            if slip:
                slips.use(slip.number, cast.village, service, cast.worker, cast.clerk)
        return service

    return record


def shown(cast, *services):
    """The signs of each of these records, read anew, and their words."""
    found = flags.flags_of(cast.village, services)
    return [{flag.sign: str(flag.sentence) for flag in found.get(service.id, ())} for service in services]


def test_an_ordinary_record_shows_nothing(cast, record):
    assert shown(cast, record(note=SAME), record(cast.neighbour, note="修了水管，换了两个灯泡")) == [{}, {}]
    assert flags.flagged_waiting_ids(cast.village) == []


def test_words_that_stand_elsewhere_too(cast, record):
    first, copied, other = record(note=SAME), record(cast.neighbour, f" {SAME[:4]}，{SAME[4:]}"), record()
    short = record(note="走访"), record(cast.neighbour, "走访")
    assert shown(cast, first, copied, other, *short) == [
        {Sign.SAME_WORDS: "另有 1 条记录写的是同样的话。"},
        {Sign.SAME_WORDS: "另有 1 条记录写的是同样的话。"},
        {},
        {},
        {},
    ]
    assert set(flags.flagged_waiting_ids(cast.village)) == {first.id, copied.id}


def test_what_was_rejected_and_handed_in_again_is_no_copy(cast, record):
    rejected = record(note=SAME)
    with transaction():
        deciding.reject(rejected, "日期不对", cast.chair)
        again = recording.resubmit("a" * 16, rejected, date(2026, 12, 19), 1, SAME, cast.clerk)
    assert shown(cast, again, rejected)[0] == {}


@pytest.mark.parametrize(
    ("many", "minutes", "told"), [(6, 2, True), (5, 2, False), (6, 2.1, False), (9, 2, True)]
)
def test_many_within_minutes(cast, record, many, minutes, told):
    made = [record(at=NOON + timedelta(minutes=minutes * n)) for n in range(many)]
    others = [record(cast.neighbour, at=NOON + timedelta(minutes=n)) for n in range(5)]
    words = {Sign.IN_A_HURRY: "10 分钟内写下了 6 条，这是其中一条。"} if told else {}
    assert shown(cast, *made, *others) == [words] * many + [{}] * 5
    assert shown(cast, made[0]) == [words]  # also when the others are on another page


def test_paper_is_keyed_in_within_minutes(cast, record):
    with transaction():
        batch = slips.print_slips(cast.village, cast.worker, 7, cast.clerk)
    made = [record(at=NOON + timedelta(minutes=n), slip=slip) for n, slip in enumerate(batch)]
    by_hand = [record(at=NOON + timedelta(minutes=n)) for n in range(5)]
    assert shown(cast, *made, *by_hand) == [{}] * 12
    sixth = record(at=NOON + timedelta(minutes=9))
    assert [bool(signs) for signs in shown(cast, *made, *by_hand, sixth)] == [False] * 7 + [True] * 6


def test_a_day_outside_the_term(cast, record):
    first = record(day=DAY)
    with transaction():
        cast.term_of(cast.worker).ended_on = DAY + timedelta(days=1)
    last, after = record(day=DAY), record(day=DAY + timedelta(days=1))
    assert shown(cast, first, last, after) == [
        {},
        {},
        {Sign.OUTSIDE_TERM: "这一天不在网格员的聘期内。"},
    ]


def test_a_term_under_an_entry_that_was_merged_is_a_term(cast, record):
    with transaction():
        kept = persons.add_person(cast.village, "李秀敏", cast.clerk)
        merging.merge(kept, cast.worker, "同一个人", cast.clerk, cast.chair)
    today = datetime(2026, 12, 28, 12, tzinfo=SHANGHAI)
    assert cast.term_of(kept).starts_on > DAY
    assert shown(cast, record(kept, at=today), record(kept, at=today, day=date(2026, 12, 28))) == [{}, {}]


def test_two_workers_in_one_household_on_one_day(cast, record):
    grid, head = cast.term_of(cast.worker).grid, files.Particulars("张大山")
    with transaction():
        home = files.add_household(grid, head, Attention.ORDINARY, "", DAY, cast.clerk)
    mine, mine_too = record(household=home), record(household=home)
    assert shown(cast, mine, mine_too) == [{}, {}]
    next_day = record(cast.neighbour, household=home, day=DAY + timedelta(days=1))
    theirs = record(cast.neighbour, household=home)
    told = {Sign.SAME_HOUSEHOLD: "同一天另一位网格员也有这一户的记录。"}
    assert shown(cast, mine, mine_too, next_day, theirs) == [told, told, {}, told]


def test_far_above_what_is_usual(cast, record):
    usual = [record(worker, count=count) for worker, count in zip(cast.workers[1:4], (5, 6, 7), strict=True)]
    assert shown(cast, record(count=10)) == [{}]
    busy = record(count=8)  # 18 in all; the median of 5, 6, 7 and 18 is 6.5
    assert shown(cast, busy) == [{}]
    above = record(count=2)
    told = {Sign.FAR_ABOVE: "本季度 20 次；本村一般是 6.5 次。"}
    assert shown(cast, above, busy, *usual) == [told, told, {}, {}, {}]
    assert shown(cast, record(count=20, item="公益")) == [{}]  # nobody else has any


def test_little_is_not_far_above(cast, record):
    for worker in cast.workers[1:4]:
        record(worker)
    assert shown(cast, record(count=10)) == [{}]
    assert Sign.FAR_ABOVE in shown(cast, record(count=1))[0]


def test_a_sign_holds_nobody_up(cast, record):
    first, copied = record(note=SAME), record(note=SAME)
    with transaction():
        for service in (first, copied):
            deciding.confirm(service, cast.chair)
    assert flags.flagged_waiting_ids(cast.village) == []


def test_another_village_s_words_are_no_copy(cast, record):
    assert shown(cast, record(note=SAME)) == [{}]
    assert flags.flags_of(cast.next_village, []) == {}
