"""How many orders came, for how much, and how orders ended."""

from collections import defaultdict

from sqlalchemy import Select, func
from sqlmodel import Session, col, select

from adapters.database.numbers.narrowed import Asked
from adapters.database.tables.orders import FulfilmentRow, PlacedOrder
from domain.numbers import Ended, Series

NUMBER = col(PlacedOrder.number)


def ordered(session: Session, asked: Asked) -> tuple[Series, dict[str, Series]]:
    """Orders placed, and what was ordered by currency; of one way, what its parcels come to."""
    orders: list[tuple[int, int]] = []
    amounts: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for day, currency, count, minor in session.execute(_by_day(asked)):
        orders.append((day, count))
        amounts[currency].append((day, minor))
    return asked.series(orders), {unit: asked.series(each) for unit, each in amounts.items()}


def _by_day(asked: Asked) -> Select[int, str, int, int]:
    day, currency = asked.day(PlacedOrder.placed_at), col(PlacedOrder.currency)
    if not asked.method:
        wanted = select(day, currency, func.count(), func.sum(PlacedOrder.total_minor))
    else:
        sums = func.count(NUMBER.distinct()), func.sum(FulfilmentRow.total_minor)
        wanted = select(day, currency, *sums).where(
            col(FulfilmentRow.order) == NUMBER, FulfilmentRow.flow == asked.method
        )
    return wanted.where(*asked.within(PlacedOrder.placed_at)).group_by(day, currency)


def ended(session: Session, asked: Asked) -> tuple[Ended, ...]:
    """How the orders ended that ended in the period, the most frequent way first."""
    title, state = col(PlacedOrder.end_title), col(PlacedOrder.state)
    wanted = select(title, state, func.count()).where(*asked.within(PlacedOrder.ended_at))
    wanted = wanted.where(*asked.of_orders(PlacedOrder.number)).group_by(title, state)
    found = [Ended(name or word, word, int(count)) for name, word, count in session.execute(wanted)]
    return tuple(sorted(found, key=lambda each: (-each.count, each.title)))
