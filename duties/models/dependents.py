"""What of the duties may hang on a row that came with a file, and stands in the way when it is taken back."""

from flask_babel import lazy_gettext as _

from duties.models.disputes import Dispute
from duties.models.records import Gathering, Incident, Visit
from people.models import HouseholdClass
from people.takeback.dependents import Dependent

A_VISIT = _("a visit to a household")

DEPENDENTS_OF_DUTIES = (
    *(
        Dependent(column, words)
        for model, words in (
            (Dispute, _("a dispute")),
            (Visit, A_VISIT),
            (Gathering, _("a gathering")),
            (Incident, _("an incident")),
        )
        for column in (model.worker_id, model.grid_id)
    ),
    Dependent(Visit.household_id, A_VISIT),
    Dependent(HouseholdClass.household_id, _("put into another class since")),
)
