"""The shop's tables, a file for each subject, each to be imported from here."""

from shop.models.budget import Budget
from shop.models.devices import Device
from shop.models.goods import Barcode, Goods, Picture, Price, ReceiptPrinter, Shop
from shop.models.leases import Ending, Lease, LeaseEntry, SetAside
from shop.models.purchases import (
    PurchaseApproval,
    PurchaseDelivery,
    PurchaseLine,
    PurchaseRequest,
    Wish,
    WishKind,
)
from shop.models.redemptions import (
    Proxy,
    Redemption,
    RedemptionLine,
    Void,
    of_voided,
    receipt_number,
)
from shop.models.stock import (
    LOT_WAS_UNDONE,
    Consignment,
    Count,
    Delivery,
    Donation,
    Lot,
    MoveKind,
    Source,
    StockMove,
    StockTake,
    delivery_stands,
)

__all__ = [
    "LOT_WAS_UNDONE",
    "Barcode",
    "Budget",
    "Consignment",
    "Count",
    "Delivery",
    "Device",
    "Donation",
    "Ending",
    "Goods",
    "Lease",
    "LeaseEntry",
    "Lot",
    "MoveKind",
    "Picture",
    "Price",
    "Proxy",
    "PurchaseApproval",
    "PurchaseDelivery",
    "PurchaseLine",
    "PurchaseRequest",
    "ReceiptPrinter",
    "Redemption",
    "RedemptionLine",
    "SetAside",
    "Shop",
    "Source",
    "StockMove",
    "StockTake",
    "Void",
    "Wish",
    "WishKind",
    "delivery_stands",
    "of_voided",
    "receipt_number",
]
