"""A return on a running machine: opened, taken in, looked at, paid back, and nothing wrong after it."""

import asyncio
from decimal import Decimal

import pytest

from adapters.database.reconcile.auditor import Auditor
from domain.act import Outcome
from domain.errors import ActRefused
from domain.returns import Claim
from starter.carrying import Person
from starter.exchanging import instead_of, with_exchange
from starter.returning import Wish, prepare_return
from tests.e2e.conftest import an_order

DESK = Person("Sherlock", "returns")


def wish(number: str, quantity: int, form: str, claim: Claim = Claim.NONE) -> Wish:
    return Wish(number, {"TEAPOT": Decimal(quantity)}, claim, "Too big for me", "Ann", "support", form)


def of_somebody_new(number: str) -> dict[str, object]:
    """Whoever has ordered often gets the money first."""
    return an_order(number, customer={"email": f"{number.lower()}@example.org", "name": "Ada Lovelace"})


async def open_return(shop, wanted: Wish):
    o = shop.open
    asked = await asyncio.to_thread(prepare_return, wanted, o.book, o.shelf, o.config.returns, shop.now)
    return await o.orders.open_return(asked)


async def answer(shop, number: str, step: str, name: str, **fields: str):
    task = await shop.task(number, step)
    return await shop.open.orders.answer(task.id, name, fields, DESK)


async def test_an_order_that_ended_takes_its_goods_back(shop):
    await shop.place(of_somebody_new("E2E-RET-1"))
    with pytest.raises(ActRefused, match="no TEAPOT has left"):
        await open_return(shop, wish("E2E-RET-1", 1, "ret-0"))
    await shop.pack("E2E-RET-1")
    await shop.tell("E2E-RET-1", "carrier.delivered")
    await shop.end("E2E-RET-1")

    id, opened = await open_return(shop, wish("E2E-RET-1", 1, "ret-1"))
    again, _ = await open_return(shop, wish("E2E-RET-1", 1, "ret-1"))
    await answer(shop, "E2E-RET-1", "arrival", "arrived")
    await answer(shop, "E2E-RET-1", "inspect", "accepted", goods="TEAPOT=1")
    view = await shop.until("E2E-RET-1", lambda view: view.returns[0].state == "refunded")

    assert (id, again, opened.outcome) == ("E2E-RET-1-R1", "E2E-RET-1-R1", Outcome.DONE)
    assert (view.row.payment, view.returns[0].refunded.minor) == ("partially_refunded", 3500)
    assert [notice.template for notice in view.notices][-3:] == [
        "return_opened",
        "return_received",
        "return_refunded",
    ]
    assert all(notice.state == "sent" for notice in view.notices)


async def test_a_return_can_be_called_off_and_opened_again(shop):
    await shop.place(of_somebody_new("E2E-RET-2"))
    await shop.pack("E2E-RET-2")
    await shop.tell("E2E-RET-2", "carrier.delivered")
    await shop.end("E2E-RET-2")
    id, _ = await open_return(shop, wish("E2E-RET-2", 2, "ret-2"))
    await shop.task("E2E-RET-2", "arrival")
    with pytest.raises(ActRefused, match="0 of TEAPOT can still come back"):
        await open_return(shop, wish("E2E-RET-2", 1, "ret-3"))

    result = await shop.open.orders.cancel("E2E-RET-2", Person("Ann", "support"), "No", fulfilment=id)
    view = await shop.until("E2E-RET-2", lambda view: view.returns[0].state == "cancelled")
    second, _ = await open_return(shop, wish("E2E-RET-2", 2, "ret-4", Claim.DAMAGED))
    await answer(shop, "E2E-RET-2", "check", "wrong")
    view = await shop.until("E2E-RET-2", lambda view: view.returns[1].state == "declined")

    assert (result.outcome, second) == (Outcome.DONE, "E2E-RET-2-R2")
    assert view.row.payment == "captured"


async def test_an_exchange_goes_out_when_the_goods_are_back(shop):
    await shop.place(of_somebody_new("E2E-EX-1"))
    await shop.pack("E2E-EX-1")
    await shop.tell("E2E-EX-1", "carrier.delivered")
    await shop.end("E2E-EX-1")
    o = shop.open
    wanted = wish("E2E-EX-1", 1, "ex-1")
    asked = await asyncio.to_thread(prepare_return, wanted, o.book, o.shelf, o.config.returns, shop.now)
    asked = with_exchange(asked, instead_of(["CUP=2@10.00"]), o.book, o.shelf, o.config, {})
    await o.orders.open_return(asked)
    assert shop.view("E2E-EX-1-X1").holds[0].kind == "AWAITING_RETURN"

    await answer(shop, "E2E-EX-1", "arrival", "arrived")
    await answer(shop, "E2E-EX-1", "inspect", "accepted", goods="TEAPOT=1")
    view = await shop.until("E2E-EX-1", lambda view: view.returns[0].state == "refunded")
    await shop.pack("E2E-EX-1-X1")
    await shop.tell("E2E-EX-1-X1", "carrier.delivered")
    new = await shop.end("E2E-EX-1-X1")

    assert (view.returns[0].exchange, view.returns[0].refunded.minor) == ("E2E-EX-1-X1", 1500)
    assert (new.row.state, new.row.total.minor, new.replaces) == ("completed", 0, "E2E-EX-1")
    found = await asyncio.to_thread(Auditor(o.book.url).differences, shop.now)
    assert [each for each in found if each.subject.startswith("E2E-EX-1")] == []
