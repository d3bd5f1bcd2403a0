"""What of the points may hang on a row that came with a file, and stands in the way when it is taken back."""

from flask_babel import lazy_gettext as _

from people.takeback.dependents import Dependent, Fate
from points.models.aftermath import Award
from points.models.assessments import Adjustment, Recusal
from points.models.ledger import Account, Transfer
from points.models.notices import NoticeLine, Objection
from points.models.openings import OpeningLine
from points.models.services import Service, Slip, Witness

A_BALANCE = _("points in the account")

DEPENDENTS_OF_POINTS = (
    Dependent(Account.person_id, A_BALANCE, Fate.GOES_ALONG),
    Dependent(Transfer.account_id, A_BALANCE),
    Dependent(Transfer.debit_id, A_BALANCE),
    Dependent(Transfer.credit_id, A_BALANCE),
    Dependent(Service.worker_id, _("a service that was recorded")),
    Dependent(Service.grid_id, _("a service that was recorded")),
    Dependent(Service.household_id, _("a service that was recorded")),
    Dependent(Slip.worker_id, _("a printed slip")),
    Dependent(Witness.person_id, _("named as a witness")),
    Dependent(Witness.household_id, _("named as a witness")),
    Dependent(Recusal.worker_id, _("a line of an assessment")),
    Dependent(Adjustment.worker_id, _("a line of an assessment")),
    Dependent(NoticeLine.worker_id, _("a line of an assessment")),
    Dependent(Award.worker_id, _("a line of an assessment")),
    Dependent(Objection.worker_id, _("an objection")),
    Dependent(OpeningLine.worker_id, _("on a sheet of opening balances, which is kept also if taken back")),
)
