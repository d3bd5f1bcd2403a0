"""Proposing what needs a second person, and deciding on it: agreed and done, refused, or withdrawn."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select, update
from sqlalchemy.orm import joinedload

from ground import clock
from ground.db import Base, db, lock, note_in_passing
from ground.refusal import Refused, refusal_of, required_reason
from people import audit
from people.models import Area, AuditEvent, Proposal, ProposalState, Role, User
from people.proposals import kinds
from people.proposals.kinds import SecondPersonNeeded
from people.signin import humans

# Whoever gave somebody a password could sign in with it, and propose in their name.
PASSWORD_REMEMBERED = timedelta(days=30)

# So long who proposed something is told what became of it, unless they read it before.
DECISION_TOLD_FOR = timedelta(days=7)


def propose(needed: SecondPersonNeeded, actor: User) -> Proposal:
    """Write down what one person wants to do and another has to agree to.

    Proposed twice by the same person while it waits, it is one proposal. Locks the subject.
    """
    lock(needed.subject)
    for earlier in waiting_about(needed.subject):
        if earlier.kind == needed.kind and is_proposed_by(earlier, actor, needed.terms):
            return earlier
    proposal = Proposal(
        area_id=needed.area.id,
        kind=needed.kind,
        subject=audit.name_of(needed.subject),
        terms=needed.terms,
        state=ProposalState.WAITING,
        proposed_by_id=actor.id,
        proposed_at=clock.now(),
    )
    db.session.add(proposal)
    db.session.flush()
    audit.note(actor, "proposal.propose", proposal, needed.area, proposed=needed.kind)
    return proposal


def is_proposed_by(proposal: Proposal, actor: User | None, terms: Mapping[str, Any]) -> bool:
    """Whether somebody proposed just this, whichever form it was sent by."""
    is_own = actor is not None and proposal.proposed_by_id == actor.id
    return is_own and _without_key(proposal.terms) == _without_key(terms)


def _without_key(terms: Mapping[str, Any]) -> dict[str, Any]:
    """What is proposed, whichever form it was sent by."""
    return {term: value for term, value in terms.items() if term != "key"}


def agree(proposal: Proposal, actor: User, despite: str = "") -> Proposal:
    """Agree to a proposal as the second person: it is done now, by the rules that hold now.

    `despite` names the refusal that somebody knows and agrees all the same, if it is a doubt of its kind.
    Again by the same person changes nothing. Refused `already_decided`, `same_person`, `proposer_gone` when
    who proposed it has no role there any more, `gave_password` to them lately, `not_second_person`
    without a role for it in that area, and as its kind and its verb say; then it goes on waiting.
    """
    lock(proposal)
    if (proposal.state, proposal.decided_by_id) == (ProposalState.AGREED, actor.id):
        return proposal
    check_may_decide(proposal, actor)
    proposer = proposal.proposed_by
    if proposer.closed_at or not proposer.roles_in(proposal.area):
        raise Refused("proposer_gone", _("Who proposed it has no role there any more. Refuse it."))
    kind = kinds.kind_of(proposal)
    (kind.doubts.get(despite) or kind).carry_out(proposal, actor)
    audit.note(actor, "proposal.agree", proposal, proposal.area, proposed=proposal.kind)
    return _decide(proposal, ProposalState.AGREED, actor)


def refuse(proposal: Proposal, reason: str, actor: User) -> Proposal:
    """Refuse a proposal as the second person, with the reason; nothing is done.

    Refused `reason_missing`, `already_decided`, `same_person`, `not_second_person`.
    """
    reason = required_reason(reason)
    lock(proposal)
    check_may_decide(proposal, actor)
    audit.note(actor, "proposal.refuse", proposal, proposal.area, proposed=proposal.kind, reason=reason)
    return _decide(proposal, ProposalState.REFUSED, actor, reason)


def withdraw(proposal: Proposal, actor: User) -> Proposal:
    """Withdraw one's own proposal; nothing is done. Again it changes nothing.

    Refused `not_yours` for anybody else, `already_decided`.
    """
    lock(proposal)
    if actor.id != proposal.proposed_by_id:
        raise Refused("not_yours", _("Who proposed it withdraws it."))
    if proposal.state == ProposalState.WITHDRAWN:
        return proposal
    _check_waits(proposal)
    audit.note(actor, "proposal.withdraw", proposal, proposal.area, proposed=proposal.kind)
    return _decide(proposal, ProposalState.WITHDRAWN, actor)


def check_may_decide(proposal: Proposal, actor: User) -> None:
    """Check that the actor may decide on a proposal now. Refused as `agree` says."""
    _check_waits(proposal)
    kinds.check_two_people(proposal.proposed_by, actor)
    kind = kinds.kind_of(proposal)
    if not actor.roles_in(proposal.area) & kind.deciders:
        raise Refused("not_second_person", _("Another role decides on this."))
    _check_gave_no_password(proposal.proposed_by, actor)
    kind.check(proposal, actor)


def _check_gave_no_password(proposer: User, actor: User) -> None:
    """Check that the second person could not have signed in as the first. Refused `gave_password`."""
    givers = select(AuditEvent.actor_id).where(
        AuditEvent.action == "user.password",
        AuditEvent.subject == audit.name_of(proposer),
        AuditEvent.actor_id != proposer.id,
        AuditEvent.at > clock.now() - PASSWORD_REMEMBERED,
    )
    if humans.is_among(actor, givers):
        raise Refused(
            "gave_password",
            _("You gave them a password in the last 30 days. Somebody else decides on this."),
        )


def _check_waits(proposal: Proposal) -> None:
    if not proposal.waits:
        raise Refused("already_decided", _("This is decided already."))


def _decide(proposal: Proposal, state: ProposalState, actor: User, reason: str | None = None) -> Proposal:
    proposal.state, proposal.decision = state, reason
    proposal.decided_by_id, proposal.decided_at = actor.id, clock.now()
    db.session.flush()
    db.session.expire(proposal, ["decided_by"])
    return proposal


def may_decide(proposal: Proposal, actor: User) -> bool:
    """Whether the actor may decide on a proposal now."""
    return refusal_of(check_may_decide, proposal, actor) is None


def note_read(proposal: Proposal, reader: User) -> None:
    """Note by itself, as who proposed it reads it, that they know what became of it."""
    if not proposal.waits and proposal.read_at is None and reader.id == proposal.proposed_by_id:
        statement = update(Proposal).where(Proposal.id == proposal.id)
        note_in_passing(statement.values(read_at=clock.now()))


# --- As they are read ---


def waiting_about(subject: Base) -> Sequence[Proposal]:
    """The proposals about a row that wait, the oldest first."""
    return db.session.scalars(
        select(Proposal)
        .options(joinedload(Proposal.proposed_by))
        .where(Proposal.subject == audit.name_of(subject), Proposal.state == ProposalState.WAITING)
        .order_by(Proposal.id)
    ).all()


def search(area: Area, roles: Collection[Role]) -> Select[Proposal]:
    """The proposals of an area and below that somebody with these roles may read, for paging.

    Those that wait come first, then the latest.
    """
    waits = Proposal.state == ProposalState.WAITING
    readable = {kind.code for kind in kinds.KINDS.items() if kind.readers & set(roles)}
    return _within(area).where(Proposal.kind.in_(readable)).order_by(waits.desc(), Proposal.id.desc())


def waiting_for(area: Area, user: User, roles: Collection[Role]) -> list[Proposal]:
    """The proposals of an area and below that somebody with these roles may decide on, oldest first."""
    mine = {kind.code for kind in kinds.KINDS.items() if kind.deciders & set(roles)}
    if not mine:
        return []
    query = _within(area).where(Proposal.state == ProposalState.WAITING, Proposal.kind.in_(mine))
    return [
        proposal for proposal in db.session.scalars(query.order_by(Proposal.id)) if may_decide(proposal, user)
    ]


def decided_unread(area: Area, user: User) -> Sequence[Proposal]:
    """What somebody proposed in an area or below, decided by others lately, not read yet; oldest first."""
    query = _within(area).where(
        Proposal.proposed_by_id == user.id,
        Proposal.state.in_((ProposalState.AGREED, ProposalState.REFUSED)),
        Proposal.read_at.is_(None),
        Proposal.decided_at > clock.now() - DECISION_TOLD_FOR,
    )
    return db.session.scalars(query.order_by(Proposal.decided_at, Proposal.id)).all()


def _within(area: Area) -> Select[Proposal]:
    return (
        select(Proposal)
        .join(Proposal.area)
        .options(*map(joinedload, (Proposal.area, Proposal.proposed_by, Proposal.decided_by)))
        .where(Area.code.startswith(area.stem))
    )
