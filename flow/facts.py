"""The catalogue of facts that conditions may read: each one's kind, unit and meaning."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.fulfilment import FulfilmentState
from domain.order import DeliveryMethod
from domain.payment import Way
from domain.returns import Claim, ReturnState
from flow.kinds import Kind
from flow.model import Level

METHODS = tuple(DeliveryMethod)
MAJOR = "major units of the order's currency"
PAYMENT_STATES = (
    "due",
    "none",
    "pending",
    "authorized",
    "paid",
    "partially_captured",
    "captured",
    "partially_refunded",
    "refunded",
    "voided",
    "failed",
    "expired",
)

SKU = Kind("text", about="the article")
QUANTITY = Kind("number", unit="units", about="how many; cloth may come by half a metre")

ORDER_LINES = {
    "sku": SKU,
    "quantity": QUANTITY,
    "unit_price": Kind("money", unit=MAJOR, about="price of one"),
    "total": Kind("money", unit=MAJOR, about="what the customer pays for the line"),
    "made_to_order": Kind("yes_no", about="made only once it is ordered"),
    "supplier": Kind("text", about="who sends it, when it is not us; else empty"),
    "category": Kind("text", about="the shop's own grouping; may be empty"),
}

PAYMENT = {
    "method": Kind("text", about="card, transfer, invoice, ..."),
    "way": Kind("choice", tuple(Way), about="through the gateway, by transfer in advance, or later"),
    "state": Kind("choice", PAYMENT_STATES, about="due, authorized or paid on arrival; later as booked"),
    "authorized": Kind("money", unit=MAJOR, about="held and not yet taken or let go"),
    "captured": Kind("money", unit=MAJOR, about="taken so far"),
    "refunded": Kind("money", unit=MAJOR, about="given back so far"),
    "expires_at": Kind("instant", optional=True, about="until when the money is held"),
}

ORDER = Kind(
    "record",
    about="the order",
    fields={
        "number": Kind("text", about="the order's number"),
        "channel": Kind("text", about="where it was placed"),
        "currency": Kind("text", about="ISO 4217, such as EUR"),
        "total": Kind("money", unit=MAJOR, about="what the customer pays"),
        "item_count": Kind("number", unit="units", about="quantities of all lines together"),
        "lines": Kind("lines", fields=ORDER_LINES, about="what was bought"),
        "country": Kind("text", about="where it goes, ISO 3166, such as DE"),
        "express": Kind("yes_no", about="the customer paid for speed"),
        "delivery": Kind("choice", METHODS, about="how the customer wants to get it"),
        "language": Kind("text", about="the customer's, such as en"),
        "placed_at": Kind("instant", about="when it was placed"),
        "first_order": Kind("yes_no", about="the customer never ordered before"),
        "orders_before": Kind("count", unit="orders", about="how often the customer ordered before"),
        "email_domain": Kind("text", about="what follows the @ of the mail address, in small letters"),
        "same_address": Kind("yes_no", about="billing and shipping address are one"),
        "payment": Kind("record", fields=PAYMENT, about="how it is paid"),
        "hold": Kind("yes_no", about="the order is on hold"),
    },
)

FULFILMENT = Kind(
    "record",
    about="the part of the order that leaves together",
    fields={
        "id": Kind("text", about="such as 1001-F1"),
        "method": Kind("choice", METHODS, about="how it gets to the customer"),
        "location": Kind("text", about="where the goods lie"),
        "supplier": Kind("text", about="who sends it, when it is not us; else empty"),
        "made_to_order": Kind("yes_no", about="made only for this order"),
        "lines": Kind("lines", fields={"sku": SKU, "quantity": QUANTITY}, about="what is in it"),
        "total": Kind("money", unit=MAJOR, about="its exact share of the order's total"),
        "state": Kind("choice", tuple(FulfilmentState), about="how far it has come"),
        "tracking": Kind("text", about="the carrier's number; empty before hand-over"),
        "carrier": Kind("text", about="who carries it; empty before hand-over"),
        "ship_by": Kind("instant", optional=True, about="when it has to leave"),
        "flow": Kind("text", about="the flow it follows"),
    },
)

RETURN_LINES = {
    "sku": SKU,
    "quantity": QUANTITY,
    "received": Kind("number", unit="units", about="how many of it are back here"),
    "accepted": Kind("number", unit="units", about="how many of it we take back"),
    "resellable": Kind("number", unit="units", about="how many of it can be sold again"),
    "made_to_order": ORDER_LINES["made_to_order"],
    "supplier": ORDER_LINES["supplier"],
    "category": ORDER_LINES["category"],
}

RETURN = Kind(
    "record",
    about="what comes back",
    fields={
        "id": Kind("text", about="such as 1001-R1; also the RMA number"),
        "claim": Kind("choice", tuple(Claim), about="what we did wrong, none, or goodwill"),
        "state": Kind("choice", tuple(ReturnState), about="how far it has come"),
        "lines": Kind("lines", fields=RETURN_LINES, about="what comes back, and what became of it"),
        "value": Kind("money", unit=MAJOR, about="what was paid for it, before the fee"),
        "fee": Kind("money", unit=MAJOR, about="what we keep of that"),
        "days_since_delivery": Kind("count", unit="days", about="whole days; 0 when it never arrived"),
        "exchange": Kind("text", about="the order that replaces what comes back; empty for none"),
        "second_person": Kind("yes_no", about="a refund above what one person may decide on"),
    },
)

# What the facts of every level are called in conditions.
ROOTS: Mapping[str, Kind] = MappingProxyType({"order": ORDER, "fulfilment": FULFILMENT, "return": RETURN})
LEVELS: Mapping[Level, Mapping[str, Kind]] = MappingProxyType(
    {
        Level.ORDER: MappingProxyType({"order": ORDER}),
        Level.FULFILMENT: MappingProxyType({"order": ORDER, "fulfilment": FULFILMENT}),
        Level.RETURN: MappingProxyType({"order": ORDER, "return": RETURN}),
    }
)
