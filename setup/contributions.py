"""What `setup` adds to the application: the first day's pages, and the commands that start it."""

from flask_babel import lazy_gettext as _

from ground.contributions import Package
from people.pages import BANNERS, BEFORE_WORK, FRONT_PARTS, HELP
from people.trail.words import WORDS, Words
from setup import cli, gate, helptexts, views

SETUP = Package(
    name="setup",
    title="The first day",
    pages=[views.bp],
    commands=[cli.start, cli.setup_code],
    before_request=[gate.lead_to_setup],
    globals={"first_steps": views.first_steps, "may_end_demo": views.may_end_demo},
    fillings=[
        BANNERS.filling("setup/leaving_demo.html"),
        FRONT_PARTS.filling("setup/steps.html"),
        BEFORE_WORK.filling(views.lead_to_first_steps),
        HELP.filling(helptexts.HELP_TEXTS),
        WORDS.filling(
            Words(
                actions={"setup.skip": _("said that a step of the first day is not needed")},
                fields={"step": _("Step")},
            )
        ),
    ],
)
