"""What shops' systems say in words of their own, in ours."""

import re

from domain.errors import BadInput, OrderNotTaken
from domain.order import PART
from starter.formats import fields
from starter.formats.node import Node

EXPRESS = re.compile(r"express|overnight|same[ _-]?day|next[ _-]?day", re.IGNORECASE)
# In the words of domain/payment.py; a cheque and a bank slip come by themselves, as a transfer does.
METHODS = (
    (
        "transfer",
        re.compile(r"bacs|bank|transfer|\bwire\b|boleto|slip|cheque|\bcheck\b|money.?order", re.IGNORECASE),
    ),
    ("cash", re.compile(r"\bcod\b|cash(?!.?app)", re.IGNORECASE)),
    ("invoice", re.compile(r"invoice|net.?\d\d\b", re.IGNORECASE)),
    ("paypal", re.compile(r"paypal|ppcp", re.IGNORECASE)),
)


def number(shop: str, own: str, path: str) -> str:
    """
    `{shop}-{its number}`, with a dash for whatever an order number cannot hold. One that would read as a
    parcel or return of another order (`1001-R1`) gets `_R1` instead: no shop's order is turned away for it.
    """
    clean = re.sub(r"[^A-Za-z0-9._-]+", "-", own).strip("-")
    if not clean:
        raise BadInput(f"{own[:40]!r} holds nothing an order number could be made of", path)
    part = PART.match(f"{shop}-{clean}")
    named = f"{part[1]}_{part[2]}{part[3]}" if part else f"{shop}-{clean}"
    return fields.number(named, path)


def method(words: str) -> str:
    """How an order is paid, out of the name of the shop's payment plug-in; a card unless it says more."""
    for name, pattern in METHODS:
        if pattern.search(words):
            return name
    return "card"


def express(words: str) -> bool:
    return bool(EXPRESS.search(words))


def language(words: str) -> str:
    """`en` out of `en-US` or `en_GB`; English when there is none."""
    first = re.split(r"[-_]", words.strip().lower())[0]
    return first if re.fullmatch(r"[a-z]{2,3}", first) else "en"


def full_name(node: Node) -> str:
    both = f"{node.line('first_name')} {node.line('last_name')}".strip()
    return node.line("name") or both or node.line("company")


def refused(reason: str) -> OrderNotTaken:
    """An order that is not ours to keep, with the reason why."""
    return OrderNotTaken(f"The order is not taken: {reason}.")
