"""Shops and listeners as commands and the worker find them."""

import pytest

from config.settings import Settings
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


def test_a_shop_with_a_secret_is_listened_to_and_one_that_asks_for_it_told(settings):
    here = settings()
    assert list(senders(here)) == ["shopify/paris"]
    assert list(targets(here)) == ["shop:paris", "books"]
    assert len(loops(here, Place())) == 3


def test_a_secret_of_no_shop_keeps_the_door_shut_and_the_worker_out(settings):
    wrong = settings(ORDERKEEPER_SHOP_ROME_TOKEN="shpat-of-these-tests-0")
    for open_ in (lambda: senders(wrong), lambda: loops(wrong, Place())):
        with pytest.raises(SettingsRefused, match="ORDERKEEPER_SHOP_ROME_TOKEN"):
            open_()


def test_a_shop_that_may_not_be_asked_has_no_list(terminal):
    assert "'paris' is no shop with `backfill: true`" in terminal.refused("backfill", "paris")


def test_nobody_was_told_of_anything_yet(placed):
    assert placed.json("hooks", "list") == []
    assert placed.json("hooks", "list", "--dead") == []
    assert "books is not told of A-1" in placed.refused("hooks", "retry", "A-1", "books")
