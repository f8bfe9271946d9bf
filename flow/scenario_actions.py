"""What the shop's actions do in a scenario when nothing goes wrong."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from domain.errors import ActRefused
from domain.facts import Facts
from domain.returns import ReturnLine, accept_ahead, accept_rest, judge
from domain.step import Call, StepResult
from flow.kinds import parse_kind
from flow.scenario import Scenario
from flow.scenario_facts import Route, parcel, parcels_of

HELD_FOR = timedelta(days=7)
SEEN = ("quantity", "received", "accepted", "resellable")
NONE = Decimal(0)


class Actions:
    """
    The shipped actions, on books of their own. Any other action just works: its results are those of
    `blank`.
    """

    def __init__(self, scenario: Scenario, screen: Callable[[Facts], StepResult], route: Route) -> None:
        self._order = scenario.order
        self._said = dict(scenario.parcels)
        self._screen = screen
        self._route = route
        self._count = 0
        self._lines: dict[str, list[Facts]] = {}  # fulfilment -> what is promised to it
        self._held = NONE
        self._taken: dict[str, Decimal] = {}
        self._returned = _return_lines(scenario.returned)
        self._does: Mapping[str, Callable[[Call], StepResult]] = {
            "fraud.screen": lambda call: self._screen(call.facts),
            "payment.authorize": self._authorize,
            "payment.renew": self._renew,
            "payment.capture": self._capture,
            "payment.receive": self._receive,
            "payment.void": self._void,
            "payment.refund": self._refund,
            "payment.pay_back": self._pay_back,
            "stock.reserve": self._reserve,
            "stock.split": self._split,
            "stock.release": self._release,
            "stock.commit": self._commit,
            "shipping.hand_over": self._hand_over,
            "partner.hand_over": self._hand_over,
            "returns.receive": lambda _: self._told(state="received"),
            "returns.send_exchange": lambda _: StepResult({"sent": True}),
            "returns.accept": lambda call: self._judged(call, accepted=True, resellable=True),
            "returns.accept_damaged": lambda call: self._judged(call, accepted=True, resellable=False),
            "returns.refuse": lambda call: self._judged(call, accepted=False, resellable=False),
            "returns.accept_rest": lambda _: self._seen(accept_rest),
            "returns.leave": lambda _: self._seen(accept_ahead),
            "returns.trust": lambda _: self._seen(accept_ahead),
        }

    def do(self, action: str, call: Call) -> StepResult:
        """:raises Refused: as the action itself would, such as goods that are not in the parcel."""
        does = self._does.get(action)
        return does(call) if does else StepResult()

    def _authorize(self, call: Call) -> StepResult:
        self._held = Decimal(self._order["total"]) - sum(self._taken.values(), NONE)
        return self._renew(call)

    def _renew(self, call: Call) -> StepResult:
        until = call.after(HELD_FOR).isoformat()
        values = {"amount": f"{self._held:f}", "expires_at": until}
        return StepResult(values, self._paid("authorized", expires_at=until), said=self._sum(self._held))

    def _capture(self, call: Call) -> StepResult:
        share = Decimal(call.facts["fulfilment"]["total"])
        self._taken[call.lane] = self._taken.get(call.lane, NONE) + share
        self._held -= min(share, self._held)
        return StepResult({"amount": f"{share:f}"}, self._paid("captured"), said=self._sum(share))

    def _receive(self, call: Call) -> StepResult:
        amount = Decimal(call.args["amount"])
        self._taken[call.lane] = amount
        return StepResult({"amount": f"{amount:f}"}, self._paid("paid"), said=self._sum(amount))

    def _void(self, _call: Call) -> StepResult:
        let_go, self._held = self._held, NONE
        state = "captured" if any(self._taken.values()) else "voided"
        return StepResult({"amount": f"{let_go:f}"}, self._paid(state), said=self._sum(let_go))

    def _refund(self, call: Call) -> StepResult:
        if call.returned:
            back = Decimal(call.facts["return"]["value"]) - Decimal(call.facts["return"]["fee"])
        else:
            back = self._taken.pop(call.lane, NONE)
        return StepResult({"amount": f"{back:f}"}, self._paid("refunded"), said=self._sum(back))

    def _pay_back(self, call: Call) -> StepResult:
        back = Decimal(call.facts["return"]["value"]) - Decimal(call.facts["return"]["fee"])
        return StepResult({"amount": f"{back:f}"}, said=self._sum(back))

    def _sum(self, amount: Decimal) -> str:
        return f"{self._order['currency']} {amount:f}."

    def _paid(self, state: str, **more: Any) -> Facts:
        taken = sum(self._taken.values(), NONE)
        figures = {"authorized": f"{self._held:f}", "captured": f"{taken:f}"}
        nothing_held = {} if self._held > 0 else {"expires_at": None}
        return {"payment": {"state": state, **figures, **nothing_held, **more}}

    def _reserve(self, _call: Call) -> StepResult:
        made = parcels_of(self._order, self._said, self._route)
        self._count = len(made)
        self._lines = {facts["id"]: facts["lines"] for facts in made}
        waiting = [facts["lines"] for facts in made if facts["state"] == "backordered"]
        reserved = _many(self._lines.values()) - _many(waiting)
        missing = f"{_many(waiting):f}"
        values = {"reserved": f"{reserved:f}", "backordered": missing, "fulfilments": len(made)}
        return StepResult(values, fulfilments=tuple(made))

    def _split(self, call: Call) -> StepResult:
        missing = {line["sku"]: Decimal(line["quantity"]) for line in call.args["missing"]}
        held = {line["sku"]: Decimal(line["quantity"]) for line in self._lines[call.lane]}
        for sku, quantity in missing.items():
            if not 0 < quantity <= held.get(sku, NONE):
                raise ActRefused(f"{call.lane} holds {held.get(sku, NONE):f} of {sku}.")
        kept = {sku: quantity - missing.get(sku, NONE) for sku, quantity in held.items()}
        self._count += 1
        said = self._said.get(f"F{self._count}", {"state": "backordered"})
        new = parcel(self._order, self._count, {**said, "lines": _lines(missing)}, self._route)
        self._lines[call.lane], self._lines[new["id"]] = _lines(kept), new["lines"]
        left = sum(kept.values(), NONE)
        return StepResult({"left": f"{left:f}"}, fulfilment={"lines": _lines(kept)}, fulfilments=(new,))

    def _release(self, call: Call) -> StepResult:
        lanes = [call.lane] if call.lane in self._lines else list(self._lines)
        return StepResult({"released": f"{_many(self._lines.pop(lane, []) for lane in lanes):f}"})

    def _commit(self, call: Call) -> StepResult:
        committed = _many([self._lines.pop(call.lane, [])])
        return StepResult({"committed": f"{committed:f}"}, fulfilment={"state": "shipped"})

    def _hand_over(self, call: Call) -> StepResult:
        values = {"carrier": "SIM", "tracking": f"SIM{call.lane}"}
        return StepResult(values, fulfilment={**values, "state": "shipped"})

    def _judged(self, call: Call, *, accepted: bool, resellable: bool) -> StepResult:
        goods = {line["sku"]: Decimal(line["quantity"]) for line in call.args["goods"]}
        return self._seen(
            lambda lines: judge(call.lane, lines, goods, accepted=accepted, resellable=resellable)
        )

    def _seen(self, look: Callable[[tuple[ReturnLine, ...]], tuple[ReturnLine, ...]]) -> StepResult:
        before, lines = self._returned, look(tuple(line for line, _ in self._returned))
        self._returned = [(line, facts) for line, (_, facts) in zip(lines, before, strict=True)]
        return self._told()

    def _told(self, **news: str) -> StepResult:
        left = sum((line.unseen for line, _ in self._returned), NONE)
        lines = [{**facts, **_seen_of(line)} for line, facts in self._returned]
        return StepResult({"left": f"{left:f}"}, returned={"lines": lines, **news})


def blank(kinds: Mapping[str, str], call: Call) -> dict[str, Any]:
    """A value of each kind, for results nobody has said anything about."""
    return {name: _blank(kind, call) for name, kind in kinds.items()}


def _blank(text: str, call: Call) -> Any:
    kind = parse_kind(text)
    name = kind.name if kind else "text"
    if kind and kind.options:
        return kind.options[0]
    now = call.now.isoformat()
    known: dict[str, Any] = {"lines": [], "grams": 0, "count": 0, "yes_no": False, "instant": now}
    return known.get(name, {"money": "0", "number": "0", "date": now[:10]}.get(name, ""))


def _return_lines(returned: Facts | None) -> list[tuple[ReturnLine, Facts]]:
    lines = (returned or {}).get("lines", [])
    return [
        (ReturnLine(n, "", facts["sku"], *(Decimal(facts[name]) for name in SEEN)), facts)
        for n, facts in enumerate(lines)
    ]


def _seen_of(line: ReturnLine) -> Facts:
    return {name: f"{getattr(line, name):f}" for name in SEEN}


def _many(lines: Any) -> Decimal:
    return sum((Decimal(line["quantity"]) for part in lines for line in part), NONE)


def _lines(quantities: Mapping[str, Decimal]) -> list[Facts]:
    return [{"sku": sku, "quantity": f"{n:f}"} for sku, n in quantities.items() if n > 0]
