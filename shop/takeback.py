"""What of the shop stands in the way when an import is taken back."""

from flask_babel import lazy_gettext as _

from people.takeback.dependents import Dependent
from shop.models import Barcode, Count, Lot, Picture, Price, Redemption, RedemptionLine

DEPENDENTS_OF_SHOP = (
    Dependent(Redemption.card_id, _("a card that was used")),
    Dependent(RedemptionLine.goods_id, _("it was handed out")),
    Dependent(Lot.goods_id, _("stock that came in")),
    Dependent(Count.goods_id, _("it was counted")),
    Dependent(Barcode.goods_id, _("a code that was added since")),
    Dependent(Picture.goods_id, _("a picture")),
    Dependent(Price.goods_id, _("a price that was set since")),
)
