"""`orders list` and `orders show`."""

import pytest

from tests.starter.formats.samples import OWN, changed


def test_an_order_in_a_list_has_what_scripts_read(placed):
    (row,) = placed.json("list")
    assert {"number", "state", "payment", "fulfilment", "placed_at"} <= row.keys()
    assert row["total"] == {"minor": 7134, "currency": "EUR"}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--state", "open"), 1),
        (("--state", "completed"), 0),
        (("--payment", "pending"), 1),
        (("--payment", "captured"), 0),
        (("--fulfilment", "unfulfilled"), 1),
        (("--waiting-for", "warehouse"), 0),
        (("--placed-since", "2026-11-01"), 1),
        (("--placed-since", "2999-01-01"), 0),
        (("--older-than", "500w"), 0),
        (("--search", "iris@teapot.example"), 1),
        (("--search", "nobody"), 0),
        (("--limit", "1"), 1),
    ],
)
def test_each_filter_narrows(placed, words, found):
    assert len(placed.json("list", *words)) == found


@pytest.mark.parametrize(
    "words",
    [
        ("--state", "lost"),
        ("--payment", "cash"),
        ("--placed-since", "soon"),
        ("--older-than", "long"),
        ("--limit", "0"),
    ],
)
def test_a_filter_that_makes_no_sense_exits_2(terminal, words):
    assert terminal.run("list", *words).exit_code == 2


def test_the_page_begins_with_the_answer_line(placed):
    said = placed.type("show", "A-1001")
    assert said.startswith("Kept: it begins as soon as its worker is there. Not paid yet: EUR 71.34")
    assert "Red teapot" in said


def test_an_order_has_what_scripts_read(placed):
    shown = placed.json("show", "A-1001")
    assert {
        *("number", "state", "payment", "fulfilment", "returns", "total", "placed_at", "waiting_for"),
        *("fulfilments", "payments", "timeline", "incidents"),
    } <= shown.keys()
    assert shown["answer"].startswith("Kept")


def test_a_shop_cannot_turn_the_terminal_round(stocked):
    order = changed(OWN, "lines.0.title", "Red \u202eteapot")
    stocked.type("place", stocked.file("order.json", order))
    assert "\u202e" not in stocked.type("show", "A-1001")


def test_an_order_that_is_not_there_is_one_clear_line(terminal):
    assert terminal.refused("show", "A-9") == "There is no order A-9."


def test_the_engines_history_needs_temporal(placed):
    assert placed.refused("show", "A-1001", "--history").startswith("There is no Temporal here")


def test_an_empty_shop_says_so(terminal):
    assert terminal.type("list") == "Orders: none\n"
    assert terminal.json("list") == []
    assert terminal.json("tasks") == []
    assert terminal.json("incidents") == []
