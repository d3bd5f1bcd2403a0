"""Devices: tills and programs with a key of their own, each for one shop and the manager who set it up."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from ground import clock, names
from ground.db import Prepared, db, know, lock
from ground.refusal import Refused
from people import audit
from people.models import Area, Role, User
from people.sight import AreaId
from people.signin import humans
from shop.models import Device, Redemption, Shop

PREFIX = "aixin_"  # so that a key which turns up somewhere is known for what it is


def add_device(shop: Shop, name: str, actor: User) -> tuple[Device, str]:
    """Give a device a key (256 random bits); it is told here once and kept only as its SHA-256.

    It acts for the actor, a manager of the shop: what a rule refuses them is refused to it. Refused
    `not_a_manager`, `bad_name` (1 to 100 characters).
    """
    if Role.MANAGER not in actor.roles_in(shop.village):
        raise Refused("not_a_manager", _("A device is set up by a manager of the shop, who answers for it."))
    name = name.strip()
    if not 1 <= len(name) <= 100:
        raise Refused("bad_name", _("The name must have 1 to 100 characters."), "name")
    key = PREFIX + secrets.token_urlsafe(32)
    device = Device(shop_id=shop.id, name=name, digest=_digest(key), added_at=clock.now(), added_by=actor)
    db.session.add(device)
    db.session.flush()
    audit.note(actor, "device.add", device, shop.village, name=name)
    return device, key


def revoke(device: Device, actor: User | None) -> Device:
    """Take a device's key back; it opens nothing from now on."""
    lock(device)
    if device.revoked_at is None:
        device.revoked_at = clock.now()
        db.session.flush()
        audit.note(actor, "device.revoke", device, device.shop.village, name=device.name)
    return device


def give_voids(device: Device, actor: User) -> None:
    """Let a device undo whatever the shop handed out in the quarter, as the manager may for whom it acts.

    Only they give it, and answer for it: another manager would void by their name, also where they may not
    void themselves. Refused `not_yours`.
    """
    lock(device)
    if device.added_by is None or not humans.is_same(device.added_by, actor):
        raise Refused("not_yours", _("Whoever set the device up lets it void: it acts for them."))
    if device.voids_given_by_id is None:
        _set_voids(device, actor, actor)


def take_voids(device: Device, actor: User | None) -> None:
    """Let a device undo no more than what it handed out itself, for a while."""
    lock(device)
    if device.voids_given_by_id is not None:
        _set_voids(device, None, actor)


def _set_voids(device: Device, giver: User | None, actor: User | None) -> None:
    device.voids_given_by = giver
    db.session.flush()
    action = "device.give_voids" if giver else "device.take_voids"
    audit.note(actor, action, device, device.shop.village, name=device.name)


_BY_DIGEST = Prepared(
    select(Device, Shop, Area)
    .join(Device.shop)
    .join(Shop.village)
    .where(Device.digest == bindparam("digest"), Device.revoked_at.is_(None))
)


def device_of_key(key: str) -> Device | None:
    """The device that holds a key, unless it was revoked or nobody answers for it any more."""
    found = _BY_DIGEST.first(digest=_digest(key))
    if found is None or not found.Device.is_answered_for:
        return None
    know(found.Device, shop=found.Shop)
    know(found.Shop, village=found.Area)
    device: Device = found.Device
    return device


def devices_of(shop: Shop | None) -> Sequence[Device]:
    """The devices of a shop, also revoked ones, in the order they were added.

    None: of every shop.
    """
    query = select(Device).options(
        joinedload(Device.shop).joinedload(Shop.village),
        joinedload(Device.added_by),
        joinedload(Device.voids_given_by),
    )
    if shop is not None:
        query = query.where(Device.shop_id == shop.id)
    return db.session.scalars(query.order_by(Device.shop_id, Device.id)).all()


def read_operator(name: str) -> str:
    """The name of who stands at a device, as it is kept; it is no sign-in and opens nothing.

    Refused `bad_operator` (1 to 40 characters).
    """
    name = names.kept(name)
    if not 1 <= len(name) <= 40:
        raise Refused("bad_operator", _("The name of who stands at the till has 1 to 40 characters."))
    return name


def names_kept(area_id: AreaId) -> Sequence[Select[Any]]:
    """Who stood at the devices of a village's shop."""
    at_till = select(Redemption.operator).join(Redemption.shop)
    return (at_till.where(Shop.village_id == area_id, Redemption.operator.is_not(None)),)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
