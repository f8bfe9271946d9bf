"""
What Stripe does with holds, charges and refunds, as far as our till asks for it.

By its documentation: a key's first answer is kept and given again, errors of the effect too; a hold is
captured once; no more is given back than was taken.
"""

import itertools
import sys
from dataclasses import dataclass, field
from typing import Any

DECLINED = "pm_card_visa_chargeDeclined"
PENDING_REFUND = "pm_card_pendingRefund"
FAILED_REFUND = "pm_card_refundFail"
WEEK = 7 * 24 * 3600
Thing = dict[str, Any]


class No(Exception):
    """An answer other than 200; `kept` under the key, as the effect had begun."""

    def __init__(self, status: int, code: str = "", type_: str = "invalid_request_error", param: str = ""):
        super().__init__(code)
        self.status = status
        error = {"type": type_, "code": code, "param": param, "message": "Stripe's own words"}
        self.body = {"error": {name: value for name, value in error.items() if value}}


@dataclass
class Books:
    """`now` is Stripe's clock, in seconds."""

    now: int
    intents: dict[str, Thing] = field(default_factory=dict)
    charges: dict[str, Thing] = field(default_factory=dict)
    refunds: dict[str, Thing] = field(default_factory=dict)
    events: list[Thing] = field(default_factory=list)
    movements: dict[str, Thing] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def do(self, path: str, form: dict[str, str]) -> Thing:
        """:raises No: Stripe refuses."""
        parts = path.split("/")
        match parts:
            case ["payment_intents"]:
                return self._hold(form)
            case ["payment_intents", id]:
                return self._mark(self._find(self.intents, id), form)
            case ["charges", id]:
                return self._mark(self._find(self.charges, id), form)
            case ["payment_intents", id, "capture"]:
                return self._capture(self._find(self.intents, id), int(form["amount_to_capture"]))
            case ["payment_intents", id, "cancel"]:
                return self._cancel(self._find(self.intents, id))
            case ["refunds"]:
                return self._refund(form)
        raise No(404, "resource_missing")

    def read(self, path: str, query: dict[str, str]) -> Thing:
        match path.split("/"):
            case ["payment_intents", id]:
                return self.whole(self._find(self.intents, id))
            case ["charges", id]:
                charge = self._find(self.charges, id)
                return {**charge, "payment_intent": self.intents.get(charge["payment_intent"])}
            case ["payment_intents"]:
                first, last = int(query["created[gte]"]), int(query.get("created[lte]", sys.maxsize))
                found = [each for each in self.intents.values() if first <= each["created"] <= last]
                return self._page([self.whole(each) for each in found], query)
            case ["events"]:
                types = {value for name, value in query.items() if name.startswith("types[")}
                since = int(query["created[gte]"])
                told = [e for e in self.events if e["type"] in types and e["created"] >= since]
                return self._page(told, query)
            case ["balance_transactions"]:
                since = int(query["created[gte]"])
                return self._page([m for m in self.movements.values() if m["created"] >= since], query)
            case ["refunds"]:
                of = query.get("charge")
                found = [each for each in self.refunds.values() if of in (None, each["charge"])]
                return self._page(found, query)
        raise No(404, "resource_missing")

    def whole(self, intent: Thing) -> Thing:
        return {**intent, "latest_charge": self.charges.get(intent["latest_charge"])}

    def keep(self, source: str, fee: int, amount: int, currency: str, type_: str) -> None:
        """Count what Stripe keeps of a movement of the shop's money."""
        id = f"txn_{len(self.movements) + 1:06d}"
        self.movements[id] = {
            "id": id,
            "object": "balance_transaction",
            "amount": amount,
            "fee": fee,
            "net": amount - fee,
            "currency": currency,
            "created": self.now,
            "source": source,
            "type": type_,
        }

    def count(self) -> None:
        """What Stripe keeps of each payment, which it does in the background."""
        counted = {each["source"] for each in self.movements.values()}
        for id, charge in self.charges.items():
            taken = charge["amount_captured"]
            if taken and id not in counted:
                self.keep(
                    id, min((taken * 14 + 500) // 1000 + 25, taken), taken, charge["currency"], "charge"
                )

    def _hold(self, form: dict[str, str]) -> Thing:
        assert form["confirm"] == form["off_session"] == "true"
        amount, id = int(form["amount"]), self._id("pi")
        intent = self.intents[id] = {
            "id": id,
            "object": "payment_intent",
            "amount": amount,
            "amount_capturable": 0,
            "amount_received": 0,
            "currency": form["currency"],
            "created": self.now,
            "status": "requires_payment_method",
            "latest_charge": None,
            "capture_method": form["capture_method"],
            "metadata": _metadata(form),
        }
        if form["payment_method"] == DECLINED:
            raise No(402, "card_declined", "card_error")
        held = form["capture_method"] == "manual"
        intent |= {"status": "requires_capture" if held else "succeeded"}
        intent |= {"amount_capturable" if held else "amount_received": amount}
        self._charge(intent, form["payment_method"], 0 if held else amount)
        return self.whole(intent)

    def _charge(self, intent: Thing, method: str, captured: int) -> None:
        id = self._id("ch")
        intent["latest_charge"] = id
        self.charges[id] = {
            "id": id,
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": captured,
            "amount_refunded": 0,
            "captured": bool(captured),
            "disputed": False,
            "currency": intent["currency"],
            "created": self.now,
            "payment_intent": intent["id"],
            "payment_method": method,
            "payment_method_details": {"type": "card", "card": {"capture_before": self.now + WEEK}},
            "metadata": dict(intent["metadata"]),
        }

    def _capture(self, intent: Thing, amount: int) -> Thing:
        if intent["status"] != "requires_capture":
            raise No(400, "payment_intent_unexpected_state")
        if amount > intent["amount_capturable"]:
            raise No(400, "amount_too_large", param="amount_to_capture")
        intent |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
        self.charges[intent["latest_charge"]] |= {"captured": True, "amount_captured": amount}
        return self.whole(intent)

    def _cancel(self, intent: Thing) -> Thing:
        if intent["status"] != "requires_capture":
            raise No(400, "payment_intent_unexpected_state")
        intent |= {"status": "canceled", "amount_capturable": 0}
        return self.whole(intent)

    def _refund(self, form: dict[str, str]) -> Thing:
        charge, amount = self._find(self.charges, form["charge"]), int(form["amount"])
        left = charge["amount_captured"] - charge["amount_refunded"]
        if charge["disputed"]:
            raise No(400, "charge_disputed")
        if not left:
            raise No(400, "charge_already_refunded")
        if amount > left:
            raise No(400, param="amount")
        charge["amount_refunded"] += amount
        id = self._id("re")
        status = {PENDING_REFUND: "pending", FAILED_REFUND: "failed"}.get(charge["payment_method"])
        made = {"id": id, "object": "refund", "amount": amount, "currency": charge["currency"]}
        made |= {"charge": charge["id"], "created": self.now, "metadata": _metadata(form)}
        self.refunds[id] = made | {"status": status or "succeeded"}
        self.keep(id, 0, -amount, charge["currency"], "refund")
        return self.refunds[id]

    def _mark(self, thing: Thing, form: dict[str, str]) -> Thing:
        thing["metadata"] |= _metadata(form)
        return self.whole(thing) if thing["object"] == "payment_intent" else thing

    def _find(self, things: dict[str, Thing], id: str) -> Thing:
        if id not in things:
            raise No(404, "resource_missing")
        return things[id]

    def _page(self, found: list[Thing], query: dict[str, str]) -> Thing:
        """The newest first."""
        newest = found[::-1]
        ids = [each["id"] for each in newest]
        first = ids.index(query["starting_after"]) + 1 if "starting_after" in query else 0
        page = newest[first : first + int(query["limit"])]
        more = first + len(page) < len(newest)
        return {"object": "list", "data": page, "has_more": more, "url": "/v1/list"}

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers):06d}"


def _metadata(form: dict[str, str]) -> dict[str, str]:
    return {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}
