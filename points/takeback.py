"""What of the points stands in the way when an import is taken back, and from when on none is."""

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from ground.db import db
from people.models import Area
from people.takeback.dependents import Dependent, Fate
from points.models import (
    Account,
    Adjustment,
    Assessment,
    Award,
    NoticeLine,
    Objection,
    Recusal,
    Service,
    Slip,
    Transfer,
    Witness,
)

A_BALANCE = _("points in the account")

DEPENDENTS_OF_POINTS = (
    Dependent(Account.person_id, A_BALANCE, Fate.GOES_ALONG),
    Dependent(Transfer.account_id, A_BALANCE),
    Dependent(Transfer.debit_id, A_BALANCE),
    Dependent(Transfer.credit_id, A_BALANCE),
    Dependent(Service.worker_id, _("a service that was recorded")),
    Dependent(Service.grid_id, _("a service that was recorded")),
    Dependent(Slip.worker_id, _("a printed slip")),
    Dependent(Witness.person_id, _("named as a witness")),
    Dependent(Recusal.worker_id, _("a line of an assessment")),
    Dependent(Adjustment.worker_id, _("a line of an assessment")),
    Dependent(NoticeLine.worker_id, _("a line of an assessment")),
    Dependent(Award.worker_id, _("a line of an assessment")),
    Dependent(Objection.worker_id, _("an objection")),
)


def is_booked(area: Area) -> bool:
    """Whether a quarter of one of an area's villages was booked."""
    booked = select(Award).join(Award.assessment).join(Assessment.village)
    return bool(db.session.scalar(select(booked.where(Area.code.startswith(area.stem)).exists())))
