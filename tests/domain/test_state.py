"""The states that people read follow from the books."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.money import Money
from domain.order import PaymentState
from domain.payment import Figures
from domain.state import (
    delivery_state,
    fulfilment_state,
    order_delivery_state,
    order_state,
    payment_state,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def paid(**minor: int) -> Figures:
    changes: dict[str, Any] = {name: eur(amount) for name, amount in minor.items()}
    return replace(Figures.none("EUR"), **changes)


@pytest.mark.parametrize(
    ("ended", "holds", "state"),
    [
        ("", [], "open"),
        ("", ["OTHER"], "on_hold"),
        ("completed", [], "completed"),
        ("cancelled", ["OTHER"], "cancelled"),
    ],
)
def test_an_order_is_what_its_end_says_else_held_else_open(ended, holds, state):
    assert order_state(ended, holds) == state


@pytest.mark.parametrize(("came", "state"), [("authorized", "authorized"), ("paid", "captured")])
def test_what_an_order_brought_along_counts_until_our_ledger_knows_it(came, state):
    brought = payment_state(paid(), eur(100), NOW, ended=False, came=PaymentState(came))

    assert brought == state


@pytest.mark.parametrize(
    ("figures", "ended", "state"),
    [
        (paid(), False, "pending"),
        (paid(), True, "none"),
        (paid(authorized=100), False, "authorized"),
        (paid(authorized=100, voided=100), False, "voided"),
        (paid(authorized=200, voided=100), False, "authorized"),
        (paid(authorized=100, captured=40), False, "partially_captured"),
        (paid(authorized=100, captured=100), False, "captured"),
        (paid(received=100, captured=100), False, "captured"),
        (paid(authorized=100, captured=40, voided=60), False, "partially_captured"),
        (paid(authorized=100, captured=40, voided=60), True, "captured"),
        (paid(authorized=100, captured=40), True, "partially_captured"),
        (paid(authorized=100, captured=100, refunded=30), True, "partially_refunded"),
        (paid(authorized=100, captured=100, refunded=100), True, "refunded"),
        (paid(authorized=100, captured=40, refunded=40), False, "refunded"),
    ],
)
def test_payment_follows_the_ledger(figures, ended, state):
    assert payment_state(figures, eur(100), NOW, ended=ended) == state


def test_a_hold_on_money_expires_by_the_clock():
    figures = replace(paid(authorized=100), expires_at=NOW)
    assert payment_state(figures, eur(100), NOW - timedelta(seconds=1), ended=False) == "authorized"
    assert payment_state(figures, eur(100), NOW, ended=False) == "expired"


def test_a_declined_payment_failed_unless_money_came_after_all():
    assert payment_state(paid(), eur(100), NOW, ended=False, declined=True) == "failed"
    assert payment_state(paid(), eur(100), NOW, ended=True, declined=True) == "failed"
    assert payment_state(paid(authorized=100), eur(100), NOW, ended=False, declined=True) == "authorized"


def test_an_order_that_costs_nothing_needs_no_payment():
    assert payment_state(paid(), eur(0), NOW, ended=False) == "none"


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ([], "unfulfilled"),
        (["open"], "in_progress"),
        (["backordered"], "scheduled"),
        (["open", "backordered"], "in_progress"),
        (["shipped", "open"], "partially_fulfilled"),
        (["shipped", "backordered", "cancelled"], "partially_fulfilled"),
        (["shipped", "fulfilled"], "fulfilled"),
        (["fulfilled", "cancelled"], "fulfilled"),
        (["cancelled", "cancelled"], "cancelled"),
    ],
)
def test_goods_are_as_far_as_the_fulfilments_that_are_kept(parts, state):
    assert fulfilment_state(parts, held=False, cancelled=False) == state


def test_a_held_order_holds_what_has_not_left():
    assert fulfilment_state(["open"], held=True, cancelled=False) == "on_hold"
    assert fulfilment_state([], held=True, cancelled=False) == "on_hold"
    assert fulfilment_state(["shipped"], held=True, cancelled=False) == "fulfilled"
    assert fulfilment_state(["shipped", "open"], held=True, cancelled=False) == "partially_fulfilled"


def test_a_cancelled_order_fulfils_nothing():
    assert fulfilment_state([], held=False, cancelled=True) == "cancelled"


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], "pre_transit"),
        (["carrier.in_transit"], "in_transit"),
        (["carrier.in_transit", "carrier.out_for_delivery"], "out_for_delivery"),
        (["carrier.delivered", "carrier.in_transit"], "delivered"),
        (["carrier.delivered", "carrier.returning"], "returning"),
        (["carrier.failed"], "failed"),
        (["carrier.returning"], "returning"),
        (["carrier.somewhere"], "pre_transit"),
    ],
)
def test_a_parcel_is_where_its_carrier_says(events, state):
    assert delivery_state("shipped", "T1", events) == state


def test_without_a_number_there_is_no_parcel_and_support_may_know_it_arrived():
    assert delivery_state("open", "", []) == ""
    assert delivery_state("fulfilled", "T1", []) == "delivered"


@pytest.mark.parametrize(
    ("parcels", "state"),
    [
        ([], ""),
        (["", "delivered"], "delivered"),
        (["delivered", "in_transit"], "in_transit"),
        (["pre_transit", "failed"], "failed"),
    ],
)
def test_the_parcel_that_needs_looking_at_speaks_for_the_order(parcels, state):
    assert order_delivery_state(parcels) == state
