"""What the demo's shops offer: their articles, the loose ones, and how prices moved."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Ware:
    """An article: price in tenths of a point, cost in fen, and how many come in with how many days to last.

    `quota` and `low_at` as `Goods` has them.
    """

    name: str
    spec: str | None
    unit: str
    category: str
    price: int
    cost: int
    count: int
    days: int | None
    quota: int | None = None
    low_at: int | None = None


GRAIN, DAILY, HOME = "粮油调味", "日用洗护", "家居用品"

# A visitor's basket has at most two of a kind and there is one visit in a quarter: the limits hold.
WARES = (
    Ware("食盐", "400克", "袋", GRAIN, 25, 180, 200, 720, low_at=30),
    Ware("挂面", "1千克", "把", GRAIN, 65, 520, 120, 540, low_at=20),
    Ware("食用油", "1.8升", "桶", GRAIN, 280, 2450, 60, 540, quota=2, low_at=10),
    Ware("大米", "5千克", "袋", GRAIN, 350, 2980, 60, 360, quota=2, low_at=10),
    Ware("洗衣粉", "1千克", "袋", DAILY, 90, 730, 90, None, low_at=10),
    Ware("洗洁精", "1千克", "瓶", DAILY, 75, 590, 90, None, low_at=10),
    Ware("肥皂", "两块装", "组", DAILY, 55, 430, 120, None, low_at=20),
    Ware("牙膏", "120克", "支", DAILY, 60, 480, 120, 900),
    Ware("毛巾", None, "条", HOME, 80, 620, 100, None),
    Ware("抽纸", "三包装", "提", DAILY, 100, 780, 100, None),
    Ware("保温水壶", None, "个", HOME, 450, 3600, 15, None, low_at=15),
    Ware("雨伞", None, "把", HOME, 250, 1900, 20, None),
)

# Offered since the winter, weighed or counted at the counter: they have no barcode but the shop's own.
LOOSE_WARES = (
    Ware("鸡蛋", "散装", "个", GRAIN, 10, 75, 300, 30, quota=30, low_at=60),
    Ware("散装大米", "本地米", "斤", GRAIN, 32, 260, 200, 180, quota=20, low_at=40),
)
LOOSE_SINCE = date(2026, 12, 18)

# When a price was decided, from which day it holds, of what, and how much in tenths. All of them after the
# year's last visits: the demo's ledger is the same with them and without.
PRICE_CHANGES = (
    (date(2026, 11, 25), date(2026, 12, 1), "食用油", 270),
    (date(2026, 11, 25), date(2026, 12, 1), "洗衣粉", 85),
    (date(2026, 12, 24), date(2027, 1, 1), "大米", 340),
)

# What was asked for in vain, as the volunteer wrote it down.
MISSED = ("雨靴", "手电筒", "雨靴")
