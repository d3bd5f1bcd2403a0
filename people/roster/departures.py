"""Departures (退出、调整): whose service ends by a decision, and the village's rule for their points.

No points move here. `points.leaving.leave` calls `depart` and settles the balance in the same
transaction.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from ground import clock
from ground.days import DECIDED, FROM_NOW_ON, HAPPENED
from ground.db import db, lock
from ground.paper import words
from ground.refusal import Refused, required_reason, says_something
from people import areas, audit
from people.models import (
    Appointment,
    Area,
    Card,
    CardState,
    Departure,
    DepartureKind,
    Duty,
    LeavingRule,
    NegativeItem,
    Outcome,
    Person,
    User,
)
from people.roster import holders, persons, terms
from people.signin import humans

LONGEST_KEEP_DAYS = 1100  # three years and a little: a term


@dataclass(frozen=True)
class PointsRule:
    """The rule for the points of somebody who leaves.

    `days` they are kept, if they are; `decided` says who decided so.
    """

    outcome: Outcome
    days: int | None
    decided: str | None = None

    def until(self, on: date) -> date | None:
        """The last day the points can be spent by who leaves on a day; None if they expire at once."""
        return on + timedelta(days=self.days) if self.days else None


# The county's template for a village that has decided nothing yet: what was earned can be spent for three
# months after leaving. Nobody loses points by a rule that no meeting made.
TEMPLATE_RULE = PointsRule(Outcome.KEEP, 90)


def rule_on(village: Area, day: date) -> PointsRule:
    """The village's rule for who leaves on a day; of two from the same day the later written counts."""
    rule = db.session.scalar(
        _rules(village).where(LeavingRule.holds_from <= day).order_by(*_NEWEST_FIRST).limit(1)
    )
    return PointsRule(rule.outcome, rule.days, rule.decided) if rule else TEMPLATE_RULE


def rules_of(village: Area) -> Sequence[LeavingRule]:
    """Every leaving rule of the village, the newest first."""
    return db.session.scalars(_rules(village).order_by(*_NEWEST_FIRST)).all()


_NEWEST_FIRST = (LeavingRule.holds_from.desc(), LeavingRule.id.desc())


def _rules(village: Area) -> Select[LeavingRule]:
    return select(LeavingRule).where(LeavingRule.village_id == village.id)


def decide_rule(
    village: Area, outcome: Outcome, days: int | None, decided: str, holds_from: date, actor: User | None
) -> LeavingRule:
    """Write down the village's leaving rule from a day on; it changes nothing for who left before.

    Refused `bad_day`, `in_past` for a day before today, `bad_days` (1 to 1100, to keep), `decision_missing`.
    """
    if outcome == Outcome.KEEP and not (days and 1 <= days <= LONGEST_KEEP_DAYS):
        raise Refused("bad_days", _("Points are kept for 1 to %(n)s days.", n=LONGEST_KEEP_DAYS), "days")
    FROM_NOW_ON.check(holds_from, "holds_from")
    rule = LeavingRule(
        village_id=village.id,
        outcome=outcome,
        days=days if outcome == Outcome.KEEP else None,
        decided=_required_decision(decided, "decided"),
        holds_from=holds_from,
        actor_id=actor.id if actor else None,
        at=clock.now(),
    )
    db.session.add(rule)
    db.session.flush()
    audit.note(actor, "leaving_rule.decide", rule, village, outcome=outcome, days=rule.days, since=holds_from)
    return rule


def _required_decision(decision: str, field: str) -> str:
    if not says_something(decision):
        raise Refused("decision_missing", _("Say which meeting decided it, and when."), field)
    return decision.strip()


def depart(
    person: Person,
    kind: DepartureKind,
    reason: str,
    decision: str,
    on: date,
    actor: User | None,
    item: NegativeItem | None = None,
) -> Departure:
    """End a worker's service on a day, the first they no longer serve; their card is frozen at once.

    Works too for who serves no more without having left: the term ran out or was handed over. Refused
    `was_merged`, `own_departure`, `reason_missing`, `decision_missing`, `in_future`, `never_served`,
    `already_left` unless they serve again, `bad_day` before the start of a running term or the end of one
    that is over, `item_not_holding` for an item that was not on the county's negative list that day.
    """
    lock(person)
    persons.check_not_merged(person)
    entries = persons.entry_ids(person)
    reason, decision = required_reason(reason), _required_decision(decision, "decision")
    if humans.is_own(actor, person):
        raise Refused("own_departure", _("Nobody decides on their own leaving. Ask another chair."))
    HAPPENED.check(on, "on")
    if item is not None and not item_holds(item, person.area, on):
        raise Refused("item_not_holding", _("This was not on the negative list on that day."), "item")
    _end_service(person, entries, on, reason, actor)
    rule = rule_on(person.area, on)
    departure = Departure(
        person_id=person.id,
        kind=kind,
        negative_item_id=item.id if item else None,
        reason=reason,
        decision=decision,
        on=on,
        outcome=rule.outcome,
        kept_until=rule.until(on),
        actor_id=actor.id if actor else None,
        at=clock.now(),
    )
    db.session.add(departure)
    db.session.flush()
    audit.note(
        actor,
        "person.leave",
        person,
        person.area,
        kind=kind,
        on=on,
        reason=reason,
        decision=decision,
        outcome=rule.outcome,
        kept_until=departure.kept_until,
    )
    _freeze(person, actor)
    return departure


def _end_service(person: Person, entries: Collection[int], on: date, reason: str, actor: User | None) -> None:
    """End each term that is not over, those that ran out unnoticed too. Refused as `depart` says."""
    today, served = clock.today(), _worker_terms(entries)
    if not served:
        raise Refused("never_served", _("%(name)s never served as a grid worker.", name=person.name))
    departure = current_departure(entries)
    if departure is not None:
        day = words.day(departure.on)
        raise Refused("already_left", _("%(name)s left on %(day)s already.", name=person.name, day=day))
    for term in served:
        if term.ended_on and on < term.ended_on <= today:
            day = words.day(term.ended_on)
            raise Refused(
                "bad_day", _("They served until %(day)s. Choose that day or a later one.", day=day), "on"
            )
    for term in sorted(served, key=lambda term: term.starts_on):  # calling off a renewal comes with its term
        if term.ended_on is None or today < term.ended_on != term.starts_on:
            terms.end_term(term, reason, actor, on)


def _freeze(person: Person, actor: User | None) -> None:
    card = db.session.scalar(select(Card).where(Card.person_id == person.id, Card.state == CardState.ACTIVE))
    if card is not None:
        card.state = CardState.FROZEN
        db.session.flush()
        audit.note(actor, "card.freeze", card, person.area, number=card.number)


def _worker_terms(entries: Collection[int]) -> Sequence[Appointment]:
    """The worker's terms of these entries, without those that were called off."""
    return db.session.scalars(
        select(Appointment)
        .where(
            Appointment.person_id.in_(entries),
            Appointment.duty == Duty.WORKER,
            or_(Appointment.ended_on.is_(None), Appointment.ended_on != Appointment.starts_on),
        )
        .order_by(Appointment.id)
    ).all()


def worker_terms_not_over(day: date) -> tuple[ColumnElement[bool], ...]:
    """The conditions for workers' terms that are not over on a day; they may lie ahead."""
    return Appointment.duty == Duty.WORKER, *holders.terms_not_over(day)


def current_departure(entries: Collection[int]) -> Departure | None:
    """The departure of the person behind these entries, if they do not serve today.

    None for who serves or is appointed again, and for who stopped serving without one: their points wait
    for a decision. Of several departures the latest counts.
    """
    ends = [holders.free_from(term) for term in _worker_terms(entries)]
    last = latest_departure(entries)
    return last if last and last.on >= max(ends, default=last.on) else None


def latest_departure(entries: Collection[int]) -> Departure | None:
    """The latest departure of the person behind these entries, whether or not they serve again."""
    return db.session.scalar(
        select(Departure)
        .where(Departure.person_id.in_(entries))
        .order_by(Departure.on.desc(), Departure.id.desc())
        .limit(1)
    )


def points_kept_until(person: Person) -> date | None:
    """The last day on which somebody who left can spend their points.

    None for who serves, and once that day is over.
    """
    departure = current_departure(persons.entry_ids(person))
    until = departure.kept_until if departure else None
    return until if until and until >= clock.today() else None


def departures_of(village: Area) -> Select[Departure]:
    """The departures of a village, the latest first, for paging."""
    return (
        select(Departure)
        .join(Departure.person)
        .options(joinedload(Departure.person), joinedload(Departure.negative_item))
        .where(Person.area_id == village.id)
        .order_by(Departure.on.desc(), Departure.id.desc())
    )


def negative_list(area: Area) -> Sequence[NegativeItem]:
    """The negative list of an area's county, ended items too, in the order it was written."""
    county = areas.by_code(area.code[:6])
    return db.session.scalars(
        select(NegativeItem)
        .where(NegativeItem.county_id == (county.id if county else None))
        .order_by(NegativeItem.id)
    ).all()


def item_holds(item: NegativeItem, area: Area, day: date) -> bool:
    """Whether an item is on the negative list that counts in an area on a day."""
    county = areas.by_code(area.code[:6])
    lasting = item.holds_until is None or day <= item.holds_until
    return county is not None and item.county_id == county.id and item.holds_from <= day and lasting


def add_item(county: Area, text: str, holds_from: date, actor: User | None) -> NegativeItem:
    """Put an item on the county's negative list, from a day on.

    Refused `bad_text` (1 to 200 characters).
    """
    text = text.strip()
    if not 1 <= len(text) <= 200:
        raise Refused("bad_text", _("The text must have 1 to 200 characters."), "text")
    DECIDED.check(holds_from, "holds_from")
    item = NegativeItem(county_id=county.id, text=text, holds_from=holds_from)
    db.session.add(item)
    db.session.flush()
    audit.note(actor, "negative_item.add", item, county, text=text, since=holds_from)
    return item


def end_item(item: NegativeItem, on: date, actor: User | None) -> NegativeItem:
    """Take an item off the list from a day on; what was decided under it stays.

    Refused `already_ended`, `bad_day`, `in_past` for a day before today, as it held until now.
    """
    lock(item)
    if item.holds_until is not None:
        raise Refused("already_ended", _("This item is off the list already."), "on")
    FROM_NOW_ON.check(on, "on")
    county = db.session.get_one(Area, item.county_id)
    audit.change(actor, "negative_item.end", item, county, holds_until=on - timedelta(days=1))
    return item
