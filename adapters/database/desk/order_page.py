"""Everything support sees of one order."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from adapters.database.desk.gist import gist_of
from adapters.database.desk.incidents import open_incidents
from adapters.database.desk.order_rows import OrderRows, order_rows
from adapters.database.desk.story import story_of
from adapters.database.flow.standings import open_lanes
from adapters.database.mail.notices import notices_of
from adapters.database.payment.attempts import attempts_of
from adapters.database.returns.page import views_of
from adapters.database.returns.rows import goods_of
from adapters.database.shipping.carrier_words import carrier_words
from adapters.database.tables.journal import ActRow, HoldRow, LaneRow, WaitRow
from domain.ledger import figures_of
from domain.notice import LetterState
from domain.order import Address, Line
from domain.order_page import OrderPage, beat_of
from domain.posting import Entry
from domain.return_book import Sold
from domain.tracking import link
from domain.view import (
    FulfilmentView,
    HoldView,
    LineView,
    OrderView,
    PaymentView,
    RunningView,
    WaitView,
)

SHORT_HASH = 12


def show_order(session: Session, number: str) -> OrderView:
    """:raises NotFound: no such order."""
    return _view(session, order_rows(session, number))


def read_page(session: Session, number: str) -> OrderPage:
    """:raises NotFound: no such order."""
    rows = order_rows(session, number)
    view = _view(session, rows)
    goods = goods_of(rows.parts, rows.returns, rows.lanes)
    sent = sum(notice.state == LetterState.SENT for notice in view.notices)
    return OrderPage(
        view=view,
        sold=Sold(rows.order, goods, rows.placed.orders_before, rows.placed.speed),
        lanes=open_lanes(number, rows.lanes.values()),
        attempts=attempts_of(session, number),
        beat=beat_of(len(view.timeline), len(rows.acts), view.pending_acts, sent, len(rows.waits)),
    )


def _view(session: Session, rows: OrderRows) -> OrderView:
    placed, number = rows.placed, rows.placed.number
    incidents = open_incidents(session, number)
    money = figures_of(rows.entries, placed.currency)
    return OrderView(
        row=gist_of(rows, len(incidents)).line(placed, rows.now),
        customer_email=rows.order.customer.email,
        address=_address(rows.order.shipping_address),
        lines=tuple(_line(line) for line in rows.order.lines),
        flow=placed.flow,
        flow_version=placed.flow_hash[:SHORT_HASH],
        end=placed.end_title,
        waiting_for=tuple(_wait(wait) for wait in rows.waits if wait.kind != "each"),
        fulfilments=_parts(session, rows),
        payments=_payments(rows.entries),
        holds=_holds(session, number, rows.acts),
        timeline=story_of(session, number, rows.acts),
        incidents=incidents,
        notices=notices_of(session, number),
        returns=views_of(session, rows.returns, rows.lanes),
        pending_acts=sum(not act.outcome for act in rows.acts.values()),
        authorized=money.authorized,
        captured=money.captured,
        refunded=money.refunded,
        expires_at=money.expires_at,
        running=_running(rows.lanes.values()),
    )


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


def _wait(row: WaitRow) -> WaitView:
    return WaitView(
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


def _payments(entries: Sequence[Entry]) -> tuple[PaymentView, ...]:
    """The movements of its money, oldest first; `key` is the one the gateway was asked with."""
    moved = (entry for entry in entries if entry.amount.minor)
    return tuple(PaymentView(entry.kind.value, entry.amount, entry.key, entry.at) for entry in moved)


def _running(lanes: Iterable[LaneRow]) -> tuple[RunningView, ...]:
    at_work = sorted((lane for lane in lanes if lane.phase == "running"), key=lambda lane: lane.since)
    return tuple(RunningView(lane.id, lane.title, lane.since) for lane in at_work)


def _parts(session: Session, rows: OrderRows) -> tuple[FulfilmentView, ...]:
    told = carrier_words(session, rows.placed.number, rows.acts.values())
    views = []
    for part in rows.parts:
        lane = rows.lanes.get(part.id)
        flow = lane.flow if lane else part.flow
        pinned = lane.flow_hash if lane else rows.placed.flows.get(flow, "")
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
            **_news(told.of(part, alone=len(rows.parts) == 1)),
        )
        views.append(view)
    return tuple(views)


def _news(told: tuple[str, datetime] | None) -> dict[str, Any]:
    return {"news": told[0], "news_at": told[1]} if told else {}


def _holds(session: Session, number: str, acts: Mapping[str, ActRow]) -> tuple[HoldView, ...]:
    wanted = select(HoldRow).where(HoldRow.order == number)
    rows = session.exec(wanted.order_by(col(HoldRow.since), col(HoldRow.kind)))
    return tuple(_hold(row, acts.get(row.act)) for row in rows)


def _hold(row: HoldRow, act: ActRow | None) -> HoldView:
    return HoldView(row.kind, act.by if act else row.by, act.reason if act else row.why, row.since)
