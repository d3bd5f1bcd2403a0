"""Cards: one for each worker, found again from whatever the desk was given."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from stdnum import damm

from ground import clock as calendar
from ground.db import db, transaction
from ground.refusal import Refused
from people import audit, cards, trail
from people.models import AuditEvent, CardState, DepartureKind, Duty, GridKind
from people.roster import departures, grids, persons, terms
from people.scanning.reading import ALPHABET
from tests.cast import counted


def issue(person, actor):
    with transaction():
        return cards.issue(person, actor)


@given(st.integers(0, 10**8 - 1))
def test_the_check_digit_finds_every_wrong_digit_and_every_swap(number):
    digits = f"{number:08d}"
    good = digits + damm.calc_check_digit(digits)
    wrong = {good[:i] + digit + good[i + 1 :] for i in range(9) for digit in "0123456789"}
    swapped = {good[:i] + good[i + 1] + good[i] + good[i + 2 :] for i in range(8)}
    assert damm.is_valid(good)
    assert not any(damm.is_valid(other) for other in (wrong | swapped) - {good})


def test_a_mistyped_number_is_said_to_be_mistyped(cast):
    number, village = cast.card.number, cast.village
    mistyped = {number[:i] + str((int(number[i]) + 1) % 10) + number[i + 1 :] for i in range(9)}
    mistyped |= {number[:i] + number[i + 1] + number[i] + number[i + 2 :] for i in range(8)} - {number}
    for other in mistyped:
        with pytest.raises(Refused, match="bad_card_number"):
            cards.find(other, village)


def test_a_card_shows_nothing_of_its_holder(cast):
    card = cast.card
    assert len(card.number) == 9
    assert len(card.token) == 20
    assert set(card.token) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert card.grouped.replace(" ", "") == card.number


def test_no_two_cards_are_alike(cast):
    found = [cards.active_card(worker) for worker in cast.workers]
    assert len({card.number for card in found}) == len({card.token for card in found}) == 8


def test_a_number_that_is_taken_is_not_given_twice(cast):
    """A machine whose chance repeats itself draws again."""
    repeated = random.Random(5)
    with transaction():
        first = cards.issue(cast.worker, cast.clerk, random.Random(5))
        second = cards.issue(cast.neighbour, cast.clerk, repeated)
    assert first.number != second.number


@pytest.mark.parametrize(
    "written",
    [
        "http://192.168.1.5:8000/C/{token}",
        "HTTPS://AIXIN.EXAMPLE/C/{token}",
        "https://aixin.example/c/{lower}/",
        "{token}",
        "{lower}",
        " {token}\r\n",
        "{number}",
        "{grouped}",
        "\t{number} ",
        "{dashes}",
        "{wide}",
        "{wide_grouped}",
    ],
)
def test_found_from_what_was_scanned_or_typed(cast, written):
    card = cast.card
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    given = written.format(
        token=card.token,
        lower=card.token.lower(),
        number=card.number,
        grouped=card.grouped,
        dashes=card.grouped.replace(" ", "-"),
        wide=card.number.translate(wide),
        wide_grouped=card.grouped.translate(wide).replace(" ", "\u3000"),
    )
    assert cards.find(given, cast.village).id == card.id


@pytest.mark.parametrize(
    "foreign",
    [
        "",
        "https://example.com/",
        "https://u.wechat.com/MJYP2Zz8Hj7wXyV3",
        "weixin://wxpay/bizpayurl?pr=abc",
        "WIFI:T:WPA;S=shop;;",
        "https://aixin.example/C/0123456789ABCDEFGHJ",  # a character short
        "https://aixin.example/C/0123456789ABCDEFGHJI",  # an I, which no token has
        "https://aixin.example/R/0123456789ABCDEFGHJK",
        "12345678901234",
        "x" * 5000,
        "AIXIN-OK",
    ],
)
def test_other_codes_are_no_cards(cast, foreign):
    with pytest.raises(Refused, match="not_a_card") as refusal:
        cards.find(foreign, cast.village)
    assert refusal.value.field == "scan"


@pytest.mark.parametrize("number", ["1", "00000001", "123456789", "6901028075832"])
def test_other_numbers_are_mistyped(cast, number):
    with pytest.raises(Refused, match="bad_card_number"):
        cards.find(number, cast.village)


@pytest.mark.parametrize(
    ("scanned", "code"),
    [
        ("6901028075831", "article_first"),
        ("16901028075838", "article_first"),
        ("你好", "swallowed"),
        ("²²²²²²²²²", "swallowed"),
    ],
)
def test_goods_and_what_an_input_method_made_are_told_as_such(cast, scanned, code):
    with pytest.raises(Refused, match=code):
        cards.find(scanned, cast.village)


def test_a_number_whose_first_digit_was_lost_is_the_card_s_and_else_a_mistake(cast):
    assert cards.find(cast.card.number[1:], cast.village).id == cast.card.id
    with pytest.raises(Refused, match="bad_card_number"):
        cards.find("10000000", cast.village)


def test_a_number_and_a_token_nobody_has(cast):
    free = next(n + damm.calc_check_digit(n) for n in map("{:08d}".format, range(100)) if damm)
    for unknown in (free, "0" * 20, f"https://aixin.example/C/{'Z' * 20}"):
        with pytest.raises(Refused, match="unknown_card"):
            cards.find(unknown, cast.village)


def test_a_card_of_the_next_village(cast):
    card = cast.card_of(cast.stranger)
    for given_text in (card.number, card.token):
        with pytest.raises(Refused, match="other_village"):
            cards.find(given_text, cast.village)
        assert cards.find(given_text, cast.next_village).id == card.id


def test_a_new_card_replaces_the_old_at_once(cast):
    old = cast.card
    new = issue(cast.worker, cast.clerk)
    assert (old.state, new.state) == (CardState.REPLACED, CardState.ACTIVE)
    assert cards.active_card(cast.worker).id == new.id
    assert new.number != old.number
    assert new.token != old.token
    assert cards.find(old.number, cast.village).state == CardState.REPLACED  # so that the desk can say why


def test_a_lost_card_stops_and_is_replaced(cast):
    old = cast.card
    with transaction():
        cards.report_lost(old, cast.clerk)
        cards.report_lost(old, cast.clerk)
    assert old.state == CardState.LOST
    assert cards.active_card(cast.worker) is None
    new = issue(cast.worker, cast.clerk)
    assert (old.state, new.state) == (CardState.LOST, CardState.ACTIVE)


def test_a_replaced_card_is_not_lost_afterwards(cast):
    old = cast.card
    issue(cast.worker, cast.clerk)
    with pytest.raises(Refused, match="card_inactive"), transaction():
        cards.report_lost(old, cast.clerk)


def lose(card, actor):
    with transaction():
        return cards.report_lost(card, actor)


def find(card, actor):
    with transaction():
        return cards.mark_found(card, actor)


def retire(card, actor, reason="卡面磨花"):
    with transaction():
        return cards.retire(card, reason, actor)


def test_a_lost_card_that_comes_back_is_good_again(cast):
    card, token = cast.card, cast.card.token
    lose(card, cast.clerk)
    assert cards.may_be_found(card)
    find(card, cast.chair)
    find(card, cast.chair)
    assert (card.state, card.token) == (CardState.ACTIVE, token)
    assert cards.active_card(cast.worker).id == card.id
    assert not cards.may_be_found(card)
    assert [line.action for line in lines_of(card)] == ["card.issue", "card.lost", "card.found"]


def test_it_does_not_come_back_beside_a_newer_one(cast):
    old = lose(cast.card, cast.clerk)
    issue(cast.worker, cast.clerk)
    assert not cards.may_be_found(old)
    with pytest.raises(Refused, match="has_newer_card"):
        find(old, cast.clerk)
    lose(cast.card, cast.clerk)
    assert find(old, cast.clerk).state == CardState.ACTIVE  # the newer one is not in use either


def test_nor_to_somebody_who_left(cast):
    card = lose(cast.card, cast.clerk)
    with transaction():
        departures.depart(
            cast.worker, DepartureKind.EXIT, "搬到县城", "村委会决定", calendar.today(), cast.chair
        )
    assert not cards.may_be_found(card)
    with pytest.raises(Refused, match="not_serving"):
        find(card, cast.clerk)


@pytest.mark.parametrize("state", [CardState.REPLACED, CardState.FROZEN, CardState.RETIRED])
def test_only_what_was_lost_is_found_and_only_what_is_good_is_lost(cast, state):
    with transaction():
        card = cast.card
        card.state = state
        db.session.flush()
    for verb in (find, lose):
        with pytest.raises(Refused, match="card_inactive"):
            verb(card, cast.clerk)
    assert card.state == state


@pytest.mark.parametrize("state", list(CardState))
def test_whatever_became_of_a_card_it_can_be_handed_back_and_destroyed_for_good(cast, state):
    with transaction():
        card = cast.card
        card.state = state
        db.session.flush()
    retire(card, cast.clerk)
    retire(card, cast.chair, "再来一次")
    assert card.state == CardState.RETIRED
    told = [line.detail for line in lines_of(card) if line.action == "card.retire"]
    assert told == ([] if state == CardState.RETIRED else [{"number": card.number, "reason": "卡面磨花"}])
    assert cards.find(card.number, cast.village).state == CardState.RETIRED  # so that the desk can say so
    assert issue(cast.worker, cast.clerk).state == CardState.ACTIVE


def test_a_card_is_not_destroyed_without_a_reason(cast):
    with pytest.raises(Refused, match="reason_missing"):
        retire(cast.card, cast.clerk, "  ")
    assert cast.card.state == CardState.ACTIVE


def test_a_replaced_card_says_so_in_its_history(cast):
    old = cast.card
    issue(cast.worker, cast.clerk)
    assert [line.action for line in lines_of(old)] == ["card.issue", "card.replace"]


def lines_of(card):
    """The trail about a card, the oldest first."""
    return list(db.session.scalars(trail.events_about([audit.name_of(card)])))[::-1]


# --- A lost card at the desk ---


def turn_up(card, actor):
    with transaction():
        return cards.note_turned_up(card, actor)


def test_a_lost_card_at_the_desk_is_noted_once_a_day(cast, clock):
    card = cast.card
    assert not turn_up(card, cast.volunteer)  # it is good
    lose(card, cast.clerk)
    assert cards.lost_and_turned_up(cast.village) == []
    assert [turn_up(card, cast.volunteer) for _time in range(3)] == [True, False, False]
    first = calendar.now()
    assert cards.lost_and_turned_up(cast.village) == [(card, first)]
    clock.days_on()
    assert [turn_up(card, cast.manager) for _time in range(2)] == [True, False]
    assert cards.lost_and_turned_up(cast.village) == [(card, first + timedelta(days=1))]
    noted = [line for line in lines_of(card) if line.action == "card.turned_up"]
    assert [line.actor_id for line in noted] == [cast.volunteer.id, cast.manager.id]
    assert {line.area_id for line in noted} == {cast.village.id}


def test_it_is_told_as_long_as_the_card_is_lost(cast, clock):
    card = lose(cast.card, cast.clerk)
    turn_up(card, cast.volunteer)
    find(card, cast.clerk)
    assert cards.lost_and_turned_up(cast.village) == []
    clock.days_on()
    lose(card, cast.clerk)  # again: what was seen before is over
    assert cards.lost_and_turned_up(cast.village) == []
    assert turn_up(card, cast.volunteer)
    neighbour_s = lose(cast.card_of(cast.neighbour), cast.clerk)
    clock.days_on()
    turn_up(neighbour_s, cast.volunteer)
    assert [seen.id for seen, _at in cards.lost_and_turned_up(cast.village)] == [neighbour_s.id, card.id]
    assert cards.lost_and_turned_up(cast.next_village) == []
    retire(card, cast.clerk)
    assert [seen.id for seen, _at in cards.lost_and_turned_up(cast.village)] == [neighbour_s.id]


# --- New secrets for all ---


def test_after_a_leak_every_card_of_the_village_has_a_new_secret(cast):
    """The lost one too, which may be found again; the numbers stay, and the next village is left alone."""
    before = {card.id: (card.token, card.number) for card in cards.cards_of_village(cast.village)}
    others = {card.token for card in cards.cards_of_village(cast.next_village)}
    replaced = cast.card_of(cast.neighbour)
    issue(cast.neighbour, cast.clerk)
    lost = lose(cast.card, cast.clerk)
    with transaction():
        assert cards.renew_secrets(cast.village, cast.clerk) == 7
    renewed = {card.id: card for card in cards.cards_of_village(cast.village) if card.id != replaced.id}
    assert len({card.token for card in renewed.values()}) == 8
    for ident, (token, number) in before.items():
        if ident != replaced.id:
            assert renewed[ident].token != token
            assert renewed[ident].number == number
            assert set(renewed[ident].token) <= set(ALPHABET)
            assert len(renewed[ident].token) == 20
    assert replaced.token == before[replaced.id][0]
    assert {card.token for card in cards.cards_of_village(cast.next_village)} == others
    with pytest.raises(Refused, match="unknown_card") as refusal:
        cards.find(f"https://aixin.example/C/{before[lost.id][0]}", cast.village)
    assert "换过新码" in str(refusal.value.message)
    assert "卡号" in str(refusal.value.message)
    assert cards.find(before[lost.id][1], cast.village).id == lost.id
    told = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "card.renew")).all()
    assert {line.subject for line in told} == {audit.name_of(card) for card in renewed.values()}
    assert all(line.detail.keys() == {"number"} for line in told)


# --- Lists ---


def test_good_cards_below_an_area_come_with_their_village_and_grid(cast):
    """In the order in which they are handed out, of several grids the first; in two queries."""
    with transaction():
        second = grids.add_grid(cast.village, "99", "村口网格", GridKind.RURAL, 8, cast.clerk)
        terms.appoint(cast.neighbour, second, Duty.WORKER, calendar.today(), cast.clerk)
        terms.end_term(cast.term_of(cast.worker), "搬家", cast.clerk)
        cards.report_lost(cast.card_of(cast.workers[3]), cast.clerk)
    township = cast.township
    with counted() as asked:
        held = [
            (card.person.area.name, card.person.name, grid.code)
            for card, grid in cards.active_cards_below(township)
        ]
    assert len(asked) == 2
    here, there = cast.village.name, cast.next_village.name
    names = [person.name for person in cast.workers]
    assert held == [
        (here, names[0], "01"),  # who serves no more: where they did
        *((here, names[place], f"{place + 1:02}") for place in (1, 2, 4, 5, 6, 7)),
        (there, cast.stranger.name, "01"),
    ]
    assert len(cards.active_cards_below(cast.village)) == 7
    assert cards.active_cards_below(cast.far_village) == []


def test_no_card_for_who_does_not_serve(cast):
    with transaction():
        newcomer = persons.add_person(cast.village, "新来的", cast.clerk)
        terms.end_term(cast.term_of(cast.neighbour), "搬家", cast.clerk)
    for person in (newcomer, cast.neighbour):
        with pytest.raises(Refused, match="not_serving"):
            issue(person, cast.clerk)


def test_the_list_of_a_village_s_cards(cast):
    listed = cards.holders_with_cards(cast.village)
    assert [term.grid.code for term, _card in listed] == [f"{n:02}" for n in range(1, 9)]
    assert all(card.person_id == term.person_id for term, card in listed)
    with transaction():
        terms.end_term(cast.term_of(cast.neighbour), "搬家", cast.clerk)
    assert cast.neighbour.id not in {term.person_id for term, _card in cards.holders_with_cards(cast.village)}
    db.session.rollback()
