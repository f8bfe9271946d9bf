"""
Real orders as cases for `orders flow backtest`: the thousand of Olist, Brazil, 2016 to 2018.

    python -m bench.olist ../shared/data/olist > /tmp/olist.jsonl
    orders flow backtest standard --cases /tmp/olist.jsonl

A boleto is a transfer, paid when it was approved; whatever else, a card. A parcel counts as packed when the
carrier took it. Dates are taken as they are, out of order or not.
"""

import csv
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = Mapping[str, str]
Json = dict[str, Any]
# Brazil's time in those years, its summer left aside.
OFFSET = "-03:00"
FILES = {
    "orders": "olist_orders_dataset.csv",
    "items": "olist_order_items_dataset.csv",
    "payments": "olist_order_payments_dataset.csv",
    "customers": "olist_customers_dataset.csv",
}
CALLED_OFF = ("canceled", "unavailable")


def cases(folder: Path) -> Iterator[Json]:
    """One for each order that has items, the oldest first."""
    items, payments = _by_order(folder, "items"), _by_order(folder, "payments")
    customers = {row["customer_id"]: row for row in _rows(folder, "customers")}
    for order in sorted(_rows(folder, "orders"), key=lambda row: row["order_purchase_timestamp"]):
        id = order["order_id"]
        if items[id]:
            yield _case(order, items[id], payments[id], customers.get(order["customer_id"], {}))


def _rows(folder: Path, name: str) -> Iterator[Row]:
    with (folder / FILES[name]).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _by_order(folder: Path, name: str) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(folder, name):
        found[row["order_id"]].append(row)
    return found


def _case(order: Row, items: Sequence[Row], payments: Sequence[Row], customer: Row) -> Json:
    boleto = any(row["payment_type"] == "boleto" for row in payments)
    total = sum((Decimal(row["price"]) + Decimal(row["freight_value"]) for row in items), Decimal(0))
    return {
        "order": _order(order, items, customer, total, boleto=boleto),
        "events": list(_events(order, total, boleto=boleto)),
        "ship_by": _instant(min(row["shipping_limit_date"] for row in items)),
    }


def _order(order: Row, items: Sequence[Row], customer: Row, total: Decimal, *, boleto: bool) -> Json:
    lines = Counter((row["product_id"], row["price"]) for row in items)
    who = customer.get("customer_unique_id", order["customer_id"])
    return {
        "number": order["order_id"],
        "channel": "olist",
        "placed_at": _instant(order["order_purchase_timestamp"]),
        "currency": "BRL",
        "customer": {"email": f"{who}@olist.example", "name": "Customer"},
        "shipping_address": {
            "name": "Customer",
            "line1": "Street",
            "postcode": customer.get("customer_zip_code_prefix", "0"),
            "city": customer.get("customer_city") or "City",
            "country": "BR",
        },
        "delivery": {"method": "ship"},
        "lines": [
            {"sku": sku, "title": "Article", "quantity": many, "unit_price": price}
            for (sku, price), many in lines.items()
        ],
        "shipping": {"amount": f"{sum((Decimal(row['freight_value']) for row in items), Decimal(0))}"},
        "total": f"{total}",
        "payment": {"method": "transfer", "state": "due"}
        if boleto
        else {"method": "card", "state": "due", "token": "tok_ok"},
    }


def _events(order: Row, total: Decimal, *, boleto: bool) -> Iterator[Json]:
    approved, carrier = order["order_approved_at"], order["order_delivered_carrier_date"]
    delivered = order["order_delivered_customer_date"]
    if approved:
        yield {"at": _instant(approved), "step": "review", "answer": "approve"}
        if boleto:
            paid = {"amount": f"{total}"}
            yield {"at": _instant(approved), "event": "payment.received", "set": paid}
    if carrier:
        weight = {"parcel_weight": 1_000}
        yield {"at": _instant(carrier), "step": "pack", "answer": "packed", "set": weight}
        yield {"at": _instant(carrier), "step": "escalate", "answer": "packed", "set": weight}
    elif order["order_status"] in CALLED_OFF:
        yield {"at": _instant(approved or order["order_purchase_timestamp"]), "cancel": True}
    if delivered:
        yield {"at": _instant(delivered), "event": "carrier.delivered"}


def _instant(text: str) -> str:
    return f"{text.replace(' ', 'T')}{OFFSET}"


if __name__ == "__main__":
    for case in cases(Path(sys.argv[1])):
        sys.stdout.write(f"{json.dumps(case)}\n")
