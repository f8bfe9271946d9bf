"""A shop that has sent goods and takes some of them back."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sqlmodel import col, select

from adapters.database.desk.desk import Desk
from adapters.database.journal.steps import Journal
from adapters.database.order.document import order_json
from adapters.database.payment.ledger import Ledger
from adapters.database.reconcile.money import money_differences
from adapters.database.reconcile.returns import return_differences
from adapters.database.returns.steps import Returns
from adapters.database.tables.journal import LaneRow
from adapters.database.tables.orders import OrderDocument
from adapters.database.tables.stock import Movement
from adapters.payment.cashier import Cashier
from adapters.payment.simulated import SimulatedGateway
from domain.journal import Batch
from domain.money import Money
from domain.order import PaymentTerms
from domain.return_book import Asked
from domain.returns import Claim, Terms, choose
from domain.step import Call
from tests.goods import MORNING, Shop, line

LATER = MORNING + timedelta(days=5)


class Counter(Shop):
    """A shop that has sent three cups and a pot, EUR 10.00 and EUR 30.00 each, and takes returns."""

    def __init__(self, database) -> None:
        super().__init__(database)
        self.desk = Desk(database.url)
        self.returns = Returns(database.url)
        self.cashier = Cashier(Ledger(database.url), SimulatedGateway(database.url))

    async def sell(self, number="W1", token="tok_ok", **more) -> None:
        for sku in ("CUP", "POT"):
            self.receive(sku, "5")
        placed = self.place(number, line("CUP", "3"), line("POT", price=3000), **more)
        await self.pay(number, replace(placed.payment, token=token))
        self.commit(f"{number}-F1")
        self.arrive(f"{number}-F1", number)

    async def pay(self, number: str, terms: PaymentTerms) -> None:
        self.know_payment(number, terms)
        self.reserve(number)
        await self.cashier.authorize(self.step("payment.authorize", number, "O.1"))
        await self.cashier.capture(self.step("payment.capture", f"{number}-F1", "F1.1"))

    def know_payment(self, number: str, terms: PaymentTerms) -> None:
        self.orders[number] = replace(self.orders[number], payment=terms)
        with self.database.write() as session:
            document = session.get(OrderDocument, number)
            assert document is not None
            document.whole = order_json(self.orders[number])

    def arrive(self, part: str, number: str) -> None:
        lane = LaneRow(
            id=part,
            order=number,
            flow="warehouse",
            flow_hash="0" * 64,
            step="done",
            title="Delivered",
            then="",
            phase="ended",
            since=MORNING,
            state="fulfilled",
            facts={},
            walk={},
        )
        with self.database.write() as session:
            session.add(lane)

    def step(self, action: str, lane: str, seq: str, **args) -> Call:
        number = lane.rpartition("-")[0] if lane not in self.orders else lane
        return Call(number, lane, action, 1, f"{number}:{action}:{seq}", self.at, args=args)

    def ask(self, number="W1", form="f1", claim=Claim.NONE, fee=0, shipping=False, **goods: str) -> Asked:
        sold = self.book.sold(number)
        wanted = {sku: Decimal(quantity) for sku, quantity in goods.items()}
        lines = choose(number, wanted, sold.goods, claim)
        terms = Terms("return", Money(fee, "EUR"), shipping)
        return Asked(
            order=number,
            form=form,
            claim=claim,
            lines=lines,
            value=Money(0, "EUR"),
            days=3,
            terms=terms,
            flow_hash="h",
            speed=1.0,
            reason="too big",
            by="Grace",
            role="support",
        )

    def open(self, **asked) -> str:
        return self.book.open_return(self.ask(**asked), LATER)

    def judge(self, id: str, verdict: str, seq="1", **goods: str):
        rows = [{"sku": sku, "quantity": quantity} for sku, quantity in goods.items()]
        call = self.step(f"returns.{verdict}", id, f"{id.rpartition('-')[2]}.{seq}", goods=rows)
        return getattr(self.returns, verdict)(call)

    async def refund(self, id: str, n=1) -> str:
        part = id.rpartition("-")[2]
        return (await self.cashier.refund(self.step("payment.refund", id, f"{part}.{n}"))).values["amount"]

    def end(self, id: str, state="refunded") -> None:
        number = id.rpartition("-R")[0]
        Journal(self.database.url, dict).write(Batch(number, id, 1, LATER, 1.0, ended=state))

    def wrong(self) -> list[str]:
        with self.database.read() as session:
            money = [f"{one.rule} {one.what}" for one in money_differences(session, LATER)]
            returns = [f"{one.rule} {one.what}" for one in return_differences(session)]
        return money + returns + self.differences()

    def moved(self) -> list[tuple[str, str]]:
        with self.database.read() as session:
            rows = session.exec(select(Movement).order_by(col(Movement.id))).all()
        return [
            (row.kind, f"{row.quantity:f}")
            for row in rows
            if row.quantity and row.kind not in ("receive", "ship")
        ]
