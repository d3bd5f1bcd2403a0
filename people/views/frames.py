"""The frames of a page's camera, read for browsers that cannot read them themselves."""

from ground import web
from ground.refusal import Refused
from people.forms.cards import PhotoForm
from people.scanning.pictures import texts_on


def codes_on_frame() -> dict[str, list[str]] | web.Problem:
    """What the codes on the frame that was sent say, as `texts`; the page takes it as if it were scanned.

    A refusal answers as `web.problem` says.
    """
    form = PhotoForm()
    if not form.validate_on_submit():
        return web.problem(form.problem())
    try:
        return {"texts": texts_on(form.photo.data.read())}
    except Refused as refusal:
        return web.problem(refusal)
