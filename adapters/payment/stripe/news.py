"""Stripe's events as news of a payment gateway; what we have no use for is none. Needs no library."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from adapters.payment.stripe.amounts import ours
from domain.errors import BadInput
from domain.gateway_news import DisputeState, GatewayNews, NewsKind, RefundEnd

KINDS = {
    "payment_intent.amount_capturable_updated": NewsKind.HELD,
    "payment_intent.succeeded": NewsKind.TAKEN,
    "payment_intent.canceled": NewsKind.LET_GO,
    "refund.created": NewsKind.REFUND,
    "refund.updated": NewsKind.REFUND,
    "refund.failed": NewsKind.REFUND,
    "charge.refund.updated": NewsKind.REFUND,
    "charge.dispute.created": NewsKind.DISPUTE,
    "charge.dispute.updated": NewsKind.DISPUTE,
    "charge.dispute.closed": NewsKind.DISPUTE,
}
REFUNDS = {"succeeded": RefundEnd.CONFIRMED, "failed": RefundEnd.FAILED, "canceled": RefundEnd.FAILED}
# An early warning that was closed took no money.
DISPUTES = {"won": DisputeState.WON, "warning_closed": DisputeState.WON, "lost": DisputeState.LOST}

MOST_CHARACTERS = 255
MOST_MINOR = 10**13
OUR_MARK = re.compile(r"[!-~]{1,255}")


def read_news(body: bytes, gateway: str, *, live: bool) -> GatewayNews | None:
    """
    None for an event of a type that changes nothing here.

    :raises BadInput: it is no event of Stripe's, or one of the other mode (test, live).
    """
    try:
        event = json.loads(body)
        if event["object"] != "event" or event["livemode"] is not live:
            raise BadInput("is no event of this account's mode", "livemode")
        kind = KINDS.get(event["type"])
        if kind is None:
            return None
        return _news(event, kind, gateway, event["data"]["object"])
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise BadInput("is no event of Stripe's") from error


def _news(event: Any, kind: NewsKind, gateway: str, thing: Any) -> GatewayNews:
    marks = thing.get("metadata") or {}
    ends = (thing.get("evidence_details") or {}).get("due_by")
    return GatewayNews(
        id=_text(event["id"]),
        gateway=gateway,
        kind=kind,
        object=_text(thing["id"]),
        about=_text(thing.get("charge") or ""),
        order=_mark(marks, "order"),
        key=_mark(marks, "key"),
        amount=ours(_figure(thing["amount"]), _text(thing["currency"])),
        state=_state(kind, _text(thing["status"])),
        at=datetime.fromtimestamp(int(event["created"]), UTC),
        why=_text(thing.get("reason") or "") if kind == NewsKind.DISPUTE else "",
        due=datetime.fromtimestamp(int(ends), UTC) if ends else None,
    )


def _state(kind: NewsKind, status: str) -> str:
    if kind == NewsKind.REFUND:
        return REFUNDS.get(status, RefundEnd.PENDING).value
    if kind == NewsKind.DISPUTE:
        return DISPUTES.get(status, DisputeState.OPEN).value
    return ""


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable() or len(value) > MOST_CHARACTERS:
        raise TypeError("not a name")
    return value


def _mark(marks: Any, name: str) -> str:
    """What another program wrote there may be anything: it is none of ours then."""
    value = marks.get(name, "")
    return value if isinstance(value, str) and OUR_MARK.fullmatch(value) else ""


def _figure(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MOST_MINOR:
        raise TypeError("not an amount")
    return value
