"""Shops and listeners as they are written down, and the secrets that go with them."""

import pytest

from config.settings import SHIPPED, Settings
from config.web_shops import check_secrets, listeners, web_shops
from domain.errors import FlowRefused, SettingsRefused
from domain.web_shop import ShopSystem, WebShop

SHOPS = """
paris:
  system: shopify
  address: https://paris.myshopify.com/
  backfill: true
  write_back: true
old-delft:
  system: woocommerce
"""
HOOKS = """
books:
  url: https://books.example/orders
  events: [order.placed, order.completed]
  shops: [paris]
"""
SECRET, TOKEN = "shpss-of-these-tests-0", "shpat-of-these-tests-0"


@pytest.fixture
def settings(tmp_path):
    def made(shops="", hooks="", **secrets):
        (tmp_path / "shops.yaml").write_text(shops)
        (tmp_path / "hooks.yaml").write_text(hooks)
        named = {f"ORDERKEEPER_{name}": value for name, value in secrets.items()}
        return Settings.from_env({"ORDERKEEPER_CONFIG": str(tmp_path), **named})

    return made


def test_a_shop_has_the_secrets_of_its_name(settings):
    here = settings(
        SHOPS,
        SHOP_PARIS_WEBHOOK_SECRETS=SECRET,
        SHOP_PARIS_TOKEN=TOKEN,
        SHOP_OLD_DELFT_WEBHOOK_SECRETS=f"{SECRET} {SECRET}2",
    )
    check_secrets(here)
    paris, delft = web_shops(here).values()
    assert paris.shop == WebShop("paris", ShopSystem.SHOPIFY, "https://paris.myshopify.com", True, True)
    assert (paris.secrets, paris.token) == ((SECRET,), TOKEN)
    assert (delft.shop.system, len(delft.secrets), delft.token) == (ShopSystem.WOOCOMMERCE, 2, "")
    assert SECRET not in repr(here) + repr(paris)
    assert TOKEN not in repr(paris)


def test_a_secret_may_stand_in_a_file(settings, tmp_path):
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    here = settings(SHOPS, SHOP_PARIS_WEBHOOK_SECRETS_FILE=str(tmp_path / "secret"), SHOP_PARIS_TOKEN=TOKEN)
    assert web_shops(here)["paris"].secrets == (SECRET,)


def test_without_a_file_or_with_remarks_alone_there_are_none(settings, tmp_path):
    assert web_shops(settings("# none yet\n\n")) == {}
    (tmp_path / "shops.yaml").unlink()
    assert web_shops(Settings.from_env({"ORDERKEEPER_CONFIG": str(tmp_path)})) == {}
    assert web_shops(Settings.from_env({"ORDERKEEPER_CONFIG": str(SHIPPED)})) == {}
    assert listeners(Settings.from_env({"ORDERKEEPER_CONFIG": str(SHIPPED)})) == {}


def test_a_shop_that_is_to_be_asked_needs_a_token_and_an_address(settings):
    with pytest.raises(SettingsRefused, match="ORDERKEEPER_SHOP_PARIS_TOKEN is not set"):
        web_shops(settings(SHOPS))
    with pytest.raises(FlowRefused, match="address"):
        web_shops(settings("paris: {system: shopify, backfill: true}"))


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("paris: {system: magento}", "shops.yaml:1:17"),
        ("Paris: {system: shopify}", "shops.yaml:1:1"),
        ("paris: {system: shopify, adress: https://x.example}", "did you mean 'address'"),
        ("paris: {system: shopify, address: 'https://x.example/?a=1'}", "no plain web address"),
        ("paris: shopify", "a shop is a table"),
        ("paris: {}", "needs `system`"),
    ],
)
def test_a_mistake_in_the_file_is_told_by_its_place(settings, text, where):
    with pytest.raises(FlowRefused, match=where.replace("`", ".")):
        web_shops(settings(text))


def test_a_secret_of_nobody_is_a_mistake(settings):
    for name in ("SHOP_ROME_TOKEN", "HOOK_BOOKS_SECRETS", "SHOP_PARIS_WEBHOOK_SECRETS_FILE"):
        with pytest.raises(SettingsRefused, match="has no such name"):
            check_secrets(settings(**{name: SECRET}))
    with pytest.raises(SettingsRefused, match="not a setting"):
        settings(SHOP_PARIS_PASSWORD="x")


def test_a_listener_needs_a_secret_known_events_and_https(settings):
    here = settings(SHOPS, HOOKS, HOOK_BOOKS_SECRETS=SECRET, SHOP_PARIS_TOKEN=TOKEN)
    known = listeners(here)["books"]
    assert (known.listener.url, known.secrets) == ("https://books.example/orders", (SECRET,))
    with pytest.raises(SettingsRefused, match="has to be signed"):
        listeners(settings("", HOOKS))
    for text, why in (
        ("books: {url: 'http://books.example', events: [all]}", "https alone"),
        ("books: {url: 'https://books.example', events: [order.lost]}", "there is no event 'order.lost'"),
        ("books: {url: 'https://books.example'}", "events"),
    ):
        with pytest.raises(FlowRefused, match=why):
            listeners(settings("", text, HOOK_BOOKS_SECRETS=SECRET))
    inside = settings(
        "", "books: {url: 'http://127.0.0.1:9000', events: [all], inside: true}", HOOK_BOOKS_SECRETS=SECRET
    )
    assert listeners(inside)["books"].listener.inside
