"""The pictures of goods, as the desk's tiles show them."""

from flask import abort, g
from werkzeug.wrappers import Response

from people import access
from people.db import fetch
from shop.models import Goods
from shop.shelf import shops
from shop.views import READERS, bp


@bp.get("/v/<village>/goods/<int:ident>/picture")
@access.allow(*READERS)
def goods_picture(village: str, ident: int) -> Response:
    """An article's picture; its address names the version by `?v=`, so browsers keep it."""
    shop = shops.of_village(g.area) or abort(404)
    goods = fetch(Goods, ident, shop_id=shop.id) or abort(404)
    picture = goods.picture or abort(404)
    response = Response(picture.content, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
