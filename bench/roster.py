"""How long a whole county's roster takes from its Excel file to the grids.

    .venv/bin/python bench/roster.py

Makes a workbook of 6,168 invented rows and brings it twice into an empty database, by the command that
people use, start of the program included; the second time it changes nothing. With DATABASE_URL there
(a database of nothing), on a SQLite file of its own otherwise.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from demo import neighbours, roll
from demo.cli import COUNTY_FILE
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


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "roster.xlsx"
        file.write_bytes(workbook(villages()))
        environment = os.environ | {"AIXIN_INSTANCE": folder}

        def run(*command: str) -> None:
            began = time.perf_counter()
            flask = [sys.executable, "-m", "flask", "--app", "app", *command]
            done = subprocess.run(flask, env=environment, check=True, capture_output=True, text=True)
            print(f"{time.perf_counter() - began:6.1f} s  {' '.join(command[:2])}: {done.stdout.strip()}")

        run("db", "upgrade")
        run("areas", "import", str(COUNTY_FILE))
        run("people", "import", str(file))
        run("people", "import", str(file))


if __name__ == "__main__":
    main()
