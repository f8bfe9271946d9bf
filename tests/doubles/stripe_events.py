"""Messages as Stripe sends them, of what the gateway of a test has in its books."""

import json
from datetime import datetime
from typing import Any


def event(id: str, type_: str, thing: dict[str, Any], at: datetime, *, live: bool = False) -> bytes:
    said = {"id": id, "object": "event", "type": type_, "livemode": live, "created": int(at.timestamp())}
    return json.dumps(said | {"data": {"object": thing}}).encode()


def refund(
    id: str, charge: str, minor: int, status: str, key: str = "", order: str = "1001"
) -> dict[str, Any]:
    marks = {"order": order, "key": key} if key else {}
    made = {"id": id, "object": "refund", "charge": charge, "amount": minor, "currency": "eur"}
    return made | {"status": status, "metadata": marks}


def dispute(id: str, charge: str, minor: int, status: str, due: int | None = None) -> dict[str, Any]:
    made = {"id": id, "object": "dispute", "charge": charge, "amount": minor, "currency": "eur"}
    return made | {"status": status, "reason": "fraudulent", "evidence_details": {"due_by": due}}


def intent(id: str, minor: int, status: str) -> dict[str, Any]:
    made = {"id": id, "object": "payment_intent", "amount": minor, "currency": "eur", "status": status}
    return made | {"latest_charge": f"ch_of_{id}", "metadata": {}}
