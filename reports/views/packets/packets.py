"""The packets of a booked quarter: made at a button, listed with their digests, taken out, checked."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.refusal import refusal_of
from people import access
from people.pages import FurtherLink
from people.views.shown import sight
from points.models import Assessment, AssessmentState
from points.views.assessment.quarters import quarter_or_404
from reports.forms.packets import PacketForm
from reports.models import Packet
from reports.packet import binding, packets, receipt
from reports.views.packets import bp

# They say all names, as in the village's own cupboard; who reads from above sees the parts by themselves.
READERS = access.COMMITTEE


@bp.route("/v/<village>/quarters/<quarter>/packets", methods=["GET", "POST"])
@access.allow(*READERS)
def quarter_packets(village: str, quarter: str) -> Response | tuple[str, int]:
    """The packets of a quarter with their digests, and the button that makes one."""
    assessment, form = quarter_or_404(quarter, g.area), PacketForm()
    if form.validate_on_submit():
        answer = web.tell_progress(packets.make(form.key.data, assessment.id, current_user.id), request.path)
        if isinstance(answer, Response):
            return answer
        form.refusal = answer
        assessment = quarter_or_404(quarter, g.area)
    made = packets.packets_of(assessment)
    page = render_template(
        "reports/packets/packets.html",
        assessment=assessment,
        form=form,
        steps=binding.steps(),
        is_booked=assessment.state == AssessmentState.BOOKED,
        address_refusal=refusal_of(web.public_url, request.path),
        packets=made,
        is_outdated=bool(made) and packets.is_outdated(made[0]),
    )
    return page, 422 if form.refusal else form.status


@bp.get("/v/<village>/quarters/<quarter>/packets/<int:packet>.pdf")
@access.allow(*READERS)
def packet(village: str, quarter: str, packet: int) -> Response:
    """A packet as it was made, if its digest, computed anew, is the one that was kept."""
    kept = _packet_or_404(quarter, packet)
    if not packets.is_as_made(kept):
        told = gettext(
            "The bytes of packet %(code)s are not those that were kept. Take it from a backup, and tell "
            "whoever looks after the program.",
            code=kept.code,
        )
        flash(told, "warning")
        return redirect(url_for("packets.quarter_packets", village=village, quarter=quarter))
    return web.pdf(kept.content, f"{village}-packet-{kept.code}.pdf")


@bp.get("/v/<village>/quarters/<quarter>/packets/<int:packet>/slip.pdf")
@access.allow(*READERS)
def packet_slip(village: str, quarter: str, packet: int) -> Response:
    """The slip of a packet with its digest, to be signed when it is handed over."""
    kept = _packet_or_404(quarter, packet)
    return web.pdf(receipt.receipt_pdf(kept, sight()), f"{village}-slip-{kept.code}.pdf")


def _packet_or_404(quarter: str, number: int) -> Packet:
    return packets.find(quarter_or_404(quarter, g.area), number) or abort(404)


def quarter_links(assessment: Assessment) -> list[FurtherLink]:
    """Where the page of a booked quarter leads: to its packets, for who may open them."""
    if assessment.state != AssessmentState.BOOKED or not g.roles & READERS:
        return []
    address = url_for("packets.quarter_packets", village=assessment.village.code, quarter=assessment.quarter)
    return [FurtherLink(gettext("Packet for the archive"), address)]
