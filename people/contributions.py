"""What `people` adds to the application: the pages about who and where, and what every page shares."""

from flask_babel import lazy_gettext as _

from ground.contributions import Package
from people import access, cli, held, pages
from people.held import HELD, Part
from people.models import Role, mask_phone
from people.pages import ABOVE, EVERYWHERE, NAVIGATION, Entry
from people.signin import keeping
from people.trail import subjects, words
from people.trail.subjects import NAMINGS
from people.trail.words import WORDS
from people.views import (
    CONDUCT,
    FROM_ABOVE,
    IMPORTING,
    OFFICE,
    ROSTER,
    SPEAKING,
    TAUGHT,
    WATCHING,
    cards,
    conduct,
    home,
    roster,
    signin,
)

PEOPLE = Package(
    name="people",
    title="Who and where",
    pages=[room.bp for room in (home, signin, roster, cards, conduct)],
    commands=[cli.areas_cli, cli.people_cli, cli.accounts_cli, cli.cards_cli, cli.roles],
    context=[pages.shared],
    filters={"masked_phone": mask_phone},
    globals={"alarms": pages.alarms, "banners": pages.BANNERS.items},
    fillings=[
        WORDS.of(words.OWN),
        NAMINGS.of(*subjects.OWN),
        HELD.of(Part(10, held.about)),
        NAVIGATION.of(
            Entry(410, "home.area", _("Villages"), "geo-alt", FROM_ABOVE, ABOVE),
            Entry(420, "roster.grids", _("Roster"), "people", TAUGHT),
            Entry(430, "roster.persons", _("People"), "person-lines-fill", TAUGHT, under=ROSTER),
            Entry(440, "roster.terms", _("Terms"), "calendar-range", TAUGHT, under=ROSTER),
            Entry(460, "roster.staffing", _("Staffing"), "person-exclamation", FROM_ABOVE, ABOVE, ROSTER),
            Entry(
                470,
                "roster.import_roster",
                _("From a file"),
                "file-earmark-excel",
                IMPORTING,
                EVERYWHERE,
                ROSTER,
            ),
            Entry(480, "conduct.trainings", _("Training"), "mortarboard", TAUGHT, EVERYWHERE),
            Entry(490, "conduct.evaluations", _("Evaluation"), "chat-square-heart", SPEAKING, under=CONDUCT),
            Entry(
                500,
                "conduct.evaluation_results",
                _("Evaluation"),
                "chat-square-heart",
                FROM_ABOVE,
                ABOVE,
                CONDUCT,
            ),
            Entry(510, "conduct.growth", _("Growth"), "tree", WATCHING, under=CONDUCT),
            Entry(520, "conduct.growth_figures", _("Growth"), "tree", FROM_ABOVE, ABOVE, CONDUCT),
            Entry(
                530, "conduct.negative_list", _("Negative list"), "slash-circle", FROM_ABOVE, ABOVE, CONDUCT
            ),
            Entry(540, "cards.cards", _("Cards"), "person-vcard", frozenset(access.COMMITTEE)),
            Entry(550, "signin.pins", _("PINs"), "123", frozenset(access.COMMITTEE), under=("cards.cards",)),
            Entry(560, "signin.accounts", _("Sign-ins"), "key", keeping.KEEPERS, EVERYWHERE),
            Entry(570, "home.audit", _("Audit trail"), "clock-history", WATCHING, EVERYWHERE, OFFICE),
            Entry(580, "home.contacts", _("Contacts"), "telephone", frozenset(Role), under=OFFICE),
        ),
    ],
)
