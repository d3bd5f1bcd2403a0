"""Cards: one for each worker, found again from whatever the desk was given."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import damm

from people import cards
from people.db import db, transaction
from people.models import CardState
from people.refused import Refused
from people.roster import persons, terms


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
    found = [cards.active(worker) for worker in cast.workers]
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
        "你好",
        "https://example.com/",
        "https://u.wechat.com/MJYP2Zz8Hj7wXyV3",
        "weixin://wxpay/bizpayurl?pr=abc",
        "WIFI:T:WPA;S=shop;;",
        "https://aixin.example/C/0123456789ABCDEFGHJ",  # a character short
        "https://aixin.example/C/0123456789ABCDEFGHJI",  # an I, which no token has
        "https://aixin.example/R/0123456789ABCDEFGHJK",
        "12345678901234",
        "x" * 5000,
        "²²²²²²²²²",
    ],
)
def test_other_codes_are_no_cards(cast, foreign):
    with pytest.raises(Refused, match="not_a_card") as refusal:
        cards.find(foreign, cast.village)
    assert refusal.value.field == "scan"


@pytest.mark.parametrize("number", ["6901028075831", "1", "00000000", "123456789"])
def test_other_numbers_are_mistyped(cast, number):
    with pytest.raises(Refused, match="bad_card_number"):
        cards.find(number, cast.village)


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
    assert cards.active(cast.worker).id == new.id
    assert new.number != old.number
    assert new.token != old.token
    assert cards.find(old.number, cast.village).state == CardState.REPLACED  # so that the desk can say why


def test_a_lost_card_stops_and_is_replaced(cast):
    old = cast.card
    with transaction():
        cards.report_lost(old, cast.clerk)
        cards.report_lost(old, cast.clerk)
    assert old.state == CardState.LOST
    assert cards.active(cast.worker) is None
    new = issue(cast.worker, cast.clerk)
    assert (old.state, new.state) == (CardState.LOST, CardState.ACTIVE)


def test_a_replaced_card_is_not_lost_afterwards(cast):
    old = cast.card
    issue(cast.worker, cast.clerk)
    with pytest.raises(Refused, match="card_inactive"), transaction():
        cards.report_lost(old, cast.clerk)


def test_no_card_for_who_does_not_serve(cast):
    with transaction():
        newcomer = persons.add_person(cast.village, "新来的", cast.clerk)
        terms.end_term(cast.term_of(cast.neighbour), "搬家", cast.clerk)
    for person in (newcomer, cast.neighbour):
        with pytest.raises(Refused, match="not_serving"):
            issue(person, cast.clerk)


def test_the_list_of_a_village_s_cards(cast):
    listed = cards.of_village(cast.village)
    assert [term.grid.code for term, _card in listed] == [f"{n:02}" for n in range(1, 9)]
    assert all(card.person_id == term.person_id for term, card in listed)
    with transaction():
        terms.end_term(cast.term_of(cast.neighbour), "搬家", cast.clerk)
    assert cast.neighbour.id not in {term.person_id for term, _card in cards.of_village(cast.village)}
    db.session.rollback()
