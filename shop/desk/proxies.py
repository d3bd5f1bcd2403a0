"""Collecting for somebody else (代领): the name, the relation, and the signature."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select

from ground import names
from ground.refusal import Refused
from people.models import User
from people.sight import AreaId
from people.signin import humans
from shop.models import Device, Proxy, Redemption, Shop

FIELD_WIDE, FIELD_HIGH = 1000, 400  # the field that is signed in, in units of its own
MOST_STROKES, MOST_POINTS = 200, 4000


@dataclass(frozen=True)
class Collector:
    """Who came for the worker; `signature` as strokes x, y, x, y …, empty where they sign on the paper."""

    name: str
    relation: str
    signature: list[list[int]]


def read_collector(name: str, relation: str, signature: Any = ()) -> Collector:
    """The collector from what was typed and signed.

    Refused `bad_proxy` for a name or relation that is missing or too long; `bad_signature` for anything but
    at most 200 strokes of together at most 4,000 points in the field of 1000 by 400.
    """
    name, relation = names.kept(name), names.tidy(relation)
    if not (1 <= len(name) <= 100 and 1 <= len(relation) <= 40):
        raise Refused(
            "bad_proxy", _("Write down who came, and who they are to the worker."), "proxy_relation"
        )
    strokes: list[Any] = list(signature) if isinstance(signature, list | tuple) else [None]
    if not _is_signature(strokes):
        raise Refused("bad_signature", _("The signature could not be read. Sign again."), "signature")
    return Collector(name, relation, strokes)


def check_collector(collector: Collector | None, by: User | Device) -> None:
    """Check that somebody else comes for the worker than serves. Refused `own_proxy`."""
    human = humans.behind(by) if collector else None
    if collector is not None and human is not None and humans.has_name(human, collector.name):
        raise Refused("own_proxy", _("Who serves does not collect. Ask another volunteer."), "proxy_name")


def _is_signature(strokes: list[Any]) -> bool:
    if len(strokes) > MOST_STROKES or not all(isinstance(stroke, list) for stroke in strokes):
        return False
    if any(len(stroke) % 2 or len(stroke) < 4 for stroke in strokes):
        return False
    if sum(map(len, strokes)) > 2 * MOST_POINTS:
        return False
    if any(type(number) is not int for number in chain.from_iterable(strokes)):
        return False
    return all(
        all(0 <= x <= FIELD_WIDE for x in stroke[::2]) and all(0 <= y <= FIELD_HIGH for y in stroke[1::2])
        for stroke in strokes
    )


def names_kept(area_id: AreaId) -> Sequence[Select[Any]]:
    """Who collected for somebody else at a village's shop."""
    collected = select(Proxy.name).join(Redemption, Proxy.redemption_id == Redemption.id)
    return (collected.join(Redemption.shop).where(Shop.village_id == area_id),)
