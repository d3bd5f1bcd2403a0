"""Rules that ask for somebody else ask for another human: not for another sign-in, and not for a device.

Each rule of the program stands here once, with what it is about. It is asked of the human by the sign-in
that they always had, by a second one of theirs, and where a device can ask, by a device of theirs.
"""

import ast
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest

from ground import clock
from ground.clock import Quarter
from ground.db import transaction
from people.conduct import evaluations
from people.conduct.evaluations import Grades
from people.models import DepartureKind, Duty, EvaluationSide, Role
from people.roster import departures, grids, persons, terms
from people.signin import accounts, humans, keeping
from points import merging
from points.assessment import assessments, meeting, opening
from points.models import FindingResult, Voucher
from points.openings import booking as opening_booking
from points.openings import objections as opening_objections
from points.openings import reversing
from points.samples import samples
from points.services import deciding, deductions, reading, recording, together
from points.wall import booking, correcting, objections
from shop.desk import devices, redemptions, voids
from shop.desk.proxies import read_collector
from shop.purchases import requests
from shop.stock import counts
from tests.cast import HASHED, TODAY
from tests.points import openings
from tests.points.hung import in_meeting, object_to, on_wall
from tests.points.twins import enter_twins
from tests.product import PRODUCT, ROOT
from tests.story import do, refused

DAY = date(2026, 12, 20)
Q4 = Quarter(2026, 4)


def new_sign_in(cast, username, name, *roles, **named):
    """A sign-in with roles in the village."""
    user = accounts.add_user(username, name, HASHED, None, temporary=False, **named)
    for role in roles:
        accounts.grant(user, role, cast.village, None)
    return user


def recorded(cast, worker=None, recorder=None):
    """A service that waits for somebody else to confirm it."""
    with transaction():
        item = cast.item("走访一户")
        return recording.record(uuid4().hex, worker or cast.worker, item, DAY, 1, "", recorder or cast.clerk)


def confirmed(cast):
    return do(deciding.confirm, recorded(cast), cast.chair)


def proposed(cast, proposer=None):
    """A deduction of the worker."""
    told = cast.item("虚报"), DAY, 1, "这一天没有去过", "住户当面说的", proposer or cast.clerk
    return do(deductions.propose, uuid4().hex, cast.worker, *told)


def heard(cast):
    deduction = proposed(cast)
    do(deductions.state, deduction, "我记错了日子", uuid4().hex, cast.worker_user)
    return deduction


def bought(cast):
    """A redemption of the worker, by the volunteer."""
    cast.earn(cast.worker, 100)
    return do(redemptions.redeem, "r" * 32, cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)


def counted(cast):
    """A stock-take in which the manager counted."""
    with transaction():
        take = counts.begin_stock_take(cast.shop, cast.manager)
        counts.record_count("counted", take, cast.goods, 19, cast.manager)
    return take


def to_buy(cast):
    """A purchase that the manager asks for."""
    wanted = [requests.Wanted(cast.goods, "", 12)]
    return do(requests.ask, "q" * 16, cast.shop, wanted, "", cast.manager)


def left_out(cast):
    """A meeting from which the clerk is left out where it is about the worker."""
    assessment = in_meeting(cast, {cast.worker.name: 10})
    member = next(each for each in assessment.members if each.name == cast.clerk.name)
    do(meeting.recuse, assessment, member, cast.worker, "叔侄", cast.chair)
    return assessment


def award(cast):
    booked = assessments.award_of(cast.earn(cast.worker, 100), cast.worker)
    do(opening.open_quarter, cast.village, Q4, cast.clerk)
    return booked


def over(cast, clock):
    """A quarter whose notice is over."""
    assessment = on_wall(cast, {cast.worker.name: 10})
    clock.turn_to(date(2027, 1, 8))
    return assessment


def contested_opening(cast):
    """An objection to the opening balance of the worker, which the clerk brought."""
    return do(openings.object_to, openings.hung(cast, 100), 1, cast.supervisor, TODAY)


def booked_opening(cast):
    """An opening balance of the worker, booked today; it hung before."""
    with clock.at(TODAY - timedelta(days=9)):
        sheet = openings.hung(cast, 100)
    do(opening_booking.book, sheet, cast.second_chair)
    return openings.line_of(sheet, 1)


def adjust(cast, assessment, actor):
    return meeting.adjust(assessment, cast.worker, 20, "评议", uuid4().hex, actor)


def redeem(cast, by, collector=None):
    return redemptions.redeem("k" * 32, cast.shop, cast.card, {cast.goods.id: 1}, by, collector)


def ready(cast):
    """Who has enough to buy something."""
    cast.earn(cast.worker, 100)


# What is about somebody's own: the refusal, the role by which they would do it, what has to be there, and the
# verb; the actor is the worker 李秀明 by some sign-in of theirs.
OWN = {
    "confirm": ("own_service", Role.CLERK, recorded, lambda cast, it, by: deciding.confirm(it, by)),
    "take back": (
        "own_service",
        Role.CLERK,
        confirmed,
        lambda cast, it, by: deciding.take_back(it, "错了", by),
    ),
    "deduction": ("own_service", Role.CHAIR, heard, lambda cast, it, by: deductions.confirm(it, by)),
    "drop deduction": (
        "own_service",
        Role.CHAIR,
        heard,
        lambda cast, it, by: deductions.drop(it, "没有", by),
    ),
    "sample": (
        "own_service",
        Role.SUPERVISOR,
        lambda cast: (recorded(cast), do(samples.draw, cast.village, Q4, "1", 5, cast.supervisor)),
        lambda cast, it, by: samples.note_finding(it[1], it[0], FindingResult.SOUND, "", by),
    ),
    "adjustment": (
        "own_line",
        Role.CLERK,
        lambda cast: in_meeting(cast, {cast.worker.name: 10}),
        adjust,
    ),
    "answer": (
        "own_line",
        Role.CHAIR,
        lambda cast: object_to(on_wall(cast, {cast.worker.name: 10}), cast.worker, cast.clerk),
        lambda cast, it, by: objections.answer(it, False, 0, "查过了", "村委会", by),
    ),
    "correction": (
        "own_line",
        Role.CHAIR,
        award,
        lambda cast, it, by: correcting.correct(it, 60, "记了两次", "k" * 32, by),
    ),
    "opening answer": (
        "own_line",
        Role.CHAIR,
        contested_opening,
        lambda cast, it, by: opening_objections.answer(it, None, "查过了", "村委会", by),
    ),
    "opening reversal": (
        "own_line",
        Role.CHAIR,
        booked_opening,
        lambda cast, it, by: reversing.reverse(it, "记错了", by, cast.supervisor),
    ),
    "departure": (
        "own_departure",
        Role.CHAIR,
        lambda cast: cast.worker,
        lambda cast, it, by: departures.depart(it, DepartureKind.EXIT, "搬走", "会议", TODAY, by),
    ),
    "redemption": ("own_card", Role.VOLUNTEER, ready, lambda cast, it, by: redeem(cast, by)),
    "void": ("own_card", Role.MANAGER, bought, lambda cast, it, by: voids.void(it, "拿错了", by)),
}


def by_name(cast, role):
    """A sign-in that names nobody of the roster, under the worker's name."""
    return new_sign_in(cast, "again", cast.worker.name, role)


def by_roster(cast, role):
    """A sign-in that names the worker's entry, under another name."""
    return new_sign_in(cast, "again", "李师傅", role, person=cast.worker)


def by_telephone(cast, role):
    """A sign-in of somebody with a unit, who has the worker's own telephone."""
    return new_sign_in(cast, "again", "老李", role, unit="镇司法所", phone=cast.worker.phone)


WAYS = (by_name, by_roster, by_telephone)


def each_rule():
    """Each rule by one of the three ways, in turn; by the other two at length."""
    for number, rule in enumerate(OWN):
        for turn, known in enumerate(WAYS):
            marks = () if turn == number % len(WAYS) else pytest.mark.at_length
            yield pytest.param(rule, known, id=f"{rule}-{known.__name__}", marks=marks)


@pytest.mark.parametrize(("rule", "known"), each_rule())
def test_nobody_decides_about_themselves(cast, rule, known):
    code, role, prepare, verb = OWN[rule]
    it = prepare(cast)
    actor = do(known, cast, role)
    refused(code, verb, cast, it, actor)
    namesake = do(new_sign_in, cast, "namesake", cast.worker.name, role, unit="县总工会")
    with transaction():
        verb(cast, it, namesake)


# What somebody did, and another has to do the next step: who did it, by their sign-in's name.
NEXT_STEP = {
    "confirm": ("same_person", "clerk", recorded, lambda cast, it, by: deciding.confirm(it, by)),
    "witness": (
        "same_person",
        "clerk",
        recorded,
        lambda cast, it, by: deciding.confirm(it, by, Voucher.WITNESS, by.name),
    ),
    "deduction": ("same_person", "clerk", heard, lambda cast, it, by: deductions.confirm(it, by)),
    "statement": ("same_person", "clerk", proposed, lambda cast, it, by: deductions.check_may_state(it, by)),
    "recused": ("recused", "clerk", left_out, adjust),
    "left out once": (
        "recused",
        "clerk",
        lambda cast: (left_out(cast), proposed(cast, cast.chair))[1],
        lambda cast, it, by: deductions.check_may_decide(it, by),
    ),
    "opening answer": (
        "same_person",
        "clerk",
        contested_opening,
        lambda cast, it, by: opening_objections.answer(it, None, "查过了", "村委会", by),
    ),
    "stock-take": ("own_count", "manager", counted, lambda cast, it, by: counts.book(it, by)),
    "purchase": (
        "own_request",
        "manager",
        to_buy,
        lambda cast, it, by: requests.approve(it, cast.clerk, by),
    ),
    "void": (
        "counted_here",
        "manager",
        lambda cast: (counted(cast), bought(cast))[1],
        lambda cast, it, by: voids.void(it, "拿错了", by),
    ),
    "collect": (
        "own_proxy",
        "volunteer",
        ready,
        lambda cast, it, by: redeem(cast, by, read_collector(cast.volunteer.name, "邻居")),
    ),
    "own role": (
        "own_role",
        "chair",
        lambda cast: cast.chair,
        lambda cast, it, by: accounts.grant(it, Role.VOLUNTEER, cast.village, by),
    ),
    "own sign-in": (
        "own_account",
        "chair",
        lambda cast: cast.chair,
        lambda cast, it, by: keeping.give_password(it, by, HASHED),
    ),
}


@pytest.mark.parametrize("rule", NEXT_STEP)
def test_the_next_step_is_somebody_else_s(cast, rule):
    code, username, prepare, verb = NEXT_STEP[rule]
    first = cast.user(username)
    it = prepare(cast)
    refused(code, verb, cast, it, first)
    role = first.grants[0].role
    second = do(new_sign_in, cast, "again", f" {first.name[0]} {first.name[1:]}", role)
    refused(code, verb, cast, it, second)


def test_who_prepared_does_not_book(cast, clock):
    assessment = over(cast, clock)
    second = do(new_sign_in, cast, "again", cast.clerk.name, Role.CHAIR)
    refused("same_person", booking.book, assessment, second)
    own = do(new_sign_in, cast, "own", cast.worker.name, Role.CHAIR)
    refused("own_line", booking.book, assessment, own)
    do(booking.book, assessment, cast.chair)


def test_who_brought_opening_balances_does_not_book_them(cast):
    with clock.at(TODAY - timedelta(days=9)):
        sheet = openings.hung(cast, 100)
    second = do(new_sign_in, cast, "again", cast.clerk.name, Role.CHAIR)
    refused("same_person", opening_booking.book, sheet, second)
    own = do(new_sign_in, cast, "own", cast.worker.name, Role.CHAIR)
    refused("own_line", opening_booking.book, sheet, own)
    do(opening_booking.book, sheet, cast.chair)


def test_who_agrees_to_take_an_opening_balance_back_is_another_and_not_the_worker(cast):
    line = booked_opening(cast)
    again = do(new_sign_in, cast, "again", cast.chair.name, Role.SUPERVISOR)
    refused("same_person", reversing.reverse, line, "记错了", cast.chair, again)
    own = do(new_sign_in, cast, "own", cast.worker.name, Role.SUPERVISOR)
    refused("own_line", reversing.reverse, line, "记错了", cast.chair, own)


def test_nobody_merges_themselves(cast):
    kept, twin = enter_twins(cast)
    own = do(new_sign_in, cast, "again", twin.name, Role.CHAIR)
    refused("own_entry", merging.merge, kept, twin, "同一人", own)


def test_nobody_evaluates_themselves(cast):
    """The instructor of all grids, who is a chair too."""
    with transaction():
        instructor = persons.add_person(cast.township, "何指导", None, agency="镇司法所")
        for grid in grids.of_village(cast.village):
            terms.appoint(instructor, grid, Duty.INSTRUCTOR, date(2026, 1, 1), None)
        again = new_sign_in(cast, "again", "何指导", Role.CHAIR)
    rest = EvaluationSide.BY_VILLAGE, instructor, cast.village, 2026, Grades(4, 4, 4), ""
    refused("own_evaluation", evaluations.evaluate, *rest, again)
    assert evaluations.partners(again, cast.village, 2026) == []
    do(evaluations.evaluate, *rest, cast.chair)


def test_what_waits_is_not_for_who_recorded_it(cast):
    """Neither in the count of the front page nor among what is confirmed with one press."""
    service = recorded(cast)
    second = do(new_sign_in, cast, "again", cast.clerk.name, Role.CHAIR)
    assert reading.count_waiting(cast.village, second) == 0
    assert reading.count_waiting(cast.village, cast.chair) == 1
    assert together.reasons_to_look([service], {}, second)[service.id].code == "same_person"


# --- Devices ---


@pytest.fixture
def till(cast):
    """A device that the manager set up."""
    with transaction():
        device, _key = devices.add_device(cast.shop, "收银台", cast.manager)
    return device


def test_a_device_may_what_its_manager_may(cast, till):
    taken = bought(cast)
    counted(cast)
    refused("counted_here", voids.void, taken, "拿错了", till)
    with transaction():
        keeping.link(cast.manager, cast.worker, None)
    refused("own_card", redeem, cast, till)
    refused("own_card", voids.void, taken, "拿错了", till)


def test_a_device_of_a_second_sign_in_is_the_human_s_too(cast):
    taken = bought(cast)
    counted(cast)
    with transaction():
        second = new_sign_in(cast, "again", cast.manager.name, Role.MANAGER)
        device, _key = devices.add_device(cast.shop, "后门", second)
    refused("counted_here", voids.void, taken, "拿错了", device)


def test_a_colleague_s_device_is_no_way_round_the_count(cast, till):
    """Who counted does not let a device void that acts for another manager; who set it up does."""
    with transaction():
        colleague = new_sign_in(cast, "colleague", "钱店长", Role.MANAGER)
        device, _key = devices.add_device(cast.shop, "后门", colleague)
    taken = bought(cast)
    counted(cast)
    refused("counted_here", voids.void, taken, "拿错了", cast.manager)
    refused("not_yours", devices.give_voids, device, cast.manager)
    refused("not_yours", voids.void, taken, "拿错了", device)
    again = do(new_sign_in, cast, "again", colleague.name, Role.MANAGER)
    do(devices.give_voids, device, again)
    assert do(voids.void, taken, "拿错了", device).made_by == "后门"


@pytest.mark.parametrize("end", ["role", "sign-in"])
def test_a_device_stops_with_its_manager(cast, end):
    with transaction():
        device, key = devices.add_device(cast.shop, "收银台", cast.manager)
    assert devices.device_of_key(key).id == device.id
    with transaction():
        if end == "role":
            accounts.revoke(cast.manager.grants[0], None)
        else:
            keeping.close(cast.manager, None)
    assert devices.device_of_key(key) is None


# --- Who is the same human ---


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"name": "李 明"}, {"name": "李明"}, True),
        ({"name": "李明"}, {"name": "李鸣"}, False),
        ({"name": "李明", "unit": "派出所"}, {"name": "李明"}, True),
        ({"name": "李明", "unit": "派出所"}, {"name": "李明", "unit": " 派出所"}, True),
        ({"name": "李明", "unit": "派出所"}, {"name": "李明", "unit": "财政所"}, False),
        ({"name": "李明", "phone": "138 0000 1111"}, {"name": "老李", "phone": "+86-13800001111"}, True),
        ({"name": "李明", "phone": "0878-5212345"}, {"name": "老李", "phone": "0878-5212345"}, False),
        ({"name": "甲", "person": 0}, {"name": "乙", "person": 0}, True),
        ({"name": "甲", "person": 0}, {"name": "甲", "person": 1}, False),
        ({"name": "李秀明"}, {"name": "甲", "person": 0}, True),
        ({"name": "李秀明", "unit": "派出所"}, {"name": "甲", "person": 0}, False),
    ],
)
def test_who_is_one_human(cast, one, other, same):
    made = []
    for given in (one, other):
        person = cast.workers[given["person"]] if "person" in given else None
        made.append(humans.identity(**{**given, "person": person}))
    assert made[0].is_same(made[1]) is made[1].is_same(made[0]) is same


def test_a_third_sign_in_that_names_the_person_tells(cast):
    """王师傅 has the telephone of a sign-in that names 李秀明, whose entry has another one."""
    with transaction():
        cast.worker_user.phone = "13900002222"
        user = new_sign_in(cast, "third", "王师傅", Role.CLERK, phone="13900002222")
    assert humans.is_own(user, cast.worker)
    assert not humans.is_own(user, cast.neighbour)


def test_nobody_scores_and_redeems_by_two_sign_ins(cast):
    second = do(new_sign_in, cast, "again", cast.clerk.name)
    refused("roles_conflict", accounts.grant, second, Role.VOLUNTEER, cast.village, None)
    helper = do(new_sign_in, cast, "helper", "李帮手", Role.MANAGER)
    do(keeping.link, cast.clerk, cast.worker, None)
    refused("roles_conflict", keeping.link, helper, cast.worker, None)


# --- That it stays so ---

# Whose own something is, is no matter of somebody else: sessions, files of one's own, what one wrote twice.
OWN_THINGS = {
    "duties/disputes/levels.py": "who opened a dispute may read it",
    "duties/incidents.py": "who reported an incident has it among theirs",
    "people/filing.py": "a file is gone on with by who brought it",
    "people/proposals/proposing.py": "who proposed it withdraws it",
    "people/signin/accounts.py": "whether a county has another sign-in",
    "people/signin/humans.py": "here it is compared",
    "people/signin/second_factor.py": "the second step of one sign-in",
    "people/signin/sessions.py": "sessions of one sign-in",
    "people/views/signin/sign_in.py": "a form that was kept is shown to its sign-in",
    "shop/views/desk/page.py": "a receipt prints by itself for the sign-in that handed out",
}
ACTING = {"actor", "current_user", "decider", "user"}
COMPARED = re.compile(rf"\b({'|'.join(ACTING)})\.(id|person_id)\b")


def comparisons(tree):
    """The comparisons of who acts with who did something, by sign-in or by person; the lines, by number."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and not any(
            isinstance(side, ast.Constant | ast.Tuple) for side in (node.left, *node.comparators)
        ):
            for side in (node.left, *node.comparators):
                if (
                    isinstance(side, ast.Attribute)
                    and side.attr in ("id", "person_id")
                    and isinstance(side.value, ast.Name)
                    and side.value.id in ACTING
                ):
                    yield node.lineno


def test_the_search_for_comparisons_finds_them():
    found = comparisons(
        ast.parse("actor.id == it.by_id\nx in (actor.person_id,)\nit.by_id != current_user.id")
    )
    assert list(found) == [1, 3]


def test_humans_are_compared_in_one_place():
    found = {
        str(file.relative_to(ROOT)): lines
        for file in PRODUCT
        if COMPARED.search(text := file.read_text()) and (lines := list(comparisons(ast.parse(text))))
    }
    assert found.keys() == OWN_THINGS.keys(), found
