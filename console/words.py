"""How states, facts and values of the shop read on a screen."""

from typing import Any

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


def say_state(state: str) -> str:
    """`partially_refunded` as `partially refunded`."""
    return state.replace("_", " ").replace("-", " ").lower()


def tone(state: str) -> str:
    """The colour that goes with a state, always beside its word."""
    for name, states in (("good", GOOD), ("bad", BAD), ("care", CARE)):
        if state in states:
            return name
    return "calm"


def say_fact(path: str) -> str:
    """`fulfilment.lines` as `Lines`, `screen.score` as `Screen score`."""
    scope, _, name = path.partition(".")
    kept = name if scope in ("order", "fulfilment", "return") and name else path
    words = kept.replace(".", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


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
