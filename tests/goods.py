"""A shop with shelves for the tests of stock: orders of a few goods, and the calls of their steps."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import update
from sqlmodel import col, select

from adapters.database.engine import Database
from adapters.database.order.fulfilments import load_fulfilments
from adapters.database.order.orders import Orders
from adapters.database.reconcile.stock import stock_differences
from adapters.database.stock.room import StockRoom
from adapters.database.stock.steps import Stock
from adapters.database.tables.journal import ActRow
from adapters.database.tables.stock import StockItem, StockLevel
from domain.facts import order_facts
from domain.fulfilment import Fulfilment
from domain.money import Money
from domain.order import Address, Buyer, Customer, Delivery, Line, Order, PaymentTerms, line_total
from domain.placement import Placement
from domain.step import Call, StepResult

MORNING = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOUGHT = Money(0, "EUR")
Levels = dict[tuple[str, str], tuple[str, str]]


def line(sku, quantity="1", price=1000, **more):
    each = Money(price, "EUR")
    total = line_total(Decimal(quantity), each, NOUGHT, NOUGHT)
    return Line(sku, sku.title(), Decimal(quantity), each, total, NOUGHT, NOUGHT, **more)


def order(
    number, *lines, shipping=490, discount=0, delivery=None, placed_at=MORNING, payment=None
) -> Order:
    goods = sum(one.total.minor for one in lines)
    return Order(
        number=number,
        channel="web",
        placed_at=placed_at,
        currency="EUR",
        customer=Customer("ada@example.org", "Ada"),
        shipping_address=Address("Ada", "1 High Street", "AB1 2CD", "London", "GB"),
        delivery=delivery or Delivery(),
        lines=tuple(lines),
        shipping=Money(shipping, "EUR"),
        discount=Money(discount, "EUR"),
        total=Money(goods + shipping - discount, "EUR"),
        payment=payment or PaymentTerms("card"),
    )


def ship_by(at: datetime, express: bool) -> datetime:
    """One day, or two, by the clock."""
    return at + timedelta(days=1 if express else 2)


def route(_order: Mapping[str, object], fulfilment: Mapping[str, object]) -> str:
    return "drop-ship" if fulfilment["supplier"] else "warehouse"


class Shop:
    """One shop over one database; `at` moves on by a minute with every order and arrival."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.stock = Stock(database.url, route, ship_by)
        self.room = StockRoom(database.url, ship_by)
        self.book = Orders(database.url)
        self.orders: dict[str, Order] = {}
        self.at = MORNING
        self.calls = 0

    def receive(self, sku: str, quantity: str, location: str = "main"):
        self.at += timedelta(minutes=1)
        return self.room.receive(sku, quantity, location, "", "Grace", self.at)

    def place(self, number: str, *lines: Line, express: bool = False, **more) -> Order:
        self.at += timedelta(minutes=1)
        delivery: Delivery = more.pop("delivery", Delivery(express=express))
        placed = order(number, *lines, delivery=delivery, placed_at=self.at, **more)
        self.book.place(placed, Placement("standard", {}, body=number), self.at)
        self.orders[number] = placed
        return placed

    def call(self, lane: str, key: str = "", **args) -> Call:
        number = lane if lane in self.orders else lane.rpartition("-")[0]
        self.calls += 1
        key = key or f"{number}:step:{self.calls}"
        facts = {"order": order_facts(self.orders[number], Buyer())}
        return Call(number, lane, "step", 1, key, self.at, args=args, facts=facts)

    def reserve(self, number: str, *lines: Line, **more) -> StepResult:
        if number not in self.orders:
            self.place(number, *lines, **more)
        return self.stock.reserve(self.call(number))

    def split(self, lane: str, **missing: str) -> StepResult:
        rows = [{"sku": sku, "quantity": quantity} for sku, quantity in missing.items()]
        return self.stock.split(self.call(lane, missing=rows))

    def release(self, lane: str) -> StepResult:
        return self.stock.release(self.call(lane))

    def commit(self, lane: str) -> StepResult:
        return self.stock.commit(self.call(lane))

    def set_item(self, sku: str, **values: object) -> None:
        with self.database.write() as session:
            session.connection().execute(
                update(StockItem).where(col(StockItem.sku) == sku).values(**values)
            )

    def set_safety(self, sku: str, quantity: str) -> None:
        kept = update(StockLevel).where(col(StockLevel.sku) == sku).values(safety=Decimal(quantity))
        with self.database.write() as session:
            session.connection().execute(kept)

    def levels(self) -> Levels:
        """(SKU, location) -> on hand, reserved."""
        with self.database.read() as session:
            rows = session.exec(select(StockLevel)).all()
        return {(row.sku, row.location): (f"{row.on_hand:f}", f"{row.reserved:f}") for row in rows}

    def fulfilments(self, number: str) -> tuple[Fulfilment, ...]:
        with self.database.read() as session:
            return load_fulfilments(session, number)

    def arrivals(self) -> list[str]:
        """Fulfilments whose lanes were told that their goods are there, in the order of telling."""
        with self.database.read() as session:
            rows = (
                select(ActRow.lane).where(col(ActRow.target) == "stock.arrived").order_by(col(ActRow.seq))
            )
            return list(session.exec(rows))

    def differences(self) -> list[str]:
        with self.database.read() as session:
            return [f"{one.rule} {one.subject}" for one in stock_differences(session)]


def parts(result: StepResult) -> list[tuple[str, str, str, dict[str, str]]]:
    """Each fulfilment as (number, state, location or supplier, SKU -> quantity)."""
    return [
        (
            facts["id"].rpartition("-")[2],
            facts["state"],
            facts["location"] or facts["supplier"],
            {piece["sku"]: piece["quantity"] for piece in facts["lines"]},
        )
        for facts in result.fulfilments
    ]
