"""How states, facts and values of the shop read on a screen."""

from typing import Any

from domain.view import TaskView
from flow.facts import ROOTS
from starter.figures import reason

GOOD = {
    "completed",
    "accepted",
    "shipped",
    "fulfilled",
    "captured",
    "delivered",
    "sent",
    "done",
    "refunded",
}
BAD = {"cancelled", "rejected", "failed", "expired", "refused", "declined"}
CARE = {
    "on_hold",
    "partially_refunded",
    "partially_captured",
    "partially_fulfilled",
    "kept",
    "pending",
    "due",
}
# How the money of an order stands, as a clerk says it.
PAYMENTS = {
    "none": "nothing paid",
    "pending": "payment due",
    "authorized": "authorised",
    "partially_captured": "partly paid",
    "captured": "paid",
    "partially_refunded": "partly refunded",
    "voided": "not charged",
    "failed": "declined",
    "expired": "authorisation expired",
}
MOVEMENTS = {
    "authorized": "authorised",
    "captured": "taken",
    "refund_failed": "refund came back",
    "voided": "let go",
}
TONGUES = {"de": "German", "en": "English"}
FACTS = {"lines": "Goods", "screen.score": "Fraud score"}
WAYS = {"ship": "by carrier", "pickup": "picked up", "local": "brought round"}


def say_state(state: str) -> str:
    """`partially_fulfilled` as `partly fulfilled`, `carrier.delivered` as `carrier: delivered`."""
    words = state.replace("_", " ").replace("-", " ").replace(".", ": ").lower()
    return words.replace("partially ", "partly ")


def say_payment(state: str) -> str:
    """`captured`, of a whole order, as `paid`."""
    return PAYMENTS.get(state, say_state(state))


def say_movement(kind: str) -> str:
    """`captured`, of one movement of money, as `taken`."""
    return MOVEMENTS.get(kind, say_state(kind))


def say_tongue(language: str) -> str:
    """`de` as `German`; by its code where we have no word."""
    return TONGUES.get(language, language)


def say_answer(task: TaskView) -> str:
    """What the button said that closed it."""
    return next((each.label for each in task.answers if each.name == task.answer), say_state(task.answer))


def say_way(method: str) -> str:
    """How goods get to the customer: `ship` as `by carrier`."""
    return WAYS.get(method, say_state(method))


def tone(state: str) -> str:
    """The colour that goes with a state, always beside its word."""
    for name, states in (("good", GOOD), ("bad", BAD), ("care", CARE)):
        if state in states:
            return name
    return "calm"


def say_fact(path: str) -> str:
    """`fulfilment.lines` as `Goods`, `transfer.amount` as `Transfer amount`."""
    scope, _, name = path.partition(".")
    kept = name if scope in ("order", "fulfilment", "return") and name else path
    words = FACTS.get(kept, kept.replace(".", " ").replace("_", " "))
    return words[:1].upper() + words[1:]


def is_money(path: str) -> bool:
    """`order.total`, and what a step of a flow calls its amount."""
    root, *rest = path.split(".")
    kind = ROOTS.get(root)
    for name in rest:
        kind = kind.fields.get(name) if kind else None
    return kind.name == "money" if kind else rest[-1:] == ["amount"]


def fact_value(value: Any, path: str, currency: str) -> str:
    """One fact of a task for a person; `currency` is that of its order."""
    if path == "return.claim":
        return reason(str(value))
    return f"{currency} {value}" if value and is_money(path) else plain_value(value)


def plain_value(value: Any) -> str:
    """One line for a person: no brackets, no quotes."""
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(plain_value(each) for each in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{say_fact(str(name))} {plain_value(each)}" for name, each in value.items())
    return str(value)


def goods_in(show: dict[str, Any]) -> str:
    """`2 MUG-BLUE, 1 LAMP-DESK`, of the first lines that a task shows."""
    for value in show.values():
        if (
            isinstance(value, list)
            and value
            and all(isinstance(each, dict) and "sku" in each for each in value)
        ):
            return ", ".join(f"{each.get('quantity', '')} {each['sku']}".strip() for each in value)
    return ""
