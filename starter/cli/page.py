"""The order page in a terminal, below its answer line."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.view import OrderView, TimelineView
from starter.cli.saying import say, table
from starter.when import when


def show(view: OrderView, now: datetime) -> None:
    """Lines, fulfilments, payments, and the timeline; what is empty is left out."""
    _head(view, now)
    lines = [(line.sku, line.title, f"{line.quantity:f}", str(line.total)) for line in view.lines]
    table("Lines", ("sku", "title", "quantity", "total"), lines)
    _fulfilments(view)
    _returns(view)
    payments = [(paid.kind, str(paid.amount), when(paid.at, now), paid.key) for paid in view.payments]
    _unless_empty("Payments", ("what", "amount", "when", "key"), payments)
    _open(view, now)
    _messages(view, now)
    timeline = [_told(entry, now) for entry in view.timeline]
    _unless_empty("Timeline", ("when", "what", "who", "why", "part"), timeline)


def _head(view: OrderView, now: datetime) -> None:
    row = view.row
    say(f"{row.number}  {row.state} · {row.payment} · {row.fulfilment}  {row.total}  {row.channel}", "cyan")
    say(f"placed {when(row.placed_at, now)}  flow {view.flow} {view.flow_version}", "dim")
    say(f"{view.customer_email}  {', '.join(view.address)}", "dim")


def _messages(view: OrderView, now: datetime) -> None:
    rows = [
        (sent.template, sent.state, sent.subject, when(sent.at, now) if sent.at else "")
        for sent in view.notices
    ]
    _unless_empty("Messages", ("notice", "state", "subject", "when"), rows)


def _fulfilments(view: OrderView) -> None:
    rows = [
        (
            part.id,
            f"{part.method} from {part.location}" if part.location else part.method,
            part.state,
            part.step,
            ", ".join(f"{amount:f} {sku}" for sku, amount in part.lines),
            str(part.total),
            " ".join(word for word in (part.carrier, part.tracking, part.link) if word),
        )
        for part in view.fulfilments
    ]
    _unless_empty("Fulfilments", ("id", "how", "state", "at", "what", "share", "parcel"), rows)


def _returns(view: OrderView) -> None:
    rows = [
        (
            each.id,
            each.state,
            each.step,
            ", ".join(f"{line.quantity:f} {line.sku}" for line in each.lines),
            "" if each.claim == "none" else each.claim,
            each.reason,
            str(each.value),
            f"{each.refunded} {each.refund}" if each.refund else "",
        )
        for each in view.returns
    ]
    columns = ("id", "state", "at", "what", "claim", "why", "worth", "refund")
    _unless_empty("Returns", columns, rows)


def _open(view: OrderView, now: datetime) -> None:
    waits = [
        (
            wait.title,
            wait.role or wait.event or wait.kind,
            when(wait.since, now),
            when(wait.due, now) if wait.due else "",
            f"{when(wait.late, now)}: {wait.then}" if wait.late else "",
            wait.lane,
        )
        for wait in view.waiting_for
    ]
    _unless_empty("Waits for", ("what", "whom", "since", "due", "or else", "part"), waits)
    holds = [(hold.kind, hold.why, hold.by, when(hold.since, now)) for hold in view.holds]
    _unless_empty("On hold", ("kind", "why", "by", "since"), holds)
    incidents = [(each.id, each.title, each.what, each.role) for each in view.incidents]
    _unless_empty("Incidents", ("id", "step", "what", "role"), incidents)


def _told(entry: TimelineView, now: datetime) -> tuple[str, ...]:
    who = f"{entry.by} ({entry.role})" if entry.by and entry.role else entry.by
    return when(entry.at, now), entry.text, who, entry.why, entry.lane


def _unless_empty(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if rows:
        table(title, columns, rows)


def history(events: Sequence[dict[str, Any]]) -> None:
    """The engine's own events, for engineers, one a line."""
    say("History", "bold")
    for event in events:
        attributes = json.dumps(event["attributes"], ensure_ascii=False)
        say(f"{event['id']} {event['at']} {event['type']} {attributes}")
