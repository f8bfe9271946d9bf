"""Shops and listeners as commands and the worker find them."""

import pytest

from config.actions import actions_of
from config.current import CurrentShop
from config.settings import Settings
from config.web_shops import Current, shops
from domain.errors import SettingsRefused
from starter.cli.shop import Place
from starter.cli.web_shops import loops, senders, targets

SHOPS = """
paris: {system: shopify, address: "https://paris.example", backfill: true, write_back: true}
delft: {system: woocommerce}
"""
HOOKS = "books: {url: 'https://books.example', events: [all]}"


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "shops.yaml").write_text(SHOPS)
    (tmp_path / "config" / "hooks.yaml").write_text(HOOKS)
    env = {
        "ORDERKEEPER_CONFIG": str(tmp_path / "config"),
        "ORDERKEEPER_DATA": str(tmp_path),
        "ORDERKEEPER_SHOP_PARIS_TOKEN": "shpat-of-these-tests-0",
        "ORDERKEEPER_SHOP_PARIS_WEBHOOK_SECRETS": "shpss-of-these-tests-0",
        "ORDERKEEPER_HOOK_BOOKS_SECRETS": "a-secret-for-the-books",
    }
    return lambda **more: Settings.from_env(env | more)


def shop_of(here):
    return CurrentShop(here.config, actions_of(here), look_seconds=0).now


def test_who_listens_and_is_told_follows_the_files_while_they_are_edited(settings, tmp_path):
    here = settings()
    shop = shop_of(here)
    listened, told = senders(here, shop), targets(here, shop, Current(here, shop, shops).now)
    assert list(listened()) == ["shopify/paris"]
    assert list(told()) == ["shop:paris", "books"]
    (tmp_path / "config" / "hooks.yaml").write_text("# nobody any more")
    (tmp_path / "config" / "shops.yaml").write_text("paris: {system: shopify}")
    assert (list(listened()), list(told())) == (["shopify/paris"], [])
    (tmp_path / "config" / "shops.yaml").write_text("delft: {system: woocommerce}")
    assert list(listened()) == []


def test_the_screens_need_no_secret_of_those_who_are_told(settings):
    here = settings(ORDERKEEPER_HOOK_BOOKS_SECRETS="")
    assert list(senders(here, shop_of(here))()) == ["shopify/paris"]
    with pytest.raises(SettingsRefused, match="has to be signed"):
        loops(here, Place(), shop_of(here))


def test_a_shop_may_be_added_while_the_worker_runs(settings):
    here = settings()
    assert len(loops(here, Place(), shop_of(here))) == 3


def test_a_secret_of_no_shop_keeps_the_door_shut_and_the_worker_out(settings):
    wrong = settings(ORDERKEEPER_SHOP_ROME_TOKEN="shpat-of-these-tests-0")
    for open_ in (lambda: senders(wrong, shop_of(wrong)), lambda: loops(wrong, Place(), shop_of(wrong))):
        with pytest.raises(SettingsRefused, match="ORDERKEEPER_SHOP_ROME_TOKEN"):
            open_()


def test_a_shop_that_may_not_be_asked_has_no_list(terminal):
    assert "'paris' is no shop with `backfill: true`" in terminal.refused("backfill", "paris")


def test_nobody_was_told_of_anything_yet(placed):
    assert placed.json("hooks", "list") == []
    assert placed.json("hooks", "list", "--dead") == []
    assert "books is not told of A-1" in placed.refused("hooks", "retry", "A-1", "books")
    assert "Nothing of it was given up" in placed.refused("hooks", "let-go", "books", "--reason", "closed")
    assert "say why" in placed.refused("hooks", "let-go", "books")
