"""`orders partners`, and the accounts of partners."""

import pytest

from domain.partner import PartnerState
from tests.adapters.database.given import NOW, place
from tests.partners import ask

DAY = f"{NOW:%Y-%m-%d}"
WRITTEN = "Oak & Sons:\n  how: console\n  email: orders@oak.example\notherwise:\n  how: simulated\n"


@pytest.fixture
def shop(terminal, monkeypatch):
    """Oak has two orders of one day, and Iron one."""
    own = terminal.folder / "config"
    own.mkdir()
    (own / "partners.yaml").write_text(WRITTEN)
    monkeypatch.setenv("ORDERKEEPER_CONFIG", str(own))
    terminal.type("accounts", "list")
    url = f"sqlite:///{terminal.folder}/data/orderkeeper.db"
    place(url, "1001", "1002", "1003")
    ask(url, "1001", "Oak & Sons")
    ask(url, "1002", "Oak & Sons", state=PartnerState.REJECTED)
    ask(url, "1003", "Iron Works")
    return terminal


def test_partners_are_listed_with_how_they_work_and_what_is_open(shop):
    assert shop.json("partners", "list") == [
        {"name": "Oak & Sons", "how": "console", "email": "orders@oak.example", "open": 1},
        {"name": "Iron Works", "how": "simulated", "email": "", "open": 1},
    ]
    assert "orders@oak.example" in shop.type("partners", "list")


def test_all_orders_of_a_day_are_summed_up_to_check_against(shop):
    (oak,) = shop.json("partners", "summary", "--partner", "Oak & Sons", "--day", DAY)
    assert [(each["id"], each["state"]) for each in oak["placed"]] == [
        ("1001-F1", "sent"),
        ("1002-F1", "rejected"),
    ]
    assert oak["open"] == []
    told = shop.type("partners", "summary", "--day", DAY)
    assert f"Oak & Sons: 2 placed on {DAY}, 0 open from before" in told
    assert "2 MUG" in told
    assert "Ada" not in told
    later = shop.json("partners", "summary", "--day", "2026-03-09")
    assert [[each["id"] for each in one["open"]] for one in later] == [["1003-F1"], ["1001-F1"]]
    assert "nobody asked a partner 'Elm'" in shop.refused("partners", "summary", "--partner", "Elm")


def test_an_account_of_a_partners_belongs_to_one_and_to_nobody_else(shop):
    shop.type("accounts", "add", "oak", "--role", "partner", "--partner", "oak & sons")
    assert {"name": "oak", "roles": ["partner"], "partner": "Oak & Sons", "disabled": False} in shop.json(
        "accounts", "list"
    )
    refusals = [
        ("add", "elm", "--role", "partner"),
        ("add", "elm", "--role", "partner", "--partner", "Elm"),
        ("add", "elm", "--role", "partner", "--role", "warehouse", "--partner", "Iron Works"),
        ("add", "elm", "--role", "warehouse", "--partner", "Iron Works"),
        ("roles", "oak", "--role", "warehouse", "--partner", "Iron Works"),
    ]
    for words in refusals:
        assert "partner" in shop.refused("accounts", *words), words
    shop.type("accounts", "roles", "oak", "--role", "warehouse")
    assert {"name": "oak", "roles": ["warehouse"], "disabled": False} in shop.json("accounts", "list")
