"""The JSON of `--json`: names and shapes that scripts rely on."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.act import ActResult
from domain.audit import Deed
from domain.journal import AnswerOption
from domain.money import Money
from domain.moving import FlowVersion
from domain.partner import PartnerOrderView
from domain.reconcile import Difference
from domain.returns import ReturnLine
from domain.stock_book import Availability, MovementRow, ScarceRow, StockRow
from domain.view import (
    FulfilmentView,
    HoldView,
    IncidentView,
    LineView,
    NoticeView,
    OrderRow,
    OrderView,
    PaymentView,
    ReturnView,
    RunningView,
    TaskView,
    TimelineView,
    WaitView,
)
from starter.repairing import Repaired
from starter.stuck import is_bug

Json = dict[str, Any]


def money(amount: Money) -> Json:
    return {"minor": amount.minor, "currency": amount.currency}


def instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def quantity(amount: Decimal) -> str:
    return f"{amount:f}"


def order_row(row: OrderRow) -> Json:
    return {
        "number": row.number,
        "channel": row.channel,
        "state": row.state,
        "payment": row.payment,
        "fulfilment": row.fulfilment,
        "delivery": row.delivery,
        "total": money(row.total),
        "placed_at": instant(row.placed_at),
        "waiting_for": list(row.waiting_for),
        "due": instant(row.due),
        "incidents": row.incidents,
        "customer": row.customer,
        "returns": list(row.returns),
    }


def order(view: OrderView, answer: str) -> Json:
    return {
        **order_row(view.row),
        "answer": answer,
        "returns": [returned(each) for each in view.returns],
        "replaces": view.replaces,
        "customer_email": view.customer_email,
        "address": list(view.address),
        "flow": view.flow,
        "flow_version": view.flow_version,
        "end": view.end,
        "lines": [_line(each) for each in view.lines],
        "waiting_for": [wait(each) for each in view.waiting_for],
        "fulfilments": [fulfilment(each) for each in view.fulfilments],
        "payments": [payment(each) for each in view.payments],
        "authorized": money(view.authorized),
        "captured": money(view.captured),
        "refunded": money(view.refunded),
        "expires_at": instant(view.expires_at),
        "holds": [_hold(each) for each in view.holds],
        "incidents": [incident(each) for each in view.incidents],
        "notices": [_notice(each) for each in view.notices],
        "timeline": [entry(each) for each in view.timeline],
        "running": [_running(each) for each in view.running],
        "pending_acts": view.pending_acts,
    }


def _line(view: LineView) -> Json:
    quantity_, total = quantity(view.quantity), money(view.total)
    return {"sku": view.sku, "title": view.title, "quantity": quantity_, "total": total}


def _hold(view: HoldView) -> Json:
    return {"kind": view.kind, "by": view.by, "why": view.why, "since": instant(view.since)}


def _running(view: RunningView) -> Json:
    return {"lane": view.lane, "title": view.title, "since": instant(view.since)}


def _notice(view: NoticeView) -> Json:
    return {
        "id": view.id,
        "template": view.template,
        "state": view.state,
        "subject": view.subject,
        "at": instant(view.at),
    }


def wait(view: WaitView) -> Json:
    return {
        "step": view.step,
        "title": view.title,
        "lane": view.lane,
        "kind": view.kind,
        "role": view.role,
        "event": view.event,
        "since": instant(view.since),
        "due": instant(view.due),
        "late": instant(view.late),
        "then": view.then,
    }


def fulfilment(view: FulfilmentView) -> Json:
    return {
        "id": view.id,
        "method": view.method,
        "location": view.location,
        "flow": view.flow,
        "flow_version": view.flow_version,
        "state": view.state,
        "step": view.step,
        "lines": [{"sku": sku, "quantity": quantity(amount)} for sku, amount in view.lines],
        "total": money(view.total),
        "tracking": view.tracking,
        "carrier": view.carrier,
        "link": view.link,
    }


def returned(view: ReturnView) -> Json:
    return {
        "id": view.id,
        "rma": view.id,
        "state": view.state,
        "claim": view.claim,
        "reason": view.reason,
        "by": view.by,
        "opened_at": instant(view.opened_at),
        "flow": view.flow,
        "flow_version": view.flow_version,
        "step": view.step,
        "lines": [_returned_line(line) for line in view.lines],
        "value": money(view.value),
        "fee": money(view.fee),
        "refunded": money(view.refunded),
        "refund": view.refund,
        "exchange": view.exchange,
    }


def _returned_line(line: ReturnLine) -> Json:
    return {
        "sku": line.sku,
        "fulfilment": line.fulfilment,
        "quantity": quantity(line.quantity),
        "received": quantity(line.received),
        "accepted": quantity(line.accepted),
        "resellable": quantity(line.resellable),
    }


def payment(view: PaymentView) -> Json:
    return {"kind": view.kind, **money(view.amount), "key": view.key, "at": instant(view.at)}


def entry(view: TimelineView) -> Json:
    return {
        "at": instant(view.at),
        "text": view.text,
        "by": view.by,
        "role": view.role,
        "step": view.step,
        "lane": view.lane,
        "kind": view.kind,
        "why": view.why,
    }


def task(view: TaskView) -> Json:
    return {
        "id": view.id,
        "order": view.order,
        "lane": view.lane,
        "step": view.step,
        "role": view.role,
        "title": view.title,
        "since": instant(view.since),
        "due": instant(view.due),
        "late": instant(view.late),
        "priority": view.priority,
        "answers": [_answer(option) for option in view.answers],
        "show": view.show,
        "scan": view.scan,
        "claimed_by": view.claimed_by,
        "claimed_until": instant(view.claimed_until),
    }


def _answer(option: AnswerOption) -> Json:
    return {"name": option.name, "label": option.label, "needs": dict(option.needs)}


def incident(view: IncidentView) -> Json:
    return {
        "id": view.id,
        "kind": "bug" if is_bug(view.id) else "step",
        "order": view.order,
        "lane": view.lane,
        "step": view.step,
        "title": view.title,
        "what": view.what,
        "role": view.role,
        "since": instant(view.since),
        "due": instant(view.due),
        "may_skip": list(view.may_skip),
    }


def stock(row: StockRow) -> Json:
    return {
        "sku": row.sku,
        "title": row.title,
        "location": row.location,
        "on_hand": quantity(row.on_hand),
        "reserved": quantity(row.reserved),
        "safety": quantity(row.safety),
        "available": quantity(row.available),
        "backordered": quantity(row.backordered),
        "discontinued": row.discontinued,
        "incoming": quantity(row.incoming),
        "incoming_on": row.incoming_on.isoformat() if row.incoming_on else None,
        "low_at": None if row.low_at is None else quantity(row.low_at),
        "backorderable": row.backorderable,
        "scarce": row.scarce,
    }


def availability(item: Availability) -> Json:
    return {
        "sku": item.sku,
        "title": item.title,
        "available": quantity(item.available),
        "locations": {name: quantity(there) for name, there in item.locations.items()},
        "may_wait": item.may_wait,
        "incoming": quantity(item.incoming),
        "incoming_on": item.incoming_on.isoformat() if item.incoming_on else None,
    }


def movement(row: MovementRow) -> Json:
    return {
        "at": instant(row.at),
        "sku": row.sku,
        "location": row.location,
        "quantity": quantity(row.quantity),
        "promised": quantity(row.promised),
        "kind": row.kind,
        "why": row.why,
        "order": row.order,
        "fulfilment": row.fulfilment,
        "by": row.by,
    }


def scarce(row: ScarceRow) -> Json:
    return {
        "at": instant(row.at),
        "sku": row.sku,
        "title": row.title,
        "kind": row.kind,
        "available": quantity(row.available),
        "backordered": quantity(row.waiting),
        "told_at": instant(row.told_at),
    }


def version(flow: FlowVersion, current: Mapping[str, str]) -> Json:
    return {
        "name": flow.name,
        "sha256": flow.sha256,
        "current": current.get(flow.name) == flow.sha256,
        "title": flow.title,
        "level": flow.level,
        "published_at": instant(flow.published_at),
        "by": flow.by,
        "why": flow.why,
        "open_orders": flow.open_orders,
    }


def difference(found: Difference) -> Json:
    """`repair` says what `--repair` would do; empty when it is left to people."""
    said = {"rule": found.rule, "subject": found.subject, "what": found.what, "advice": found.advice}
    return {**said, "repair": found.repair.kind.value if found.repair else ""}


def repaired(done: Repaired) -> Json:
    """`why` says what kept it from being done; empty when it was."""
    return {"repair": done.repair.kind.value, "target": done.repair.target, "why": done.why}


def deed(n: int, told: Deed) -> Json:
    """`by`, `why` and `whom` are empty once they were erased."""
    return {
        "n": n,
        "at": told.at.isoformat(),
        "kind": told.kind.value,
        "order": told.order,
        "subject": told.subject,
        "what": told.what,
        "role": told.role,
        "by": told.by,
        "why": told.why,
        "whom": told.whom,
    }


def outcome(name: str, id: str, result: ActResult) -> Json:
    """`name` is `act` or `number`."""
    return {name: id, "outcome": result.outcome.value, "why": result.why}


def partner_order(view: PartnerOrderView) -> Json:
    """Everything a partner's program sees; the names stay put."""
    return {
        "id": view.id,
        "state": view.state.value,
        "asked_at": view.asked_at.isoformat(),
        "ship_by": view.ship_by.isoformat() if view.ship_by else None,
        "express": view.express,
        "lines": [
            {
                "sku": line.sku,
                "title": line.title,
                "quantity": f"{line.quantity:f}",
                "personalisation": line.personalisation,
            }
            for line in view.lines
        ],
        "address": list(view.address),
        "carrier": view.carrier,
        "tracking": view.tracking,
        "cancel_asked_at": view.cancel_asked_at.isoformat() if view.cancel_asked_at else None,
        "may": [deed.value for deed in view.may],
    }
