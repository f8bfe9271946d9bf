"""Everything support sees of one order."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, type_coerce
from sqlmodel import Session, col, select

from adapters.database.desk.gist import gists
from adapters.database.desk.incidents import open_incidents
from adapters.database.desk.story import story_of
from adapters.database.engine import Instant
from adapters.database.mail.notices import notices_of
from adapters.database.order.document import load_order
from adapters.database.order.fulfilments import load_fulfilments
from adapters.database.payment.entries import figures, payments
from adapters.database.returns.page import returns_of
from adapters.database.shipping.carrier_words import carrier_words
from adapters.database.tables.journal import ActRow, HoldRow, LaneRow, WaitRow
from adapters.database.tables.orders import PlacedOrder
from domain.errors import NotFound
from domain.order import Address, Line
from domain.tracking import link
from domain.view import FulfilmentView, HoldView, LineView, OrderView, RunningView, WaitView

SHORT_HASH = 12


def show_order(session: Session, number: str) -> OrderView:
    """:raises NotFound: no such order."""
    row = session.get(PlacedOrder, number)
    if row is None:
        raise NotFound(f"There is no order {number}.")
    order = load_order(session, number)
    gist = gists(session, [row])[number]
    money = figures(session, [number])[number]
    return OrderView(
        row=gist.line(row, _database_now(session)),
        customer_email=order.customer.email,
        address=_address(order.shipping_address),
        lines=tuple(_line(line) for line in order.lines),
        flow=row.flow,
        flow_version=row.flow_hash[:SHORT_HASH],
        end=row.end_title,
        waiting_for=_waits(session, number),
        fulfilments=_parts(session, row),
        payments=payments(session, number),
        holds=_holds(session, number),
        timeline=story_of(session, number),
        incidents=open_incidents(session, number),
        notices=notices_of(session, number),
        returns=returns_of(session, number),
        pending_acts=_pending_acts(session, number),
        authorized=money.authorized,
        captured=money.captured,
        refunded=money.refunded,
        expires_at=money.expires_at,
        running=_running(session, number),
    )


def _database_now(session: Session) -> datetime:
    """The database's clock; a page is asked for without a time, and only expiry depends on it."""
    return session.exec(select(type_coerce(func.now(), Instant))).one()


def _address(address: Address) -> tuple[str, ...]:
    place = " ".join(part for part in (address.postcode, address.city) if part)
    lines = (
        address.name,
        address.company,
        address.line1,
        address.line2,
        place,
        address.region,
        address.country,
    )
    return tuple(line for line in lines if line)


def _line(line: Line) -> LineView:
    return LineView(line.sku, line.title, line.quantity, line.total)


def _waits(session: Session, number: str) -> tuple[WaitView, ...]:
    still = col(WaitRow.closed_at).is_(None), WaitRow.kind != "each"
    wanted = select(WaitRow).where(WaitRow.order == number, *still)
    rows = session.exec(wanted.order_by(col(WaitRow.since), col(WaitRow.id)))
    return tuple(
        WaitView(
            step=row.step,
            title=row.title,
            lane=row.lane,
            kind=row.kind,
            role=row.role,
            event=row.event,
            since=row.since,
            due=row.due,
            late=row.late,
            then=row.late_then,
        )
        for row in rows
    )


def _running(session: Session, number: str) -> tuple[RunningView, ...]:
    wanted = select(LaneRow).where(LaneRow.order == number, LaneRow.phase == "running")
    rows = session.exec(wanted.order_by(col(LaneRow.since), col(LaneRow.id)))
    return tuple(RunningView(row.id, row.title, row.since) for row in rows)


def _parts(session: Session, order: PlacedOrder) -> tuple[FulfilmentView, ...]:
    rows = session.exec(select(LaneRow).where(LaneRow.order == order.number))
    lanes = {lane.id: lane for lane in rows}
    views = []
    parts, told = load_fulfilments(session, order.number), carrier_words(session, order.number)
    for part in parts:
        lane = lanes.get(part.id)
        flow = lane.flow if lane else part.flow
        pinned = lane.flow_hash if lane else order.flows.get(flow, "")
        view = FulfilmentView(
            id=part.id,
            method=part.method.value,
            location=part.location,
            flow=flow,
            flow_version=pinned[:SHORT_HASH],
            state=part.state.value,
            step=lane.title if lane else "",
            lines=tuple((line.sku, line.quantity) for line in part.lines),
            total=part.total,
            tracking=part.tracking,
            carrier=part.carrier,
            link=link(part.carrier, part.tracking) if part.tracking else "",
            **_news(told.of(part, alone=len(parts) == 1)),
        )
        views.append(view)
    return tuple(views)


def _news(told: tuple[str, datetime] | None) -> dict[str, Any]:
    return {"news": told[0], "news_at": told[1]} if told else {}


def _holds(session: Session, number: str) -> tuple[HoldView, ...]:
    wanted = (
        select(HoldRow, ActRow)
        .outerjoin(ActRow, col(ActRow.id) == col(HoldRow.act))
        .where(HoldRow.order == number)
        .order_by(col(HoldRow.since), col(HoldRow.kind))
    )
    return tuple(
        HoldView(hold.kind, act.by if act else hold.by, act.reason if act else hold.why, hold.since)
        for hold, act in session.exec(wanted)
    )


def _pending_acts(session: Session, number: str) -> int:
    wanted = select(func.count()).select_from(ActRow).where(ActRow.order == number, ActRow.outcome == "")
    return session.exec(wanted).one()
