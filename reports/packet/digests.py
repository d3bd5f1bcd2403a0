"""The numbers of the ledger that hung with a quarter's notices, each computed again from the entries."""

from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import Strip, gap, paragraph
from points.assessment import assessments
from points.models import Assessment
from points.wall import proof
from shop.paper.parts import BODY, ROOM_MM, facts, heading, sheet_pdf


def digests_pdf(assessment: Assessment, proof_url: str) -> bytes:
    """The sheet, in the language in use, on A4; at `proof_url` anyone has them computed again."""
    title = _("Numbers of the ledger, %(quarter)s", quarter=words.quarter(assessment.quarter))
    return sheet_pdf(title, _strips(assessment, title, proof_url))


def _strips(assessment: Assessment, title: str, proof_url: str) -> list[Strip]:
    explained = _(
        "Each notice bears the number of the village's ledger of its day. As long as it comes out again, no "
        "entry of before was changed. Anyone can have it computed at %(url)s",
        url=proof_url,
    )
    strips = [*heading(assessment.village.name, title), *paragraph(explained, ROOM_MM, BODY)]
    for notice in assessments.notices(assessment):
        computed = proof.compute_proof(notice)
        outcome = _("the same") if computed.is_same else _("ANOTHER ONE: %(digest)s", digest=computed.digest)
        code = f"{assessment.quarter}-{notice.number}" if notice.number > 1 else str(assessment.quarter)
        pairs = [
            (_("Notice"), f"{code} · {words.day(notice.posted_on)}"),
            (_("Number of the ledger"), words.grouped(notice.digest)),
            (_("Computed again from"), _("%(count)s entries", count=computed.entry_count)),
            (_("It comes to"), outcome),
        ]
        strips += [gap(5), *facts(pairs, ROOM_MM, pairs_in_row=1)]
    return strips
