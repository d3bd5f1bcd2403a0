"""Devices: tills and programs of the shop, each with a key of its own."""

from collections.abc import Callable
from datetime import timedelta

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.db import fetch, transaction
from ground.forms import attempt
from ground.refusal import Refused
from people import access
from people.models import Role, User
from people.signin import humans
from people.views.listing import excel, render
from shop.desk import devices as verbs
from shop.desk.voids import DEVICE_VOIDS_FOR
from shop.forms.devices import DeviceForm
from shop.models import Device, Shop
from shop.shelf import shops
from shop.views.shelf import bp, lists


@bp.get("/v/<village>/devices")
@access.allow(Role.MANAGER)
@excel(lists.DEVICES)
def devices(village: str) -> tuple[str, int]:
    """The tills and programs that have a key, and those whose key was taken back."""
    return _devices_page(shops.of_village(g.area), DeviceForm(formdata=None))


def _devices_page(shop: Shop | None, form: DeviceForm) -> tuple[str, int]:
    devices = verbs.devices_of(shop) if shop else []
    page = render(
        "shop/shelf/devices.html",
        shop=shop,
        devices=devices,
        own_ids={
            each.id for each in devices if each.added_by and humans.is_same(each.added_by, current_user)
        },
        minutes=DEVICE_VOIDS_FOR // timedelta(minutes=1),
        form=form,
    )
    return page, form.status


@bp.post("/v/<village>/devices")
@access.allow(Role.MANAGER)
def add_device(village: str) -> Response | tuple[str, int]:
    """Give a device a key, which is shown once."""
    form = DeviceForm()
    if form.validate_on_submit():
        with attempt(form):
            device, key = verbs.add_device(
                shops.of_village(g.area) or abort(404), form.name.data, current_user
            )
        if form.status == 200:
            return _key_page(device, key)
    return _devices_page(shops.of_village(g.area) or abort(404), form)


@bp.post("/v/<village>/devices/<int:ident>/revoke")
@access.allow(Role.MANAGER)
def revoke_device(village: str, ident: int) -> Response:
    """Take a device's key back."""
    with transaction():
        shop = shops.of_village(g.area) or abort(404)
        device = fetch(Device, ident, lock=True, shop_id=shop.id) or abort(404)
        verbs.revoke(device, current_user)
    flash(gettext("The key of %(name)s opens nothing any more.", name=device.name))
    return redirect(url_for("shelf.devices", village=village))


@bp.post("/v/<village>/devices/<int:ident>/voids")
@access.allow(Role.MANAGER)
def give_voids(village: str, ident: int) -> Response:
    """Let a device void whatever the shop handed out."""
    return _set_voids(village, ident, verbs.give_voids)


@bp.post("/v/<village>/devices/<int:ident>/voids/take")
@access.allow(Role.MANAGER)
def take_voids(village: str, ident: int) -> Response:
    """Let a device void no more than what it just handed out."""
    return _set_voids(village, ident, verbs.take_voids)


def _set_voids(village: str, ident: int, verb: Callable[[Device, User], None]) -> Response:
    try:
        with transaction():
            shop = shops.of_village(g.area) or abort(404)
            verb(fetch(Device, ident, lock=True, shop_id=shop.id) or abort(404), current_user)
    except Refused as refusal:
        web.flash_warning(str(refusal.message))
    return redirect(url_for("shelf.devices", village=village))


def _key_page(device: Device, key: str) -> Response:
    """The one page on which a new key is seen."""
    return web.secret_page(render_template("shop/shelf/device_key.html", device=device, key=key))
