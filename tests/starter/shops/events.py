"""Orders that something happens to, and somebody who is told of it."""

from datetime import timedelta
from decimal import Decimal

from adapters.database.engine import Database
from adapters.database.order.fulfilments import save_fulfilments
from adapters.database.order.listed import changed
from adapters.database.tables.orders import PlacedOrder
from domain.fulfilment import Fulfilment, FulfilmentLine, FulfilmentState
from domain.money import Money
from domain.order import DeliveryMethod
from domain.order_event import Listener
from starter.shops.telling import Telling


class Listens:
    """Somebody who is told; `moods` go wrong first."""

    def __init__(self, *kinds, moods=(), shops=()):
        self.listener = Listener("books", "https://books.example", frozenset(kinds), frozenset(shops))
        self.moods = list(moods)
        self.heard = []

    def wants(self, event):
        return self.listener.wants(event)

    async def tell(self, event, _at):
        if self.moods:
            raise self.moods.pop(0)
        self.heard.append((event.kind, event.subject))
        return 200


def telling(street, book, **targets):
    return Telling(book, lambda: targets, street.clock)


async def told(street, telling, rounds=1, wait=timedelta(days=1)):
    for _ in range(rounds):
        street.clock.now += wait
        while await telling.round():
            pass


def ship(street, number="paris-2001", tracking="1Z999AA10123456784", state=FulfilmentState.SHIPPED):
    line = FulfilmentLine(0, "KETTLE", Decimal(1))
    part = Fulfilment(
        f"{number}-F1",
        number,
        DeliveryMethod.SHIP,
        "main",
        "warehouse",
        (line,),
        Money(4000, "USD"),
        state=state,
        tracking=tracking,
        carrier="UPS",
    )
    with Database(street.url).write() as session:
        save_fulfilments(session, [part])


def parts(street, number, **quantities):
    """One for each state, of the first line."""
    total = Money(1000, street.book.sold(number).order.currency)
    made = [
        Fulfilment(
            f"{number}-F{n}",
            number,
            DeliveryMethod.SHIP,
            "main",
            "warehouse",
            (FulfilmentLine(0, "12", Decimal(quantity)),),
            total,
            state=FulfilmentState(state),
        )
        for n, (state, quantity) in enumerate(quantities.items(), 1)
    ]
    with Database(street.url).write() as session:
        save_fulfilments(session, made)


def end(street, number, state="cancelled"):
    """As the last batch of its workflow writes it."""
    with Database(street.url).write() as session:
        row = session.get_one(PlacedOrder, number)
        row.state, row.ended_at, row.end_title = state, street.clock(), "Called off"
        changed(session, number)
