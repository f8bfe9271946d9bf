"""`orders stock` and `orders tracking`."""

import pytest


def test_goods_that_came_in_are_on_the_shelf(stocked):
    felt, teapot = stocked.json("stock", "list")
    assert (felt["sku"], felt["on_hand"], felt["available"]) == ("FELT", "7.5", "7.5")
    assert {"sku", "location", "on_hand", "reserved", "available"} <= teapot.keys()
    assert "Red teapot" in stocked.type("stock", "list")


def test_a_count_may_take_away(stocked):
    stocked.type("stock", "adjust", "TEAPOT-RED", "-3", "--reason", "Broken", "--by", "noor")
    assert stocked.json("stock", "list")[1]["on_hand"] == "7"
    adjusted, received = stocked.json("stock", "movements", "TEAPOT-RED")
    assert (adjusted["quantity"], adjusted["why"]) == ("-3", "Broken")
    assert received["kind"] == "receive"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("receive", "TEAPOT-RED", "none"), "quantity: 'none'"),
        (("receive", "TEAPOT-RED", "0"), "quantity"),
        (("adjust", "NOTHING", "1", "--reason", "x"), "knows no item NOTHING"),
        (("adjust", "TEAPOT-RED", "-99", "--reason", "x"), "TEAPOT-RED"),
        (("discontinue", "NOTHING"), "knows no item NOTHING"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(stocked, words, said):
    assert said in stocked.refused("stock", *words)


def test_a_tracking_number_tells_its_carrier_and_link(terminal):
    ups, slip = terminal.json("tracking", "1Z5R89390357567127", "1Z5R89390357567128")
    assert "UPS" in [each["carrier"] for each in ups["carriers"]]
    assert ups["carriers"][0]["link"].startswith("https://")
    assert slip["carriers"] == []
    assert "check digit is wrong" in terminal.type("tracking", "1Z5R89390357567128")
