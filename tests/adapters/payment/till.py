"""A till over a fresh database: an order or two, calls at chosen instants, and what the books say."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import delete, select

from adapters.database.desk.order_page import show_order
from adapters.database.engine import Database
from adapters.database.order.fulfilments import load_fulfilments, save_fulfilments
from adapters.database.payment.entries import figures
from adapters.database.payment.ledger import Ledger
from adapters.database.reconcile.money import money_differences
from adapters.database.tables.money import AttemptRow, SimAnswer, SimAuthorization, SimCapture, SimRefund
from adapters.database.tables.orders import PlacedOrder
from adapters.payment.cashier import Cashier
from adapters.payment.simulated import SimulatedGateway
from domain.fulfilment import FulfilmentState
from domain.order import Order, PaymentTerms
from domain.payment import Figures
from domain.reconcile import Difference
from domain.step import Call, StepResult
from domain.view import PaymentView
from tests.adapters.placed import NOON, a_fulfilment, an_order, eur, place

Made = type[SimAuthorization] | type[SimCapture] | type[SimRefund]


class Till:
    def __init__(
        self, database: Database, gateway: SimulatedGateway | None = None, *, at_once: bool = False
    ) -> None:
        self.database = database
        self.gateway = gateway or SimulatedGateway(database.url)
        self.ledger = Ledger(database.url)
        self.cashier = Cashier(self.ledger, self.gateway, at_once=at_once)
        self.runs: dict[str, int] = {}

    def order(self, number: str = "1001", *shares: int, **terms: Any) -> Order:
        """An order of EUR 98.20, or of its shares: one fulfilment each."""
        shares = shares or (9_820,)
        order = an_order(
            number, payment=PaymentTerms(**{"method": "card", **terms}), total=eur(sum(shares))
        )
        parts = [a_fulfilment(order, n, total=eur(share)) for n, share in enumerate(shares, 1)]
        return place(self.database, order, *parts)

    def call(self, op: str, lane: str = "1001", at: datetime = NOON, key: str = "", **args: Any) -> Call:
        """A new asking, unless it is a further try of `key`."""
        order, _, part = lane.partition("-F")
        self.runs[f"{op} {lane}"] = visit = self.runs.get(f"{op} {lane}", 0) + 1
        seq = f"F{part}.{visit}" if part else f"O.{visit}"
        return Call(order, lane, op, visit, key or f"{order}:payment.{op}:{seq}", at, args=args)

    async def do(self, op: str, lane: str = "1001", at: datetime = NOON, **args: Any) -> StepResult:
        result: StepResult = await getattr(self.cashier, op)(self.call(op, lane, at, **args))
        return result

    def figures(self, order: str = "1001") -> Figures:
        with self.database.read() as session:
            return figures(session, [order])[order]

    def payments(self, order: str = "1001") -> list[PaymentView]:
        with self.database.read() as session:
            return list(show_order(session, order).payments)

    def wrong(self, at: datetime = NOON) -> list[Difference]:
        with self.database.read() as session:
            return money_differences(session, at)

    def there(self, model: Made) -> list[int]:
        """The amounts of what the gateway made."""
        with self.database.read() as session:
            return sorted(session.exec(select(model.minor)))

    def attempts(self) -> set[str]:
        """What is known of everything that was asked."""
        with self.database.read() as session:
            return {row.state for row in session.exec(select(AttemptRow))}

    def forget_keys(self) -> None:
        """The gateway has pruned its keys."""
        with self.database.write() as session:
            session.connection().execute(delete(SimAnswer))

    def split(self, fulfilment: str, left: int, moved: int) -> None:
        """A short pick: what is missing becomes a fulfilment of its own."""
        order = fulfilment.partition("-F")[0]
        with self.database.write() as session:
            parts = load_fulfilments(session, order)
            short = next(part for part in parts if part.id == fulfilment)
            new = replace(short, id=f"{order}-F{len(parts) + 1}", total=eur(moved))
            save_fulfilments(session, [replace(short, total=eur(left)), new])

    def call_off(self, fulfilment: str) -> None:
        with self.database.write() as session:
            parts = load_fulfilments(session, fulfilment.partition("-F")[0])
            gone = [replace(p, state=FulfilmentState.CANCELLED) for p in parts if p.id == fulfilment]
            save_fulfilments(session, gone)

    def end(self, state: str, parts: FulfilmentState, order: str = "1001") -> None:
        """The order has ended, and so have its fulfilments."""
        with self.database.write() as session:
            row = session.get(PlacedOrder, order)
            assert row is not None
            row.state, row.ended_at = state, NOON
            save_fulfilments(session, [replace(p, state=parts) for p in load_fulfilments(session, order)])


def days(count: float) -> datetime:
    return NOON + timedelta(days=count)


async def just_before(till: Till, op: str) -> None:
    """Everything that has to be done before `op` has something to do."""
    till.order()
    before: dict[str, list[str]] = {"authorize": [], "capture": ["authorize"], "void": ["authorize"]}
    for step in before.get(op, ["authorize", "capture"]):
        await till.do(step, "1001-F1" if step == "capture" else "1001")


def acted_once(till: Till, op: str) -> None:
    figures = till.figures()
    made: dict[str, Made] = {"authorize": SimAuthorization, "capture": SimCapture, "refund": SimRefund}
    if op in made:
        assert till.there(made[op]) == [9_820]
    booked = {
        "authorize": figures.authorized,
        "capture": figures.captured,
        "void": figures.voided,
        "refund": figures.refunded,
    }
    assert booked[op] == eur(9_820)
    assert till.attempts() <= {"done", "not_done"}
    assert till.wrong() == []
