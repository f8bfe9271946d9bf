"""An order that stands in the books with its first fulfilment, for adapters that read it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from adapters.database.engine import Database
from adapters.database.order.document import order_json
from adapters.database.order.fulfilments import save_fulfilments
from adapters.database.order.shown import shown_of
from adapters.database.order.words import keep_words
from adapters.database.tables.orders import OrderDocument, PlacedOrder
from adapters.database.tables.returns import ReturnLineRow, ReturnRow
from domain.fulfilment import Fulfilment, FulfilmentLine
from domain.money import Money
from domain.order import Address, Customer, Delivery, DeliveryMethod, Line, Order, PaymentTerms

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def a_line(sku: str, title: str, quantity: str, total: int, **changes: Any) -> Line:
    each = eur(int(total / Decimal(quantity)))
    return Line(sku, title, Decimal(quantity), each, eur(total), eur(0), eur(0), **changes)


def an_order(number: str = "1001", **changes: Any) -> Order:
    order = Order(
        number=number,
        channel="web",
        placed_at=NOON,
        currency="EUR",
        customer=Customer("ada@lovelace.example", "Ada Lovelace"),
        shipping_address=Address("Ada Lovelace", "12 St James Square", "SW1Y 4LB", "London", "GB"),
        delivery=Delivery(),
        lines=(
            a_line("TEAPOT-RED", "Red teapot", "2", 7_980),
            a_line("FELT", "Felt by the metre", "1.5", 1_350),
        ),
        shipping=eur(490),
        discount=eur(0),
        total=eur(9_820),
        payment=PaymentTerms("card"),
    )
    return replace(order, **changes)


def a_fulfilment(order: Order, n: int = 1, **changes: Any) -> Fulfilment:
    fulfilment = Fulfilment(
        id=f"{order.number}-F{n}",
        order=order.number,
        method=DeliveryMethod.SHIP,
        location="main",
        flow="warehouse",
        lines=tuple(FulfilmentLine(i, line.sku, line.quantity) for i, line in enumerate(order.lines)),
        total=order.total,
    )
    return replace(fulfilment, **changes)


def place(database: Database, order: Order, *fulfilments: Fulfilment) -> Order:
    """Write the order as if it had been placed, with these fulfilments, or with one of everything."""
    with database.write() as session:
        session.add(
            PlacedOrder(
                number=order.number,
                **shown_of(order),
                kept_at=order.placed_at,
                started_at=order.placed_at,
                flow="standard",
                flow_hash="0" * 64,
                flows={},
                placed_holds={},
            )
        )
        session.flush()
        keep_words(session, order.number, shown_of(order)["find"])
        session.add(OrderDocument(number=order.number, whole=order_json(order), body=""))
        save_fulfilments(session, fulfilments or (a_fulfilment(order),))
    return order


def send_back(database: Database, order: str, *, claim: str = "", value: int = 0, **line: Any) -> str:
    """Open a return of one piece of the order's first parcel, worth so many minor units."""
    opened = ReturnRow(
        id=f"{order}-R1",
        order=order,
        n=1,
        form=order,
        claim=claim,
        reason="",
        by="",
        role="",
        state="open",
        flow="return",
        flow_hash="",
        currency="EUR",
        value_minor=value,
        fee_minor=0,
        shipping=False,
        days=0,
        opened_at=NOON,
    )
    piece = {"line": 0, "sku": "TEAPOT-RED", "fulfilment": f"{order}-F1", "quantity": Decimal(1), **line}
    with database.write() as session:
        session.add(opened)
        session.flush()
        session.add(ReturnLineRow(return_id=opened.id, **piece))
        return opened.id
