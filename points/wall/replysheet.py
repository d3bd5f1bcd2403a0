"""The papers of an objection, on A5: the receipt (异议受理单) and the reply (异议答复书)."""

from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from ground.clock import Quarter
from ground.paper import words
from ground.paper.draw import LINE, QUIET, Pen, Strip, fill, fit, gap, paragraph, stack, width
from ground.paper.table import side_by_side
from points.amounts import signed

WIDE, HIGH = 148, 210
LEFT, TOP, BOTTOM = 14, 14, 16
ROOM_MM = WIDE - 2 * LEFT
TITLE, BODY, SMALL = 17, 10.5, 8.5
QR_SIDE_MM = 30


@dataclass(frozen=True)
class Reply:
    """The decision on an objection; `change` in tenths, 0 when it was rejected."""

    accepted: bool
    change: int
    reason: str
    decided_by: str
    day: date


@dataclass(frozen=True)
class ObjectionPaper:
    """An objection as it is handed to whoever brought it.

    `line` is masked, `name` empty if they gave none. `token` and `url` lead to where it stands.
    """

    village: str
    township: str
    quarter: Quarter
    code: str
    line: str
    name: str
    channel: str
    received_on: date
    due_on: date
    text: str
    token: str
    url: str
    reply: Reply | None = None


def objection_pdf(paper: ObjectionPaper) -> bytes:
    """The reply in Chinese, or before there is one the receipt."""
    with force_locale("zh"):
        title = str(_("Reply to an objection") if paper.reply else _("Receipt for an objection"))
        pen = Pen(f"{title} {paper.code}", WIDE, HIGH)

        def foot(number: int, count: int) -> None:
            y = HIGH - BOTTOM + 7
            pen.text(LEFT, y, f"{title} {paper.code}", SMALL, colour=QUIET)
            pen.text(WIDE - LEFT, y, words.page_number(number, count), SMALL, colour=QUIET, align="right")

        strips = [
            *paragraph(paper.township + paper.village, ROOM_MM, 12, align="center"),
            *paragraph(title, ROOM_MM, TITLE, bold=True, align="center"),
            *paragraph(_("No. %(number)s", number=paper.code), ROOM_MM, BODY, colour=QUIET, align="right"),
            gap(2),
            *(_reply(paper, paper.reply) if paper.reply else _receipt(paper)),
        ]
        if footnote := words.footnote(paper):
            strips += [gap(2), *paragraph(footnote, ROOM_MM, SMALL, colour=QUIET)]
        fill(pen, strips, LEFT, TOP, HIGH - TOP - BOTTOM, foot)
        return pen.pdf()


def _receipt(paper: ObjectionPaper) -> list[Strip]:
    """The receipt: that it came, by when it is answered, and where to look meanwhile."""
    promise = _(
        "Your objection was written down. It is answered by %(day)s at the latest, on paper; until then the "
        "line is not booked.",
        day=words.day(paper.due_on),
    )
    return [
        *paragraph(f"\u3000\u3000{promise}", ROOM_MM, BODY),
        gap(3),
        *_matter(paper),
        *_facts([(_("Answer by"), words.day(paper.due_on))]),
        gap(4),
        _end(paper, paper.received_on),
    ]


def _reply(paper: ObjectionPaper, reply: Reply) -> list[Strip]:
    """The reply: what was said, what was decided and why, and by whom."""
    if reply.accepted:
        decision = _(
            "The objection is right. The line changes by %(points)s points; the change is posted anew for a "
            "notice of its own before it is booked.",
            points=signed(reply.change),
        )
    else:
        decision = _("The objection is rejected. The line stays as it was posted.")
    greeting = _("To %(name)s:", name=paper.name) if paper.name else _("To whoever brought this objection:")
    return [
        *paragraph(greeting, ROOM_MM, BODY),
        gap(2),
        *_matter(paper),
        gap(2),
        *paragraph(_("Decision"), ROOM_MM, BODY, bold=True),
        *paragraph(f"\u3000\u3000{decision}", ROOM_MM, BODY),
        gap(2),
        *paragraph(_("The reason"), ROOM_MM, BODY, bold=True),
        *paragraph(f"\u3000\u3000{reply.reason}", ROOM_MM, BODY),
        gap(2),
        *_facts([(_("Decided by"), reply.decided_by)]),
        gap(4),
        _end(paper, reply.day),
    ]


def _matter(paper: ObjectionPaper) -> list[Strip]:
    """The matter: which line it is about, when and how it came, and what was said."""
    return [
        *_facts(
            [
                (_("Notice"), words.quarter(paper.quarter)),
                (_("Line"), paper.line),
                (_("Received"), f"{words.day(paper.received_on)} {paper.channel}"),
                *([(_("Brought by"), paper.name)] if paper.name else []),
            ]
        ),
        gap(2),
        *paragraph(_("What was said"), ROOM_MM, BODY, bold=True),
        *paragraph(f"\u3000\u3000{paper.text}", ROOM_MM, BODY),
        gap(2),
    ]


def _facts(pairs: list[tuple[str, str]]) -> list[Strip]:
    """Labels with their values, which stand below each other and break over lines."""
    label_width = max(width(str(label), BODY) for label, _value in pairs) + 4
    return [
        side_by_side(
            [
                (label_width, paragraph(str(label), label_width, BODY, colour=QUIET)),
                (ROOM_MM - label_width, paragraph(value, ROOM_MM - label_width, BODY)),
            ]
        )
        for label, value in pairs
    ]


def _end(paper: ObjectionPaper, day: date) -> Strip:
    """The end of a paper: where the objection stands, and room for the seal.

    At the left by QR code and by hand; at the right the seal over name and day.
    """
    side = QR_SIDE_MM + 26.0
    follow_up = [
        *paragraph(_("Scan to see where it stands, or type:"), 25, SMALL, colour=QUIET),
        *paragraph(words.grouped(paper.token), 25, BODY, bold=True),
    ]

    def codes(pen: Pen, x: float, y: float) -> None:
        pen.qr(x - 3, y, QR_SIDE_MM, paper.url)
        stack(pen, follow_up, x + QR_SIDE_MM - 3, y + 3)

    def seal(pen: Pen, x: float, y: float) -> None:
        room = ROOM_MM - side - 4
        middle = x + 4 + room / 2
        pen.frame(middle - 19, y, 38, 38, radius=19, colour=LINE, thick=0.4, dash=(1.6, 1.2))
        pen.text(middle, y + 9, _("Place for the seal"), SMALL, colour=QUIET, align="center")
        village, size = fit(paper.village, room, BODY, 6)
        pen.text(middle, y + 20, village, size, align="center")
        pen.text(middle, y + 27, words.day(day), BODY, align="center")

    return side_by_side([(side, [Strip(39, codes)]), (ROOM_MM - side, [Strip(39, seal)])])
