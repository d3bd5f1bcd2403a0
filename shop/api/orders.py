"""What a till orders: its lines, by an article's id or what was scanned, who came for it, and who serves."""

from typing import Any, NoReturn

from flask_babel import lazy_gettext as _

from ground import clock
from ground.refusal import Refused
from people.scanning.reading import Kind, Scan, read_scan
from shop.api.problems import stop
from shop.desk import devices, proxies, redemptions
from shop.desk.proxies import Collector
from shop.models import Shop
from shop.shelf import codes


class Order:
    """An order of a till for a shop, under its key; inside a transaction.

    Refused `bad_items` where an article comes twice, `bad_proxy`, `bad_signature`, `bad_operator`. Stops with
    `unknown_goods` or `expired`, naming the line, for what was scanned.
    """

    def __init__(self, body: dict[str, Any], shop: Shop, key: str) -> None:
        self._items = body["items"]
        self.collector = _collector(body.get("collector"))
        self.operator = devices.read_operator(body["operator"]) if "operator" in body else None
        self._goods_ids = self._read_goods(shop, key)
        # Units by article, which JSON may write 2.0.
        self.basket = {
            goods_id: int(item["quantity"])
            for goods_id, item in zip(self._goods_ids, self._items, strict=True)
        }
        if len(self.basket) < len(self._items):
            raise Refused("bad_items", _("An article is in the basket twice."))

    def stop_at_line(self, refusal: Refused) -> None:
        """Stop with a refusal that is about one article, naming its line."""
        fields = [f"goods-{goods_id}" for goods_id in self._goods_ids]
        if refusal.field in fields:
            _stop_at(fields.index(refusal.field), refusal.code, refusal.message)

    def _read_goods(self, shop: Shop, key: str) -> list[int]:
        """The article of each line, by its id."""
        scans = {
            line: read_scan(item["barcode"]) for line, item in enumerate(self._items) if "barcode" in item
        }
        found = codes.goods_by_code(shop, {scan.value for scan in scans.values() if _names_goods(scan)})
        is_known = bool(scans) and redemptions.by_key(key) is not None
        for line, scan in scans.items():
            if scan.value not in found:
                _stop_unknown(line, is_known)
            if not is_known and scan.last_good_day and scan.last_good_day < clock.today():
                _stop_at(line, "expired", _("The day printed on it is over. It is not handed out."))
        return [
            found[scans[line].value] if line in scans else int(item["goods"])
            for line, item in enumerate(self._items)
        ]


def _names_goods(scan: Scan) -> bool:
    """Whether a scan is an article; how many of it stands beside it, and not in the code."""
    return scan.kind == Kind.ARTICLE and not scan.quantity


def _stop_unknown(line: int, is_known: bool) -> NoReturn:
    """Stop, as no article has the code; where the key has a redemption, that was of something else."""
    if is_known:
        raise Refused("key_reused", _("This was sent before, with goods that have another code now."))
    _stop_at(line, "unknown_goods", _("This is no barcode of this shop's goods."))


def _stop_at(line: int, code: str, message: Any) -> NoReturn:
    stop(422, code, message, where=f"body/items/{line}")


def _collector(sent: dict[str, Any] | None) -> Collector | None:
    if sent is None:
        return None
    return proxies.read_collector(sent["name"], sent["relation"], sent.get("signature", []))
