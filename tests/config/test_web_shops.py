"""Shops and listeners as they are written down, and the secrets that go with them."""

from functools import partial

import pytest

from activities.catalogue import ACTIONS
from config.current import CurrentShop
from config.settings import SHIPPED, Settings
from config.shop import read_shop
from config.web_shops import Current, listeners, secrets_of_nobody, shops
from domain.errors import SettingsRefused
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


def read(settings, of=shops):
    return of(settings, read_shop(settings.config, ACTIONS))


def test_a_shop_has_the_secrets_of_its_name(settings):
    here = settings(
        SHOPS,
        SHOP_PARIS_WEBHOOK_SECRETS=SECRET,
        SHOP_PARIS_TOKEN=TOKEN,
        SHOP_OLD_DELFT_WEBHOOK_SECRETS=f"{SECRET} {SECRET}2",
    )
    assert list(secrets_of_nobody(here, read_shop(here.config, ACTIONS))) == []
    paris, delft = read(here).values()
    assert paris.shop == WebShop("paris", ShopSystem.SHOPIFY, "https://paris.myshopify.com", True, True)
    assert (paris.secrets, paris.token) == ((SECRET,), TOKEN)
    assert (delft.shop.system, len(delft.secrets), delft.token) == (ShopSystem.WOOCOMMERCE, 2, "")
    assert SECRET not in repr(here) + repr(paris)
    assert TOKEN not in repr(paris)


def test_a_secret_may_stand_in_a_file(settings, tmp_path):
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    here = settings(SHOPS, SHOP_PARIS_WEBHOOK_SECRETS_FILE=str(tmp_path / "secret"), SHOP_PARIS_TOKEN=TOKEN)
    assert read(here)["paris"].secrets == (SECRET,)


def test_without_a_file_there_are_none():
    here = Settings.from_env({"ORDERKEEPER_CONFIG": str(SHIPPED)})
    assert (read(here), read(here, listeners)) == ({}, {})


def test_who_is_asked_needs_a_token_and_who_is_told_a_secret(settings):
    with pytest.raises(SettingsRefused, match="ORDERKEEPER_SHOP_PARIS_TOKEN is not set"):
        read(settings(SHOPS))
    with pytest.raises(SettingsRefused, match="has to be signed"):
        read(settings("", HOOKS), listeners)
    here = settings(SHOPS, HOOKS, HOOK_BOOKS_SECRETS=SECRET, SHOP_PARIS_TOKEN=TOKEN)
    books = read(here, listeners)["books"]
    assert (books.listener.url, books.secrets) == ("https://books.example/orders", (SECRET,))


def test_a_secret_of_nobody_is_a_mistake(settings):
    for name in ("SHOP_ROME_TOKEN", "HOOK_BOOKS_SECRETS", "SHOP_PARIS_WEBHOOK_SECRETS_FILE"):
        here = settings(**{name: SECRET})
        with pytest.raises(SettingsRefused, match="has no such name"):
            Current(here, partial(read_shop, here.config, ACTIONS), shops)
    with pytest.raises(SettingsRefused, match="not a setting"):
        settings(SHOP_PARIS_PASSWORD="x")


@pytest.fixture
def paris(settings):
    """A shop with one web shop, whose files may be edited while it is open."""
    here = settings(SHOPS.replace("  write_back: true\n", ""), SHOP_PARIS_TOKEN=TOKEN)
    current = Current(here, CurrentShop(here.config, ACTIONS, look_seconds=0).now, shops)
    assert not current.now()["paris"].shop.write_back
    return current


def test_an_edit_of_either_file_counts_at_once(paris, tmp_path):
    (tmp_path / "shops.yaml").write_text(SHOPS)
    assert paris.now()["paris"].shop.write_back
    (tmp_path / "shops.yaml").write_text("# closed for good\n")
    assert paris.now() == {}
    assert paris.now() is paris.now()


def test_a_half_made_edit_keeps_what_stood_and_is_told(paris, tmp_path, caplog):
    before = paris.now()
    (tmp_path / "shops.yaml").write_text(SHOPS.replace("system: shopify", "system: shopfy"))
    assert paris.now() == before
    assert "shops.yaml:3:11: `system` cannot be 'shopfy' - did you mean 'shopify'?" in caplog.text
    (tmp_path / "shops.yaml").write_text(SHOPS)
    assert paris.now()["paris"].shop.write_back


def test_a_shop_added_without_its_token_waits_for_the_next_start(paris, tmp_path, caplog):
    before = paris.now()
    rome = "rome: {system: shopify, address: 'https://rome.example', backfill: true}\n"
    (tmp_path / "shops.yaml").write_text(SHOPS + rome)
    assert paris.now() == before
    assert "ORDERKEEPER_SHOP_ROME_TOKEN is not set" in caplog.text


def test_a_shop_taken_away_is_gone_and_its_secret_is_named(paris, tmp_path, caplog):
    (tmp_path / "shops.yaml").write_text("old-delft: {system: woocommerce}")
    assert list(paris.now()) == ["old-delft"]
    assert "ORDERKEEPER_SHOP_PARIS_TOKEN is set, and shops.yaml has no such name." in caplog.text
