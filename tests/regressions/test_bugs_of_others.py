"""What went wrong in other shops' software, each as a test of ours."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.database.reconcile.stock import stock_differences
from adapters.database.tables.money import SimAuthorization, SimCapture, SimRefund
from domain.attempt import base_of
from domain.errors import OutOfStock, Refused, Unavailable
from domain.fulfilment import FulfilmentState
from domain.posting import Slip
from tests.adapters.payment.till import Till, days
from tests.adapters.placed import NOON, eur
from tests.goods import Shop, line
from tests.mortal import Killed, MortalLedger

ROOT = Path(__file__).parents[2]
BUYERS = 6


@pytest.fixture
async def till(sqlite_database):
    opened = Till(sqlite_database)
    opened.order()
    await opened.do("authorize")
    return opened


@pytest.fixture
def shop(sqlite_database):
    return Shop(sqlite_database)


async def dies_and_is_tried_again(till: Till, op: str) -> None:
    """The gateway has done it, the worker dies, and another one runs the same step."""
    ledger = MortalLedger(till.database.url)
    mortal = Till(till.database, till.gateway)
    mortal.cashier = type(mortal.cashier)(ledger, till.gateway)
    call = till.call(op, "1001-F1")
    ledger.dies = True
    with pytest.raises(Killed):
        await getattr(mortal.cashier, op)(call)
    await getattr(till.cashier, op)(call)


async def test_a_capture_tried_again_after_a_crash_charges_a_second_time(till):
    await dies_and_is_tried_again(till, "capture")

    assert till.there(SimCapture) == [9_820]
    assert till.wrong() == []


async def test_a_refund_tried_again_after_a_crash_pays_a_second_time(till):
    await till.do("capture", "1001-F1")
    await dies_and_is_tried_again(till, "refund")

    assert till.there(SimRefund) == [9_820]
    assert till.wrong() == []


async def test_a_webhook_and_the_call_it_tells_of_both_process_one_payment(till):
    """The gateway's own word of a capture is booked before the call that asked for it returns."""
    call = till.call("capture", "1001-F1")
    hold = till.ledger.sheet("1001", "1001-F1").holds[0]
    attempt = till.ledger.attempt(call, call.key, hold.id, eur(9_820))
    taken = await till.gateway.capture(call, attempt.key, hold.id, eur(9_820))
    slip = Slip("1001", "1001-F1", attempt.key, NOON)

    till.ledger.book([slip.captured(taken.id, taken.amount, hold.id)])
    await till.cashier.capture(call)

    assert till.there(SimCapture) == [9_820]
    assert till.figures().captured == eur(9_820)
    assert till.wrong() == []


async def test_an_amount_is_counted_twice_when_two_tell_of_it_at_once(till):
    hold = till.ledger.sheet("1001", "").holds[0]
    taken = await till.gateway.capture(till.call("capture"), "by-the-gateway", hold.id, eur(9_820))
    entry = Slip("1001", "1001-F1", "by-the-gateway", NOON).captured(taken.id, taken.amount, hold.id)

    with ThreadPoolExecutor(BUYERS) as people:
        list(people.map(lambda _: till.ledger.book([entry]), range(BUYERS)))

    assert till.figures().captured == eur(9_820)
    assert till.wrong() == []


async def test_two_workers_capture_one_order_and_take_its_goods_twice(till, shop):
    call = till.call("capture", "1001-F1")
    await asyncio.gather(*(till.cashier.capture(call) for _ in range(BUYERS)))
    assert till.there(SimCapture) == [9_820]

    shop.receive("CUP", "5")
    shop.reserve("W1", line("CUP", "2"))
    leaves = shop.call("W1-F1")
    with ThreadPoolExecutor(BUYERS) as people:
        list(people.map(shop.stock.commit, [leaves] * BUYERS))
    assert shop.levels()["CUP", "main"] == ("3", "0")
    assert shop.differences() == []


async def test_a_double_click_on_refund_pays_twice(till):
    await till.do("capture", "1001-F1")

    # Two tabs: two askings, each with a key of its own.
    await asyncio.gather(*(till.do("refund", "1001-F1") for _ in range(2)))

    assert till.there(SimRefund) == [9_820]
    assert till.wrong() == []


def test_the_last_unit_is_sold_to_several_buyers(shop):
    shop.receive("CUP", "1")
    shop.set_item("CUP", backorderable=False)
    numbers = [f"W{n}" for n in range(BUYERS)]
    for number in numbers:
        shop.place(number, line("CUP"))

    with ThreadPoolExecutor(BUYERS) as people:
        got = list(people.map(lambda number: bought(shop, number), numbers))

    assert sorted(got) == [False] * (BUYERS - 1) + [True]
    assert shop.levels()["CUP", "main"] == ("1", "1")
    assert shop.differences() == []


def bought(shop: Shop, number: str) -> bool:
    """However often a busy shelf makes them ask again."""
    while True:
        try:
            shop.stock.reserve(shop.call(number, f"{number}:stock.reserve:O.1"))
        except Unavailable:
            continue
        except OutOfStock:
            return False
        return True


def test_two_lines_of_one_order_are_each_promised_the_same_goods(shop):
    shop.receive("CUP", "3")
    shop.set_item("CUP", backorderable=False)
    shop.place("W1", line("CUP", "2"), line("CUP", "2"))

    with pytest.raises(OutOfStock):
        shop.reserve("W1")

    assert shop.levels()["CUP", "main"] == ("3", "0")


def test_the_order_that_lost_the_last_unit_is_left_half_promised(shop):
    shop.receive("CUP", "1")
    shop.receive("POT", "5")
    shop.set_item("CUP", backorderable=False)
    shop.reserve("W1", line("CUP"))

    with pytest.raises(OutOfStock):
        shop.reserve("W2", line("POT"), line("CUP"))

    assert shop.levels()["POT", "main"] == ("5", "0")
    assert shop.fulfilments("W2") == ()
    assert shop.differences() == []


def test_promises_and_their_counter_drift_apart(shop):
    shop.receive("CUP", "4")
    shop.reserve("W1", line("CUP", "3"))
    shop.reserve("W2", line("CUP", "3"))
    shop.split("W1-F1", CUP="1")
    shop.release("W1-F1")
    shop.receive("CUP", "2", "annex")
    shop.release("W2")
    shop.release("W2")

    with shop.database.read() as session:
        assert stock_differences(session) == []


def test_a_draft_and_the_order_it_becomes_are_both_promised_goods(shop):
    shop.receive("CUP", "5")
    shop.reserve("W1", line("CUP", "2"))
    shop.reserve("W1")

    assert shop.levels()["CUP", "main"] == ("5", "2")
    assert shop.differences() == []


async def test_a_key_holds_something_that_changes_with_every_try(till):
    asked: list[str] = []

    class Heard(type(till.gateway)):  # type: ignore[misc] # the gateway of this very till
        async def capture(self, call, key, *rest):
            asked.append(key)
            return await super().capture(call, key, *rest)

    await till.gateway.misbehave("1001", "capture", "timeout_after", 2)
    heard = Till(till.database, Heard(till.database.url))
    call = till.call("capture", "1001-F1")
    for _ in range(3):
        try:
            await heard.cashier.capture(call)
        except Unavailable:
            continue

    assert asked == ["1001:payment.capture:F1.1:v1"] * 3
    assert base_of(asked[0]) == (call.key, 1)


async def test_money_is_held_twice_as_the_gateway_has_forgotten_the_key(sqlite_database):
    till = Till(sqlite_database)
    till.order()
    call = till.call("authorize")
    await till.gateway.misbehave("1001", "authorize", "timeout_after")
    with pytest.raises(Unavailable):
        await till.cashier.authorize(call)
    till.forget_keys()

    await till.cashier.authorize(replace(call, now=days(2)))

    assert till.there(SimAuthorization) == [9_820]
    assert till.wrong(days(2)) == []


async def test_a_refund_is_called_done_though_the_bank_sent_it_back(sqlite_database):
    till = Till(sqlite_database)
    till.order(token="tok_refund_fails")
    await till.do("authorize")
    await till.do("capture", "1001-F1")

    with pytest.raises(Refused):
        await till.do("refund", "1001-F1")

    assert till.figures().refunded == eur(0)
    till.end("cancelled", FulfilmentState.CANCELLED)
    assert "its refund of EUR 98.20 is not confirmed" in " ".join(each.what for each in till.wrong())


DOOR = "tests/starter/test_refused_at_the_door.py"
HERE = "tests/regressions/test_bugs_of_others.py"
# What went wrong, where, and the tests that would have found it.
BUGS = {
    "capture retry mints a new key (medusa #16292)": [
        f"{HERE}::test_a_capture_tried_again_after_a_crash_charges_a_second_time",
    ],
    "refund retry mints a new key (medusa #16681)": [
        f"{HERE}::test_a_refund_tried_again_after_a_crash_pays_a_second_time",
    ],
    "webhook and request path both process one payment (medusa #13301, #12674)": [
        f"{HERE}::test_a_webhook_and_the_call_it_tells_of_both_process_one_payment",
    ],
    "amount counted twice when two tell of it (saleor #14648, #9504)": [
        f"{HERE}::test_an_amount_is_counted_twice_when_two_tell_of_it_at_once",
    ],
    "two contexts capture one order, double stock reduction (woocommerce-paypal-payments #3885)": [
        f"{HERE}::test_two_workers_capture_one_order_and_take_its_goods_twice",
    ],
    "double refund click (woocommerce-gateway-stripe #838, ps_checkout #331)": [
        f"{HERE}::test_a_double_click_on_refund_pays_twice",
        f"{DOOR}::test_two_tabs_of_one_person_are_two_acts_and_a_form_sent_twice_is_one",
    ],
    "duplicate confirmation mails, captured twice (mollie/magento2 #1047, #978)": [
        "tests/adapters/mail/test_post.py::test_a_notice_sent_before_is_not_sent_again",
        "tests/adapters/mail/test_post.py::test_a_server_that_dies_after_taking_a_mail_gets_the_very_same_again",
    ],
    "concurrent checkout oversells (saleor #543, vendure #3508, CVE-2024-53476 and others)": [
        f"{HERE}::test_the_last_unit_is_sold_to_several_buyers",
        "tests/adapters/database/stock/test_overselling.py::test_the_last_one_goes_to_one_of_eight_customers",
    ],
    "two lines of one order share one stock item (medusa #16502)": [
        f"{HERE}::test_two_lines_of_one_order_are_each_promised_the_same_goods",
    ],
    "losing order left orphaned (medusa #16825)": [
        f"{HERE}::test_the_order_that_lost_the_last_unit_is_left_half_promised",
    ],
    "reservation rows and counter drift (medusa #16569)": [
        f"{HERE}::test_promises_and_their_counter_drift_apart",
    ],
    "reserved twice, as draft and as order (medusa #5198)": [
        f"{HERE}::test_a_draft_and_the_order_it_becomes_are_both_promised_goods",
    ],
    "any signed-in user reads and ships any order by its id (eShop #996, GHSA-g268-72p7-9j6j)": [
        "tests/console/test_policy.py::test_a_role_opens_what_the_table_says_and_nothing_else",
        "tests/console/test_policy.py::test_a_partner_sees_nothing_of_the_staffs",
    ],
    "idempotency key built from an ephemeral token (pympp #155)": [
        f"{HERE}::test_a_key_holds_something_that_changes_with_every_try",
    ],
    "a key that the gateway has pruned is asked under again": [
        f"{HERE}::test_money_is_held_twice_as_the_gateway_has_forgotten_the_key",
    ],
    "a refund that bounced was shown as refunded": [
        f"{HERE}::test_a_refund_is_called_done_though_the_bank_sent_it_back",
    ],
}


@pytest.mark.parametrize("tests", BUGS.values(), ids=BUGS.keys())
def test_every_bug_of_others_has_a_test_that_is_there(tests):
    assert tests
    for test in tests:
        file, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text(), test
