"""The roster of a whole county as a file: 6,168 invented rows, each grid with a worker and an instructor."""

import random
from datetime import date

from demo import neighbours, roll
from people.areas import COUNTY_FILE
from people.rosterfile import columns

ROWS = sum(roll.GRIDS_BY_KIND.values())


def villages() -> list[str]:
    """The codes of the county's villages and communities."""
    lines = [line.split(",") for line in COUNTY_FILE.read_text().splitlines()[1:]]
    return [code for code, level, _name, _parent in lines if level in ("village", "community")]


def workbook(villages: list[str]) -> bytes:
    """The county's file: these villages in turn, each grid with a worker and an instructor."""
    chance = random.Random(1)
    instructors = [(roll.name(chance), chance.choice(roll.AGENCIES)) for _instructor in range(600)]
    sexes, standings = columns.choice_words(columns.SEX), columns.choice_words(columns.STANDING)
    rows = []
    for number in range(ROWS):
        village, place = villages[number % len(villages)], number // len(villages) + 1
        traits = neighbours.traits(chance)
        instructor, agency = instructors[number % len(instructors)]
        rows.append(
            {
                columns.NAME: roll.name(chance),
                columns.SEX: sexes[traits["sex"]],
                columns.BIRTH_YEAR: traits["birth_year"],
                columns.PHONE: roll.phone(chance),
                columns.STANDING: standings[traits["standing"]],
                columns.VILLAGE: village,
                columns.GROUP: f"第{place // 8 + 1}村民小组",
                columns.CODE: f"{village}{place:03d}",
                columns.GRID: f"第{place}微网格",
                columns.KIND: "农村",
                columns.HOUSEHOLDS: chance.randint(5, 10),
                columns.SINCE: date(2026, 1, 1),
                columns.INSTRUCTOR: instructor,
                columns.AGENCY: agency,
            }
        )
    return columns.LAYOUT.write(rows, "xlsx")
