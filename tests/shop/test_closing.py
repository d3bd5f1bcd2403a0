"""The day's closing adds up from the receipts: what went out, what came back, by whom."""

from datetime import date

from people.db import transaction
from shop.desk import closing, redemptions, voids


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

    today = closing.of(cast.shop, date(2026, 12, 29))
    assert [(done.number, done.total, bool(done.void)) for done in today.redemptions] == [
        ("20261229-0001", 80, False),
        ("20261229-0002", 90, True),
    ]
    assert [void.redemption.number for void in today.voids] == ["20261228-0001", "20261229-0002"]
    assert (today.total_out, today.total_back) == (170, 60 + 90)
    assert [(row.name, row.out, row.back, row.points) for row in today.goods] == [
        ("肥皂", 4, 5, -30),
        ("食盐", 2, 0, 50),
    ]
    assert sum(row.points for row in today.goods) == today.total_out - today.total_back

    before = closing.of(cast.shop, date(2026, 12, 28))
    assert [done.id for done in before.redemptions] == [yesterdays.id, kept.id]
    assert (before.total_out, before.total_back) == (85, 0)
    assert closing.days(cast.shop, 10) == [(date(2026, 12, 29), 2, 170), (date(2026, 12, 28), 2, 85)]
    assert closing.of(cast.next_shop, date(2026, 12, 29)).redemptions == []
