"""What should be bought, beside the village's points and the money for goods."""

from flask import g

from ground import clock
from people import access
from people.views.listing import excel, render
from shop.purchases import requests, wishes
from shop.purchases import suggestions as verbs
from shop.shelf import shops
from shop.views import MINDING
from shop.views.purchases import ASKING, bp, lists


@bp.get("/v/<village>/purchases")
@access.allow(*MINDING)
@excel(lists.SUGGESTIONS)
def suggestions(village: str) -> str:
    """What does not last a quarter and what was asked for in vain, against points and budget."""
    shop = shops.of_village(g.area)
    return render(
        "shop/purchases/suggestions.html",
        shop=shop,
        plan=verbs.plan_of(g.area),
        under_way=requests.under_way(shop) if shop else [],
        state=lists.state,
        since=clock.today() - wishes.REMEMBERED,
        may_ask=bool(g.roles & ASKING),
    )
