"""What of the duties stands in the way when an import is taken back."""

from flask_babel import lazy_gettext as _

from duties.models import Dispute, Gathering, Incident, Visit
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
