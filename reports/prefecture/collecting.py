"""Bringing what counties sent to their prefecture, each read and written in a context of its own.

No request does it, and no statement reaches from one database into another: what was sent is read in the
county's, and written in the prefecture's in a transaction of its own. A county that fails holds up no other.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from ground.db import transaction
from ground.tenants.host import Applications, NotServed
from ground.tenants.register import BadRegister, Tenant
from people import areas
from points.assessment import meeting_rules
from points.assessment.meeting_rules import MeetingRules
from reports.prefecture import received
from reports.prefecture.received import Version

log = logging.getLogger(__name__)

LOOK_SECONDS = 300

T = TypeVar("T")


@dataclass(frozen=True)
class Collected:
    """What came of a county: how many returns are new, or the `problem` in words."""

    county: Tenant
    returns: int
    problem: str = ""


@dataclass(frozen=True)
class _Prefecture:
    """A prefecture while it is collected: the digits of its code, what it has, whose return was brought."""

    tenant: Tenant
    stem: str
    known: dict[str, set[Version]]
    rules: dict[str, MeetingRules]
    brought: set[str]


def collect(applications: Applications) -> Iterator[Collected]:
    """Bring all that counties sent to their prefectures; what came of each.

    A county's prefecture is the one whose code its own begins with. Done twice, nothing is done the second
    time; without a prefecture nothing is done at all. What fails is in the log, too. Raises `BadRegister`.
    """
    there = [tenant for tenant in applications.register.tenants().values() if not tenant.is_closed]
    for above in (tenant for tenant in there if tenant.is_prefecture):
        begun, problem = _tried(above, partial(_begun, applications, above))
        if begun is None:
            yield Collected(above, 0, problem)
            continue
        for county in (tenant for tenant in there if not tenant.is_prefecture):
            new, problem = _tried(county, partial(_bring, applications, county, begun))
            yield Collected(county, new or 0, problem)


def keep(applications: Applications) -> threading.Thread:
    """Collect every few minutes as long as this process lives, from whoever is served then."""
    thread = threading.Thread(target=_keep, args=(applications,), name="collect", daemon=True)
    thread.start()
    return thread


def _keep(applications: Applications) -> None:
    patience = threading.Event()  # nobody sets it: the thread ends with the process
    while not patience.wait(LOOK_SECONDS):
        try:
            list(collect(applications))
        except BadRegister:
            log.exception("the register can't be read")  # somebody writes in it by hand


def _begun(applications: Applications, tenant: Tenant) -> _Prefecture:
    """A prefecture and what it has."""
    with applications.inside(tenant):
        area = areas.prefecture()
        if area is None:
            raise NotServed("it has not begun: prefecture begin")
        return _Prefecture(tenant, area.stem, received.known_versions(), received.known_rules(), set())


def _bring(applications: Applications, county: Tenant, above: _Prefecture) -> int:
    """Bring what one county sent, if it lies in this prefecture; how many returns are new."""
    with applications.inside(county):
        area = areas.county()
        if area is None or not area.code.startswith(above.stem):
            return 0
        code, name = area.code, area.name
        if code in above.brought:
            raise NotServed(f"another one has its code {code} here")
        above.brought.add(code)
        rules, sent = meeting_rules.rules_of(area), received.sent_by(area, above.known.get(code, set()))
    if above.rules.get(code) == rules and not sent:
        return 0
    with applications.inside(above.tenant), transaction():
        prefecture = areas.prefecture()
        return received.receive(prefecture, code, name, rules, sent) if prefecture else 0


def _tried(tenant: Tenant, work: Callable[[], T]) -> tuple[T | None, str]:
    """What some work on a tenant gives, or the problem in words, which is in the log as well."""
    try:
        return work(), ""
    except (Exception, SystemExit) as error:
        log.error("what was sent is not collected", exc_info=error, extra={"facts": {"county": tenant.code}})
        return None, f"{type(error).__name__}: {error}".strip().splitlines()[0]
