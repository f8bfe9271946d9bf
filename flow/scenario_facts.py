"""The short forms of scenarios made whole: what an order has that its scenario does not mention."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.facts import Facts
from domain.fulfilment import FulfilmentState, fulfilment_id
from domain.payment import way_of
from domain.returns import Claim, return_id

PRICE = "10.00"
CENT = Decimal("0.01")
ORDINARY_LINE: Facts = {"unit_price": PRICE, "made_to_order": False, "supplier": "", "category": ""}
PAYMENT: Facts = {
    "method": "card",
    "state": "due",
    "authorized": "0",
    "captured": "0",
    "refunded": "0",
    "expires_at": None,
}
LINES: tuple[Facts, ...] = ({"sku": "TEAPOT", "quantity": "2"}, {"sku": "CUP", "quantity": "1"})
ORDER: Facts = {
    "number": "1001",
    "channel": "web",
    "currency": "EUR",
    "country": "DE",
    "express": False,
    "delivery": "ship",
    "language": "en",
    "first_order": False,
    "orders_before": 3,
    "email_domain": "example.org",
    "same_address": True,
    "hold": False,
}
SEEN_OF_A_RETURN: Facts = {"received": "0", "accepted": "0", "resellable": "0"}
Route = Callable[[Facts, Facts], str]


def whole_order(said: Facts, starts: datetime) -> Facts:
    """An ordinary order from an old customer, but for what is `said`."""
    lines = [_line(line) for line in said.get("lines", LINES)]
    computed = {
        "placed_at": starts.isoformat(),
        "total": _sum(line["total"] for line in lines),
        "item_count": _sum(line["quantity"] for line in lines),
        "payment": dict(PAYMENT),
    }
    facts = {**ORDER, **computed, **said, "lines": lines}
    payment = {**PAYMENT, **said.get("payment", {})}
    return {**facts, "payment": {"way": way_of(payment["method"]).value, **payment}}


def _line(said: Facts) -> Facts:
    line = {**ORDINARY_LINE, **said}
    total = (Decimal(line["quantity"]) * Decimal(line["unit_price"])).quantize(CENT)
    return {"total": f"{total:f}", **line}


def _sum(amounts: Any) -> str:
    return f"{sum((Decimal(amount) for amount in amounts), Decimal(0)):f}"


def whole_return(said: Facts, order: Facts) -> Facts:
    """All that was ordered comes back for no fault of ours, but for what is `said`; of a goodwill none."""
    bought = {line["sku"]: line for line in order["lines"]}
    everything = [{"sku": sku, "quantity": one["quantity"]} for sku, one in bought.items()]
    asked = said.get("lines") or ([] if said.get("claim") == Claim.GOODWILL else everything)
    lines = [_coming_back(line, bought.get(line["sku"], ORDINARY_LINE)) for line in asked]
    worth = [Decimal(line["quantity"]) * _price(bought, line["sku"]) for line in lines]
    facts: Facts = {
        "id": return_id(order["number"], 1),
        "claim": "none",
        "state": "open",
        "value": f"{sum(worth, Decimal(0)).quantize(CENT):f}",
        "fee": "0",
        "days_since_delivery": 3,
        "second_person": False,
        "exchange": "",
    }
    return {**facts, **said, "lines": lines}


def _coming_back(said: Facts, bought: Facts) -> Facts:
    of_order = {name: bought[name] for name in ("made_to_order", "supplier", "category")}
    return {**SEEN_OF_A_RETURN, **of_order, **said}


def _price(bought: Mapping[str, Facts], sku: str) -> Decimal:
    return Decimal(bought[sku]["unit_price"]) if sku in bought else Decimal(PRICE)


def parcels_of(order: Facts, said: Mapping[str, Facts], route: Route) -> list[Facts]:
    """
    The fulfilments that reserving makes of an order: one with everything, but for what is `said`. One
    without lines takes what those before it leave.
    """
    named = {name: facts for name, facts in said.items() if not facts.get("split_off")} or {"F1": {}}
    left = {line["sku"]: Decimal(0) for line in order["lines"]}
    for line in order["lines"]:
        left[line["sku"]] += Decimal(line["quantity"])
    parcels = []
    for n, facts in enumerate(named.values(), start=1):
        lines = facts.get("lines") or _positive(left)
        for line in lines:
            left[line["sku"]] = left.get(line["sku"], Decimal(0)) - Decimal(line["quantity"])
        parcels.append(parcel(order, n, {**facts, "lines": lines}, route))
    return parcels


def parcel(order: Facts, n: int, said: Facts, route: Route) -> Facts:
    """A fulfilment's whole facts; `said` has at least its lines."""
    facts: Facts = {
        "id": fulfilment_id(order["number"], n),
        "method": order["delivery"],
        "location": "main",
        "supplier": "",
        "made_to_order": _is_made(order, said["lines"]),
        "total": _worth(order, said["lines"]),
        "state": FulfilmentState.OPEN.value,
        "tracking": "",
        "carrier": "",
        "ship_by": None,
        **{name: value for name, value in said.items() if name != "split_off"},
    }
    return {**facts, "flow": facts.get("flow") or route(order, facts)}


def _worth(order: Facts, lines: Sequence[Facts]) -> str:
    prices = {line["sku"]: Decimal(line["unit_price"]) for line in order["lines"]}
    worth = (Decimal(line["quantity"]) * prices.get(line["sku"], Decimal(PRICE)) for line in lines)
    return f"{sum(worth, Decimal(0)).quantize(CENT):f}"


def _is_made(order: Facts, lines: Sequence[Facts]) -> bool:
    made = {line["sku"] for line in order["lines"] if line["made_to_order"]}
    return bool(lines) and all(line["sku"] in made for line in lines)


def _positive(quantities: Mapping[str, Decimal]) -> list[Facts]:
    return [{"sku": sku, "quantity": f"{n:f}"} for sku, n in quantities.items() if n > 0]
