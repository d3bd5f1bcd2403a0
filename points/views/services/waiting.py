"""The records of a page as they are shown, in groups and one by one, and where it is told what was done."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

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

# Where on the list something was done: the item and activity of the group, and the day and id of the record.
Place = dict[str, Any]


class GroupKey(NamedTuple):
    """The key of a group, by which groups are sorted: the id of its item, and of its activity, or 0."""

    item_id: int
    activity_id: int = 0


@dataclass(frozen=True)
class RefusedForm:
    """A form that was refused, and the record or the group at which it stands."""

    form: Form
    service_id: int | None = None
    group: GroupKey | None = None


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
    """The plain records of an item, or of an activity, which are confirmed together, and the form for that.

    `own_count` is how many more wait on this page that the reader wrote down or did; with `is_own` the
    reader wrote the whole activity down, and may only take it back.
    """

    key: GroupKey
    item: RubricItem
    rows: list[ServiceRow]
    own_count: int
    form: TogetherForm
    ticked_ids: frozenset[int]
    is_own: bool = False

    @property
    def tenths(self) -> int:
        """The points of all of them."""
        return sum(row.tenths for row in self.rows)

    @property
    def anchor(self) -> str:
        """The group's anchor on the page."""
        item, activity = self.key
        return f"group-{item}-{activity}" if activity else f"group-{item}"

    @property
    def is_activity(self) -> bool:
        """Whether they are of one activity."""
        return self.key.activity_id != 0


@dataclass(frozen=True)
class ShownRecords:
    """What a page shows: the groups, and then records one by one."""

    rows: list[ServiceRow]
    groups: list[ServiceGroup] = field(default_factory=list)

    def has(self, refused: RefusedForm) -> bool:
        """Whether what was refused stands on the page."""
        return any(refused.service_id == row.service.id for row in self.rows) or any(
            refused.group == group.key for group in self.groups
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
    by_key: dict[GroupKey, list[ServiceRow]] = defaultdict(list)
    for row in rows:
        by_key[GroupKey(row.service.item_id, row.service.activity_id or 0)].append(row)
    groups = []
    for key, of_group in sorted(by_key.items(), key=lambda one: one[0]):
        plain = [row for row in of_group if row.service.id not in look]
        codes = [look[row.service.id].code for row in of_group if row.service.id in look]
        if len(plain) >= LEAST_IN_GROUP:
            own = sum(code in ("own_service", "same_person") for code in codes)
            groups.append(_group(key, plain, own, refused))
        elif key.activity_id and not plain and "same_person" in codes and "shows_sign" not in codes:
            groups.append(replace(_group(key, of_group, 0, refused), is_own=True))
    grouped = {row.service.id for group in groups for row in group.rows}
    return ShownRecords([row for row in rows if row.service.id not in grouped], groups)


def _group(key: GroupKey, rows: list[ServiceRow], own: int, refused: RefusedForm | None) -> ServiceGroup:
    """A group with everything ticked, or as it was sent when it was refused."""
    item = rows[0].service.item
    if refused and refused.group == key and isinstance(refused.form, TogetherForm):
        return ServiceGroup(key, item, rows, own, refused.form, frozenset(refused.form.service.data or ()))
    form = TogetherForm(formdata=None)
    return ServiceGroup(key, item, rows, own, form, frozenset(row.service.id for row in rows))


def place_of(service: Service) -> Place:
    """The place of a record on the list."""
    group = place_of_group(GroupKey(service.item_id, service.activity_id or 0))
    return {**group, "day": service.done_on.toordinal(), "id": service.id}


def place_of_group(key: GroupKey) -> Place:
    """The place of a group on the list."""
    return {"item": key.item_id, "activity": key.activity_id}


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
        key = GroupKey(place["item"], place["activity"])
        anchor = next((group.anchor for group in shown.groups if group.key >= key), END_OF_GROUPS)
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
