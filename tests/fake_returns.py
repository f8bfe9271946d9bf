"""A returns desk in memory: what the steps of a return do, with state that tests can look at."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from domain.facts import Facts
from domain.returns import ReturnLine, accept_ahead, accept_rest, judge
from domain.step import Call, StepResult
from tests.fakes import FakeShop

TEAPOTS = ReturnLine(0, "1001-F1", "TEAPOT", Decimal(2))


def line_facts(line: ReturnLine) -> Facts:
    quantities = {
        name: str(getattr(line, name)) for name in ("quantity", "received", "accepted", "resellable")
    }
    return {"sku": line.sku, **quantities, "made_to_order": False, "supplier": "", "category": ""}


@dataclass
class FakeReturns(FakeShop):
    """Two teapots of Ada's order come back."""

    id: str = "1001-R1"
    claim: str = "none"
    lines: tuple[ReturnLine, ...] = (TEAPOTS,)
    restocked: Counter[str] = field(default_factory=Counter)
    scrapped: Counter[str] = field(default_factory=Counter)
    refunded: Decimal = Decimal(0)
    by_hand: Decimal = Decimal(0)

    def return_facts(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "claim": self.claim,
            "state": "open",
            "lines": [line_facts(line) for line in self.lines],
            "value": "70.00",
            "fee": "0",
            "days_since_delivery": 3,
        }

    def begin(self, id: str, known: Facts) -> Facts:
        assert id == self.id
        return {"order": known, "return": self.return_facts()}

    def _returns_receive(self, call: Call) -> StepResult:
        return self._told(state="received")

    def _returns_accept(self, call: Call) -> StepResult:
        return self._judged(call, accepted=True, resellable=True)

    def _returns_accept_damaged(self, call: Call) -> StepResult:
        return self._judged(call, accepted=True, resellable=False)

    def _returns_refuse(self, call: Call) -> StepResult:
        return self._judged(call, accepted=False, resellable=False)

    def _returns_accept_rest(self, call: Call) -> StepResult:
        self.lines = accept_rest(self.lines)
        return self._told()

    def _returns_send_exchange(self, call: Call) -> StepResult:
        return StepResult({"sent": True})

    def _returns_drop_exchange(self, call: Call) -> StepResult:
        return StepResult()

    def _returns_trust(self, call: Call) -> StepResult:
        return self._returns_leave(call)

    def _returns_leave(self, call: Call) -> StepResult:
        self.lines = accept_ahead(self.lines)
        return self._told()

    def _judged(self, call: Call, *, accepted: bool, resellable: bool) -> StepResult:
        goods = {line["sku"]: Decimal(line["quantity"]) for line in call.args["goods"]}
        self.lines = judge(self.id, self.lines, goods, accepted=accepted, resellable=resellable)
        return self._told()

    def _told(self, **news: str) -> StepResult:
        left = sum((line.unseen for line in self.lines), Decimal(0))
        lines = [line_facts(line) for line in self.lines]
        return StepResult({"left": str(left)}, returned={"lines": lines, **news})

    def _stock_restock(self, call: Call) -> StepResult:
        for line in self.lines:
            self.restocked[line.sku] += int(line.resellable)
            self.scrapped[line.sku] += int(line.scrapped)
        return StepResult({"restocked": "0", "scrapped": "0"})

    def _payment_refund(self, call: Call) -> StepResult:
        if not call.returned:
            return super()._payment_refund(call)
        self._gateway("payment.refund", call)
        self.refunded = self._worth()
        return StepResult({"amount": str(self.refunded)})

    def _payment_pay_back(self, call: Call) -> StepResult:
        self.by_hand = self._worth()
        return StepResult({"amount": str(self.by_hand)})

    def _worth(self) -> Decimal:
        return 35 * sum((line.accepted for line in self.lines), Decimal(0))


class InMemoryReturns:
    """The port of the returns desk, over one FakeReturns; `known` are the facts of its order."""

    def __init__(self, shop: FakeShop, known: Facts) -> None:
        self.shop = shop
        self.known = known

    def begin(self, id: str) -> Facts:
        assert isinstance(self.shop, FakeReturns)
        return self.shop.begin(id, self.known)

    def receive(self, call: Call) -> StepResult:
        return self.shop.do("returns.receive", call)

    def accept(self, call: Call) -> StepResult:
        return self.shop.do("returns.accept", call)

    def accept_damaged(self, call: Call) -> StepResult:
        return self.shop.do("returns.accept_damaged", call)

    def refuse(self, call: Call) -> StepResult:
        return self.shop.do("returns.refuse", call)

    def accept_rest(self, call: Call) -> StepResult:
        return self.shop.do("returns.accept_rest", call)

    def leave(self, call: Call) -> StepResult:
        return self.shop.do("returns.leave", call)

    def trust(self, call: Call) -> StepResult:
        return self.shop.do("returns.trust", call)

    def send_exchange(self, call: Call) -> StepResult:
        return self.shop.do("returns.send_exchange", call)

    def drop_exchange(self, call: Call) -> StepResult:
        return self.shop.do("returns.drop_exchange", call)
