"""What a demo came to, and where its orders stand on the way."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from config.settings import SHIPPED
from domain.money import Money
from domain.stock_book import MovementRow
from domain.view import OrderRow, PaymentView
from starter.demo import summary
from starter.demo.run import patience
from starter.demo.samples import cast
from starter.demo.stages import count, has_ended, stage
from starter.demo.summary import Ending

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LOST, CLEAN = cast(SHIPPED / "samples", 2, NOON)


def a_row(state: str = "completed", payment: str = "captured", *waiting_for: str, incidents: int = 0):
    total = Money(1000, "EUR")
    return OrderRow(
        *("1001", "web", state, payment, "", "", total, NOON),
        *(waiting_for, None, incidents, "Ada"),
    )


def an_ending(play, row, *, steps=(), parcels=("fulfilled",), payments=(), incidents=(), notices=()):
    view: Any = SimpleNamespace(
        row=row,
        end="Completed" if row.state == "completed" else "",
        timeline=[SimpleNamespace(step=step) for step in steps],
        fulfilments=[SimpleNamespace(state=state) for state in parcels],
        payments=[PaymentView(kind, Money(minor, cur), "", NOON) for kind, minor, cur in payments],
        incidents=incidents,
        notices=[SimpleNamespace(template=template, state=state) for template, state in notices],
    )
    return Ending(play, view)


def test_an_order_that_came_through_what_it_should_is_as_expected():
    row = a_row("completed", "refunded")

    ending = an_ending(LOST, row, steps=["pack", "trace", "tell_lost"], parcels=["shipped", "cancelled"])

    assert ending.wrong == ""
    assert ending.words == "Completed, refunded"


@pytest.mark.parametrize(
    ("ending", "wrong"),
    [
        (an_ending(CLEAN, a_row("cancelled")), "state is cancelled, not completed"),
        (an_ending(CLEAN, a_row("open", "pending")), "state is open, not completed; payment is pending"),
        (an_ending(CLEAN, a_row(payment="expired")), "payment is expired, not captured"),
        (an_ending(CLEAN, a_row(), parcels=["shipped", "fulfilled"]), "parcels is 2, not 1"),
        (an_ending(LOST, a_row(payment="refunded"), steps=["trace"]), "never came to tell_lost"),
        (
            an_ending(CLEAN, a_row(), incidents=[SimpleNamespace(title="Pack", what="No.")]),
            "stopped at Pack: No.",
        ),
    ],
)
def test_what_should_have_been_otherwise_is_said(ending: Ending, wrong: str):
    assert ending.wrong.startswith(wrong)


def test_money_is_summed_by_currency_and_kind():
    one = an_ending(CLEAN, a_row(), payments=[("authorized", 500, "EUR"), ("captured", 500, "EUR")])
    two = an_ending(CLEAN, a_row(), payments=[("authorized", 70, "EUR"), ("captured", 9, "JPY")])

    sums = summary.money([one, two])

    assert sums == {
        "EUR": {"authorized": Money(570, "EUR"), "captured": Money(500, "EUR")},
        "JPY": {"captured": Money(9, "JPY")},
    }


def test_stock_that_moved_is_summed_by_kind():
    def movement(kind: str, quantity: str) -> MovementRow:
        return MovementRow(NOON, "MUG", "main", Decimal(quantity), kind, "")

    found = summary.moved([movement("receive", "10"), movement("ship", "-2"), movement("ship", "-0.5")])

    assert found == {"receive": (1, Decimal(10)), "ship": (2, Decimal("-2.5"))}


def test_mails_are_counted_by_template_and_those_not_sent_apart():
    ending = an_ending(
        CLEAN, a_row(), notices=[("shipped", "sent"), ("shipped", "sent"), ("lost", "refused")]
    )

    assert summary.mails([ending]) == ({"shipped": 2}, 1)
    assert summary.outcomes([ending, an_ending(CLEAN, a_row("open"))]) == {"Completed": 1, "Not ended": 1}


@pytest.mark.parametrize(
    ("row", "where"),
    [
        (a_row(), "completed"),
        (a_row("cancelled"), "cancelled"),
        (a_row("open", "none"), "under way"),
        (a_row("open", "none", "fraud"), "in fraud review"),
        (a_row("open", "none", "carrier.delivered", "warehouse"), "being packed"),
        (a_row("open", "none", "carrier.delivered"), "on its way"),
        (a_row("open", "none", "counter"), "to be picked up"),
        (a_row("open", "none", "partner.shipped", "courier"), "with a partner"),
        (a_row("open", "none", "support-lead"), "waiting"),
        (a_row("on_hold", "none", "warehouse"), "on hold"),
        (a_row("open", "none", "warehouse", incidents=1), "stopped"),
    ],
)
def test_where_an_order_stands(row: OrderRow, where: str):
    assert stage(row) == where
    assert has_ended(row) == (where in ("completed", "cancelled"))


def test_orders_not_placed_yet_are_to_come():
    assert count([a_row(), a_row("open", "none", "fraud")], 5) == {
        "to come": 3,
        "in fraud review": 1,
        "completed": 1,
    }


def test_a_demo_waits_longer_where_clocks_are_slower():
    assert patience(43_200) < 120 < patience(4_320)
