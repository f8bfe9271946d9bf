"""What simulated people do at an order: answer, report, receive, call off, hold and let go."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from domain.act import ActResult, HoldKind, Outcome
from domain.order import Order
from domain.returns import Claim
from starter.carrying import Person
from starter.returning import Wish

# Who they are, by the role they work in.
PEOPLE = {
    "fraud": "Miss Marple",
    "warehouse": "Rosie the Riveter",
    "warehouse-lead": "Ellen Ripley",
    "finance": "Fra Luca Pacioli",
    "support": "Florence Nightingale",
    "buyer": "Marco Polo",
    "returns": "Sherlock Holmes",
    "production": "Josiah Wedgwood",
    "counter": "Mary Poppins",
    "courier": "Phileas Fogg",
}
# Looks over what somebody else has made.
INSPECTOR = "Clarice Cliff"
DONE = ActResult(Outcome.DONE)


class Unpacking(Protocol):
    """Where goods come in."""

    def receive(
        self, sku: str, quantity: str, location: str, title: str, by: str, at: datetime
    ) -> Sequence[str]: ...


class Acts(Protocol):
    """What people may do to an order; see `starter.orders.Orders`."""

    async def answer(
        self, task: str, answer: str, fields: Mapping[str, str], person: Person
    ) -> ActResult: ...

    async def event(
        self,
        number: str,
        name: str,
        fields: Mapping[str, str],
        kinds: Mapping[str, str],
        person: Person,
        *,
        fulfilment: str,
    ) -> ActResult: ...

    async def cancel(self, number: str, person: Person, reason: str, *, fulfilment: str) -> ActResult: ...

    async def hold(self, number: str, kind: HoldKind, person: Person, reason: str) -> ActResult: ...

    async def release(self, number: str, kind: HoldKind, person: Person) -> ActResult: ...


@dataclass(frozen=True, slots=True)
class Doors:
    """
    The doors people act through. `event_fields` are the fields of an event, with their kinds; `send_back`
    opens a return whose clocks run so many times faster than its order's; `pickup_code` is the code in the
    mail of a fulfilment's customer.
    """

    orders: Acts
    stock_room: Unpacking
    event_fields: Callable[[str], Mapping[str, str]]
    clock: Callable[[], datetime]
    send_back: Callable[[Wish, float], Awaitable[ActResult]]
    pickup_code: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Moment:
    """An order waits for somebody: at a task, or for an event. `suffix` is that of its round's SKUs."""

    id: str
    order: Order
    suffix: str
    lane: str
    role: str
    since: datetime

    def fill(self, text: str) -> str:
        tomorrow = (self.since + timedelta(days=1)).date()
        return text.format(suffix=self.suffix, total=self.order.total.major, tomorrow=tomorrow)


class Doing(Protocol):
    """Something a person does, `after` so long by the order's clock."""

    @property
    def after(self) -> timedelta: ...

    async def do(self, doors: Doors, moment: Moment) -> ActResult:
        """:raises OrderError: it was refused, or could not be asked for."""
        ...


@dataclass(frozen=True, slots=True)
class Answers:
    """
    To the task that is open; `fields` may name the order's `{total}`, the `{suffix}` of its SKUs, and
    `{tomorrow}`. `by` names a person of that role other than the usual one.
    """

    answer: str
    fields: Mapping[str, str] = field(default_factory=dict)
    after: timedelta = timedelta(hours=3)
    by: str = ""

    async def do(self, doors: Doors, moment: Moment) -> ActResult:
        typed = {name: moment.fill(value) for name, value in self.fields.items()}
        who = Person(self.by, moment.role) if self.by else person(moment.role)
        return await doors.orders.answer(moment.id, self.answer, typed, who)


@dataclass(frozen=True, slots=True)
class ShowsCode:
    """The customer, at the counter, with what stood in the mail."""

    after: timedelta = timedelta(hours=20)

    async def do(self, doors: Doors, moment: Moment) -> ActResult:
        code = await asyncio.to_thread(doors.pickup_code, moment.lane)
        return await doors.orders.answer(moment.id, "code", {"code": code}, person(moment.role))


@dataclass(frozen=True, slots=True)
class Reports:
    """What happened outside."""

    event: str
    role: str
    fields: Mapping[str, str] = field(default_factory=dict)
    after: timedelta = timedelta(hours=12)

    async def do(self, doors: Doors, moment: Moment) -> ActResult:
        typed = {name: moment.fill(value) for name, value in self.fields.items()}
        kinds = doors.event_fields(self.event)
        lane = moment.lane if moment.lane != moment.order.number else ""
        number, who = moment.order.number, person(self.role)
        return await doors.orders.event(number, self.event, typed, kinds, who, fulfilment=lane)


@dataclass(frozen=True, slots=True)
class Receives:
    """Goods that an order waits for."""

    sku: str
    quantity: str
    after: timedelta = timedelta(hours=20)

    async def do(self, doors: Doors, moment: Moment) -> ActResult:
        sku, by, at = f"{self.sku}{moment.suffix}", PEOPLE["buyer"], doors.clock()
        await asyncio.to_thread(doors.stock_room.receive, sku, self.quantity, "main", "", by, at)
        return DONE


@dataclass(frozen=True, slots=True)
class Cancels:
    """The order, or one `part` of it, such as F2."""

    reason: str
    part: str = ""
    after: timedelta = timedelta(hours=2)

    async def do(self, doors: Doors, moment: Moment) -> ActResult:
        number = moment.order.number
        lane = f"{number}-{self.part}" if self.part else ""
        return await doors.orders.cancel(number, person("support"), self.reason, fulfilment=lane)


@dataclass(frozen=True, slots=True)
class Holds:
    kind: HoldKind
    reason: str
    after: timedelta = timedelta(hours=1)

    async def do(self, doors: Doors, moment: Moment) -> ActResult:
        return await doors.orders.hold(moment.order.number, self.kind, person("support"), self.reason)


@dataclass(frozen=True, slots=True)
class Releases:
    kind: HoldKind
    after: timedelta = timedelta(hours=20)

    async def do(self, doors: Doors, moment: Moment) -> ActResult:
        return await doors.orders.release(moment.order.number, self.kind, person("support"))


@dataclass(frozen=True, slots=True)
class SendsBack:
    """A part of an order that has arrived; `faster` where the customer takes his time."""

    sku: str
    quantity: str
    reason: str
    claim: Claim = Claim.NONE
    faster: float = 1.0
    after: timedelta = timedelta(days=1)

    async def do(self, doors: Doors, moment: Moment) -> ActResult:
        number, who = moment.order.number, person("support")
        goods = {f"{self.sku}{moment.suffix}": Decimal(self.quantity)}
        form = f"{number} comes back"
        wish = Wish(number, goods, self.claim, self.reason, who.name, who.role, form)
        return await doors.send_back(wish, self.faster)


def person(role: str) -> Person:
    return Person(PEOPLE.get(role, "somebody"), role)
