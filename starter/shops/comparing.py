"""What a shop has changed in an order since it was last heard of."""

import hashlib
import json
from dataclasses import asdict
from decimal import Decimal

from domain.order import Order, PaymentState

YES, NO = "yes", "no"


def address_of(order: Order) -> str:
    """A digest: the same while the goods go to the same place."""
    return _digest(asdict(order.shipping_address))


def goods_of(order: Order) -> str:
    """A digest: the same while the same goods cost the same."""
    return _digest([sorted(_counted(order)), order.total.minor, order.currency])


def paid(order: Order) -> str:
    return YES if order.payment.state == PaymentState.PAID else NO


def difference(before: Order, after: Order) -> str:
    """What has changed of the goods and their price, for a person to act upon."""
    was, now = dict(_counted(before)), dict(_counted(after))
    changed = [
        f"{sku}: {was.get(sku, '0')} before, {now.get(sku, '0')} now"
        for sku in sorted(was.keys() | now.keys())
        if was.get(sku) != now.get(sku)
    ]
    if before.total != after.total:
        changed.append(f"total: {before.total} before, {after.total} now")
    return "; ".join(changed) or "the prices of its lines"


def _counted(order: Order) -> list[tuple[str, str]]:
    totals: dict[str, Decimal] = {}
    for line in order.lines:
        totals[line.sku] = line.quantity + totals.get(line.sku, Decimal(0))
    return [(sku, f"{quantity:f}") for sku, quantity in totals.items()]


def _digest(said: object) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]
