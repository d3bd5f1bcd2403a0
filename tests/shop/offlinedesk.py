"""A desk without a network, as its page is one: it holds the shop, and signs what it hands out."""

import base64
import hashlib
import json
from copy import deepcopy

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class Browser:
    """One browser with its key; `journal` is what it wrote down and the server did not answer for yet."""

    def __init__(self):
        self.key = generate_private_key(SECP256R1())
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public_key = base64.b64encode(point).decode()
        self.journal = []
        self.receipts = []
        self.held = None

    def hold(self, lease):
        """Hold what the server gave, from the journal's end on."""
        self.held = deepcopy(lease)
        self.receipts += lease["receipts"]
        if not self.journal:
            self.position, self.head = lease["position"], lease["head"]

    @property
    def receipts_until(self):
        return self.receipts[-1][0] if self.receipts else 0

    def hand_out(self, card, basket, at, collector=None, prices=None):
        """Write down goods by the prices held; returns the entry."""
        prices = prices or {goods: price for goods, price, _left in self.held["shelf"]}
        serial, code, _qr = self.receipts.pop(0)
        lines = [[goods, units, prices[goods]] for goods, units in basket.items()]
        return self.write(
            kind="redemption",
            card=card,
            serial=serial,
            code=code,
            lines=lines,
            total=sum(units * price for _goods, units, price in lines),
            at=at,
            collector=collector,
        )

    def take_back(self, entry, at):
        """Write down the step back from an entry."""
        return self.write(kind="undo", of=json.loads(entry["text"])["position"], at=at)

    def write(self, **fields):
        """Write an entry: chained, signed."""
        self.position += 1
        entry = self.sign(
            {"lease": self.held["id"], "position": self.position, "previous": self.head, **fields}
        )
        self.head = hashlib.sha256(entry["text"].encode()).hexdigest()
        self.journal.append(entry)
        return entry

    def sign(self, fields):
        """The entry that says so, signed."""
        text = json.dumps(fields, ensure_ascii=False)
        numbers = decode_dss_signature(self.key.sign(text.encode(), ECDSA(SHA256())))
        signature = b"".join(number.to_bytes(32) for number in numbers)
        return {"text": text, "signature": base64.b64encode(signature).decode()}
