"""Papers that bear an address: one that only this computer can open makes them samples, and says so."""

import re

import pytest

from ground.computer.addresses import leads_here_only
from ground.paper import draw
from tests.cast import VILLAGE
from tests.printed import codes, read, texts
from tests.test_rules import address, live_in, to_look_at

pytestmark = pytest.mark.one_database

# On whose code an address stands; of the others the codes are the program's own, for its own pages.
WITH_ADDRESS = {
    *("cards.card_sheet", "desk.receipt", "home.guide_sheet", "stock.donation_receipt"),
    *("openings.notice_sheet", "wall.notice_sheet", "wall.objection_paper", "disclosure.disclosure_sheet"),
}


@pytest.mark.parametrize(
    ("text", "is_sample"),
    [
        ("http://127.0.0.1:8000/c/x", True),
        ("HTTP://LOCALHOST/C/X", True),
        ("http://[::1]:8000/", True),
        ("https://aixin.example/c/x", False),
        ("http://192.168.1.5:8000/", False),
        ("S00000001", False),
        ("", False),
    ],
)
def test_an_address_of_this_computer_alone_is_known_by_its_host(text, is_sample):
    assert leads_here_only(text) is is_sample
    assert draw.qr_path(text).is_sample is is_sample


def papers(app, cast, client_of, lived_in):
    """Each paper that a page draws, by its endpoint, with the addresses that were drawn on it as codes."""
    clients = [client_of(user) for user in (cast.clerk, cast.manager, cast.supervisor)]
    for endpoint, _rule in to_look_at(app):
        path = address(app, endpoint, **lived_in)
        if path.endswith(".pdf"):
            answers = (client.get(path) for client in clients)
            yield endpoint, next((answer.data for answer in answers if answer.status_code == 200), None)


def test_every_paper_with_an_address_of_this_computer_is_a_sample(app, cast, client_of, monkeypatch):
    """And none with the address by which people reach the program."""
    drawn, make = [], draw.qr_path

    def noted(payload):
        drawn.append(payload)
        return make(payload)

    monkeypatch.setattr(draw, "qr_path", noted)
    monkeypatch.setattr("people.cardsheet.qr_path", noted)
    lived_in, found = live_in(cast), {}
    for public, is_sample in (("", True), ("https://aixin.example", False)):
        monkeypatch.setitem(app.config, "PUBLIC_URL", public)
        found = {}
        for endpoint, paper in papers(app, cast, client_of, lived_in):
            addresses = [payload for payload in drawn if re.match("https?://", payload, re.IGNORECASE)]
            drawn.clear()
            if paper is None:
                continue
            found[endpoint] = len(addresses)
            marks = "".join(texts(paper)).count(draw.SAMPLE)
            assert marks == (len(addresses) if is_sample else 0), endpoint
        assert {endpoint for endpoint, count in found.items() if count} == WITH_ADDRESS
    assert len(found) > len(WITH_ADDRESS)


def test_a_sample_can_be_scanned_all_the_same():
    """By a camera of this computer: so the demo is tried out."""
    url = "HTTP://127.0.0.1:8000/N/539900101201/2026Q4"
    for side in (15, 22, 35):
        pen = draw.Pen("sample", 60, 60)
        pen.qr(10, 10, side, url)
        (picture,), text = read(pen.pdf())
        assert (codes(picture), text) == ({url}, draw.SAMPLE), side


def test_who_prints_cards_is_told_before(app, cast, client_of, monkeypatch):
    client = client_of(cast.clerk)
    for public, is_told in (("", True), ("https://aixin.example", False)):
        monkeypatch.setitem(app.config, "PUBLIC_URL", public)
        assert ("只是样张" in client.get(f"/v/{VILLAGE}/cards").text) is is_told
