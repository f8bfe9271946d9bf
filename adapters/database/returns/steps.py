"""The returns desk's steps: what is here, what we take back, what can be sold. Each acts once per key."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from sqlmodel import Session

from adapters.database.engine import Database
from adapters.database.order.document import load_order
from adapters.database.payment.entries import figures
from adapters.database.results import store_result, stored_result
from adapters.database.returns.book import mark_started
from adapters.database.returns.exchanges import exchange_ends, exchange_goes
from adapters.database.returns.rows import change_return, load_return, return_row, save_lines
from adapters.database.tables.orders import PlacedOrder
from domain.errors import OrderEnded
from domain.facts import Facts, order_facts, payment_facts, return_facts, return_lines
from domain.order import Buyer
from domain.payment import state_of
from domain.returns import (
    Return,
    ReturnLine,
    ReturnState,
    accept_ahead,
    accept_rest,
    judge,
)
from domain.step import Call, StepResult

Judged = Callable[[Return], Sequence[ReturnLine]]


class Returns(Database):
    """The three facts of each item: received, accepted, resellable."""

    def begin(self, id: str) -> Facts:
        """
        The facts of a return, and those of its order as they stand; the first call marks it started.

        :raises NotFound: no such return.
        :raises OrderEnded: it has ended.
        """
        with self.read() as session:
            row = return_row(session, id)
            if row.ended_at is not None:
                raise OrderEnded(f"Return {id} has ended: {row.end_title or row.state}.")
            order, placed = load_order(session, row.order), session.get(PlacedOrder, row.order)
            assert placed is not None
            known = order_facts(order, Buyer(placed.orders_before))
            money = figures(session, [row.order])[row.order]
            state = state_of(money, order.total, row.opened_at)
            known |= {"payment": payment_facts(order, state, money), "hold": placed.state == "on_hold"}
            returned = return_facts(load_return(session, id), order)
        with self.write() as session:
            mark_started(session, id)
        return {"order": known, "return": {**returned, "state": ReturnState.OPEN.value}}

    def receive(self, call: Call) -> StepResult:
        """The parcel is here."""
        return self._once(call, lambda returned: returned.lines, state=ReturnState.RECEIVED)

    def accept(self, call: Call) -> StepResult:
        """:raises ActRefused: more than the return still expects."""
        return self._judge(call, accepted=True, resellable=True)

    def accept_damaged(self, call: Call) -> StepResult:
        """:raises ActRefused: more than the return still expects."""
        return self._judge(call, accepted=True, resellable=False)

    def refuse(self, call: Call) -> StepResult:
        """:raises ActRefused: more than the return still expects."""
        return self._judge(call, accepted=False, resellable=False)

    def accept_rest(self, call: Call) -> StepResult:
        """Whatever nobody has looked at is here and ours again."""
        return self._once(call, lambda returned: accept_rest(returned.lines))

    def leave(self, call: Call) -> StepResult:
        """Everything is paid back and stays with the customer."""
        return self._once(call, lambda returned: accept_ahead(returned.lines))

    def trust(self, call: Call) -> StepResult:
        """Everything is paid back, and still to come."""
        return self._once(call, lambda returned: accept_ahead(returned.lines))

    def send_exchange(self, call: Call) -> StepResult:
        """`sent` is false when the order that replaces the goods was called off meanwhile."""
        with self.write() as session:
            stands = stored_result(session, call.key)
            return stands or store_result(session, call.key, exchange_goes(session, call))

    def drop_exchange(self, call: Call) -> StepResult:
        """Nothing goes out in place of the goods."""
        with self.write() as session:
            stands = stored_result(session, call.key)
            return stands or store_result(session, call.key, exchange_ends(session, call))

    def _judge(self, call: Call, *, accepted: bool, resellable: bool) -> StepResult:
        def looked_at(returned: Return) -> Sequence[ReturnLine]:
            goods = _goods(call)
            return judge(returned.id, returned.lines, goods, accepted=accepted, resellable=resellable)

        return self._once(call, looked_at)

    def _once(self, call: Call, work: Judged, state: ReturnState | None = None) -> StepResult:
        with self.write() as session:
            stands = stored_result(session, call.key)
            if stands is not None:
                return stands
            before = load_return(session, call.returned)
            lines = tuple(work(before))
            save_lines(session, before.id, lines)
            if state is not None:
                change_return(session, before.id, state=state.value)
            return store_result(session, call.key, _told(session, call, before, lines, state))


def _goods(call: Call) -> Mapping[str, Decimal]:
    goods: dict[str, Decimal] = {}
    for row in call.args["goods"]:
        goods[row["sku"]] = goods.get(row["sku"], Decimal(0)) + Decimal(str(row["quantity"]))
    return goods


def _told(
    session: Session, call: Call, before: Return, lines: Sequence[ReturnLine], state: ReturnState | None
) -> StepResult:
    news: Facts = {"lines": return_lines(lines, load_order(session, call.order))}
    if state is not None:
        news["state"] = state.value
    left = sum((line.unseen for line in lines), Decimal(0))
    pairs = zip(before.lines, lines, strict=True)
    seen = [(line.sku, _more(old, line)) for old, line in pairs if line != old]
    said = ", ".join(f"{quantity:f} {sku}" for sku, quantity in seen)
    return StepResult({"left": f"{left:f}"}, returned=news, said=f"{said}." if said else "")


def _more(old: ReturnLine, line: ReturnLine) -> Decimal:
    """What has just come, or was accepted before it came."""
    return (line.received - old.received) or (line.accepted - old.accepted)
