"""What of the shop may hang on a row that came with a file, and stands in the way when it is taken back."""

from flask_babel import lazy_gettext as _

from people.takeback.dependents import Dependent, Fate
from shop.models.goods import Barcode, Picture, Price
from shop.models.purchases import PurchaseLine, Wish
from shop.models.redemptions import Redemption, RedemptionLine
from shop.models.stock import LOT_WAS_UNDONE, Count, Lot

DEPENDENTS_OF_SHOP = (
    Dependent(Redemption.card_id, _("a card that was used")),
    Dependent(RedemptionLine.goods_id, _("it was handed out")),
    Dependent(Lot.goods_id, _("stock that came in"), Fate.STAYS, LOT_WAS_UNDONE),
    Dependent(Count.goods_id, _("it was counted")),
    Dependent(Wish.goods_id, _("somebody asked for it")),
    Dependent(PurchaseLine.goods_id, _("it stands on a purchase request")),
    Dependent(Barcode.goods_id, _("a code that was added since")),
    Dependent(Picture.goods_id, _("a picture")),
    Dependent(Price.goods_id, _("a price that was set since")),
)
