"""Cards on the clerk's pages and on the command line."""

import csv
import re
from io import StringIO

import pytest

from ground.db import db, transaction
from people import cards
from people.models import CardState
from people.roster import terms
from tests.cast import COUNTY, TOWNSHIP, VILLAGE, WORKERS
from tests.test_paper import codes, read

HERE = f"/v/{VILLAGE}/cards"


def page_of(person):
    return f"{HERE}/people/{person.id}"


def buttons(page):
    """What can be done on the page of one's cards, by the last word of each form's address."""
    return sorted(re.findall(rf'action="{HERE}/[^"]*?(\w+)"', page))


def codes_of(issued, address):
    """What can be scanned on these cards: the address with the secret, and the number."""
    return {text for card in issued for text in (f"{address}/C/{card.token}", card.number)}


# --- Pages ---


def test_the_list_has_a_row_for_each_worker_and_leads_to_their_cards(cast, clerk):
    page = clerk.get(HERE).text
    (rows,) = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    assert rows.count("<tr>") == len(WORKERS)
    assert "<form" not in rows
    for worker in cast.workers:
        assert f'href="{page_of(worker)}"' in rows
        assert cast.card_of(worker).grouped in rows
    assert f'href="{HERE}.pdf"' in page
    assert f'href="{HERE}.pdf?back=0"' in page


def test_a_card_s_way_from_lost_to_found_to_replaced_to_destroyed(cast, clerk):
    number, mine = cast.card.number, page_of(cast.worker)
    assert buttons(clerk.get(mine).text) == ["issue", "lost", "retire"]
    assert clerk.post(f"{HERE}/{number}/lost").location == mine
    assert buttons(clerk.get(mine).text) == ["found", "issue", "retire"]
    assert clerk.post(f"{HERE}/{number}/found").location == mine
    assert cast.card.number == number
    clerk.post(f"{HERE}/{number}/lost")
    assert clerk.post(f"{HERE}/people/{cast.worker.id}/issue").location == mine
    page = clerk.get(mine).text
    assert buttons(page) == ["issue", "lost", "retire", "retire"]  # the lost one is not found beside the new
    assert page.index(cast.card.grouped) < page.index(f"{number[:4]} {number[4:8]} {number[8:]}")
    assert clerk.post(f"{HERE}/{number}/retire", data={"reason": "捡回后剪毁"}).location == mine
    page = clerk.get(mine).text
    assert buttons(page) == ["issue", "lost", "retire"]
    told = re.sub(r"<[^>]+>", " ", page.split("已销毁")[1].split("</section>")[0])
    for line in ("收回并销毁卡：捡回后剪毁", "挂失", "找回", "发"):
        assert line in told
    assert told.count("刘文书") == 5
    assert "2026年12月28日 09:00" in told


def test_what_is_refused_is_said_on_the_holder_s_page(cast, clerk):
    number = cast.card.number
    clerk.post(f"{HERE}/{number}/lost")
    clerk.post(f"{HERE}/people/{cast.worker.id}/issue")
    answer = clerk.post(f"{HERE}/{number}/found")
    assert answer.status_code == 422
    assert "已经在用新卡" in answer.text
    for reason in ("", "  ", "长" * 201):
        answer = clerk.post(f"{HERE}/{number}/retire", data={"reason": reason})
        assert answer.status_code == 422
        assert 'class="error"' in answer.text
        assert f'value="{reason.strip()}"' in answer.text
        assert answer.text.count("<details open>") == 1
    assert cards.find(number, cast.village).state == CardState.LOST


def test_who_serves_no_more_gets_no_card_and_the_page_says_why(cast, clerk):
    with transaction():
        terms.end_term(cast.term_of(cast.neighbour), "搬家", cast.clerk)
    page = clerk.get(page_of(cast.neighbour)).text
    assert buttons(page) == ["lost", "retire"]
    clerk.post(f"{HERE}/{cast.card_of(cast.neighbour).number}/lost")
    page = clerk.get(page_of(cast.neighbour)).text
    assert buttons(page) == ["retire"]
    assert f"{cast.neighbour.name} 今天不是在任网格员" in page


def test_cards_of_elsewhere_and_of_nobody_are_not_there(cast, clerk, client_of):
    other = cast.card_of(cast.stranger).number
    for way in ("lost", "found", "retire"):
        assert clerk.post(f"{HERE}/{other}/{way}", data={"reason": "坏了"}).status_code == 404
    assert clerk.get(page_of(cast.stranger)).status_code == 404
    assert clerk.get(f"{HERE}/people/{2**31 - 1}").status_code == 404
    for user in (cast.supervisor, cast.instructor, cast.manager, cast.volunteer, cast.township_user):
        assert client_of(user).get(page_of(cast.worker)).status_code == 403
        assert client_of(user).post(f"{HERE}/renew").status_code == 403


def test_a_lost_card_that_turned_up_at_a_desk_is_told_at_the_top(cast, clerk):
    assert "note-look" not in clerk.get(HERE).text
    with transaction():
        cards.note_turned_up(cards.report_lost(cast.card, cast.clerk), cast.volunteer)
    (note,) = re.findall(r'<p class="note note-look">(.*?)</p>', clerk.get(HERE).text, re.DOTALL)
    assert "2026年12月28日 09:00" in note
    assert page_of(cast.worker) in note
    clerk.post(f"{HERE}/people/{cast.worker.id}/issue")
    assert "note-look" in clerk.get(HERE).text  # somebody still goes about with the old one
    lost = next(card for card in cards.of_person(cast.worker) if card.state == CardState.LOST)
    clerk.post(f"{HERE}/{lost.number}/retire", data={"reason": "收回"})
    assert "note-look" not in clerk.get(HERE).text


def test_after_a_leak_the_codes_are_renewed_and_the_page_says_what_to_do(cast, clerk):
    before = {card.token for card in cards.cards_of_village(cast.village)}
    page = clerk.get(HERE).text
    assert f'action="{HERE}/renew"' in page.split("<details>")[1]
    answer = clerk.post(f"{HERE}/renew", follow_redirects=True)
    assert "8 张卡换了新码" in answer.text
    assert not before & {card.token for card in cards.cards_of_village(cast.village)}


def test_the_sheet_of_all_and_of_one_with_backs_or_without(cast, clerk):
    wanted = codes_of([cast.card_of(worker) for worker in cast.workers], "HTTP://LOCALHOST")
    for address, sides in (("", [wanted, set()]), ("?back=0", [wanted])):
        pictures, _text = read(clerk.get(f"{HERE}.pdf{address}").data)
        assert [codes(picture) for picture in pictures] == sides
    [picture], text = read(clerk.get(f"{HERE}.pdf?back=0&number={cast.card.number}").data)
    assert codes(picture) == codes_of([cast.card], "HTTP://LOCALHOST")
    assert cast.worker.name in text


# --- The command line ---


@pytest.fixture
def run(app):
    def run(*command):
        done = app.test_cli_runner().invoke(args=["cards", *command])
        db.session.rollback()
        return done

    return run


def test_every_card_of_a_village_as_csv(cast, run):
    with transaction():
        cards.report_lost(cast.card, cast.clerk)
        cards.issue(cast.worker, cast.clerk)
    done = run("export", "--village", VILLAGE)
    assert done.exit_code == 0
    lines = done.stdout_bytes.decode().split("\n")
    assert lines[0] == "number,token,worker,status"
    assert lines[-1] == ""
    assert "\r" not in done.stdout
    expected = [
        [card.number, card.token, card.person.name, str(card.state)]
        for card in cards.cards_of_village(cast.village)
    ]
    assert list(csv.reader(StringIO(done.stdout)))[1:] == expected
    assert [expected[0][3], expected[-1][2:]] == ["lost", [cast.worker.name, "active"]]


@pytest.mark.parametrize("code", [TOWNSHIP, "539900101999", "x"])
def test_no_list_of_what_is_no_village(cast, run, code):
    done = run("export", "--village", code)
    assert (done.exit_code, done.stdout) == (1, "")
    assert code in done.stderr


def test_sheets_of_a_whole_county_each_card_with_its_village(app, cast, run, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://aixin.example")
    file = tmp_path / "cards.pdf"
    done = run("print", "--area", COUNTY, "--out", str(file))
    assert done.exit_code == 0, done.output
    assert "9 cards" in done.stdout
    assert "cards" in done.stderr
    people = [*cast.workers, cast.stranger]
    pictures, text = read(file.read_bytes())
    assert [codes(picture) for picture in pictures] == [
        codes_of([cast.card_of(person) for person in people], "HTTPS://AIXIN.EXAMPLE"),
        set(),
    ]
    assert text.count(cast.village.name) == 8
    assert text.count(cast.next_village.name) == 1


def test_without_an_address_or_cards_nothing_is_printed(app, cast, run, tmp_path, monkeypatch):
    file = tmp_path / "cards.pdf"
    done = run("print", "--area", COUNTY, "--out", str(file))
    assert done.exit_code == 1
    assert "PUBLIC_URL" in done.stderr
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://aixin.example")
    for code, out, told in (
        ("539999000000", file, "539999000000"),
        (cast.far_village.code, file, cast.far_village.name),
        (VILLAGE, tmp_path / "no folder" / "cards.pdf", "no folder"),
    ):
        done = run("print", "--area", code, "--out", str(out))
        assert done.exit_code == 1
        assert told in done.stderr
    assert not file.exists()
