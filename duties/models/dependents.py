"""What of the duties may hang on a row that came with a file, and stands in the way when it is taken back."""

from flask_babel import lazy_gettext as _

from duties.models.disputes import Dispute
from duties.models.records import Gathering, Incident, Visit
from people.takeback.dependents import Dependent

DEPENDENTS_OF_DUTIES = tuple(
    Dependent(column, words)
    for model, words in (
        (Dispute, _("a dispute")),
        (Visit, _("a visit to a household")),
        (Gathering, _("a gathering")),
        (Incident, _("an incident")),
    )
    for column in (model.worker_id, model.grid_id)
)
