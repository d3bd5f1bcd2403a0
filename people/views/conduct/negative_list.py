"""The pages of the county's negative list, the grounds for leaving."""

from flask import abort, flash, g, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import clock
from ground.db import fetch
from ground.forms import attempt
from people import access, areas
from people.forms.leaving import EndItemForm, NegativeItemForm
from people.models import Area, NegativeItem, Role
from people.roster import departures
from people.views.conduct import bp, lists
from people.views.listing import excel, render


@bp.get("/a/<area>/negative-list")
@access.allow(*access.ONLOOKERS)
@excel(lists.NEGATIVE_LIST)
def negative_list(area: str) -> tuple[str, int]:
    """What is on the list, what will be, and what was."""
    return _list(NegativeItemForm(formdata=None, holds_from=clock.today()))


def _list(form: NegativeItemForm, refused: tuple[int, EndItemForm] | None = None) -> tuple[str, int]:
    """The list; `refused` is shown at the item concerned."""
    page = render(
        "people/conduct/negative_list.html",
        items=departures.negative_list(g.area),
        form=form,
        end_form=EndItemForm(formdata=None, on=clock.today()),
        refused=refused,
        may_keep=Role.COUNTY in g.roles,
        today=clock.today(),
    )
    return page, refused[1].status if refused else form.status


def _county() -> Area:
    return areas.by_code(g.area.code[:6]) or abort(404)


def _item(ident: int, to_write: bool = False) -> NegativeItem:
    """An item of the county's list, to look at or locked; otherwise 404."""
    return fetch(NegativeItem, ident, lock=to_write, county_id=_county().id) or abort(404)


@bp.post("/a/<area>/negative-list")
@access.allow(Role.COUNTY)
def add_negative_item(area: str) -> Response | tuple[str, int]:
    """Put an item on the list."""
    form = NegativeItemForm()
    if form.validate_on_submit():
        with attempt(form):
            departures.add_item(_county(), form.text.data, form.holds_from.data, current_user)
        if form.status == 200:
            flash(gettext("On the list: %(text)s", text=form.text.data.strip()))
            return redirect(url_for("conduct.negative_list", area=area))
    return _list(form)


@bp.post("/a/<area>/negative-list/<int:ident>/end")
@access.allow(Role.COUNTY)
def end_negative_item(area: str, ident: int) -> Response | tuple[str, int]:
    """Take an item off the list, from a day on."""
    form = EndItemForm()
    if form.validate_on_submit():
        with attempt(form):
            item = _item(ident, to_write=True)
            departures.end_item(item, form.on.data, current_user)
        if form.status == 200:
            flash(gettext("Off the list from that day: %(text)s", text=item.text))
            return redirect(url_for("conduct.negative_list", area=area))
    refused = _item(ident).id, form
    return _list(NegativeItemForm(formdata=None, holds_from=clock.today()), refused)
