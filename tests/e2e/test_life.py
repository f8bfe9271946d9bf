"""Orders on a real Temporal server, through the same doors as everybody's."""

import asyncio
import os
import signal

import pytest
from sqlalchemy import text

from adapters.payment.simulated import SimulatedGateway
from domain.act import HoldKind, Outcome
from domain.errors import ActRefused, BadInput, OrderConflict
from domain.money import Money
from starter.carrying import Person
from starter.ids import order_workflow
from tests.e2e.conftest import ANN, an_order
from tests.e2e.test_up import comes_true

BEN = Person("Ben Packer", "warehouse")


async def test_an_order_lives(shop):
    placed = await shop.place(an_order("life-1"))
    packed = await shop.pack("life-1")
    delivered = await shop.tell("life-1", "carrier.delivered")

    view = await shop.end("life-1")
    assert [placed.outcome, packed.outcome, delivered.outcome] == [Outcome.DONE] * 3
    assert (view.row.state, view.row.payment, view.row.fulfilment) == ("completed", "captured", "fulfilled")
    assert view.captured == Money(7490, "EUR")
    assert [notice.template for notice in view.notices] == ["confirmation", "shipped", "delivered"]


async def test_the_same_order_twice_is_one_order(shop):
    await shop.place(an_order("twice-1"))
    again = await shop.place(an_order("twice-1"))

    assert again.outcome == Outcome.DONE
    with pytest.raises(OrderConflict, match="twice-1"):
        await shop.place(an_order("twice-1", total="109.90", lines=[line(3)]))


async def test_a_finished_number_cannot_start_again(shop):
    await shop.place(an_order("done-1", payment=card("tok_declined")))
    await shop.end("done-1")

    await shop.place(an_order("done-1", payment=card("tok_declined")))
    handle = shop.open.client.get_workflow_handle(order_workflow("done-1"))

    assert (await handle.describe()).close_time is not None
    assert shop.view("done-1").row.state == "cancelled"


async def test_two_shops_may_use_one_number(shop):
    body = woo_order(id=5001)
    await shop.place(body, "woocommerce", "north")
    await shop.place(body | {"total": "80.00", "line_items": [woo_line("80.00")]}, "woocommerce", "south")

    assert shop.view("north-5001").row.total == Money(2000, "EUR")
    assert shop.view("south-5001").row.total == Money(8000, "EUR")


async def test_five_concurrent_identical_answers_are_one(shop):
    await shop.place(an_order("five-1"))
    task = await shop.task("five-1", "pack")
    form = {"parcel_weight": "900"}

    results = await asyncio.gather(
        *(shop.open.orders.answer(task.id, "packed", form, ANN, id="five-form") for _ in range(5))
    )

    assert [result.outcome for result in results] == [Outcome.DONE] * 5
    view = await shop.until("five-1", lambda view: view.captured.minor > 0)
    assert view.captured == view.row.total
    assert [line.kind for line in view.timeline].count("answer") == 1


async def test_a_second_person_is_told_who_was_first(shop):
    await shop.place(an_order("second-1"))
    task = await shop.task("second-1", "pack")

    first, second = await asyncio.gather(
        shop.open.orders.answer(task.id, "packed", {"parcel_weight": "900"}, ANN),
        shop.open.orders.answer(task.id, "short", {"missing": "TEAPOT=1"}, BEN),
    )

    refused = next(result for result in (first, second) if result.outcome == Outcome.REFUSED)
    winner = "Ann Packer" if refused is second else "Ben Packer"
    assert winner in refused.why


async def test_a_wrong_answer_is_refused_with_a_reason_and_leaves_nothing_in_history(shop):
    await shop.place(an_order("wrong-1"))
    task = await shop.task("wrong-1", "pack")
    with pytest.raises(ActRefused, match="packed, short"):
        await shop.open.orders.answer(task.id, "pakced", {}, ANN)
    with pytest.raises(BadInput, match="parcel_weight"):
        await shop.open.orders.answer(task.id, "packed", {}, ANN)

    handle = shop.open.client.get_workflow_handle(order_workflow("wrong-1"))
    assert "UPDATE" not in (await handle.fetch_history()).to_json()


async def test_early_late_and_repeated_events_are_kept_or_refused_never_lost(shop):
    await shop.place(an_order("events-1"))
    await shop.task("events-1", "pack")

    early = await shop.tell("events-1", "carrier.delivered", id="events-1-d")
    again = await shop.tell("events-1", "carrier.delivered", id="events-1-d")
    await shop.pack("events-1")
    view = await shop.end("events-1")
    late = await shop.tell("events-1", "carrier.in_transit")

    assert [early.outcome, again.outcome] == [Outcome.DONE] * 2
    assert view.row.state == "completed"
    assert late.outcome == Outcome.REFUSED
    assert "has ended" in late.why


async def test_an_order_on_hold_refuses_the_packer_until_it_is_released(shop):
    await shop.place(an_order("hold-1"))
    await shop.task("hold-1", "pack")
    support = Person("Sue", "support")
    await shop.open.orders.hold("hold-1", HoldKind.INCORRECT_ADDRESS, support, "house number missing")
    refused = await shop.pack("hold-1")
    held = shop.view("hold-1")
    await shop.open.orders.release("hold-1", HoldKind.INCORRECT_ADDRESS, support)

    assert "on hold" in refused.why
    assert held.row.state == "on_hold"
    assert [(hold.kind, hold.by, hold.why) for hold in held.holds] == [
        ("INCORRECT_ADDRESS", "Sue", "house number missing")
    ]
    assert (await shop.pack("hold-1")).outcome == Outcome.DONE


async def test_cancelling_gives_everything_back(shop):
    await shop.place(an_order("cancel-1"))
    await shop.task("cancel-1", "pack")

    result = await shop.open.orders.cancel("cancel-1", Person("Sue", "support"), "customer asked")
    view = await shop.end("cancel-1")

    assert result.outcome == Outcome.DONE
    assert (view.row.state, view.row.payment) == ("cancelled", "voided")


async def test_an_order_that_came_paid_is_never_charged_again(shop):
    await shop.place(an_order("paid-1", payment={"method": "card", "state": "paid"}))
    await shop.pack("paid-1")
    await shop.tell("paid-1", "carrier.delivered")

    view = await shop.end("paid-1")
    assert view.row.payment == "captured"
    assert view.captured == view.row.total
    assert [payment.kind for payment in view.payments] == ["received", "captured"]  # booked, not charged


async def test_a_paid_order_refused_as_fraud_gets_its_money_back(shop):
    elsewhere = an_order("x")["shipping_address"] | {"line1": "Elsewhere 1", "city": "Nowhere"}
    await shop.place(
        an_order(
            "refused-1",
            customer={"email": "eve@mailinator.com", "name": "Eve"},
            billing_address=elsewhere,
            delivery={"method": "ship", "express": True},
            lines=[line(20)],
            total="704.90",
            payment={"method": "card", "state": "paid"},
        )
    )

    view = await shop.end("refused-1")

    assert (view.row.state, view.row.payment) == ("cancelled", "refunded")


async def test_a_worker_killed_while_an_order_waits_forgets_nothing(shop):
    await shop.place(an_order("killed-1"))
    await shop.task("killed-1", "pack")

    kill_worker(shop)
    answered = await shop.pack("killed-1")
    await shop.until("killed-1", lambda view: view.captured.minor > 0)
    await shop.tell("killed-1", "carrier.delivered")

    view = await shop.end("killed-1")
    assert answered.outcome in (Outcome.DONE, Outcome.KEPT)
    assert view.captured == view.row.total


async def test_a_worker_killed_while_a_capture_runs_captures_once(shop):
    await shop.place(an_order("killed-2"))
    await shop.task("killed-2", "pack")
    gateway = SimulatedGateway(shop.open.settings.database_url)
    await gateway.misbehave("killed-2", "capture", "timeout_after")

    await shop.pack("killed-2")
    kill_worker(shop)
    await shop.until("killed-2", lambda view: view.captured.minor > 0)
    await shop.tell("killed-2", "carrier.delivered")

    view = await shop.end("killed-2")
    assert view.captured == view.row.total
    assert await charges(shop, "killed-2") == 1


def kill_worker(shop) -> None:
    pid = shop.machine.parts()["worker"]
    os.kill(pid, signal.SIGKILL)
    assert comes_true(lambda: shop.machine.parts().get("worker", pid) != pid)


async def charges(shop, number: str) -> int:
    with shop.open.book.read() as session:
        rows = session.connection().execute(
            text('SELECT count(*) FROM sim_capture WHERE "order" = :order'), {"order": number}
        )
        return int(rows.scalar_one())


def card(token: str) -> dict[str, str]:
    return {"method": "card", "state": "due", "token": token}


def line(quantity: int) -> dict[str, object]:
    return {"sku": "TEAPOT", "title": "Teapot", "quantity": quantity, "unit_price": "35.00"}


def woo_line(total: str) -> dict[str, object]:
    return {"id": 1, "sku": "CUP", "name": "Cup", "quantity": 1, "price": float(total), "total": total} | {
        "total_tax": "0.00",
        "subtotal": total,
        "subtotal_tax": "0.00",
        "product_id": 7,
    }


def woo_order(**changes: object) -> dict[str, object]:
    person = {
        "first_name": "Ada",
        "last_name": "Lovelace",
        "address_1": "Rue de la Paix 7",
        "address_2": "",
        "city": "Berlin",
        "state": "",
        "postcode": "10115",
        "country": "DE",
    }
    return {
        "id": 5001,
        "number": "5001",
        "status": "on-hold",
        "currency": "EUR",
        "date_created_gmt": "2026-11-20T10:00:00",
        "date_paid": None,
        "total": "20.00",
        "total_tax": "0.00",
        "shipping_total": "0.00",
        "shipping_tax": "0.00",
        "discount_total": "0.00",
        "discount_tax": "0.00",
        "payment_method": "card",
        "billing": person | {"email": "ada@example.org", "phone": ""},
        "shipping": person,
        "line_items": [woo_line("20.00")],
        "shipping_lines": [],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [],
    } | changes
