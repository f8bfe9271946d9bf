"""What comes back, held against both databases: never more than was shipped, never more than was paid."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from activities.returns import Returns as ReturnsPort
from adapters.database.tables.orders import PlacedOrder
from adapters.payment.simulated import SimulatedGateway
from domain.errors import ActRefused, NotFound, OrderEnded, PaymentDeclined, Unavailable
from domain.money import Money
from domain.return_book import Asked
from domain.returns import Claim
from tests.contracts.counter import LATER, Counter
from tests.goods import line


def test_the_adapter_keeps_the_port(shop):
    port: ReturnsPort = shop.returns
    assert port is shop.returns


def test_a_return_is_opened_under_its_own_number(shop):
    assert [shop.open(CUP="1"), shop.open(form="f2", CUP="1")] == ["W1-R1", "W1-R2"]
    assert shop.book.unstarted_returns(10) == ["W1-R1", "W1-R2"]

    view = shop.desk.show("W1").returns[0]

    assert (view.state, view.reason, view.lines[0].quantity) == ("requested", "too big", Decimal(1))


def test_the_same_form_twice_is_one_return(shop):
    asked = shop.ask(CUP="3")

    assert shop.book.open_return(asked, LATER) == shop.book.open_return(asked, LATER) == "W1-R1"


def test_more_than_was_shipped_does_not_come_back(shop):
    shop.open(CUP="2")

    with pytest.raises(ActRefused, match="1 of CUP can still come back; 2"):
        shop.ask(CUP="2")


def test_two_returns_at_once_never_take_more_than_was_shipped(shop):
    both = [shop.ask(form=f"f{n}", CUP="2") for n in range(6)]

    def ask(asked: Asked) -> bool:
        try:
            shop.book.open_return(asked, LATER)
        except ActRefused:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(ask, both)) == [False] * 5 + [True]
    assert [goods.left for goods in shop.book.sold("W1").goods if goods.sku == "CUP"] == [Decimal(1)]


def test_goods_never_sent_back_may_come_back_another_time(shop):
    id = shop.open(CUP="3")
    shop.end(id, "closed")

    assert shop.open(form="f2", CUP="3") == "W1-R2"


def test_goods_that_were_refused_do_not_come_back_twice(shop):
    id = shop.open(CUP="3")
    shop.judge(id, "refuse", CUP="2")
    shop.end(id, "declined")

    with pytest.raises(ActRefused, match="1 of CUP"):
        shop.ask(CUP="2")


def test_a_return_begins_once_it_was_opened_and_has_not_ended(shop):
    id = shop.open(CUP="1")

    known = shop.returns.begin(id)

    assert known["return"]["state"] == "open"
    assert known["order"]["payment"]["captured"] == "64.90"
    assert shop.book.unstarted_returns(10) == []
    shop.end(id, "closed")
    with pytest.raises(OrderEnded):
        shop.returns.begin(id)
    with pytest.raises(NotFound):
        shop.returns.begin("W1-R9")


def test_the_three_facts_of_each_item_are_kept_apart(shop):
    id = shop.open(CUP="3")
    shop.judge(id, "accept", CUP="1")
    shop.judge(id, "accept_damaged", CUP="1")
    told = shop.judge(id, "refuse", CUP="1")

    cups = shop.book.returned(id).lines[0]

    assert (cups.received, cups.accepted, cups.resellable) == (Decimal(3), Decimal(2), Decimal(1))
    assert told.values == {"left": "0"}
    assert told.returned["lines"][0]["accepted"] == "2"


def test_judging_twice_under_one_key_counts_once(shop):
    id = shop.open(CUP="3")

    first, again = (shop.judge(id, "accept", CUP="2") for _ in range(2))

    assert first == again
    assert shop.book.returned(id).lines[0].received == Decimal(2)


def test_more_than_was_announced_is_refused(shop):
    id = shop.open(CUP="1")

    with pytest.raises(ActRefused, match="still expects 1 of CUP, not 2"):
        shop.judge(id, "accept", CUP="2")


def test_what_can_be_sold_goes_on_the_shelf_and_the_rest_is_scrapped(shop):
    id = shop.open(CUP="2", POT="1")
    shop.judge(id, "accept", CUP="1")
    shop.judge(id, "accept_damaged", CUP="1")
    shop.judge(id, "refuse", POT="1")
    before = shop.levels()["CUP", "main"]

    for _ in range(2):
        told = shop.stock.restock(shop.step("stock.restock", id, "R1.1"))

    assert told.values == {"restocked": "1", "scrapped": "1"}
    assert (before, shop.levels()["CUP", "main"]) == (("2", "0"), ("3", "0"))
    assert shop.moved() == [("return", "2"), ("scrap", "-1")]


def test_what_came_back_goes_first_to_those_who_wait(shop):
    shop.reserve("W2", line("CUP", "3"))
    id = shop.open(CUP="1")
    shop.judge(id, "accept", CUP="1")

    shop.stock.restock(shop.step("stock.restock", id, "R1.1"))

    assert shop.arrivals() == ["W2-F2"]


async def test_a_refund_is_the_exact_share_of_what_was_paid(shop):
    id = shop.open(CUP="1", fee=250)
    shop.judge(id, "accept", CUP="1")

    assert await shop.refund(id) == "7.50"
    assert shop.desk.show("W1").row.payment == "partially_refunded"


async def test_returns_one_by_one_give_back_the_lines_and_no_shipping(shop):
    given = []
    for n in range(1, 4):
        id = shop.open(form=f"f{n}", CUP="1")
        shop.judge(id, "accept", CUP="1")
        given.append(await shop.refund(id))
        shop.end(id)

    assert given == ["10.00"] * 3
    assert shop.desk.show("W1").refunded == Money(3000, "EUR")


async def test_a_claim_gives_back_shipping_too_and_all_of_it_is_all_that_was_paid(shop):
    id = shop.open(CUP="3", POT="1", claim=Claim.DAMAGED, shipping=True)
    shop.returns.leave(shop.step("returns.leave", id, "R1.1"))

    assert await shop.refund(id) == "64.90"
    assert shop.desk.show("W1").row.payment == "refunded"


async def test_money_that_goes_back_first_goes_back_once_and_the_goods_count_when_they_come(shop):
    id = shop.open(CUP="2")
    shop.returns.trust(shop.step("returns.trust", id, "R1.1"))

    assert await shop.refund(id) == "20.00"
    assert shop.moved() == []
    shop.judge(id, "accept", CUP="1")
    shop.returns.accept_rest(shop.step("returns.accept_rest", id, "R1.5"))
    shop.stock.restock(shop.step("stock.restock", id, "R1.6"))

    assert await shop.refund(id, 2) == "0.00"
    assert shop.moved() == [("return", "2"), ("scrap", "-1")]
    shop.end(id)


async def test_a_second_refund_of_a_return_gives_nothing_more(shop):
    id = shop.open(POT="1")
    shop.judge(id, "accept", POT="1")
    await shop.refund(id)

    assert await shop.refund(id, 2) == "0.00"
    assert shop.desk.show("W1").refunded == Money(3000, "EUR")


async def test_no_return_gives_back_what_was_given_back_before(shop):
    await shop.cashier.refund(shop.step("payment.refund", "W1-F1", "F1.1"))
    id = shop.open(POT="1")
    shop.judge(id, "accept", POT="1")

    assert await shop.refund(id) == "0.00"


async def test_a_refund_the_bank_refuses_is_paid_by_hand_and_booked(database):
    shop = Counter(database)
    await shop.sell(token="tok_refund_fails")
    id = shop.open(POT="1")
    shop.judge(id, "accept", POT="1")

    for n in (1, 2):
        with pytest.raises(PaymentDeclined):
            await shop.refund(id, n)
    failed = shop.desk.show("W1").returns[0]
    told = await shop.cashier.pay_back(shop.step("payment.pay_back", id, "R1.1"))
    shop.end(id)

    assert (failed.refund, failed.refunded.minor) == ("failed", 0)
    assert told.values == {"amount": "30.00"}
    view = shop.desk.show("W1").returns[0]
    assert (view.refund, view.refunded.minor, view.state) == ("confirmed", 3000, "refunded")
    assert shop.wrong() == []


async def test_a_refund_of_which_nobody_heard_the_end_is_no_difference_while_its_return_runs(shop):
    id = shop.open(CUP="1")
    shop.judge(id, "accept", CUP="1")
    with shop.database.write() as session:
        session.get(PlacedOrder, "W1").ended_at = LATER
    await SimulatedGateway(shop.database.url).misbehave("W1", "refund", "empty_after")
    call = shop.step("payment.refund", id, "R1.2")

    with pytest.raises(Unavailable):
        await shop.cashier.refund(call)
    assert shop.wrong() == []
    await shop.cashier.refund(call)
    shop.end(id)


def test_the_story_of_an_order_tells_of_its_returns(shop):
    id = shop.open(CUP="1")
    shop.end(id, "closed")

    view = shop.desk.show("W1")

    assert [each.state for each in view.returns] == ["closed"]
    assert view.row.state == "open"
