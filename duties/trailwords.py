"""The trail's words for what a worker does: files of households and ledgers taken out."""

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from people.models import Grid, Household
from people.trail import Naming, SubjectPage
from people.trail.words import Words

WORDS = Words(
    actions={
        "incidents.export": _("took the ledger of hazards out as a file"),
        "household.add": _("opened the file of a household"),
        "household.come_back": _("took up the file of a household again"),
        "household.correct": _("corrected the file of a household"),
        "household.leave": _("wrote down that a household moved away"),
        "household.reclassify": _("put a household into another class"),
        "household.retire": _("emptied the file of a household that had come with a wrong list"),
        "households.import": _("took a file of households in"),
        "households.export": _("took a ledger of households out as a file"),
    },
    kinds={
        "household": _("Household"),
    },
    fields={
        "composition": _("Who lives there"),
        "head": _("Head of the household"),
        "house": _("House"),
        "needs": _("Problems and needs"),
        "residents": _("Residents"),
        "situation": _("Situation"),
    },
)

# Nothing of its file: who reads the trail need not be one who may see that. A retired one is its mark alone.
HOUSEHOLD = Naming(
    "household",
    Household,
    lambda row: f"{row.grid.name} {row.grid.code} · {row.head if row.is_retired else row.number}",
    (joinedload(Household.grid).joinedload(Grid.village),),
    page=lambda row: None if row.is_retired else SubjectPage("duties.household", row.grid.village, row.id),
)
