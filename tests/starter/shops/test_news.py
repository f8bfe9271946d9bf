"""What a message says: every odd value is taken or refused in words, and nothing is a mistake of ours."""

import copy
import json
from contextlib import suppress
from typing import Any

import pytest

from domain.errors import BadInput
from domain.money import Money
from domain.web_shop import ShopRefund, ShopSystem
from starter.shops.news import OrderNews, RefundNews, read_news
from tests.starter.shops.street import at, refund, shopify, woo

ODD: list[Any] = [None, True, 0, -1, 1.5, "", "x", "9" * 100, [], {}, [[]], [{}], [None], {"a": 1}, 10**30]


def news(body, system=ShopSystem.SHOPIFY):
    return read_news(system, json.dumps(body))


def places(tree, way=()):
    yield way
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if isinstance(value, dict | list):
            yield from places(value, (*way, key))
        else:
            yield (*way, key)


def put(tree, way, value):
    if not way:
        return value
    made = copy.deepcopy(tree)
    place = made
    for key in way[:-1]:
        place = place[key]
    place[way[-1]] = value
    return made


WHOLE = shopify(refunds=[refund(shopify(), 7, "1.00")], cancelled_at=at(1), cancel_reason="customer")
BODIES = {
    "shopify order": (ShopSystem.SHOPIFY, WHOLE),
    "shopify refund": (ShopSystem.SHOPIFY, refund(shopify(), 7, "1.00")),
    "woocommerce order": (ShopSystem.WOOCOMMERCE, woo(refunds=[{"id": 1, "total": "-1.00"}])),
}


@pytest.mark.parametrize("what", BODIES)
def test_an_odd_value_anywhere_is_read_or_refused_in_words(what):
    system, body = BODIES[what]
    for way in places(body):
        for odd in ODD:
            with suppress(BadInput):
                assert 0 < len(news(put(body, way, odd), system).theirs) <= 64


def test_a_refund_is_told_by_what_has_moved_of_it():
    moved = {"kind": "refund", "status": "success", "amount": "2.50", "currency": "USD"}
    rest = [{**moved, "status": "pending"}, {**moved, "kind": "void"}]
    told = news({"id": 9, "order_id": 5, "transactions": [moved, moved, *rest]})
    assert told == RefundNews("5", ShopRefund("9", Money(500, "USD")))
    mixed = {"id": 9, "order_id": 5, "transactions": [moved, {**moved, "currency": "EUR"}]}
    with pytest.raises(BadInput, match="several currencies"):
        news(mixed)
    old = {key: value for key, value in moved.items() if key != "currency"}
    (found,) = news(shopify(refunds=[{"id": 9, "transactions": [old]}])).refunds
    assert found == ShopRefund("9", Money(250, "USD"))


def test_an_order_that_is_over_says_why_and_one_that_is_called_off_says_so():
    gone = news(shopify(cancelled_at=at(1), cancel_reason="fraud"))
    assert (gone.over, gone.called_off) == ("the shop has cancelled it", "the shop has cancelled it: fraud")
    shipped = news(shopify(fulfillment_status="fulfilled"))
    assert (shipped.over, shipped.called_off) == ("the shop has shipped it", "")
    assert news(woo(status="wc-completed"), ShopSystem.WOOCOMMERCE).called_off == ""
    assert news(woo(status="trash"), ShopSystem.WOOCOMMERCE).called_off == "the shop has thrown it away"
    assert news({"id": 5}) == OrderNews(
        "5", None, "the shop has deleted it", "the shop has deleted it", (), {"id": 5}, whole=False
    )


def test_its_version_is_an_instant_whatever_zone_it_is_written_in():
    here = news(shopify(updated_at="2026-11-20T10:00:00-05:00")).version
    there = news(woo(date_modified_gmt="2026-11-20T15:00:00"), ShopSystem.WOOCOMMERCE).version
    assert here == there
