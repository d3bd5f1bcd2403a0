"""What `people` adds to the application: the pages about who and where, and what every page shares."""

from flask_babel import lazy_gettext as _

from ground.contributions import Package
from ground.db import LAST_GONE, NEWEST
from ground.server.metrics import FIGURES, Figure
from people import access, audit, cli, held, pages, sight
from people.guides.steps import ANSWERS, STEPS
from people.held import HELD, HeldPart
from people.models import IN_A_COUNTY, Role
from people.pages import ABOVE, EVERYWHERE, FINDERS, HELP, NAVIGATION, WAITING, NavigationEntry
from people.sight import NAMES_KEPT
from people.signin import keeping, sessions
from people.supervision import own
from people.supervision.entries import ENTRY_KINDS
from people.takeback import trace
from people.takeback.dependents import DEPENDENTS, OWN_DEPENDENTS
from people.trail import subjects, words
from people.trail.subjects import NAMINGS
from people.trail.words import WORDS
from people.views import (
    CONDUCT,
    EVALUATORS,
    IMPORTERS,
    OFFICE,
    ROSTER,
    TRAINING_READERS,
    cards,
    conduct,
    finders,
    guidetexts,
    helptexts,
    home,
    roster,
    shown,
    signin,
    upkeep,
    waiting,
)
from people.views.proposing import READERS

# Whose first page is the one where they work; their front page is one tap away, and that page says so.
STRAIGHT_TO_WORK = access.SHOP | {Role.WORKER}

PEOPLE = Package(
    name="people",
    title="Who and where",
    pages=[room.bp for room in (home, signin, roster, cards, conduct, upkeep)],
    commands=[cli.areas_cli, cli.people_cli, cli.accounts_cli, cli.cards_cli, cli.roles],
    context=[pages.template_context],
    filters={
        "shown_name": shown.shown_name,
        "shown_phone": shown.shown_phone,
        "shown_text": shown.shown_text,
    },
    globals={
        "alarms": pages.alarms,
        "banners": pages.BANNERS.items,
        "front_parts": pages.FRONT_PARTS.items,
        "count_to_do": pages.count_to_do,
        "search_area": pages.search_area,
        "help_text": pages.help_text,
        "guide_links": pages.guide_links,
    },
    fillings=[
        NEWEST.filling(audit.newest),
        LAST_GONE.filling(trace.last_gone),
        DEPENDENTS.filling(*OWN_DEPENDENTS),
        NAMES_KEPT.filling(sight.names_kept),
        FIGURES.filling(Figure("aixin_sessions", "Sessions that are open.", sessions.count_open)),
        WORDS.filling(words.OWN_WORDS),
        NAMINGS.filling(*subjects.OWN_NAMINGS),
        HELD.filling(HeldPart(10, held.about)),
        WAITING.filling(waiting.waiting),
        FINDERS.filling(*finders.FINDERS),
        HELP.filling(helptexts.HELP_TEXTS),
        STEPS.filling(*guidetexts.GUIDE_STEPS),
        ANSWERS.filling(*guidetexts.GUIDE_ANSWERS),
        ENTRY_KINDS.filling(*own.OWN_KINDS),
        NAVIGATION.filling(
            NavigationEntry(4, "home.front", _("Front page"), "house", IN_A_COUNTY - STRAIGHT_TO_WORK),
            NavigationEntry(15, "home.front", _("Front page"), "house", frozenset({Role.WORKER})),
            NavigationEntry(215, "home.front", _("Front page"), "house", access.SHOP),
            NavigationEntry(5, "home.area", _("Villages"), "geo-alt", access.ROLES_ABOVE, ABOVE),
            NavigationEntry(420, "roster.grids", _("Roster"), "people", TRAINING_READERS),
            NavigationEntry(
                430, "roster.persons", _("People"), "person-lines-fill", TRAINING_READERS, under=ROSTER
            ),
            NavigationEntry(
                440, "roster.terms", _("Terms"), "calendar-range", TRAINING_READERS, under=ROSTER
            ),
            NavigationEntry(
                460, "roster.staffing", _("Staffing"), "person-exclamation", access.ROLES_ABOVE, ABOVE, ROSTER
            ),
            NavigationEntry(
                470,
                "roster.import_roster",
                _("From a file"),
                "file-earmark-excel",
                IMPORTERS,
                EVERYWHERE,
                ROSTER,
            ),
            NavigationEntry(
                480, "conduct.trainings", _("Training"), "mortarboard", TRAINING_READERS, EVERYWHERE
            ),
            NavigationEntry(
                490, "conduct.evaluations", _("Evaluation"), "chat-square-heart", EVALUATORS, under=CONDUCT
            ),
            NavigationEntry(
                500,
                "conduct.evaluation_results",
                _("Evaluation"),
                "chat-square-heart",
                access.ROLES_ABOVE,
                ABOVE,
                CONDUCT,
            ),
            NavigationEntry(510, "conduct.growth", _("Growth"), "tree", access.ONLOOKERS, under=CONDUCT),
            NavigationEntry(
                520, "conduct.growth_figures", _("Growth"), "tree", access.ROLES_ABOVE, ABOVE, CONDUCT
            ),
            NavigationEntry(
                530,
                "conduct.negative_list",
                _("Negative list"),
                "slash-circle",
                access.ROLES_ABOVE,
                ABOVE,
                CONDUCT,
            ),
            NavigationEntry(540, "cards.cards", _("Cards"), "person-vcard", access.COMMITTEE),
            NavigationEntry(550, "signin.pins", _("PINs"), "123", access.COMMITTEE, under=("cards.cards",)),
            NavigationEntry(560, "signin.accounts", _("Sign-ins"), "key", keeping.KEEPERS, EVERYWHERE),
            NavigationEntry(6, "home.supervision", _("Supervision"), "eye", frozenset({Role.SUPERVISOR})),
            NavigationEntry(
                565, "home.supervision", _("Supervision"), "eye", access.ROLES_ABOVE, under=OFFICE
            ),
            NavigationEntry(
                570, "home.audit", _("Audit trail"), "clock-history", access.ONLOOKERS, EVERYWHERE, OFFICE
            ),
            NavigationEntry(575, "home.proposals", _("Second person"), "person-check", READERS, under=OFFICE),
            NavigationEntry(580, "home.contacts", _("Contacts"), "telephone", IN_A_COUNTY, under=OFFICE),
        ),
    ],
)
