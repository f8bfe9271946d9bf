"""Web shops and listeners as they are written down, and every mistake by its place."""

import pytest

from activities.catalogue import ACTIONS
from config.settings import SHIPPED
from config.shop import config_files, notices
from flow.load.web_shops import read_listeners, read_web_shops
from flow.shop import check_shop


def shops(text):
    return [str(each) for each in read_web_shops(text, "shops.yaml")[1].findings]


def hooks(text):
    return [str(each) for each in read_listeners(text, "hooks.yaml")[1].findings]


@pytest.mark.parametrize("text", ["", "\n\n", "# none yet\n\n  # paris:\n"])
def test_a_file_of_remarks_alone_has_none(text):
    assert (read_web_shops(text, "shops.yaml")[0], shops(text)) == ({}, [])
    assert (read_listeners(text, "hooks.yaml")[0], hooks(text)) == ({}, [])


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("paris: {system: magento}", "1:17", "`system` cannot be 'magento'"),
        ("paris: {system: shopifi}", "1:17", "did you mean 'shopify'?"),
        ("Paris: {system: shopify}", "1:1", "is no name for a shop"),
        ("paris: {system: shopify, adress: https://x.example}", "1:26", "did you mean 'address'?"),
        ("paris: {system: shopify, address: 'https://x.example/?a=1'}", "1:36", "no plain web address"),
        ("paris: {system: shopify, backfill: true}", "1:1", "needs `address`"),
        ("paris: {system: shopify, write_back: yes}", "1:38", "`write_back` is true or false"),
        ("paris: shopify", "1:8", "a shop is a table"),
        ("paris: {}", "1:1", "needs `system`"),
    ],
)
def test_a_mistake_in_a_shop_is_told_by_its_place(text, place, told):
    (first, *_) = shops(text)
    assert first.startswith(f"shops.yaml:{place}: ")
    assert told in first


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("b: {url: 'http://b.example', events: [all]}", "1:11", "https alone"),
        ("b: {url: 'https://b.example', events: [all, order.canceled]}", "1:45", "mean 'order.cancelled'?"),
        ("b: {url: 'https://b.example'}", "1:1", "needs `events`"),
        ("b: {url: 'https://b.example', events: [all], shop: [paris]}", "1:46", "did you mean 'shops'?"),
    ],
)
def test_a_mistake_in_a_listener_is_told_by_its_place(text, place, told):
    (first, *_) = hooks(text)
    assert first.startswith(f"hooks.yaml:{place}: ")
    assert told in first


def test_a_listener_of_this_house_may_be_told_in_plain_http():
    found, book = read_listeners("b: {url: 'http://127.0.0.1:9000', events: [all], inside: true}", "h")
    assert (found["b"].inside, book.findings) == (True, [])


def test_both_are_checked_with_the_whole_config_folder_and_without_secrets():
    files = config_files(SHIPPED) | {
        "shops.yaml": "paris:\n  systen: shopify\n",
        "hooks.yaml": "books:\n  url: https://books.example\n  events: [order.plced]\n",
    }
    found = [f"{each.file}:{each.line}" for each in check_shop(files, ACTIONS, notices(SHIPPED))]
    assert found == ["hooks.yaml:3", "shops.yaml:2"]
