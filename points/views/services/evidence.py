"""The evidence of a record, as links for those who may open them, and the names only some may read."""

from dataclasses import dataclass
from typing import Any

from flask import g, url_for
from flask_login import current_user

from ground.contributions import Slot
from people import access
from people.models import Household, Role
from people.roster import reach
from points.models import Service


@dataclass(frozen=True)
class RecordKind:
    """A kind of record that services come of: its word, its page, and whether it tells of a household."""

    kind: str
    label: Any
    endpoint: str = ""
    is_personal: bool = False


RECORDS: Slot[RecordKind] = Slot()


@dataclass(frozen=True)
class EvidenceLink:
    """What a service came of: its kind in words, and where it is read (None: not by this reader)."""

    label: Any
    url: str | None


class ReaderAccess:
    """What the signed-in reader may see of a village's records; made once for a page."""

    def __init__(self) -> None:
        self._grids = {grid.id for grid in reach.grids_of(current_user, g.area)}
        self._records = {record.kind: record for record in RECORDS.items()}

    def evidence(self, service: Service) -> EvidenceLink | None:
        """What a service came of, if it came of a record."""
        if service.evidence is None:
            return None
        kind = service.evidence.kind
        record = self._records.get(kind, RecordKind(kind, kind))
        may_open = record.endpoint and (
            service.grid_id in self._grids or (not record.is_personal and _may_open(record.endpoint))
        )
        url = url_for(record.endpoint, village=g.area.code, ident=service.evidence_id) if may_open else None
        return EvidenceLink(record.label, url)

    def household(self, service: Service) -> Household | None:
        """The household a service was for, if the reader works in its grid."""
        home = service.household
        return home if home is not None and home.grid_id in self._grids else None

    @property
    def works_in_a_grid(self) -> bool:
        """Whether the reader works in a grid at all."""
        return bool(self._grids)


def _may_open(endpoint: str) -> bool:
    rule = access.rule_of(endpoint)
    roles: set[Role] = g.roles
    return rule is not None and bool(rule.roles is None or rule.roles & roles)
