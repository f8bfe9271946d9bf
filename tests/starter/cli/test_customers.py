"""`orders customers`: found, shown and forgotten at the terminal."""

import pytest

from adapters.database.engine import Database
from tests.adapters.database.given import place

EMAIL = "ada@example.org"


@pytest.fixture
def url(terminal):
    terminal.type("accounts", "list")  # makes the tables
    url = f"sqlite:///{terminal.folder}/data/orderkeeper.db"
    place(url, "1001")
    return url


def test_a_customer_is_found_shown_and_once_all_is_over_forgotten(terminal, url):
    assert terminal.json("customers", "find", "lovelace") == [
        {"email": EMAIL, "name": "Ada Lovelace", "orders": 1}
    ]
    shown = terminal.json("customers", "show", EMAIL)
    assert shown["orders"] == [{"number": "1001", "state": "open"}]
    assert "Ada Lovelace" in terminal.type("customers", "show", EMAIL)
    why = ("--reason", "asked by mail")
    assert terminal.refused("customers", "erase", EMAIL, *why) == "Order 1001 is still open."
    assert terminal.json("customers", "erase", EMAIL, *why, "--look")["why_not"] != []
    with Database(url).engine.begin() as connection:
        connection.exec_driver_sql("UPDATE orders SET state = 'completed'")
    assert terminal.json("customers", "erase", EMAIL, *why, "--look")["erased"] is False
    assert terminal.json("customers", "find", "lovelace") != []
    assert "Forgotten in 1 orders" in terminal.type("customers", "erase", EMAIL, *why, "--by", "root")
    assert terminal.json("customers", "find", "lovelace") == []
    assert "Nobody" in terminal.refused("customers", "show", EMAIL)
    assert any(each["kind"] == "erase" and each["by"] == "root" for each in terminal.json("audit"))


def test_who_says_whom_or_not_why_is_asked_again(terminal, url):
    assert url
    for why in (" ", f"{EMAIL} wrote to us"):
        assert "reason" in terminal.refused("customers", "erase", EMAIL, "--reason", why)
