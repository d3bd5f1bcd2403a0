"""How long the card sheets of a whole county take, with their backs, and how much memory at the most.

    .venv/bin/python bench/cards.py [cards]

Draws that many invented cards (6,168 without a number, one for each grid) and writes nothing.
"""

import random
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from flask import Flask
from flask_babel import Babel

from demo import roll
from ground.paper.fonts import make_fonts
from people.cardsheet import CardFace, cards_pdf
from people.scanning.reading import ALPHABET, TOKEN_LENGTH

VILLAGES = 89


def faces(count: int) -> list[CardFace]:
    """Invented cards, village by village, each with a secret of its own."""
    chance = random.Random(1)
    return [
        CardFace(
            village=f"第{number * VILLAGES // count + 1}村民委员会",
            name=roll.name(chance),
            grid=f"第{number + 1}微网格",
            number=f"{chance.randrange(10**9):09d}",
            url=f"HTTPS://AIXIN.EXAMPLE/C/{''.join(chance.choices(ALPHABET, k=TOKEN_LENGTH))}",
        )
        for number in range(count)
    ]


def main(count: int) -> None:
    make_fonts()
    app = Flask("bench")
    Babel(app, default_translation_directories=str(Path(__file__).parent.parent / "translations"))
    drawn = faces(count)
    began, worked = time.perf_counter(), time.process_time()
    with app.app_context():
        pdf = cards_pdf(drawn)
    seconds, busy = time.perf_counter() - began, time.process_time() - worked
    unit = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux KiB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    size = len(pdf) / 2**20
    print(f"{count} cards, both sides: {seconds:.1f} s ({busy:.1f} s of one core), {peak:.0f} MB at the peak")
    print(f"a file of {size:.1f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else sum(roll.GRIDS_BY_KIND.values()))
