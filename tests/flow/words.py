"""A small shop's words, for flows that tests write."""

from pathlib import Path

from activities.catalogue import ACTIONS
from flow.catalogue import Action, Catalogue, Event

ROOT = Path(__file__).parents[2]
SKIPPED = Action(
    "parcel.weigh", "Weighs the parcel.", result={"grams": "grams"}, levels=frozenset({"fulfilment"})
)
CATALOGUE = Catalogue(
    actions=ACTIONS | {SKIPPED.name: SKIPPED},
    events={
        "payment.received": Event("payment.received", "Money came.", {"amount": "money"}),
        "carrier.delivered": Event("carrier.delivered", "It is there."),
        "customer.choice": Event("customer.choice", "They chose.", {"choice": "choice [wait, cancel]"}),
        "customer.wrote": Event("customer.wrote", "They wrote.", {"note": "text"}),
    },
    roles={name: frozenset({"see"}) for name in ("ops", "warehouse", "warehouse-lead", "fraud", "finance")},
    notices=frozenset({"shipped", "backorder"}),
    calendars=frozenset({"office"}),
    flows={"standard": "order", "warehouse": "fulfilment", "pickup": "fulfilment"},
)

FLOW = """\
flow: parcel
for: fulfilment
title: Send a parcel
format: 1
calendar: office
cancel_until: take
steps:
  - id: pack
    title: Pack it
    ask: warehouse
    answers:
      packed: {label: Packed, go: take, needs: {weight: grams}}
      short: {label: Missing, go: split, needs: {missing: lines}}
    if_late: {after: 2 working days, go: pack}
  - id: split
    title: Move what is missing
    run: stock.split
    with: {missing: pack.missing}
    timeout: 10s
  - id: left
    title: Is anything left?
    decide:
      - if: split.left > 0
        go: pack
      - otherwise: off
  - id: take
    title: Take the money
    run: payment.capture
    undo: payment.refund
    timeout: 30s
  - id: tell
    title: Tell the customer
    tell: shipped
  - id: arrived
    title: Wait for it
    wait_for: carrier.delivered
    if_late: {after: 14 days, go: off}
    then: done
ends:
  done: {title: Delivered, state: fulfilled}
  off: {title: Called off, state: cancelled, undo: true}
"""


def line_of(text: str, part: str) -> tuple[int, int]:
    """Where `part` first stands, from 1."""
    at = text.index(part)
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
