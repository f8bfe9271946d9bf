"""A shop in memory: what the steps of an order do, with state that tests can look at."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.errors import (
    ActRefused,
    AmountDiffers,
    AuthorizationExpired,
    CarrierUnavailable,
    DatabaseUnavailable,
    GatewayUnavailable,
    OutOfStock,
    PaymentDeclined,
)
from domain.step import Call, StepResult

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def facts(number: str = "1001", **changes: Any) -> dict[str, Any]:
    """The facts of Ada's order of two teapots and a cup."""
    known: dict[str, Any] = {
        "number": number,
        "channel": "web",
        "currency": "EUR",
        "total": "84.90",
        "item_count": "3",
        "lines": [
            {"sku": "TEAPOT", "quantity": "2", "unit_price": "35.00", "total": "70.00"}
            | {"made_to_order": False, "supplier": "", "category": ""},
            {"sku": "CUP", "quantity": "1", "unit_price": "10.00", "total": "10.00"}
            | {"made_to_order": False, "supplier": "", "category": ""},
        ],
        "country": "DE",
        "express": False,
        "delivery": "ship",
        "language": "en",
        "placed_at": MONDAY.isoformat(),
        "first_order": False,
        "orders_before": 3,
        "email_domain": "example.org",
        "same_address": True,
        "payment": {
            "method": "card",
            "way": "gateway",
            "state": "due",
            "authorized": "0",
            "captured": "0",
            "refunded": "0",
            "expires_at": None,
        },
        "hold": False,
    }
    return known | changes


@dataclass
class FakeShop:
    """Every step acts once per key. `down_until` closes the gateway; the rest is what it looks like."""

    number: str = "1001"
    score: int = 5
    locations: dict[str, dict[str, int]] = field(
        default_factory=lambda: {"main": {"TEAPOT": 10, "CUP": 10}}
    )
    wanted: dict[str, int] = field(default_factory=lambda: {"TEAPOT": 2, "CUP": 1})
    declines: set[str] = field(default_factory=set)  # actions the bank says no to
    refuses: set[str] = field(default_factory=set)  # transfers of another amount
    expired: bool = False
    gone: bool = False
    down_until: datetime | None = None
    held: bool = False
    held_until: str = ""  # what a renewal answers, where it changes nothing
    carrier_away: bool = False
    jammed: bool = False  # nothing can be taken out of a parcel
    stumbles: Counter[str] = field(default_factory=Counter)  # action -> how often the database is busy
    calls: Counter[str] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    answers: dict[str, StepResult] = field(default_factory=dict)
    fulfilments: dict[str, dict[str, Any]] = field(default_factory=dict)
    captured: Counter[str] = field(default_factory=Counter)
    promised: Counter[str] = field(default_factory=Counter)

    def do(self, action: str, call: Call) -> StepResult:
        self.calls[action] += 1
        if self.stumbles[action]:
            self.stumbles[action] -= 1
            raise DatabaseUnavailable("The database is too busy at the moment.")
        if call.key not in self.answers:
            answer = getattr(self, "_" + action.replace(".", "_"))(call)
            self.effects[action] += 1
            self.answers[call.key] = answer
        return self.answers[call.key]

    def _fraud_screen(self, call: Call) -> StepResult:
        return StepResult({"score": self.score}, said=f"score {self.score}")

    def _payment_authorize(self, call: Call) -> StepResult:
        self._gateway("payment.authorize", call)
        self.held, self.expired = True, False
        expires = call.after(timedelta(days=7)).isoformat()
        news = {"payment": {"state": "authorized", "authorized": "84.90", "expires_at": expires}}
        return StepResult({"amount": "84.90", "expires_at": expires}, order=news, said="EUR 84.90 held")

    def _payment_renew(self, call: Call) -> StepResult:
        self._gateway("payment.renew", call)
        self.expired = False
        expires = self.held_until or call.after(timedelta(days=7)).isoformat()
        news = {"payment": {"expires_at": expires}}
        return StepResult(
            {"amount": "84.90", "expires_at": expires}, order=news, said="EUR 84.90 held anew"
        )

    def _payment_capture(self, call: Call) -> StepResult:
        self._gateway("payment.capture", call)
        if self.expired:
            raise AuthorizationExpired(f"The money of order {call.order} is no longer held.")
        self.captured[call.lane] += 1
        # What is held for parcels that have not left yet runs on.
        over = self.fulfilments.keys() <= self.captured.keys()
        news = {"payment": {"expires_at": None}} if over else {}
        return StepResult({"amount": "84.90"}, order=news, said="EUR 84.90 taken")

    def _payment_receive(self, call: Call) -> StepResult:
        if "payment.receive" in self.refuses:
            raise AmountDiffers(f"Another amount came for order {call.order}.")
        self.captured[call.lane] += 1
        return StepResult({"amount": call.args["amount"]})

    def _payment_collect(self, _call: Call) -> StepResult:
        return StepResult({"amount": "42.45"}, said="EUR 42.45 received")

    def _payment_void(self, call: Call) -> StepResult:
        self._gateway("payment.void", call)
        self.held = False
        return StepResult({"amount": "84.90"}, said="Let go")

    def _payment_refund(self, call: Call) -> StepResult:
        self._gateway("payment.refund", call)
        self.captured.pop(call.lane, None)
        return StepResult({"amount": "84.90"}, said="Refunded")

    def _gateway(self, action: str, call: Call) -> None:
        if self.down_until is not None and call.now < self.down_until:
            raise GatewayUnavailable("The payment gateway does not answer.")
        if action in self.declines:
            raise PaymentDeclined(f"Payment for order {call.order} was declined: insufficient funds.")

    def _stock_reserve(self, call: Call) -> StepResult:
        if self.gone:
            raise OutOfStock(f"TEAPOT of order {call.order} is gone for good.")
        left = dict(self.wanted)
        for location, levels in self.locations.items():
            lines = {sku: min(n, levels.get(sku, 0)) for sku, n in left.items()}
            self._open(location, {sku: n for sku, n in lines.items() if n}, "open")
            left = {sku: n - lines[sku] for sku, n in left.items() if n > lines[sku]}
            for sku, n in lines.items():
                levels[sku] = levels.get(sku, 0) - n
        self._open("main", left, "backordered")
        return StepResult(
            {"reserved": "3", "backordered": str(sum(left.values())), "fulfilments": len(self.fulfilments)},
            fulfilments=tuple(self.fulfilments.values()),
        )

    def _open(self, location: str, lines: dict[str, int], state: str) -> str:
        if not lines:
            return ""
        id = f"{self.number}-F{len(self.fulfilments) + 1}"
        self.promised[id] = sum(lines.values())
        self.fulfilments[id] = {
            "id": id,
            "method": "ship",
            "location": location,
            "supplier": "",
            "made_to_order": False,
            "lines": [{"sku": sku, "quantity": str(n)} for sku, n in lines.items()],
            "total": "42.45",
            "state": state,
            "tracking": "",
            "carrier": "",
            "ship_by": None,
            "flow": "warehouse",
        }
        return id

    def _stock_split(self, call: Call) -> StepResult:
        missing = {line["sku"]: int(Decimal(line["quantity"])) for line in call.args["missing"]}
        here = self.fulfilments[call.lane]
        kept = {line["sku"]: int(line["quantity"]) - missing.get(line["sku"], 0) for line in here["lines"]}
        if any(n < 0 for n in kept.values()) or missing.keys() - kept.keys():
            raise ActRefused(f"{call.lane} has less than that.")
        lines = [{"sku": sku, "quantity": str(n)} for sku, n in kept.items() if n > 0]
        new = self._open("main", missing, "backordered")
        left = sum(kept.values())
        self.promised[call.lane] = left
        self.promised += Counter()  # nothing promised is no promise
        news = (self.fulfilments[new],)
        return StepResult({"left": str(left)}, fulfilment={"lines": lines}, fulfilments=news)

    def _stock_take_out(self, call: Call) -> StepResult:
        if self.jammed:
            raise ActRefused(f"{call.lane} cannot be touched.")
        out = {line["sku"]: int(Decimal(line["quantity"])) for line in call.args["goods"]}
        here = self.fulfilments[call.lane]
        kept = {line["sku"]: int(line["quantity"]) - out.get(line["sku"], 0) for line in here["lines"]}
        lines = [{"sku": sku, "quantity": str(n)} for sku, n in kept.items() if n > 0]
        here["lines"] = lines
        self.promised[call.lane] = sum(kept.values())
        gone = self._open(here["location"], out, "cancelled")
        self.promised.pop(gone)
        return StepResult({}, fulfilment={"lines": lines}, fulfilments=(self.fulfilments[gone],))

    def _stock_release(self, call: Call) -> StepResult:
        lanes = [call.lane] if call.lane in self.promised else list(self.promised)
        released = sum(self.promised.pop(lane, 0) for lane in lanes)
        return StepResult({"released": str(released)}, said=f"{released} given back")

    def _stock_commit(self, call: Call) -> StepResult:
        committed = self.promised.pop(call.lane)
        return StepResult({"committed": str(committed)}, fulfilment={"state": "shipped"})

    def _shipping_hand_over(self, call: Call) -> StepResult:
        if self.carrier_away:
            raise CarrierUnavailable("The carrier does not answer.")
        tracking = f"SIM{call.lane}"
        news = {"state": "shipped", "carrier": "SIM", "tracking": tracking}
        return StepResult({"carrier": "SIM", "tracking": tracking}, fulfilment=news)


def a_call(**changes: Any) -> Call:
    call = Call("1001", "1001", "authorize", 1, "1001:payment.authorize:O.1", MONDAY)
    return replace(call, **changes)
