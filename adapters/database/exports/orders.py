"""Orders as rows for other programs: what was ordered, where it stands, what was paid."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlmodel import Session

from adapters.database.desk.gist import gists
from adapters.database.engine import Database
from adapters.database.exports.pages import documents, page_by_page
from adapters.database.payment.entries import figures
from adapters.database.tables.orders import PlacedOrder
from domain.exports import Cell, Row, Sheet
from domain.money import Money
from domain.order import Order
from domain.payment import Figures
from domain.period import Period
from domain.view import OrderRow

COLUMNS = (
    *("number", "channel", "placed_at", "state", "payment", "fulfilment", "delivery", "ended_at"),
    *("email", "name", "company", "postcode", "city", "region", "country", "language"),
    *("delivery_method", "express", "payment_method", "flow"),
    *("currency", "goods", "shipping", "discount", "tax_added", "total", "captured", "refunded", "note"),
)


def orders_sheet(database: Database, period: Period, now: datetime) -> Sheet:
    return Sheet(COLUMNS, page_by_page(database, period, partial(_told, now, ZoneInfo(period.zone))))


def _told(now: datetime, zone: ZoneInfo, session: Session, page: Sequence[PlacedOrder]) -> list[Row]:
    numbers = [row.number for row in page]
    wholes, lines, paid = documents(session, numbers), gists(session, page), figures(session, numbers)
    return [
        _row(wholes[row.number], row, lines[row.number].line(row, now), paid[row.number], zone)
        for row in page
    ]


def _row(order: Order, row: PlacedOrder, line: OrderRow, paid: Figures, zone: ZoneInfo) -> Row:
    return (
        *_standing(row, line, zone),
        *_people(row, order),
        *(order.delivery.method.value, order.delivery.express, order.payment.method, row.flow),
        *_money(order, paid),
        order.note,
    )


def _standing(row: PlacedOrder, line: OrderRow, zone: ZoneInfo) -> tuple[Cell, ...]:
    ended = row.ended_at.astimezone(zone) if row.ended_at else None
    states = line.state, line.payment, line.fulfilment, line.delivery
    return row.number, row.channel, row.placed_at.astimezone(zone), *states, ended


def _people(row: PlacedOrder, order: Order) -> tuple[Cell, ...]:
    place = order.shipping_address
    town = place.postcode, place.city, place.region, place.country
    return row.email, row.name, place.company, *town, order.customer.language


def _money(order: Order, paid: Figures) -> tuple[Cell, ...]:
    nought = Money(0, order.currency)
    tax = sum((line.tax for line in order.lines), nought)
    goods = sum((line.total for line in order.lines), nought)
    known = goods, order.shipping, order.discount, tax, order.total
    return order.currency, *known, paid.captured, paid.refunded
