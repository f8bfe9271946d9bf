"""`orders quarantine`: what shops told and nobody understood."""

import json

import pytest

from adapters.database.shop.messages import ShopMessages
from domain.web_shop import MessageState, ShopMessage, ShopSystem
from starter.clock import now

ID = "paris:w1:0123456789abcdef"


@pytest.fixture
def aside(stocked):
    """One message, put aside."""
    messages = ShopMessages(f"sqlite:///{stocked.folder}/data/orderkeeper.db")
    messages.keep(
        ShopMessage(
            ID, "paris", ShopSystem.SHOPIFY, "orders/create", '{"id": 7}', MessageState.WAITING, now()
        )
    )
    messages.put_aside(ID, "is neither an order nor a refund of one", "7")
    return stocked


def test_it_is_listed_and_shown(aside):
    (row,) = aside.json("quarantine", "list")
    assert (row["id"], row["shop"], row["order"], row["state"]) == (ID, "paris", "7", "quarantined")
    assert aside.json("quarantine", "show", ID)["body"] == '{"id": 7}'
    assert "neither an order" in aside.type("quarantine", "list")


def test_it_is_mended_from_a_file_and_tried_again(aside):
    mended = aside.file("mended.json", {"id": 8})
    assert "looked at again" in aside.type("quarantine", "retry", ID, "--body", mended)
    told = aside.json("quarantine", "show", ID)
    assert (told["state"], json.loads(told["body"]), told["original"]) == (
        "waiting",
        {"id": 8},
        '{"id": 7}',
    )
    assert "not in quarantine any more" in aside.refused("quarantine", "retry", ID)


def test_what_is_no_json_is_refused(aside):
    assert "is not JSON" in aside.refused("quarantine", "retry", ID, "--body", aside.file("bad.json", "{"))
    assert "cannot be read" in aside.refused("quarantine", "retry", ID, "--body", "nowhere.json")


def test_it_is_discarded_with_a_reason(aside):
    assert "say why" in aside.refused("quarantine", "discard", ID, "--reason", " ")
    aside.type("quarantine", "discard", ID, "--reason", "a test shop")
    assert aside.json("quarantine", "list") == []
    assert "There is no message x" in aside.refused("quarantine", "discard", "x", "--reason", "why")
