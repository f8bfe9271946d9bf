"""What people do to an order by hand, on a running machine: address, lines, a mail again, money back."""

import asyncio
from dataclasses import replace

from adapters.database.reconcile.auditor import Auditor
from domain.act import HoldKind, Outcome
from domain.errors import ActRefused
from domain.money import Money
from starter.carrying import Person
from starter.goodwill import Goodwill, prepare_goodwill
from tests.e2e.conftest import an_order
from tests.e2e.test_personal_data import found_in_history

SUE = Person("Sue", "support")
FAY = Person("Fay", "finance")
NUMBER = "by-hand-1"
LINES = [
    {"sku": "TEAPOT", "title": "Teapot", "quantity": 2, "unit_price": "35.00"},
    {"sku": "CUP", "title": "Cup", "quantity": 3, "unit_price": "10.00"},
]


async def give_back(shop, amount: str, form: str, *, second_person: bool = False) -> str:
    o = shop.open
    wish = Goodwill(NUMBER, amount, "Scratched", "Sue", "support", form)
    asked = await asyncio.to_thread(prepare_goodwill, wish, o.book, o.shelf, o.config.returns.goodwill)
    id, _ = await o.orders.open_return(replace(asked, second_person=second_person))
    return id


async def test_an_order_is_changed_by_hand_and_everything_is_right_at_the_end(shop):
    orders = shop.open.orders
    await shop.place(an_order(NUMBER, lines=LINES, total="104.90"))
    await shop.task(NUMBER, "pack")

    await orders.hold(NUMBER, HoldKind.INCORRECT_ADDRESS, SUE, "It came back")
    moved = await orders.address(NUMBER, {"line1": "Wrenstreet 8", "city": "Wrenville"}, SUE)
    edited = await orders.edit(NUMBER, ["TEAPOT=1", "CUP=0"], SUE, "wren-reason")
    packed = await shop.pack(NUMBER)
    await shop.until(NUMBER, lambda view: view.fulfilments[0].tracking)
    late = await orders.address(NUMBER, {"city": "Köln"}, SUE)
    await shop.tell(NUMBER, "carrier.delivered")
    view = await shop.end(NUMBER)

    assert [each.outcome for each in (moved, edited, packed, late)] == ["done", "done", "done", "refused"]
    assert "handed over" in late.why
    assert "Wrenstreet 8" in view.address
    assert (view.row.state, view.captured) == ("completed", Money(3672, "EUR"))
    assert [part.state for part in view.fulfilments] == ["fulfilled", "cancelled"]
    assert view.row.payment == "captured"
    told = [notice.template for notice in view.notices]
    assert told == ["confirmation", "taken_out", "shipped", "delivered"]
    assert await found_in_history(shop, NUMBER) == []


async def test_a_mail_goes_out_again_as_it_was_though_the_order_has_ended(shop):
    sent = shop.open.book.letter(NUMBER, shop.view(NUMBER).notices[0].id)

    result = await shop.open.orders.resend(NUMBER, "confirmation", SUE, "She lost it")
    view = await shop.until(NUMBER, lambda view: [n.state for n in view.notices] == ["sent"] * 5)

    again = shop.open.book.letter(NUMBER, view.notices[-1].id)
    assert result.outcome == Outcome.DONE
    assert (again.text, again.recipient) == (sent.text, sent.recipient)
    assert again.message_id != sent.message_id


async def test_a_goodwill_above_the_limit_takes_two_persons(shop):
    orders = shop.open.orders
    small = await give_back(shop, "5.00", "small")
    await shop.until(NUMBER, lambda view: view.returns[0].state == "refunded")
    large = await give_back(shop, "10.00", "large", second_person=True)
    task = await shop.task(NUMBER, "agree")

    refused = await why_not(orders.answer(task.id, "agreed", {}, Person("Sue", "finance")))
    await orders.answer(task.id, "agreed", {}, FAY)
    view = await shop.until(NUMBER, lambda view: view.returns[-1].state == "refunded")

    assert refused == "Agree to a refund: a second person has to answer, not Sue again."
    assert (small, large) == (f"{NUMBER}-R1", f"{NUMBER}-R2")
    assert view.refunded == Money(1500, "EUR")
    assert [notice.template for notice in view.notices][-2:] == ["goodwill_refunded"] * 2


async def test_nothing_is_wrong_after_all_that(shop):
    found = await asyncio.to_thread(Auditor(shop.open.book.url).differences, shop.now)

    assert [each for each in found if each.subject.startswith(NUMBER)] == []


async def why_not(asked) -> str:
    try:
        await asked
    except ActRefused as error:
        return str(error)
    return ""
