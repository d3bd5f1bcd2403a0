"""The records of a page as they are shown, in groups and one by one, and where it is told what was done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from flask import g
from flask_login import current_user

from ground import web
from ground.forms import Form
from people import access
from people.models import Household
from points.forms.services import TogetherForm
from points.models import RubricItem, Service, ServiceState
from points.services import flags, reading, together
from points.services.flags import Flag
from points.views.services.evidence import EvidenceLink, ReaderAccess

# So many plain records of an item are a group; a single one has a button of its own.
LEAST_IN_GROUP = 2

END_OF_GROUPS = "end-of-groups"
END_OF_RECORDS = "end-of-records"

# Where on the list something was done: the item of the group, or the item, day and id of the record.
Place = dict[str, Any]


@dataclass(frozen=True)
class RefusedForm:
    """A form that was refused, and the record or the item's group at which it stands."""

    form: Form
    service_id: int | None = None
    item_id: int | None = None


@dataclass(frozen=True)
class ServiceRow:
    """A record as the list shows it; `tenths` are the points that it brings or takes."""

    service: Service
    tenths: int
    flags: Sequence[Flag]
    evidence: EvidenceLink | None
    household: Household | None
    resubmitted_id: int | None
    has_photo: bool


@dataclass(frozen=True)
class ServiceGroup:
    """The plain records of an item, which are confirmed together, and the form with what is ticked.

    `own_count` is how many more wait on this page that the reader wrote down or did.
    """

    item: RubricItem
    rows: list[ServiceRow]
    own_count: int
    form: TogetherForm
    ticked_ids: frozenset[int]

    @property
    def tenths(self) -> int:
        """The points of all of them."""
        return sum(row.tenths for row in self.rows)


@dataclass(frozen=True)
class ShownRecords:
    """What a page shows: the groups, and then records one by one."""

    rows: list[ServiceRow]
    groups: list[ServiceGroup] = field(default_factory=list)

    def has(self, refused: RefusedForm) -> bool:
        """Whether what was refused stands on the page."""
        return any(refused.service_id == row.service.id for row in self.rows) or any(
            refused.item_id == group.item.id for group in self.groups
        )


def shown_records(services: list[Service], in_groups: bool, refused: RefusedForm | None) -> ShownRecords:
    """The records of a page with their signs and evidence; plain ones in groups, if they shall be."""
    waiting = [service for service in services if service.state == ServiceState.RECORDED]
    signs = flags.flags_of(g.area, waiting)
    reader, inside = ReaderAccess(), access.is_insider()
    resubmitted = reading.resubmitted_ids(services)
    rows = [
        ServiceRow(
            service=service,
            tenths=service.count * service.item.points,
            flags=signs.get(service.id, ()),
            evidence=reader.evidence(service),
            household=reader.household(service),
            resubmitted_id=resubmitted.get(service.id),
            has_photo=inside and service.photo_id is not None,
        )
        for service in services
    ]
    if not in_groups:
        return ShownRecords(rows)
    look = together.reasons_to_look(services, signs, current_user)
    groups = []
    for item, rows_of_item in groupby(rows, lambda row: row.service.item):
        of_item = list(rows_of_item)
        plain = [row for row in of_item if row.service.id not in look]
        if len(plain) >= LEAST_IN_GROUP:
            reasons = [look[row.service.id].code for row in of_item if row.service.id in look]
            own = sum(code in ("own_service", "same_person") for code in reasons)
            groups.append(_group(item, plain, own, refused))
    grouped = {row.service.id for group in groups for row in group.rows}
    return ShownRecords([row for row in rows if row.service.id not in grouped], groups)


def _group(item: RubricItem, rows: list[ServiceRow], own: int, refused: RefusedForm | None) -> ServiceGroup:
    """A group with everything ticked, or as it was sent when it was refused."""
    if refused and refused.item_id == item.id and isinstance(refused.form, TogetherForm):
        return ServiceGroup(item, rows, own, refused.form, frozenset(refused.form.service.data or ()))
    form = TogetherForm(formdata=None)
    return ServiceGroup(item, rows, own, form, frozenset(row.service.id for row in rows))


def place_of(service: Service) -> Place:
    """The place of a record on the list."""
    return {"item": service.item_id, "day": service.done_on.toordinal(), "id": service.id}


def place_of_item(item_id: int) -> Place:
    """The place of an item's group on the list."""
    return {"item": item_id}


@dataclass(frozen=True)
class AnchoredMessage:
    """A message about what was done, and the anchor on the page before which it stands."""

    anchor: str
    message: web.PlacedMessage


def anchored_message(shown: ShownRecords, in_groups: bool) -> AnchoredMessage | None:
    """What was just done on this list, before what comes next there now; None if nothing was."""
    message = web.flashed_in_place()
    if message is None:
        return None
    place: Place = message.place
    if "id" not in place:
        anchor = next(
            (f"group-{group.item.id}" for group in shown.groups if group.item.id >= place["item"]),
            END_OF_GROUPS,
        )
        return AnchoredMessage(anchor, message)
    if not shown.rows:
        return AnchoredMessage(END_OF_GROUPS, message)

    def order(one: Place) -> tuple[int, int, int]:
        """As `reading.search_services` sorts them."""
        return one["item"] if in_groups else 0, -one["day"], -one["id"]

    here = order(place)
    after = (row.service for row in shown.rows if order(place_of(row.service)) >= here)
    following = next(after, None)
    return AnchoredMessage(f"service-{following.id}" if following else END_OF_RECORDS, message)
