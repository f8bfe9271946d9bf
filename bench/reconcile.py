"""`python -m bench.reconcile [orders]`: how long `orders reconcile` looks into books of so many orders."""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import event

from adapters.database.engine import Database
from adapters.database.journal.steps import Journal
from adapters.database.order.orders import Orders
from adapters.database.payment.ledger import Ledger
from adapters.database.reconcile.auditor import Auditor
from adapters.database.schema import migrate
from adapters.database.stock.room import StockRoom
from adapters.database.stock.steps import Stock
from adapters.payment.cashier import Cashier
from adapters.payment.simulated import SimulatedGateway
from domain.act import Act, ActKind, ActRecord, ActResult, Outcome
from domain.facts import order_facts
from domain.journal import Batch, WaitClosed, WaitOpened
from domain.money import Money
from domain.order import Address, Buyer, Customer, Delivery, Line, Order, PaymentTerms
from domain.placement import Placement
from domain.step import Call

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOUGHT = Money(0, "EUR")


def _at_once(at: datetime, _express: bool) -> datetime:
    return at


class Shop:
    """Orders that were accepted, packed, paid and sent, with the rows that a workflow writes."""

    def __init__(self, url: str) -> None:
        self.book, self.stock = Orders(url), Stock(url, lambda *_: "warehouse", _at_once)
        self.cashier = Cashier(Ledger(url), SimulatedGateway(url))
        self.journal = Journal(url, dict)
        StockRoom(url, _at_once).receive("TEAPOT", "1000000", "main", "Teapot", "bench", NOON)

    async def sell(self, number: str) -> None:
        order = _order(number)
        self.book.place(order, Placement("standard", {}, body=number), NOON)
        self.book.started(number, NOON)
        facts = {"order": order_facts(order, Buyer())}
        lane = f"{number}-F1"

        def call(step: str, of: str) -> Call:
            return Call(number, of, step, 1, f"{number}:{step}:{of}.1", NOON, facts=facts)

        self.stock.reserve(call("stock.reserve", number))
        await self.cashier.authorize(call("payment.authorize", number))
        task = WaitOpened(lane, "pack", 1, "ask", "Pack it", NOON, role="warehouse")
        self.journal.write(Batch(number, number, 1, NOON, 1.0, opened=(task,)))
        act = Act(f"{number}-form", ActKind.ANSWER, target=task.id, answer="packed")
        self.book.record(ActRecord(act, number, "Ann", "warehouse", "", NOON))
        await self.cashier.capture(call("payment.capture", lane))
        self.stock.commit(call("stock.commit", lane))
        done = {act.id: ActResult(Outcome.DONE)}
        closed = (WaitClosed(task.id, NOON, act.id),)
        self.journal.write(Batch(number, number, 2, NOON, 1.0, closed=closed, acts=done, ended="completed"))


def _order(number: str) -> Order:
    each, total = Money(3500, "EUR"), Money(7490, "EUR")
    return Order(
        number=number,
        channel="web",
        placed_at=NOON,
        currency="EUR",
        customer=Customer("ada@example.org", "Ada"),
        shipping_address=Address("Ada", "1 High Street", "AB1 2CD", "London", "GB"),
        delivery=Delivery(),
        lines=(Line("TEAPOT", "Teapot", Decimal(2), each, Money(7000, "EUR"), NOUGHT, NOUGHT),),
        shipping=Money(490, "EUR"),
        discount=NOUGHT,
        total=total,
        payment=PaymentTerms("card", token="tok_ok"),  # noqa: S106 - a card of the simulated gateway
    )


@contextmanager
def _books(folder: str) -> Iterator[Database]:
    opened = Database(f"sqlite:///{folder}/books.db")
    event.listen(opened.engine, "connect", _hasty)
    migrate(opened)
    yield opened
    opened.close()


def _hasty(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # nothing of it has to survive


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder, _books(folder) as books:
        shop = Shop(books.url)
        for n in track(range(many), "selling", transient=True):
            asyncio.run(shop.sell(str(n)))
        took: dict[str, float] = {}
        began = [perf_counter()]

        def tell(what: str) -> None:
            took[what] = began[0] = perf_counter()

        tell("")
        found = Auditor(books.url).differences(NOON, None, tell)
        ends = [*list(took.values())[1:], perf_counter()]
    table = Table("looked at", "seconds", title=f"orders reconcile, {many} orders", title_justify="left")
    for (what, start), end in zip(list(took.items())[1:], ends[1:], strict=True):
        table.add_row(what, f"{end - start:.2f}")
    table.add_row("all of it", f"{ends[-1] - ends[0]:.2f}", end_section=True)
    Console().print(table, f"{len(found)} differences")


if __name__ == "__main__":
    main()
