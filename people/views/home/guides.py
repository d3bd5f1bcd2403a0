"""The instructions of each role, to print: anybody signed in may print any of them, to hand out."""

from flask import abort, render_template, request, url_for
from flask_babel import force_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from people import access, labels, pages
from people.guides.guidesheet import SCALES, Guide, guide_pdf
from people.guides.steps import ANSWERS, STEPS, GuideAnswer, GuideStep, Rhythm
from people.models import IN_A_COUNTY, Role
from people.views.home import bp


@bp.get("/guides")
@access.signed_in
def guides() -> str:
    """The instructions of all roles that there are here, one's own first."""
    own = {grant.role for grant in current_user.grants_in_effect}
    here = IN_A_COUNTY if own <= IN_A_COUNTY else {Role.PREFECTURE}
    roles = sorted((role for role in labels.ROLES if role in here), key=lambda role: role not in own)
    return render_template(
        "people/home/guides.html", roles=roles, own_roles=own, titles=labels.ROLES, paper_sizes=SCALES
    )


@bp.get("/guides/<role>.pdf")
@access.signed_in
def guide_sheet(role: str) -> Response:
    """The instructions of a role on one sheet, A4 or A3 by `?paper=`."""
    paper = request.args.get("paper", "A4")
    if role not in {*Role} or paper not in SCALES:
        abort(404)
    return web.pdf(guide_pdf(_guide(Role(role)), paper), f"guide-{role}.pdf")


def _guide(role: Role) -> Guide:
    """What the sheet of a role says, in Chinese."""
    with force_locale("zh"):
        steps = [step for step in STEPS.items() if role in step.roles]
        return Guide(
            role=str(labels.ROLES[role]),
            daily=[_text_with_page(step, role) for step in steps if step.rhythm == Rhythm.DAILY],
            quarterly=[_text_with_page(step, role) for step in steps if step.rhythm == Rhythm.QUARTERLY],
            answers=[
                (str(one.question), _text_with_page(one, role))
                for one in ANSWERS.items()
                if role in one.roles
            ],
            url=web.public_url(url_for("home.home")),
        )


def _text_with_page(line: GuideStep | GuideAnswer, role: Role) -> str:
    """A step or an answer, with its page by the name that the role's navigation has for it."""
    if line.endpoint is None:
        return str(line.text)
    return str(line.text) % {"page": f"“{pages.page_name(line.endpoint, role)}”"}
