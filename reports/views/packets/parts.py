"""The parts of a packet that are papers of points and of the ledger books; each package adds its own."""

from flask import url_for
from flask_babel import lazy_gettext as _

from ground import web
from people.sight import Sight
from points.models import Assessment
from points.rubrics.wall import rubric_pdf
from points.views.wall.notices import sheet_with_urls
from points.views.wall.objections import paper_of
from points.wall import objections, wall_state
from points.wall.noticesheet import notice_pdf
from points.wall.packet import PacketPart
from points.wall.replysheet import objection_pdf
from reports.books import paper
from reports.books.book import Book, Scope
from reports.books.redemptions import REDEMPTIONS
from reports.books.stock import STOCK
from reports.disclosure import figures, sheet
from reports.packet.booking import booking_pdf
from reports.packet.digests import digests_pdf
from reports.packet.minutes import minutes_pdf
from reports.views.disclosure.sheets import public_address


def _draw_rubric(assessment: Assessment, _sight: Sight) -> None:
    rubric_pdf(assessment.rubric, assessment.village.name)


def _draw_minutes(assessment: Assessment, sight: Sight) -> None:
    minutes_pdf(assessment, sight)


def _draw_notices(assessment: Assessment, _sight: Sight) -> None:
    for posted in wall_state.posted_notices(assessment):
        notice_pdf(sheet_with_urls(posted))


def _draw_objections(assessment: Assessment, _sight: Sight) -> None:
    for objection in objections.objections_of(assessment):
        objection_pdf(paper_of(objection))


def _draw_booking(assessment: Assessment, sight: Sight) -> None:
    booking_pdf(assessment, sight)


def _draw_book(book: Book, assessment: Assessment, sight: Sight) -> None:
    village, quarter = assessment.village, assessment.quarter
    scope = Scope(village, [village], quarter.first_day, quarter.last_day, sight)
    if book.whole_frame(scope).records:
        paper.draw(book, scope)


def _draw_disclosure(assessment: Assessment, _sight: Sight) -> None:
    village, quarter = assessment.village, assessment.quarter
    sheet.disclosure_pdf(figures.disclose(village, quarter), public_address(village, quarter))


def _draw_digests(assessment: Assessment, _sight: Sight) -> None:
    digests_pdf(assessment, web.public_url(url_for("wall.proof")))


PARTS = (
    PacketPart(10, _("Rubric"), _draw_rubric),
    PacketPart(20, _("Minutes"), _draw_minutes),
    PacketPart(30, _("Public notice"), _draw_notices),
    PacketPart(40, _("Objections and replies"), _draw_objections),
    PacketPart(50, _("Points booked"), _draw_booking),
    PacketPart(60, _("Redemption register"), lambda *asked: _draw_book(REDEMPTIONS, *asked)),
    PacketPart(80, _("Stock book by article"), lambda *asked: _draw_book(STOCK, *asked)),
    PacketPart(90, _("Five openings"), _draw_disclosure),
    PacketPart(100, _("Numbers of the ledger"), _draw_digests),
)
