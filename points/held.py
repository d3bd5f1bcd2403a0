"""What is held about a person's points: what they did, what was adjusted, opening balances, accounts."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from ground import clock
from ground.db import db
from people.held import HeldSection, Reader, day, text_or_dash
from people.models import Person
from people.roster import persons
from points import amounts, labels, ledger
from points.models import (
    Account,
    Adjustment,
    Assessment,
    Deduction,
    Member,
    Notice,
    NoticeLine,
    Objection,
    OpeningLine,
    OpeningNotice,
    OpeningNoticeLine,
    OpeningObjection,
    Recusal,
    Service,
    Transfer,
    Witness,
)


def services_held(person: Person, reader: Reader) -> list[HeldSection]:
    """The services of a person, and what was deducted or shall be; the same for every reader."""
    ids = persons.entry_ids(persons.current_entry(person))
    return [_services(ids), _deductions(ids), *_vouched_sections(ids)]


def points_held(person: Person, reader: Reader) -> list[HeldSection]:
    """The assessments of a person, and accounts with all their entries; the same for every reader."""
    ids = persons.entry_ids(persons.current_entry(person))
    return [_assessments(ids), *_openings(ids), *_accounts(ids)]


def _services(ids: list[int]) -> HeldSection:
    services = db.session.scalars(
        select(Service)
        .where(Service.worker_id.in_(ids), ~Service.deduction.has())
        .options(joinedload(Service.item), joinedload(Service.grid), joinedload(Service.recorded_by))
        .options(selectinload(Service.undone))
        .order_by(Service.done_on, Service.id)
    )
    return HeldSection(
        _("Services"),
        (_("Day"), _("Service"), _("How often"), _("What was done"), _("State"), _("Recorded by")),
        [
            (
                day(service.done_on),
                service.item.name,
                f"{service.count} {service.item.unit}",
                text_or_dash(service.note),
                _state(service, labels.SERVICE_STATES[service.state]),
                service.recorded_by.name,
            )
            for service in services
        ],
    )


def _vouched_sections(ids: list[int]) -> list[HeldSection]:
    """The records of others for which they vouched, if there are any; whose they are is told to nobody."""
    services = db.session.scalars(
        select(Service)
        .join(Service.witness)
        .where(Witness.person_id.in_(ids))
        .options(joinedload(Service.item))
        .order_by(Service.done_on, Service.id)
    ).all()
    if not services:
        return []
    rows = [(day(service.done_on), service.item.name) for service in services]
    return [HeldSection(_("Services they vouched for as a witness"), (_("Day"), _("Service")), rows)]


def _deductions(ids: list[int]) -> HeldSection:
    deductions = db.session.scalars(
        select(Deduction)
        .join(Deduction.service)
        .where(Service.worker_id.in_(ids))
        .options(*map(contains_eager(Deduction.service).joinedload, (Service.item, Service.recorded_by)))
        .options(contains_eager(Deduction.service).selectinload(Service.undone))
        .options(selectinload(Deduction.statements))
        .order_by(Service.done_on, Service.id)
    )
    return HeldSection(
        _("Deductions"),
        (
            *(_("Day"), _("What points are taken for"), _("Points"), _("What happened"), _("What shows it")),
            *(_("What the worker says"), _("State"), _("Proposed by")),
        ),
        [
            (
                day(one.service.done_on),
                one.service.item.name,
                amounts.signed(one.tenths),
                text_or_dash(one.service.note),
                text_or_dash(one.shown_by),
                text_or_dash(" / ".join(statement.text for statement in one.statements)),
                _state(one.service, labels.DEDUCTION_STATES[one.service.state]),
                one.service.recorded_by.name,
            )
            for one in deductions
        ],
    )


def _state(service: Service, word: Any) -> str:
    """A record's state with the reason, and each confirmation that was taken back."""
    parts = [f"{word}{gettext(': ')}{service.decision}" if service.decision else str(word)]
    parts += [
        gettext("taken back on %(day)s: %(reason)s", day=day(clock.local(each.at).date()), reason=each.reason)
        for each in service.undone
    ]
    return " · ".join(parts)


def _assessments(ids: list[int]) -> HeldSection:
    """The posted lines, adjustments, objections and recusals of a person."""
    rows = [*_lines(ids), *_adjustments(ids), *_objections(ids), *_recusals(ids)]
    return HeldSection(_("Assessments"), (_("Quarter"), _("What"), _("Points"), _("Said")), sorted(rows))


Rows = Iterator[tuple[str, ...]]


def _lines(ids: list[int]) -> Rows:
    query = select(NoticeLine, Notice, Assessment).join(NoticeLine.notice).join(Notice.assessment)
    for line, notice, assessment in db.session.execute(query.where(NoticeLine.worker_id.in_(ids))):
        posted = gettext("on notice from %(day)s", day=day(notice.posted_on))
        yield str(assessment.quarter), gettext("Notice"), amounts.show(line.total), posted


def _adjustments(ids: list[int]) -> Rows:
    query = select(Adjustment, Assessment).join(Assessment, Adjustment.assessment_id == Assessment.id)
    for adjustment, assessment in db.session.execute(query.where(Adjustment.worker_id.in_(ids))):
        reason_and_writer = f"{adjustment.reason} ({adjustment.actor.name})"
        yield (
            str(assessment.quarter),
            gettext("Adjustment"),
            amounts.signed(adjustment.amount),
            reason_and_writer,
        )


def _objections(ids: list[int]) -> Rows:
    """The objections to a line and their answers; who objected stays with the committee."""
    query = select(Objection, Assessment).join(Objection.assessment)
    for objection, assessment in db.session.execute(query.where(Objection.worker_id.in_(ids))):
        answer = objection.answer
        points = amounts.signed(answer.change) if answer else ""
        objection_and_answer = f"{objection.text} → {answer.reason}" if answer else objection.text
        yield str(assessment.quarter), gettext("Objection"), points, objection_and_answer


def _recusals(ids: list[int]) -> Rows:
    query = (
        select(Recusal, Member, Assessment)
        .join(Recusal.member)
        .join(Assessment, Member.assessment_id == Assessment.id)
    )
    for recusal, member, assessment in db.session.execute(query.where(Recusal.worker_id.in_(ids))):
        left_out = f"{member.name} ({recusal.relation})"
        yield str(assessment.quarter), gettext("Left out of the line"), "", left_out


def _openings(ids: list[int]) -> list[HeldSection]:
    """The opening balances of a person: as they were brought, posted and objected to; if there are any."""
    lines = list(_opening_lines(ids))
    if not lines:
        return []
    rows = [*lines, *_opening_notices(ids), *_opening_objections(ids)]
    return [HeldSection(_("Opening balances"), (_("Sheet"), _("What"), _("Points"), _("Said")), sorted(rows))]


def _opening_lines(ids: list[int]) -> Rows:
    query = select(OpeningLine).options(joinedload(OpeningLine.sheet))
    for line in db.session.scalars(query.where(OpeningLine.worker_id.in_(ids))):
        yield str(line.sheet.number), gettext("Opening balance"), amounts.show(line.tenths), line.basis


def _opening_notices(ids: list[int]) -> Rows:
    query = (
        select(OpeningNoticeLine, OpeningNotice)
        .join(OpeningNoticeLine.notice)
        .join(OpeningNoticeLine.line)
        .options(contains_eager(OpeningNoticeLine.notice).joinedload(OpeningNotice.sheet))
        .where(OpeningLine.worker_id.in_(ids))
    )
    for posted, notice in db.session.execute(query):
        text = gettext("on notice from %(day)s", day=day(notice.posted_on))
        yield str(notice.sheet.number), gettext("Notice"), amounts.show(posted.tenths), text


def _opening_objections(ids: list[int]) -> Rows:
    """The objections to a line and their answers; who objected stays with the committee."""
    query = (
        select(OpeningObjection)
        .join(OpeningObjection.line)
        .options(joinedload(OpeningObjection.sheet), joinedload(OpeningObjection.answer))
        .where(OpeningLine.worker_id.in_(ids))
    )
    for objection in db.session.scalars(query):
        answer = objection.answer
        points = "" if answer is None or answer.right_tenths is None else amounts.show(answer.right_tenths)
        objection_and_answer = f"{objection.text} → {answer.reason}" if answer else objection.text
        yield str(objection.sheet.number), gettext("Objection"), points, objection_and_answer


def _accounts(ids: list[int]) -> list[HeldSection]:
    accounts = db.session.scalars(select(Account).where(Account.person_id.in_(ids)).order_by(Account.id))
    return [_entries(account) for account in accounts]


def _entries(account: Account) -> HeldSection:
    transfers = db.session.scalars(
        select(Transfer)
        .where(Transfer.account_id == account.id)
        .options(*ledger.with_causes())
        .order_by(Transfer.position)
    )
    return HeldSection(
        _("Account: %(points)s points", points=amounts.show(account.balance)),
        (_("Day"), _("Why"), _("Points"), _("Balance after")),
        [
            (
                day(clock.local(transfer.at).date()),
                labels.explain_transfer(transfer),
                amounts.show(transfer.change),
                amounts.show(transfer.balance_after),
            )
            for transfer in transfers
        ],
    )
