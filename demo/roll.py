"""Invented people and grids, the same on every run: no name, phone or grid here is anybody's."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from people.models import Area, GridKind, Level

# The county's own figures: 6,168 micro-grids.
GRIDS_BY_KIND = {GridKind.RURAL: 4474, GridKind.URBAN: 1578, GridKind.DEDICATED: 116}

SURNAMES = "李王张杨刘陈赵周普罗鲁徐马何段施尹董孙朱郭高胡林沈曾彭苏卢蒋蔡贾魏薛叶余潘杜戴夏"
GIVEN_NAMES = "明芳华丽平英军梅文秀强玉国珍志兰海燕建红永琼光美春艳云霞林娟荣慧发凤正菊学仙福萍金翠家荷"
RARE_CHARACTERS = ("𬱖", "㛃", "𡋾")  # two of the official table (通用规范汉字表), one beyond it

AGENCIES = ("县司法局", "县民政局", "县农业农村局", "乡镇党政办", "乡镇综治中心", "县住建局", "县卫健局")
PLACES = ("中学", "小学", "卫生院", "农贸市场", "供电所", "信用社")


def name(chance: random.Random) -> str:
    """A name of two or three characters."""
    return chance.choice(SURNAMES) + "".join(chance.choices(GIVEN_NAMES, k=chance.choice((1, 2, 2, 2))))


def phone(chance: random.Random) -> str:
    """Eleven digits in a range that no network hands out."""
    return f"120{chance.randrange(10**8):08d}"


@dataclass(frozen=True)
class DemoPlan:
    """A grid that the demo is going to make."""

    code: str
    name: str
    kind: GridKind
    households: int | None
    group: str | None = None
    place: str | None = None
    agency: str | None = None


def plans(villages: Sequence[Area]) -> dict[str, list[DemoPlan]]:
    """The county's grids spread over its villages and communities, by village code.

    Each village gets 69 or 70; communities are all town houses, villages share what is left of those.
    """
    total, dedicated = sum(GRIDS_BY_KIND.values()), GRIDS_BY_KIND[GridKind.DEDICATED]
    counts = dict(zip(villages, _shares(total, len(villages)), strict=True))
    offices = dict(zip(villages, _shares(dedicated, len(villages)), strict=True))
    towns = [village for village in villages if village.level == Level.COMMUNITY]
    rest = [village for village in villages if village.level != Level.COMMUNITY]
    urban = {village: counts[village] - offices[village] for village in towns}
    remaining = GRIDS_BY_KIND[GridKind.URBAN] - sum(urban.values())
    urban.update(zip(rest, _shares(remaining, len(rest)), strict=True))
    return {
        village.code: list(_grids(village, counts[village], urban[village], offices[village]))
        for village in villages
    }


def _shares(total: int, parts: int) -> list[int]:
    """A total in whole parts that differ by one at most."""
    return [total // parts + (number < total % parts) for number in range(parts)]


def _grids(village: Area, count: int, urban: int, offices: int) -> Iterator[DemoPlan]:
    chance = random.Random(village.code)  # noqa: S311 -- a seed on purpose
    place = short_name(village)
    for number in range(1, count + 1):
        code = f"{village.code}{number:03d}"
        if number <= count - urban - offices:
            group = f"第{(number - 1) // 8 + 1}村民小组"
            yield DemoPlan(code, f"{place}第{number}微网格", GridKind.RURAL, chance.randint(5, 10), group)
        elif number <= count - offices:
            name, house = f"{place}{number}幢微网格", f"{number}幢"
            yield DemoPlan(code, name, GridKind.URBAN, chance.randint(5, 10), place=house)
        else:
            office = PLACES[(count - number) % len(PLACES)]
            yield DemoPlan(
                code, f"{place}{office}网格", GridKind.DEDICATED, None, place=office, agency=office
            )


def short_name(village: Area) -> str:
    """A village as people call it: 天台村, 茅阳社区."""
    if village.level == Level.COMMUNITY:
        return village.name.removesuffix("居民委员会")
    return village.name.removesuffix("民委员会")
