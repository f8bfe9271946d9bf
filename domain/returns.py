"""What comes back: which goods, what became of each of them, and under which terms."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.errors import ActRefused
from domain.money import Money
from domain.stock import is_thousandths

NONE = Decimal(0)
ID = re.compile(r"(.+)-R([1-9]\d*)\Z")
# After the number of its order, at the end of a name or before what belongs to it.
OF_AN_ORDER = re.compile(r"-R[1-9]\d*(?=\.|\Z)")


class Claim(StrEnum):
    """What the shop did wrong; `NONE` when the customer just does not want it."""

    NONE = "none"
    DAMAGED = "damaged"
    LOST = "lost"
    WRONG = "wrong"
    GOODWILL = "goodwill"  # money alone goes back, as somebody here decided


# What a customer can claim.
CLAIMS = (Claim.NONE, Claim.DAMAGED, Claim.LOST, Claim.WRONG)
# Instead of a step, whose answer must not be that of the same person: who opened the return.
OPENING = "opening"


class ReturnState(StrEnum):
    REQUESTED = "requested"  # kept; its workflow has not begun
    OPEN = "open"
    RECEIVED = "received"  # the goods are here
    REFUNDED = "refunded"
    CLOSED = "closed"  # the goods never came
    DECLINED = "declined"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """
    Goods of one order line that left in one `fulfilment`. `line` counts from 0.

    Three facts, each a quantity: how much is back here, how much of it we take, and how much can be sold
    again. `accepted` goes beyond `received` where goods are paid back ahead of coming, or stay with the
    customer.
    """

    line: int
    fulfilment: str
    sku: str
    quantity: Decimal
    received: Decimal = NONE
    accepted: Decimal = NONE
    resellable: Decimal = NONE

    @property
    def unseen(self) -> Decimal:
        """What nobody here has looked at."""
        return self.quantity - self.received

    @property
    def ahead(self) -> Decimal:
        """What was accepted before it was here."""
        return max(self.accepted - self.received, NONE)

    def here(self, quantity: Decimal, *, accepted: bool, resellable: bool) -> "ReturnLine":
        """So much more of it is here."""
        ours = max(quantity - self.ahead, NONE) if accepted else NONE
        return replace(
            self,
            received=self.received + quantity,
            accepted=self.accepted + ours,
            resellable=self.resellable + (quantity if resellable else NONE),
        )

    @property
    def scrapped(self) -> Decimal:
        """Ours again, and not to be sold."""
        return max(min(self.received, self.accepted) - self.resellable, NONE)

    @property
    def counts(self) -> Decimal:
        """How much of what was shipped an ended return has used up."""
        return max(self.received, self.accepted)


@dataclass(frozen=True, slots=True)
class Terms:
    """
    Under which a return was opened: its flow, what is kept as a fee, whether shipping goes back too, and
    whether the way back costs the customer nothing.
    """

    flow: str
    fee: Money
    shipping: bool = False
    free: bool = False


@dataclass(frozen=True, slots=True)
class Return:
    """
    `value` is what was paid for its goods, before the fee; of a goodwill, what is given. `days` have passed
    since delivery, 0 for what never arrived. `reason` is in the customer's words: personal, and never in a
    history. With `second_person`, somebody else has to agree before money goes back.
    """

    id: str
    order: str
    claim: Claim
    lines: tuple[ReturnLine, ...]
    value: Money
    days: int
    terms: Terms
    reason: str = ""
    state: ReturnState = ReturnState.REQUESTED
    second_person: bool = False
    exchange: str = ""  # the order that replaces the goods

    @property
    def number(self) -> int:
        return return_number(self.id)


@dataclass(frozen=True, slots=True)
class Shipped:
    """
    Goods of one order line in one parcel: how many of them no return speaks for, and when they were
    `delivered`, None while they are on their way.
    """

    line: int
    fulfilment: str
    sku: str
    left: Decimal
    delivered: datetime | None


def is_over(state: str) -> bool:
    return state not in (ReturnState.REQUESTED, ReturnState.OPEN, ReturnState.RECEIVED)


def return_id(order: str, n: int) -> str:
    """Also its RMA number, which the customer writes on the parcel."""
    return f"{order}-R{n}"


def return_number(id: str) -> int:
    match = ID.match(id)
    assert match is not None
    return int(match[2])


def order_of_return(id: str) -> str:
    match = ID.match(id)
    assert match is not None
    return match[1]


def return_in(order: str, *places: str) -> str:
    """The return of `order` that one of `places` (a lane, task or incident) belongs to; empty for none."""
    for place in places:
        match = place.startswith(order) and OF_AN_ORDER.match(place, len(order))
        if match:
            return order + match[0]
    return ""


def choose(
    order: str, wanted: Mapping[str, Decimal], shipped: Sequence[Shipped], claim: Claim
) -> tuple[ReturnLine, ...]:
    """
    The lines of a return of so much of each SKU; what was delivered last comes back first.

    :raises ActRefused: nothing is asked for, or more than was shipped and is not coming back already.
    """
    if not wanted:
        raise ActRefused(f"Order {order}: say which goods come back, and how many.")
    there = [goods for goods in shipped if goods.delivered is not None or claim == Claim.LOST]
    newest = sorted(there, key=lambda goods: goods.delivered.timestamp() if goods.delivered else 0.0)
    lines: list[ReturnLine] = []
    for sku, quantity in wanted.items():
        _refuse(order, sku, quantity, shipped, there)
        missing = quantity
        for goods in reversed(newest):
            if goods.sku == sku and (taken := min(goods.left, missing)) > 0:
                lines.append(ReturnLine(goods.line, goods.fulfilment, sku, taken))
                missing -= taken
    return tuple(sorted(lines, key=lambda line: (line.line, line.fulfilment)))


def _refuse(
    order: str, sku: str, quantity: Decimal, shipped: Sequence[Shipped], there: Sequence[Shipped]
) -> None:
    if quantity <= 0 or not is_thousandths(quantity):
        raise ActRefused(f"Order {order}: {quantity:f} of {sku} is no quantity that can come back.")
    if all(goods.sku != sku for goods in shipped):
        raise ActRefused(f"Order {order}: no {sku} has left the house for it.")
    if all(goods.sku != sku for goods in there):
        raise ActRefused(f"Order {order}: {sku} is not delivered yet.")
    left = sum((goods.left for goods in there if goods.sku == sku), NONE)
    if quantity > left:
        raise ActRefused(
            f"Order {order}: {left:f} of {sku} can still come back; {quantity:f} were asked for."
        )


def judge(
    id: str, lines: Sequence[ReturnLine], goods: Mapping[str, Decimal], *, accepted: bool, resellable: bool
) -> tuple[ReturnLine, ...]:
    """
    The lines after `goods` were looked at: all of them are here.

    :raises ActRefused: more than the return still expects, or what was accepted before is not.
    """
    for sku, quantity in goods.items():
        left = sum((line.unseen for line in lines if line.sku == sku), NONE)
        if quantity <= 0 or quantity > left or not is_thousandths(quantity):
            raise ActRefused(f"Return {id} still expects {left:f} of {sku}, not {quantity:f}.")
    budget, judged = dict(goods), []
    for line in lines:
        seen = min(line.unseen, budget.get(line.sku, NONE))
        budget[line.sku] = budget.get(line.sku, NONE) - seen
        if seen and line.ahead and not accepted:
            raise ActRefused(f"Return {id}: {line.sku} is paid back already; take it back as damaged.")
        judged.append(line.here(seen, accepted=accepted, resellable=resellable))
    return tuple(judged)


def accept_rest(lines: Sequence[ReturnLine]) -> tuple[ReturnLine, ...]:
    """What nobody has looked at is here, and taken back; nobody knows whether it can be sold."""
    return tuple(line.here(line.unseen, accepted=True, resellable=False) for line in lines)


def accept_ahead(lines: Sequence[ReturnLine]) -> tuple[ReturnLine, ...]:
    """Ours on paper before any of it is here: it is paid back now, whether it comes later or never."""
    return tuple(replace(line, accepted=line.accepted + line.unseen) for line in lines)
