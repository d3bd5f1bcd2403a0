"""The day's closing adds up from the receipts: what went out, what came back, by whom."""

from datetime import date

from ground.db import transaction
from shop.desk import closing, redemptions, voids
from tests import printed
from tests.cast import VILLAGE


def test_a_day_with_its_voids_and_those_of_the_day_before(cast, clock):
    cast.earn_each({cast.worker.id: 1000, cast.neighbour.id: 1000})

    def take(key, person, **units):
        basket = {cast.goods.id: units.get("soap", 0), cast.salt.id: units.get("salt", 0)}
        with transaction():
            return redemptions.redeem(key, cast.shop, cast.card_of(person), basket, cast.volunteer)

    def undo(redemption):
        with transaction():
            voids.void(redemption, "拿错了", cast.manager)

    yesterdays = take("a", cast.worker, soap=2)
    kept = take("b", cast.neighbour, salt=1)
    clock.days_on()
    take("c", cast.worker, soap=1, salt=2)
    todays = take("d", cast.neighbour, soap=3)
    undo(yesterdays)
    undo(todays)

    today = closing.close_day(cast.shop, date(2026, 12, 29))
    assert [(done.number, done.total, bool(done.void)) for done in today.redemptions] == [
        ("20261229-0001", 80, False),
        ("20261229-0002", 90, True),
    ]
    assert [void.redemption.number for void in today.voids] == ["20261228-0001", "20261229-0002"]
    assert (today.total_out, today.total_back) == (170, 60 + 90)
    assert [(row.name, row.handed_out, row.given_back, row.points) for row in today.goods] == [
        ("肥皂", 4, 5, -30),
        ("食盐", 2, 0, 50),
    ]
    assert sum(row.points for row in today.goods) == today.total_out - today.total_back

    before = closing.close_day(cast.shop, date(2026, 12, 28))
    assert [done.id for done in before.redemptions] == [yesterdays.id, kept.id]
    assert (before.total_out, before.total_back) == (85, 0)
    assert closing.day_summaries(cast.shop, 10) == [
        (date(2026, 12, 29), 2, 170, 60 + 90),
        (date(2026, 12, 28), 2, 85, 0),
    ]
    clock.days_on()
    undo(kept)
    assert closing.day_summaries(cast.shop, 1) == [(date(2026, 12, 30), 0, 0, 25)]  # nothing but a void
    assert closing.close_day(cast.next_shop, date(2026, 12, 29)).redemptions == []


def test_the_sheet_of_a_day_on_its_page_and_on_paper(cast, client_of, clock):
    cast.earn(cast.worker, 1000)
    with transaction():
        done = redemptions.redeem("a", cast.shop, cast.card, {cast.goods.id: 2}, cast.volunteer)
        voids.void(done, "拿错了", cast.manager)
        redemptions.redeem("b", cast.shop, cast.card, {cast.salt.id: 3}, cast.volunteer)
    here, manager = f"/v/{VILLAGE}/closing", client_of(cast.manager)
    days = manager.get(here).text
    assert f'href="{here}/2026-12-28">2026年12月28日</a>' in days
    sheet = manager.get(f"{here}/2026-12-28").text
    for told in ("20261228-0001", "20261228-0002", "拿错了", cast.worker.name, ">13.5<", ">7.5<"):
        assert told in sheet
    above = client_of(cast.township_user).get(f"{here}/2026-12-28").text
    assert cast.worker.masked in above
    assert cast.worker.name not in above
    paper = "".join(printed.texts(manager.get(f"{here}/2026-12-28.pdf").data))
    for told in ("日结单", "20261228-0002", "拿错了", cast.worker.masked, "7.5"):
        assert told in paper
    assert "没有" in manager.get(f"{here}/2026-12-27").text
    for day in ("2026-12-29", "20261228", "2026-W53-1", "2026-02-30", "x"):
        assert manager.get(f"{here}/{day}").status_code == 404, day
        assert manager.get(f"{here}/{day}.pdf").status_code == 404, day
    assert client_of(cast.outside_volunteer).get(here).status_code == 404
