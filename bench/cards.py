"""The card sheets of a whole county, with their backs, drawn and thrown away.

`machine.py` runs it in a process of its own, as its memory is looked at.
"""

import random
from pathlib import Path

from flask import Flask
from flask_babel import Babel

from demo import roll
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


def main() -> None:
    """Draw a card for each grid."""
    app = Flask("bench")
    Babel(app, default_translation_directories=str(Path(__file__).parent.parent / "translations"))
    with app.app_context():
        cards_pdf(faces(sum(roll.GRIDS_BY_KIND.values())))


if __name__ == "__main__":
    main()
