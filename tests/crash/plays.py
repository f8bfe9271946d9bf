"""Whole orders, as their customers and the staff make them, and what has to have happened in the end."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from adapters.database.payment.gateway_news import NewsBook
from adapters.database.shipping.pickups import Pickups
from domain.gateway_news import DisputeState, GatewayNews, NewsKind
from domain.money import Money
from domain.returns import is_over
from domain.view import OrderView
from starter.carrying import Person
from tests.e2e.conftest import ANN, Shop, an_order
from tests.e2e.test_returns import open_return, wish

SUE = Person("Sue", "support")
FIN = Person("Fin", "finance")
CARRIER = Person("carrier")
CUPS = {"sku": "CUP", "title": "Cup", "quantity": 2, "unit_price": "35.00"}
JUG = {"sku": "JUG", "title": "Jug", "quantity": 1, "unit_price": "20.00"}
LAMP = {"sku": "LAMP", "title": "Lamp", "quantity": 1, "unit_price": "70.00", "supplier": "acme"}
CARD = {"method": "card", "state": "due", "token": "tok_ok"}


async def packed_and_delivered(shop: Shop, number: str) -> None:
    await pack(shop, f"{number}-F1")
    await delivered(shop, f"{number}-F1")


async def called_off(shop: Shop, number: str) -> None:
    await shop.task(number, "pack")
    await shop.open.orders.cancel(number, SUE, "the customer asked", id=f"{number}-cancel")


async def paid_by_transfer(shop: Shop, number: str) -> None:
    await shop.until(number, lambda view: any(w.event == "payment.received" for w in view.waiting_for))
    await tell(shop, number, "payment.received", FIN, id=f"{number}-paid", amount="74.90")
    await packed_and_delivered(shop, number)


async def one_short(shop: Shop, number: str) -> None:
    await answer(shop, f"{number}-F1.pack.1", "short", missing="TEAPOT=1")
    await pack(shop, f"{number}-F1", 2)
    await pack(shop, f"{number}-F2")
    for n in (1, 2):
        await delivered(shop, f"{number}-F{n}")


async def lost_on_the_way(shop: Shop, number: str) -> None:
    await pack(shop, f"{number}-F1")
    await answer(shop, f"{number}-F1.trace.1", "lost")


async def one_parcel_called_off(shop: Shop, number: str) -> None:
    await shop.until(number, lambda view: len(view.waiting_for) == 2)
    lane = f"{number}-F2"
    await shop.open.orders.cancel(number, SUE, "no jug", fulfilment=lane, id=f"{number}-cancel")
    await packed_and_delivered(shop, number)


async def sent_by_the_supplier(shop: Shop, number: str) -> None:
    await partner_says(shop, number, "partner.answered", answer="accepted")
    await partner_says(shop, number, "partner.shipped", tracking="1Z5R89390357567127")
    await delivered(shop, f"{number}-F1")


async def withdrawn_from_the_supplier(shop: Shop, number: str) -> None:
    await shop.until(number, lambda view: any(w.event == "partner.answered" for w in view.waiting_for))
    await shop.open.orders.cancel(number, SUE, "the customer asked", id=f"{number}-cancel")


async def held_anew(shop: Shop, number: str) -> None:
    """An hour's hold, renewed halfway on a card that is held for a week."""
    await shop.until(number, lambda view: view.authorized.minor > 0)
    await tell(shop, number, "payment.paid", FIN, id=f"{number}-card", token="tok_ok")
    await shop.until(number, lambda view: view.authorized > view.row.total)
    await packed_and_delivered(shop, number)


async def picked_up(shop: Shop, number: str) -> None:
    lane = f"{number}-F1"
    await answer(shop, f"{lane}.pick.1", "ready")
    await shop.task(number, "collect")
    code = await asyncio.to_thread(Pickups(shop.open.settings.database_url).shown, lane)
    await answer(shop, f"{lane}.collect.1", "code", code=code)


async def sent_back(shop: Shop, number: str) -> None:
    await packed_and_delivered(shop, number)
    await shop.until(number, lambda view: view.row.state == "completed")
    id, _ = await open_return(shop, wish(number, 1, f"{number}-return"))
    await answer(shop, f"{id}.arrival.1", "arrived")
    await answer(shop, f"{id}.inspect.1", "accepted", goods="TEAPOT=1")
    await shop.until(number, lambda view: is_over(view.returns[0].state))


async def disputed(shop: Shop, number: str) -> None:
    """The gateway tells it twice; finance has one thing to see to."""
    await packed_and_delivered(shop, number)
    await shop.until(number, lambda view: view.row.state == "completed")
    news, now = a_dispute(shop, number), shop.now
    book = NewsBook(shop.open.settings.database_url)
    assert [await asyncio.to_thread(book.keep, news, now) for _ in range(2)] == [True, False]
    await shop.until(number, lambda view: bool(view.incidents))


def a_dispute(shop: Shop, number: str) -> GatewayNews:
    taken = """SELECT gateway_object FROM posting WHERE "order" = :order AND kind = 'captured'"""
    (payment,) = _rows(shop, taken, number)[0]
    amount, state = Money(7490, "EUR"), DisputeState.OPEN.value
    return GatewayNews(
        f"{number}-news",
        "simulated",
        NewsKind.DISPUTE,
        f"dp-{number}",
        payment,
        "",
        "",
        amount,
        state,
        shop.now,
    )


async def partner_says(shop: Shop, number: str, event: str, **told: str) -> None:
    lane, who = f"{number}-F1", Person("Bob", "partner")
    await shop.until(number, lambda view: any(w.event.startswith("partner.") for w in view.waiting_for))
    await tell(shop, number, event, who, id=f"{number}-{event}", fulfilment=lane, **told)


async def pack(shop: Shop, lane: str, visit: int = 1) -> None:
    await answer(shop, f"{lane}.pack.{visit}", "packed", parcel_weight="900")


async def answer(shop: Shop, task: str, name: str, **fields: str) -> None:
    """As soon as it is open; or again, if it was answered before."""
    number, form = task.rpartition("-")[0], f"{task}-form"

    def is_open(_: OrderView) -> bool:
        return any(t.id == task for t in shop.open.desk.tasks("", shop.now))

    await shop.until(number, lambda view: is_open(view) or shop.open.book.act(form) is not None)
    await shop.open.orders.answer(task, name, fields, ANN, id=form)


async def delivered(shop: Shop, lane: str) -> None:
    number = lane.rpartition("-F")[0]
    await tell(shop, number, "carrier.delivered", CARRIER, id=f"{lane}-delivered", fulfilment=lane)


async def tell(shop: Shop, number: str, event: str, who: Person, *, id: str, **told: str) -> None:
    lane = told.pop("fulfilment", "")
    kinds = shop.open.event_fields(event)
    await shop.open.orders.event(number, event, told, kinds, who, fulfilment=lane, id=id)


@dataclass(frozen=True)
class Play:
    """`money` counts the gateway's authorisations, captures and refunds."""

    go: Callable[[Shop, str], Awaitable[None]]
    money: tuple[int, int, int]
    state: str = "completed"
    payment: str = "captured"
    config: str = "hasty"
    order: dict[str, Any] | None = None
    speed: float = 1.0

    async def place(self, shop: Shop, number: str) -> None:
        body = an_order(number, **{"payment": CARD} | (self.order or {}))
        await shop.place(body, speed=self.speed)


PLAYS = {
    "clean": Play(packed_and_delivered, (1, 1, 0)),
    "cancelled": Play(called_off, (1, 0, 0), "cancelled", "voided"),
    "transfer": Play(
        paid_by_transfer, (0, 0, 0), order={"payment": {"method": "transfer", "state": "due"}}
    ),
    "short": Play(one_short, (1, 2, 0)),
    "lost": Play(lost_on_the_way, (1, 1, 1), "completed", "refunded", "lost"),
    "sent-back": Play(sent_back, (1, 1, 1), payment="partially_refunded"),
    "one-of-two": Play(
        one_parcel_called_off,
        (1, 1, 0),
        order={"lines": [CUPS, JUG], "total": "94.90"},
    ),
    "disputed": Play(disputed, (1, 1, 0)),
    "dropped": Play(sent_by_the_supplier, (1, 1, 0), order={"lines": [LAMP]}),
    "dropped-cancelled": Play(
        withdrawn_from_the_supplier, (1, 0, 0), "cancelled", "voided", order={"lines": [LAMP]}
    ),
    "picked-up": Play(picked_up, (1, 1, 0), order={"delivery": {"method": "pickup"}}),
    "authorised": Play(
        packed_and_delivered,
        (1, 1, 0),
        order={"payment": {"method": "card", "state": "authorized", "authorization": "auth-of-the-shop"}},
    ),
    "renewed": Play(
        held_anew, (2, 1, 0), order={"payment": CARD | {"token": "tok_expires_soon"}}, speed=120.0
    ),
    "paid-cancelled": Play(
        called_off,
        (0, 1, 1),
        "cancelled",
        "refunded",
        order={"payment": {"method": "card", "state": "paid"}},
    ),
}

GATEWAY = ("sim_authorization", "sim_capture", "sim_refund")


def at_the_gateway(shop: Shop, number: str) -> tuple[int, ...]:
    counts = (f'SELECT count(*) FROM {table} WHERE "order" = :order' for table in GATEWAY)
    return tuple(row[0] for sql in counts for row in _rows(shop, sql, number))


def what_happened(shop: Shop, number: str) -> dict[str, Any]:
    """Everything that a killed worker must not change: money, goods, notices, acts and the story."""
    view = shop.view(number)
    moved = 'SELECT sku, location, quantity, kind FROM stock_movement WHERE "order" = :order'
    promised = 'SELECT fulfilment, sku, quantity, state FROM reservation WHERE "order" = :order'
    booked = 'SELECT account, kind, minor, fulfilment FROM posting WHERE "order" = :order'
    acts = 'SELECT kind, target, outcome, why FROM act WHERE "order" = :order'
    own = [
        Counter(tuple(str(cell).replace(number, "N") for cell in row) for row in _rows(shop, sql, number))
        for sql in (moved, promised, booked, acts)
    ]
    # An event that came before its wait is told of once more.
    story = Counter(line.kind for line in view.timeline if line.kind != "event")
    return {
        "end": (view.row.state, view.row.payment, view.row.fulfilment, view.end),
        "money": (view.captured, view.refunded, _held(view)),
        "rows": own,
        "notices": Counter((notice.template, notice.state) for notice in view.notices),
        "story": story,
        "open": (view.waiting_for, [each.title for each in view.incidents], view.pending_acts),
    }


def _held(view: OrderView) -> Money:
    voided = sum(payment.amount.minor for payment in view.payments if payment.kind == "voided")
    return Money(view.authorized.minor - voided, view.authorized.currency)


def _rows(shop: Shop, sql: str, number: str) -> list[Any]:
    with shop.open.book.read() as session:
        return list(session.connection().execute(text(sql), {"order": number}))
