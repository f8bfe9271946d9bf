"""What a gateway keeps for itself: booked once, with the payment or when it is told, and compared."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, delete, select

from adapters.database.payment.fees import FeeBook, _due
from adapters.database.reconcile.gateway import fee_differences, record_differences
from adapters.database.tables.hooks import DisputeRow
from adapters.database.tables.money import PostingRow
from adapters.payment.gateway import NotYet
from adapters.payment.simulated import SimulatedGateway
from adapters.payment.stripe.fees import Fees
from adapters.payment.stripe.gateway import StripeGateway
from adapters.payment.stripe.reading import Reader
from adapters.payment.stripe.records import StripeRecords
from adapters.payment.tariff import FREE, USUAL, Tariff
from domain.errors import GatewayUnavailable
from domain.money import Money
from domain.order import PaymentState, PaymentTerms
from tests.adapters.payment.test_vouchers import with_vouchers
from tests.adapters.payment.till import Till, days
from tests.adapters.placed import NOON, eur
from tests.doubles.stripe_rules import No
from tests.doubles.stripe_server import Bank
from tests.tampering import lift_guards

PATIENCE_SECONDS = 60.0
SINCE = NOON - timedelta(days=30)
OF_9820 = 162  # 1.4 % are 137.48, and 25


@pytest.mark.parametrize(
    ("taken", "kept"),
    [
        (Money(9_820, "EUR"), 162),
        (Money(1_250, "EUR"), 43),  # half a cent goes up
        (Money(1_000, "JPY"), 39),
        (Money(12_345, "KWD"), 198),
        (Money(10, "EUR"), 10),
    ],
)
def test_a_fee_is_whole_coins_of_the_payments_currency_and_never_more_than_it(taken, kept):
    assert USUAL.on(taken) == Money(kept, taken.currency)
    assert FREE.on(taken).minor == 0


def a_till(database, tariff: Tariff = USUAL, **more) -> Till:
    return Till(database, SimulatedGateway(database.url, tariff=tariff, **more))


@pytest.fixture
def priced(sqlite_database):
    return a_till(sqlite_database)


def fees(till, order="1001"):
    return [(each.amount.minor, each.key) for each in till.payments(order) if each.kind == "fee"]


async def test_it_is_booked_with_the_payment_and_changes_nothing_else(priced):
    priced.order()
    await priced.do("authorize")
    result = await priced.do("capture", "1001-F1")
    assert (result.values, result.said) == ({"amount": "98.20"}, "EUR 98.20 taken")
    assert [(p.kind, p.amount.minor) for p in priced.payments()][1:] == [
        ("captured", 9_820),
        ("fee", OF_9820),
    ]
    figures = priced.figures()
    assert (figures.captured, figures.refundable) == (eur(9_820), eur(9_820))
    assert (await priced.do("refund")).values == {"amount": "98.20"}
    assert len(fees(priced)) == 1
    assert priced.wrong() == []


async def test_a_gateway_that_costs_nothing_leaves_no_entry(sqlite_database):
    free = a_till(sqlite_database, FREE)
    free.order()
    await free.do("authorize")
    await free.do("capture", "1001-F1")
    assert fees(free) == []


@pytest.mark.parametrize("how", ["timeout_after", "error_after", "error", "down"])
async def test_it_is_booked_once_whatever_the_answer(priced, how):
    priced.order()
    await priced.do("authorize")
    await priced.gateway.misbehave("1001", "capture", how)
    call = priced.call("capture", "1001-F1")
    if how == "error_after":
        await priced.cashier.capture(call)
    else:
        with pytest.raises(GatewayUnavailable):
            await priced.cashier.capture(call)
    for _ in range(2):
        await priced.cashier.capture(call)
    assert [minor for minor, _ in fees(priced)] == [OF_9820]
    assert priced.wrong() == []


class Killed(Exception):
    """As `kill -9` would: what was not committed is gone."""


async def test_a_worker_that_dies_over_the_payment_has_booked_both_or_neither(priced):
    priced.order()
    await priced.do("authorize")
    call = priced.call("capture", "1001-F1")

    def die(session):
        if any(session.scalars(select(PostingRow.id).where(PostingRow.kind == "fee"))):
            raise Killed

    event.listen(Session, "before_commit", die)
    with pytest.raises(Killed):
        await priced.cashier.capture(call)
    event.remove(Session, "before_commit", die)
    assert [each.kind for each in priced.payments()] == ["authorized"]
    await priced.cashier.capture(call)
    assert [each.kind for each in priced.payments()] == ["authorized", "captured", "fee"]
    assert priced.wrong() == []


async def test_each_payment_of_an_order_has_its_own(sqlite_database):
    till = a_till(sqlite_database, Tariff(Decimal(1)))
    gift = PaymentTerms("gift_card", token="tok_gift")
    with_vouchers(till, (gift, 2_000))
    await till.do("authorize")
    await till.do("capture", "1001-F1")
    await till.do("capture", "1001-F2")
    assert sorted(minor for minor, _ in fees(till)) == [20, 38, 40]
    assert till.wrong() == []


async def test_what_is_taken_at_once_is_one_payment(sqlite_database):
    gateway = SimulatedGateway(sqlite_database.url, multi_capture=False, tariff=USUAL)
    till = Till(sqlite_database, gateway, at_once=True)
    till.order("1001", 6_000, 3_820)
    await till.do("authorize")
    await till.do("capture", "1001-F1")
    await till.do("capture", "1001-F2")
    assert [minor for minor, _ in fees(till)] == [OF_9820]
    assert till.wrong() == []


async def test_what_came_paid_cost_the_shop_its_fee_too(priced):
    priced.order(state=PaymentState.PAID, authorization="shop-1")
    await priced.do("authorize")
    assert [minor for minor, _ in fees(priced)] == [OF_9820]
    assert priced.wrong() == []


async def test_one_that_is_not_in_our_books_is_named(priced):
    priced.order()
    await priced.do("authorize")
    await priced.do("capture", "1001-F1")
    with priced.database.write() as session:
        lift_guards(session)
        session.connection().execute(delete(PostingRow).where(col(PostingRow.kind) == "fee"))
    (told,) = priced.wrong()
    assert (told.rule, told.subject) == ("M2", "1001")
    assert "the gateway has EUR 1.62 kept as a fee, our ledger EUR 0.00" in told.what


@pytest.fixture(scope="module")
async def line():
    async with Bank().open() as bank:
        gateway = StripeGateway("sk_test_x", url=bank.url, call_seconds=PATIENCE_SECONDS)
        records = StripeRecords("sk_test_x", url=bank.url, call_seconds=PATIENCE_SECONDS)
        reader = Reader("sk_test_x", bank.url, PATIENCE_SECONDS)
        yield bank, gateway, records, reader
        for each in (gateway, records, reader):
            await each.close()


@pytest.fixture
def stripe(sqlite_database, line):
    line[0].begin_anew()
    return Till(sqlite_database, gateway=line[1])


async def sold(till):
    till.order(token="pm_card_visa")
    await till.do("authorize")
    await till.do("capture", "1001-F1")


def reading(till, line, at=NOON):
    return Fees(line[3], FeeBook(till.database.url), lambda: at)


async def found(till, line, at=NOON):
    made, kept = await line[2].made_since(SINCE), await line[2].fees_since(SINCE)
    with till.database.read() as session:
        differences = [
            *record_differences(session, made, SINCE, at),
            *fee_differences(session, kept, SINCE, at),
        ]
        return [(each.rule, each.what) for each in differences]


async def test_what_stripe_counts_in_the_background_is_read_from_its_list_once(stripe, line):
    await sold(stripe)
    assert fees(stripe) == []
    line[0].books.count()
    assert await found(stripe, line) == []  # it is read within the hour
    assert "EUR 1.62 kept as a fee, our ledger EUR 0.00" in (await found(stripe, line, days(2)))[0][1]
    assert [await reading(stripe, line).look() for _ in range(2)] == [1, 0]
    assert fees(stripe) == [(OF_9820, "txn_000001")]
    assert await found(stripe, line, days(2)) == []


async def test_two_workers_that_read_the_list_at_once_book_it_once(stripe, line):
    await sold(stripe)
    line[0].books.count()
    kept, url = await line[3].fees_since(SINCE), stripe.database.url
    one, other = FeeBook(url), FeeBook(url)
    with one.read() as session:
        due = list(_due(session, kept))
    assert other.keep(kept, NOON) == 1
    assert [one._book(fee, whose, days(1)) for fee, whose in due] == [False]
    assert len(fees(stripe)) == 1


async def test_a_key_that_may_not_read_fees_keeps_no_payment_waiting(stripe, line, monkeypatch):
    def refused(*_):
        raise No(403, "", "invalid_request_error")

    monkeypatch.setattr(line[0].books, "_page", refused)
    await sold(stripe)
    assert stripe.figures().captured == eur(9_820)
    with pytest.raises(NotYet):
        await reading(stripe, line).look()


async def test_fees_of_disputes_and_refunds_are_read_and_those_of_others_left_alone(stripe, line):
    await sold(stripe)
    await stripe.do("refund")
    (given,) = line[0].books.refunds
    books = line[0].books
    books.count()
    with stripe.database.write() as session:
        session.add(
            DisputeRow(
                id="du_1",
                order="1001",
                payment="",
                minor=9_820,
                currency="EUR",
                state="open",
                why="",
                since=NOON,
            )
        )
    books.keep("du_1", 1_500, -9_820, "eur", "adjustment")
    books.keep("du_1", -1_500, 9_820, "eur", "adjustment")
    books.keep(given, 30, 0, "eur", "refund")
    books.keep("ch_of_another_program", 99, 1_000, "eur", "charge")
    assert await reading(stripe, line).look() == 4
    assert sorted(minor for minor, _ in fees(stripe)) == [-1_500, 30, OF_9820, 1_500]
    assert await found(stripe, line, days(2)) == []


async def test_stripe_may_keep_its_fee_in_another_currency_than_the_customer_paid(stripe, line):
    await sold(stripe)
    (charge,) = line[0].books.charges
    line[0].books.keep(charge, 150, 10_500, "usd", "charge")
    assert await reading(stripe, line).look() == 1
    assert stripe.payments()[-1].amount == Money(150, "USD")
    assert stripe.figures().captured == eur(9_820)
    assert await found(stripe, line, days(2)) == []


async def test_a_fee_that_stripe_does_not_know_is_named(stripe, line):
    await sold(stripe)
    line[0].books.count()
    await reading(stripe, line).look()
    line[0].books.movements.clear()
    (told,) = await found(stripe, line)
    assert told[0] == "M2"
    assert "the gateway has EUR 0.00 kept as a fee, our ledger EUR 1.62" in told[1]


async def test_after_a_long_pause_it_reads_back_to_where_it_stood(stripe, line):
    await sold(stripe)
    line[0].books.count()
    await reading(stripe, line).look()
    stripe.order("1002", token="pm_card_visa")
    await stripe.do("authorize", "1002")
    call = replace(stripe.call("capture", "1002-F1"), now=days(1))
    await stripe.cashier.capture(call)
    line[0].books.count()
    assert await reading(stripe, line, days(9)).look() == 1
    assert [minor for minor, _ in fees(stripe, "1002")] == [OF_9820]


async def test_what_is_booked_of_an_order_older_than_the_look_is_no_difference(stripe, line):
    await sold(stripe)
    line[0].books.count()
    await reading(stripe, line).look()
    made, kept = await line[2].made_since(SINCE), await line[2].fees_since(SINCE)
    with stripe.database.read() as session:
        assert list(record_differences(session, made, days(2), days(3))) == []
        assert list(fee_differences(session, kept, days(2), days(3))) == []


class Unread:
    """Stripe's list with nothing in it, and from when on it was asked for."""

    def __init__(self):
        self.asked = []

    async def fees_since(self, since):
        self.asked.append(since)
        return []


async def test_once_a_day_it_reads_far_back_for_payments_that_were_taken_over_late(sqlite_database):
    clock, unread = [days(40)], Unread()
    fees_ = Fees(cast(Any, unread), FeeBook(sqlite_database.url), lambda: clock[0])
    for clock[0] in (days(40), days(40.5), days(41)):
        await fees_.look()
    assert unread.asked == [days(10), days(38.5), days(11)]
