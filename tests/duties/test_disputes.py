"""Disputes: what moves them, who opens and knows them, what counts, the figures, and their pages.

Every move by everybody is in test_ladder.py.
"""

from collections import Counter
from datetime import date, timedelta

import sqlalchemy as sa

from duties.disputes import disputes, ladder, settling
from duties.models import Attempt, DisputeKind
from ground.db import db, transaction
from people import contacts
from people.models import AuditEvent, ContactKind
from points.models import FedBy, Service, ServiceState
from points.services import deciding
from tests.cast import COUNTY, NEXT_VILLAGE, TODAY, TOWNSHIP, USERNAMES, VILLAGE
from tests.duties.quarrel import (
    FAILED,
    GRID,
    GROUP,
    IN_COUNTY,
    IN_VILLAGE,
    OPENED,
    SETTLED,
    WITHDRAWN,
    climb,
    key,
    neighbour_user,
    opened,
    tried,
)
from tests.story import do, refused

# --- Stories ---


def test_two_failed_attempts_move_it_and_a_mistake_moves_it_back(settled_in):
    cast = settled_in
    dispute = do(opened, cast)
    first = do(tried, dispute, cast.worker_user)
    second = do(tried, dispute, cast.instructor)
    assert ladder.current_rung(dispute.attempts) == GROUP
    refused("moved_on", tried, dispute, cast.worker_user, rung=GRID)
    refused("not_the_last", disputes.undo_attempt, first, "记错", cast.worker_user)
    refused("reason_missing", disputes.undo_attempt, second, " ", cast.worker_user)
    do(disputes.undo_attempt, second, "那次没有去成", cast.worker_user)
    assert ladder.current_rung(dispute.attempts) == GRID
    assert [(each.number, bool(each.undone)) for each in dispute.attempts] == [(1, False), (2, True)]
    do(tried, dispute, cast.worker_user)
    assert ladder.current_rung(dispute.attempts) == GROUP


def test_a_rung_keeps_knowing_what_came_to_it_and_only_that(settled_in):
    cast = settled_in
    one_by_one, both = do(opened, cast), do(opened, cast)
    for dispute in (one_by_one, both):
        do(climb, cast, dispute, GROUP)
    for _again in range(2):  # each attempt is taken back before the next: it never came to the village
        do(disputes.undo_attempt, do(tried, one_by_one, cast.worker_user), "记错", cast.worker_user)
    made = [do(tried, both, cast.worker_user) for _try in range(2)]
    for attempt in reversed(made):
        do(disputes.undo_attempt, attempt, "记错", cast.worker_user)
    assert ladder.current_rung(one_by_one.attempts) == ladder.current_rung(both.attempts) == GROUP
    assert disputes.find_dispute(cast.chair, cast.village, one_by_one.id) is None
    assert disputes.find_dispute(cast.chair, cast.village, both.id) is not None
    assert disputes.find_dispute(cast.township_user, cast.village, both.id) is None


def test_what_is_sent_twice_is_written_once(settled_in):
    cast = settled_in
    grid, worker, user = cast.term_of(cast.worker).grid, cast.worker, cast.worker_user
    asked = ["k" * 16, grid, worker, OPENED, DisputeKind.DEBT, "甲乙", "借钱", user]
    dispute = do(disputes.open_dispute, *asked)
    assert do(disputes.open_dispute, *asked).id == dispute.id
    refused("key_reused", disputes.open_dispute, *asked[:3], TODAY, *asked[4:])
    line = ["a" * 16, dispute, GRID, TODAY, "李秀明", FAILED, "", (), user]
    made = do(disputes.record_attempt, *line)
    assert do(disputes.record_attempt, *line).id == made.id
    refused("key_reused", disputes.record_attempt, *line[:5], SETTLED, *line[6:])
    assert len(dispute.attempts) == 1


def test_who_opens_for_whom_and_on_which_day(settled_in):
    cast = settled_in
    for other in (
        cast.chair,
        cast.supervisor,
        cast.volunteer,
        cast.township_user,
        cast.outsider,
        neighbour_user(),
    ):
        refused("not_yours", opened, cast, other)
    for one in (cast.clerk, cast.instructor, cast.worker_user):
        do(opened, cast, one)
    refused("in_future", opened, cast, on=TODAY + timedelta(days=1))
    refused("not_of_grid", opened, cast, on=date(2024, 12, 31))
    grid = cast.term_of(cast.worker).grid
    mixed = [key(), grid, cast.neighbour, TODAY, DisputeKind.WORK, "甲乙", "工钱", cast.clerk]
    refused("not_of_grid", disputes.open_dispute, *mixed)


def test_days_lie_in_order_and_contacts_are_the_village_s(settled_in):
    cast = settled_in
    with transaction():
        police = contacts.attach(cast.village, ContactKind.POLICE, "马警官", "派出所", "110", OPENED, None)
        foreign = contacts.attach(cast.next_village, ContactKind.JUDGE, "外法官", "法庭", "110", OPENED, None)
    dispute = do(opened, cast)
    refused("out_of_order", tried, dispute, cast.worker_user, on=OPENED - timedelta(days=1))
    refused("in_future", tried, dispute, cast.worker_user, on=TODAY + timedelta(days=1))
    refused("not_a_contact", tried, dispute, cast.worker_user, named=[foreign])
    made = do(tried, dispute, cast.worker_user, named=[police], on=OPENED + timedelta(days=3))
    assert [contact.name for contact in made.contacts] == ["马警官"]
    refused("out_of_order", tried, dispute, cast.worker_user, on=OPENED + timedelta(days=2))


def test_a_settled_one_counts_by_the_rubric_once_and_without_a_word(settled_in):
    cast = settled_in
    dispute = do(opened, cast)
    made = do(tried, dispute, cast.worker_user, SETTLED)
    (service,) = db.session.scalars(sa.select(Service))
    assert (service.item.source, service.worker_id, service.done_on) == (FedBy.DISPUTE, cast.worker.id, TODAY)
    assert (service.note, service.likeness, service.evidence) == ("", None, dispute.evidence)
    do(disputes.undo_attempt, made, "霁原因", cast.worker_user)
    assert (service.state, service.decision) == (ServiceState.REJECTED, "对应的记录已撤回。")
    do(tried, dispute, cast.worker_user)
    do(tried, dispute, cast.worker_user)
    settled = do(tried, dispute, cast.instructor, SETTLED)
    with transaction():
        (again,) = db.session.scalars(sa.select(Service).where(Service.state == ServiceState.RECORDED))
        assert again.item.source == FedBy.DISPUTE_GROUP
        deciding.confirm(again, cast.chair)
    refused("service_confirmed", disputes.undo_attempt, settled, "记错", cast.instructor)


def test_settled_above_the_group_counts_for_nobody(settled_in):
    cast = settled_in
    dispute = do(opened, cast)
    do(climb, cast, dispute, IN_VILLAGE)
    do(tried, dispute, cast.chair, SETTLED)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Service)) == 0


def test_figures_of_some_days(settled_in):
    cast = settled_in
    first, last = date(2026, 12, 1), date(2026, 12, 31)
    old = do(opened, cast, on=date(2026, 9, 1))
    ended_before = do(opened, cast, on=date(2026, 9, 2))
    do(tried, ended_before, cast.worker_user, SETTLED, date(2026, 9, 4))
    do(tried, old, cast.worker_user, SETTLED, date(2026, 12, 2))
    quick = do(opened, cast, on=date(2026, 12, 3))
    do(climb_on, quick, cast.worker_user, date(2026, 12, 4))
    do(tried, quick, cast.worker_user, SETTLED, date(2026, 12, 7))
    given_up, going_on = do(opened, cast), do(opened, cast)
    do(tried, given_up, cast.worker_user, WITHDRAWN)
    mistaken = do(tried, going_on, cast.worker_user, SETTLED)
    do(disputes.undo_attempt, mistaken, "记错", cast.worker_user)
    figures = settling.figures([cast.village, cast.next_village], first, last)
    assert (figures.opened, figures.at_hand, figures.withdrawn, figures.going_on) == (3, 4, 1, 1)
    assert figures.settled == Counter({GRID: 1, GROUP: 1})
    assert (figures.rate, figures.days_to_settle) == (50, (92 + 4) / 2)
    autumn = settling.figures([cast.village], date(2026, 9, 1), date(2026, 9, 30))
    assert (autumn.opened, autumn.at_hand, autumn.rate, autumn.going_on) == (2, 2, 50, 1)
    assert settling.figures_by_village([cast.next_village], first, last) == {}
    assert settling.figures([cast.next_village], first, last).rate is None


def climb_on(dispute, actor, day):
    """Two failed attempts on a day; inside a transaction."""
    for _try in range(2):
        tried(dispute, actor, on=day)


# --- Pages ---

OF_DISPUTES = ("/v/{v}/disputes", "/v/{v}/disputes/{d}", "/a/{t}/disputes", "/a/{c}/disputes")
PLACES = (
    *OF_DISPUTES,
    "/v/{v}/services?state=",
    "/v/{v}/audit",
    "/v/{v}/incidents",
    "/v/{v}/",
    "/v/{v}/grids",
    "/a/{t}/",
    "/a/{v}/audit",
)


def seen_on_pages(client_of, user, ident, places):
    """On which pages a word of the dispute stands; and what its own page answers."""
    client, found = client_of(user), set()
    for place in places:
        answer = client.get(place.format(v=VILLAGE, t=TOWNSHIP, c=COUNTY, d=ident))
        if "霁" in answer.text:
            found.add(place)
    return found, client.get(f"/v/{VILLAGE}/disputes/{ident}").status_code


def test_nobody_else_finds_a_word_of_it_anywhere(settled_in, client_of):
    cast = settled_in
    dispute = do(opened, cast)
    do(tried, dispute, cast.worker_user)
    wrong = do(tried, dispute, cast.worker_user, SETTLED)
    do(disputes.undo_attempt, wrong, "霁原因", cast.worker_user)
    ident = dispute.id
    own = {"/v/{v}/disputes", "/v/{v}/disputes/{d}"}
    above = {"/a/{t}/disputes"}

    def readers(places=OF_DISPUTES):
        users = [cast.user(each) for each in sorted(USERNAMES - {"second_chair"})]
        users += [cast.worker_user, neighbour_user(), cast.stranger_user]
        return {user.username: seen_on_pages(client_of, user, ident, places) for user in users}

    def knowing(found):
        assert all(code == (200 if places else 404) for places, code in found.values()), found
        return {name: places for name, (places, _code) in found.items() if places}

    assert knowing(readers()) == {"worker": own, "instructor": own}
    do(tried, dispute, cast.worker_user)
    do(tried, dispute, cast.worker_user)
    last = do(tried, dispute, cast.worker_user)
    do(disputes.undo_attempt, last, "霁原因", cast.worker_user)  # the village keeps what it came to know
    committee = {"clerk": own, "chair": own}
    assert knowing(readers()) == {"worker": own, "instructor": own} | committee
    do(disputes.report_dispute, dispute, IN_COUNTY, "霁措施", cast.worker_user)
    county = own | above | {"/a/{c}/disputes"}
    told = {"worker": own, "instructor": own, "county_user": county} | committee
    assert knowing(readers(PLACES)) == told
    words = repr(db.session.scalars(sa.select(AuditEvent)).all())
    assert "霁" not in words


def test_the_worker_s_way_on_the_pages(settled_in, client_of):
    cast = settled_in
    client = client_of(cast.worker_user)
    home = f"/v/{VILLAGE}/disputes"
    assert "登记矛盾纠纷" in client.get(home).text
    term = cast.term_of(cast.worker).id
    told = {"worker": term, "opened_on": "2026-12-20", "kind": "land", "parties": "甲和乙", "matter": "地界"}
    kept = client.post(f"{home}/new", data={"key": "k" * 16, **told, "matter": ""})
    assert kept.status_code == 422
    assert "甲和乙" in kept.text
    page = client.post(f"{home}/new", data={"key": "k" * 16, **told}).location
    assert "由网格员和指导员调解。" in client.get(page).text
    with transaction():
        police = contacts.attach(cast.village, ContactKind.POLICE, "马警官", "派出所", "110", OPENED, None).id
    line = {"rung": "grid", "on": "2026-12-21", "mediators": "李秀明", "result": "failed", "contacts": police}
    assert client.post(f"{page}/attempts", data={"key": "n" * 16, **line, "result": ""}).status_code == 422
    for number in range(2):
        assert client.post(f"{page}/attempts", data={"key": f"{number}" * 16, **line}).status_code == 302
    late = client.post(f"{page}/attempts", data={"key": "z" * 16, **line})
    assert late.status_code == 422
    assert "请重新看一下页面" in late.text
    text = client.get(page).text
    assert "由小组调解" in text
    assert text.count("民警 马警官") == 3  # to be chosen, and on both attempts
    assert "记一次调解：小组" in text
    up = {"to": "township", "measures": "专人看护"}
    assert client.post(f"{page}/report", data={**up, "measures": ""}).status_code == 422
    assert client.post(f"{page}/report", data=up).status_code == 302
    above = client_of(cast.township_user)
    assert "甲和乙" in above.get(f"/a/{TOWNSHIP}/disputes").text
    seen = above.get(page).text
    assert "专人看护" in seen
    assert "李*明" in seen
    assert "记一次调解" not in seen
    refused_there = above.post(f"{page}/attempts", data={"key": "y" * 16, **line, "rung": "group"})
    assert refused_there.status_code == 422
    assert "不归您这一级" in refused_there.text
    attempts = db.session.scalars(sa.select(Attempt).order_by(Attempt.id)).all()
    undo = client.post(f"{page}/undo", data={"attempt": attempts[-1].id, "reason": "记错"})
    assert undo.status_code == 302
    assert "由网格员和指导员调解。" in client.get(page).text
    assert (
        client.post(f"{page}/undo", data={"attempt": attempts[0].id + 99, "reason": "记错"}).status_code
        == 404
    )


def test_who_only_watches_gets_the_figures(settled_in, client_of):
    cast = settled_in
    dispute = do(opened, cast)
    do(tried, dispute, cast.worker_user, SETTLED)
    for user in (cast.supervisor, cast.manager, cast.volunteer):
        text = client_of(user).get(f"/v/{VILLAGE}/disputes").text
        assert "霁" not in text
        assert "化解率" in text
        assert "100%" in text
    page = client_of(cast.county_user).get(f"/a/{COUNTY}/disputes").text
    assert "霁" not in page
    assert "柳树村" in page
    assert "100%" in page
    assert client_of(cast.supervisor).get(f"/v/{NEXT_VILLAGE}/disputes").status_code == 404
    assert client_of(cast.clerk).get(f"/v/{VILLAGE}/disputes?quarter=2019Q1").status_code == 404
