"""What the ledger says of orders: their movements read back, and what they come to."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session, col, select

from adapters.database.tables.money import PostingRow
from adapters.database.tables.orders import PlacedOrder
from domain.ledger import figures_of, holds_of
from domain.money import Money
from domain.payment import Figures, Hold
from domain.posting import Account, Entry, Kind, Posting


def figures(session: Session, orders: Sequence[str]) -> dict[str, Figures]:
    """What the ledger says of each of `orders`; noughts where nothing was booked."""
    named = select(PlacedOrder.number, PlacedOrder.currency).where(col(PlacedOrder.number).in_(orders))
    currencies = dict(session.exec(named).all())
    entries = _entries(session, list(currencies))
    return {number: figures_of(entries[number], currency) for number, currency in currencies.items()}


def holds(session: Session, order: str) -> tuple[Hold, ...]:
    """Every authorisation of the order, with what is left of each."""
    return holds_of(_entries(session, [order])[order], currency_of(session, order))


def entries_of(session: Session, order: str) -> list[Entry]:
    """Every movement of an order's money, oldest first."""
    return _entries(session, [order])[order]


def currency_of(session: Session, order: str) -> str:
    return session.exec(select(PlacedOrder.currency).where(PlacedOrder.number == order)).one()


def _entries(session: Session, orders: Sequence[str]) -> dict[str, list[Entry]]:
    """Each order's entries, oldest first."""
    wanted = select(PostingRow).where(col(PostingRow.order).in_(orders)).order_by(col(PostingRow.id))
    together: dict[str, list[PostingRow]] = defaultdict(list)
    for row in session.exec(wanted):
        together[row.entry].append(row)
    entries: dict[str, list[Entry]] = {order: [] for order in orders}
    for rows in together.values():
        entries[rows[0].order].append(_entry(rows))
    return entries


def _entry(rows: Sequence[PostingRow]) -> Entry:
    row = rows[0]
    return Entry(
        order=row.order,
        fulfilment=row.fulfilment,
        kind=Kind(row.kind),
        object=row.gateway_object,
        key=row.key,
        at=row.at,
        postings=tuple(Posting(Account(r.account), Money(r.minor, r.currency)) for r in rows),
        hold=row.hold,
        expires_at=row.expires_at,
    )
