"""What becomes of what web shops tell: late, twice, in any order, and changed since."""

from datetime import timedelta

import pytest
from sqlmodel import select

from adapters.database.flow.flows import FlowShelf
from adapters.database.payment.ledger import Ledger
from adapters.database.tables.shops import ShopMessageRow, ShopRefundRow
from domain.act import Outcome
from domain.money import Money
from domain.posting import Account, Slip
from starter.formats import FORMATS
from starter.placing import prepare
from tests.starter.formats.samples import changed
from tests.starter.shops.street import at, refund, shopify, woo

CANCEL = "shop.cancel:paris:5002001"


def dollars(minor):
    return Money(minor, "USD")


def take_over(street, number="paris-2001", minor=4640):
    """As the order's flow books what came paid."""
    slip = Slip(number, "", f"{number}:payment.authorize:O.1/paid", street.clock())
    nothing = dollars(0)
    entries = [
        slip.received(number, dollars(minor), Account.GATEWAY),
        slip.paid_ahead(number, dollars(minor), nothing),
    ]
    Ledger(street.url).book(entries)


def place_by_hand(street, tree):
    """As `orders place --from shopify --shop paris` does."""
    order = FORMATS["shopify"].parse(tree, "paris")
    placement = prepare(
        order, street.book, FlowShelf(street.url), street.shop, imported=True, by="olga", speed=1.0
    )
    street.book.place(order, placement, street.clock())


def left(street, number="paris-2001"):
    return Ledger(street.url).sheet(number, "").ahead


async def test_one_order_told_of_twice_under_two_ids_is_one_order(street):
    await street.hears(shopify(), id="w1")
    assert await street.hears(shopify(), id="w2") == "nothing to do"
    assert street.numbers() == ["paris-2001"]


async def test_an_order_whose_first_message_never_came_is_placed_by_the_next(street):
    paid = shopify(financial_status="paid", updated_at=at(5))
    assert await street.hears(paid, id="w2", topic="orders/paid") == "order paris-2001 was placed"
    late = shopify(financial_status="pending", updated_at=at(0))
    assert await street.hears(late, id="w1") == "older than what the shop has told since"


async def test_an_order_that_the_shop_has_to_charge_first_waits_until_it_has(street):
    unpaid = shopify(financial_status="pending")
    assert await street.hears(unpaid, id="w1") == "not taken on yet: it is not paid in the shop"
    assert await street.knocks(woo(status="pending"), id="w2") == (
        "not taken on: it is not paid in the shop yet"
    )
    assert street.numbers() == []
    await street.hears(shopify(updated_at=at(1)), id="w3", topic="orders/paid")
    await street.knocks(woo(date_modified_gmt="2026-11-20T10:05:00"), id="w4")
    assert street.numbers() == ["delft-900", "paris-2001"]


async def test_an_order_that_is_over_in_the_shop_is_not_taken_on(street):
    for n, over in enumerate(
        ({"cancelled_at": at(1)}, {"closed_at": at(1)}, {"financial_status": "refunded"})
    ):
        assert (await street.hears(shopify(2001 + n, **over), id=f"w{n}")).startswith("not taken on: ")
    assert (await street.knocks(woo(status="failed"), id="w9")).startswith("not taken on: ")
    assert street.numbers() == []


async def test_an_order_cancelled_in_the_shop_is_called_off_once(street):
    await street.hears(shopify(), id="w1")
    gone = shopify(cancelled_at=at(9), cancel_reason="customer", updated_at=at(9))
    waits = await street.hears(gone, id="w2", topic="orders/cancelled")
    assert waits == "It is kept, and waits for the order's own workflow."
    act = street.book.act(CANCEL)
    assert (act.order, act.by, act.reason) == ("paris-2001", "paris", "the shop has cancelled it: customer")
    street.carried(CANCEL)
    await street.look(timedelta(minutes=1))
    assert street.last().why == "called off"
    assert await street.hears(gone, id="w3", topic="orders/updated") == "called off"


async def test_a_cancellation_that_comes_before_its_order_keeps_it_from_being_placed(street):
    await street.hears(shopify(cancelled_at=at(9), updated_at=at(9)), id="w2")
    await street.hears(shopify(), id="w1")
    assert street.last().why == "older than what the shop has told since"
    assert street.numbers() == []


async def test_an_update_that_nobody_understands_is_put_aside(street):
    await street.hears(shopify(), id="w1")
    await street.hears(shopify(updated_at=at(5), total_price="1000.00"), id="w2")
    assert street.messages.count_quarantined() == 1


async def test_an_order_that_the_shop_ships_by_itself_goes_on_here(street):
    await street.hears(shopify(), id="w1")
    assert (
        await street.hears(shopify(updated_at=at(5), fulfillment_status="partial"), id="w2")
        == "nothing to do"
    )


async def test_support_is_told_when_an_order_cannot_be_called_off_any_more(street):
    await street.hears(shopify(), id="w1")
    await street.hears(shopify(cancelled_at=at(9), updated_at=at(9)), id="w2")
    street.carried(CANCEL, Outcome.REFUSED, "The parcel has left.")
    await street.look(timedelta(minutes=1))
    assert street.incidents() == [("Cancelled in the shop, and not here", "support-lead")]


async def test_an_order_deleted_in_woocommerce_is_called_off(street):
    await street.knocks(woo(), id="w1")
    await street.knocks({"id": 900}, id="w2")
    assert street.book.act("shop.cancel:delft:900").order == "delft-900"


async def test_a_new_address_goes_to_the_order_and_an_older_one_that_comes_late_does_not(street):
    await street.hears(shopify(), id="w1")
    moved = changed(shopify(updated_at=at(20)), "shipping_address.address1", "2 Hill Rd")
    waits = await street.hears(moved, id="w3", topic="orders/updated")
    assert waits == "It is kept, and waits for the order's own workflow."
    (act,) = street.acts("paris-2001")
    assert act.texts["line1"] == "2 Hill Rd"
    before = changed(shopify(updated_at=at(10)), "shipping_address.address1", "3 Lake Rd")
    assert await street.hears(before, id="w2") == "older than what the shop has told since"
    street.carried(act.act.id)
    await street.look(timedelta(minutes=1))
    assert len(street.acts("paris-2001")) == 1
    assert await street.hears(moved | {"updated_at": at(30)}, id="w4") == "nothing to do"


async def test_what_support_changed_here_is_not_turned_back_by_the_next_message(street):
    await street.hears(shopify(), id="w1")
    assert await street.hears(shopify(updated_at=at(10), note="hello"), id="w2") == "nothing to do"
    assert street.acts("paris-2001") == []


async def test_an_address_in_another_country_is_for_a_person(street):
    await street.hears(shopify(), id="w1")
    abroad = changed(shopify(updated_at=at(20)), "shipping_address.country_code", "CA")
    await street.hears(abroad, id="w2")
    assert street.incidents() == [("The shop has another address", "support-lead")]


async def test_other_goods_are_for_a_person_who_is_told_which(street):
    await street.hears(shopify(), id="w1")
    more = changed(shopify(updated_at=at(20), total_price="86.40"), "line_items.0.quantity", 2)
    await street.hears(more, id="w2", topic="orders/edited")
    (incident,) = street.desk.incidents()
    assert "KETTLE: 1 before, 2 now" in incident.what
    assert "USD 46.40 before, USD 86.40 now" in incident.what
    await street.hears(more | {"updated_at": at(21)}, id="w3")
    assert len(street.desk.incidents()) == 1


async def test_a_transfer_that_came_to_the_shop_is_told_to_the_order(street):
    waiting = woo(status="on-hold", payment_method="bacs", transaction_id="")
    await street.knocks(waiting, id="w1")
    came = waiting | {"status": "processing", "date_modified_gmt": "2026-11-21T10:00:00"}
    await street.knocks(came | {"date_paid_gmt": "2026-11-21T10:00:00"}, id="w2")
    act = street.book.act("shop.paid:delft:delft-900")
    assert (act.act.target, act.act.values) == ("payment.received", {"amount": "25.41"})


async def test_money_given_back_in_the_shop_is_booked_once_and_is_no_longer_there_to_give(street):
    order = shopify()
    await street.hears(order, id="w1")
    take_over(street)
    told = refund(order, 71, "6.40")
    assert await street.hears(told, id="w2", topic="refunds/create") == "USD 6.40 given back: booked"
    assert left(street) == dollars(4000)
    updated = order | {"refunds": [told], "financial_status": "partially_refunded", "updated_at": at(3)}
    assert await street.hears(updated, id="w3") == "USD 6.40 given back: known"
    assert left(street) == dollars(4000)
    assert street.differences() == []


async def test_a_refund_before_the_payment_is_in_the_books_waits_and_is_booked_with_it(street):
    order = shopify()
    await street.hears(order, id="w1")
    gone = order | {"cancelled_at": at(3), "updated_at": at(3), "refunds": [refund(order, 71, "46.40")]}
    await street.hears(gone, id="w2", topic="orders/cancelled")
    assert street.book.act(CANCEL) is not None
    take_over(street)
    assert left(street) == dollars(0)
    assert street.differences() == []


async def test_a_refund_that_comes_before_its_order_waits_for_it(street):
    order = shopify()
    assert "do not have yet" in await street.hears(refund(order, 71, "1.00"), id="w2")
    assert await street.hears(order, id="w1") == "order paris-2001 was placed"
    take_over(street)
    await street.look(timedelta(minutes=10))
    assert left(street) == dollars(4540)


async def test_more_than_is_there_is_not_booked_but_told_to_finance(street):
    order = shopify(financial_status="authorized")
    await street.hears(order, id="w1")
    assert await street.hears(refund(order, 71, "6.40"), id="w2") == "USD 6.40 given back: told finance"
    assert street.incidents() == [("A refund made in the shop", "finance")]
    assert street.differences() == []


async def test_goods_put_back_with_no_money_moved_change_nothing(street):
    order = shopify()
    await street.hears(order, id="w1")
    assert await street.hears(refund(order, 71, "0", transactions=[]), id="w2") == "no money has moved"


async def test_woocommerce_tells_of_refunds_within_the_order(street):
    await street.knocks(woo(), id="w1")
    given = woo(refunds=[{"id": 5, "total": "-2.00"}], date_modified_gmt="2026-11-20T11:00:00")
    assert await street.knocks(given, id="w2") == (
        "EUR 2.00 given back: waits until the order's own payment is in the books"
    )


@pytest.mark.parametrize("body", [b"[]", b'"x"', b'{"hello": 1}', b"{", b'{"order": {"id": 7}}'])
async def test_what_nobody_understands_is_put_aside_and_not_lost(street, body):
    await street.hears(body, id="w1")
    (aside,) = street.messages.quarantined(10)
    assert aside.body == body.decode()
    assert aside.why


async def test_a_message_mended_by_a_person_is_tried_again(street):
    broken = changed(shopify(), "currency", "DOLLARS")
    await street.hears(broken, id="w1")
    (aside,) = street.messages.quarantined(10)
    assert aside.why == "currency: 'DOLLARS' is not a currency such as EUR"
    street.messages.retry(aside.id, aside.body.replace("DOLLARS", "USD"), "olga", street.clock())
    await street.look()
    assert street.numbers() == ["paris-2001"]
    mended = street.messages.message(aside.id)
    assert (mended.state, mended.original) == ("settled", aside.body)


async def test_what_was_put_aside_is_over_when_a_later_message_brings_the_order(street):
    await street.hears(shopify(financial_status="partially_paid"), id="w1")
    assert street.messages.count_quarantined() == 1
    await street.hears(shopify(updated_at=at(5)), id="w2", topic="orders/paid")
    assert street.messages.count_quarantined() == 0


async def test_what_is_over_is_emptied_after_a_month_and_what_waits_for_a_person_is_not(street):
    await street.hears(shopify(), id="w1")
    await street.hears(shopify(id=77, note="another"), id="w2")
    await street.look(timedelta(days=31))
    (aside,) = street.messages.quarantined(10)
    assert "another" in aside.body
    with street.messages.read() as session:
        bodies = {row.id[:8]: row.body for row in session.exec(select(ShopMessageRow))}
    assert bodies["paris:w1"] == ""


async def test_a_number_that_another_order_has_is_for_a_person(street):
    await street.hears(shopify(), id="w1")
    await street.hears(shopify(id=77, note="another"), id="w2")
    (aside,) = street.messages.quarantined(10)
    assert "was placed before, with other contents" in aside.why


async def test_what_was_put_aside_is_over_when_a_person_has_placed_the_order(street):
    await street.hears(changed(shopify(), "currency", "DOLLARS"), id="w1")
    assert street.messages.count_quarantined() == 1
    place_by_hand(street, shopify())
    await street.look()
    assert (street.last().state, street.last().why) == ("settled", "the order was placed by hand meanwhile")
    # What nobody understands of it from now on is for a person again.
    street.clock.now += timedelta(hours=1)
    await street.hears(changed(shopify(updated_at=at(9)), "currency", "DOLLARS"), id="w2")
    assert street.messages.count_quarantined() == 1


async def test_an_order_placed_by_hand_is_known_to_the_messages_that_follow(street):
    place_by_hand(street, shopify())
    assert await street.hears(shopify(), id="w1") == "nothing to do"
    await street.hears(shopify(cancelled_at=at(9), updated_at=at(9)), id="w2")
    assert street.book.act(CANCEL).order == "paris-2001"


async def test_an_update_put_aside_is_over_when_a_later_one_is_understood(street):
    await street.hears(shopify(), id="w1")
    await street.hears(shopify(updated_at=at(5), total_price="1000.00"), id="w2")
    assert street.messages.count_quarantined() == 1
    await street.hears(shopify(updated_at=at(9)), id="w3")
    assert street.messages.count_quarantined() == 0


async def test_a_refund_put_aside_is_booked_once_its_order_has_come(street):
    await street.hears(refund(shopify(), 71, "6.40"), id="w2")
    await street.look(timedelta(hours=2))
    assert street.messages.count_quarantined() == 1
    await street.hears(shopify(), id="w1")
    assert street.messages.count_quarantined() == 0
    with street.messages.read() as session:
        (booked,) = session.exec(select(ShopRefundRow.minor))
    assert booked == 640
