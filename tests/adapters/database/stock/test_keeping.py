"""Goods are not kept for ever for who does not pay."""

from datetime import timedelta

import pytest

from adapters.database.payment.ledger import post
from adapters.database.stock.keeping import Expiry
from domain.act import ActKind
from domain.money import Money
from domain.order import PaymentState, PaymentTerms
from domain.posting import Slip
from domain.step import Call
from tests.goods import Shop, line

WEEK = timedelta(days=7)


@pytest.fixture
def shop(sqlite_database):
    opened = Shop(sqlite_database)
    for sku in ("CUP", "POT"):
        opened.receive(sku, "5")
    opened.receive("MUG", "5", "east")
    yield opened
    assert opened.differences() == []


@pytest.fixture
def sweep(shop):
    return Expiry(shop.database.url).sweep


def keep(shop, lane, days="7"):
    return shop.stock.keep(shop.call(lane, days=days))


def hold_money(shop, number, minor, until):
    entry = Slip(number, "", f"{number}:authorize", shop.at).authorized(
        f"hold-{minor}", Money(minor, "EUR"), until
    )
    with shop.database.write() as session:
        assert post(session, entry)


@pytest.fixture
def pending(shop):
    """What was asked of an order, started so that acts go to it."""

    def look(number):
        shop.book.started(number, shop.at)
        return [(r.act.kind, r.act.lane, r.by) for r in shop.book.pending(9)]

    return look


def test_an_order_not_paid_in_time_is_called_off_and_its_flow_told_once(shop, sweep, pending):
    shop.reserve("W1", line("CUP", "2"))
    assert keep(shop, "W1").said == "2 items kept until 2026-11-27 09:04 UTC."
    assert sweep(shop.at + WEEK - timedelta(seconds=1)) == []
    for _ in range(3):
        sweep(shop.at + WEEK)
    assert pending("W1") == [(ActKind.CANCEL, "", "stock")]
    assert shop.book.pending(9)[0].reason == "Not paid while the goods were kept"


def test_the_flow_puts_the_goods_back_not_the_sweep_behind_it(shop, sweep):
    shop.reserve("W1", line("CUP", "5"))
    shop.reserve("W2", line("CUP"))
    keep(shop, "W1")
    sweep(shop.at + WEEK)
    assert shop.levels()["CUP", "main"] == ("5", "5")
    shop.release("W1")
    assert shop.arrivals() == ["W2-F1"]


def test_one_parcel_not_paid_in_time_is_called_off_alone(shop, sweep, pending):
    shop.reserve("W1", line("CUP"), line("MUG"))
    keep(shop, "W1-F2")
    sweep(shop.at + WEEK)
    assert pending("W1") == [(ActKind.CANCEL, "W1-F2", "stock")]


def test_an_order_paid_meanwhile_keeps_its_goods_for_good(shop, sweep, pending):
    shop.reserve("W1", line("CUP"))
    keep(shop, "W1")
    hold_money(shop, "W1", 1490, shop.at + 2 * WEEK)
    assert sweep(shop.at + WEEK) == ["W1"]
    assert pending("W1") == []
    assert sweep(shop.at + WEEK) == []


@pytest.mark.parametrize(("minor", "days"), [(1489, 14), (1490, 6)], ids=["too little", "run out"])
def test_money_that_is_too_little_or_has_run_out_keeps_nothing(shop, sweep, pending, minor, days):
    shop.reserve("W1", line("CUP"))
    keep(shop, "W1")
    hold_money(shop, "W1", minor, shop.at + timedelta(days=days))
    sweep(shop.at + WEEK)
    assert pending("W1") == [(ActKind.CANCEL, "", "stock")]


@pytest.mark.parametrize("terms", [PaymentTerms("invoice"), PaymentTerms("card", PaymentState.PAID)])
def test_who_pays_later_or_has_paid_elsewhere_is_not_called_off(shop, sweep, pending, terms):
    shop.place("W1", line("CUP"), payment=terms)
    shop.reserve("W1")
    keep(shop, "W1")
    sweep(shop.at + WEEK)
    assert pending("W1") == []


def test_goods_may_be_kept_for_good_after_all(shop, sweep):
    shop.reserve("W1", line("CUP"))
    keep(shop, "W1")
    assert keep(shop, "W1", "0").said == "1 item kept."
    assert sweep(shop.at + WEEK) == []


def test_what_has_left_is_not_called_off(shop, sweep, pending):
    shop.reserve("W1", line("CUP"))
    keep(shop, "W1")
    shop.commit("W1-F1")
    assert sweep(shop.at + WEEK) == []
    assert pending("W1") == []


def test_a_call_to_keep_goods_made_twice_keeps_them_as_long_as_the_first(shop):
    shop.reserve("W1", line("CUP"))
    call: Call = shop.call("W1", "W1:stock.keep:O.1", days="7")
    assert shop.stock.keep(call) == shop.stock.keep(call)
