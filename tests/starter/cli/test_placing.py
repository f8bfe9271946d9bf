"""`orders place`: each order is kept or refused on its own."""

import json

import pytest

from tests.starter.formats.samples import OWN, SHOPIFY, changed


def test_with_temporal_down_an_order_is_kept(stocked):
    said = stocked.type("place", stocked.file("order.json", OWN))
    assert said.startswith("A-1001: kept: it will be done")
    (row,) = stocked.json("list")
    assert (row["number"], row["state"], row["payment"]) == ("A-1001", "open", "pending")


def test_an_order_placed_twice_is_one_order_and_another_body_a_conflict(stocked):
    file = stocked.file("order.json", OWN)
    assert stocked.json("place", file)["outcome"] == "kept"
    assert stocked.json("place", file)["outcome"] == "kept"
    other = stocked.file("other.json", changed(OWN, "note", "Ring twice"))
    assert "A-1001 was placed before" in stocked.refused("place", other)
    assert len(stocked.json("list")) == 1


def test_a_bad_order_stops_no_other_and_each_is_told_by_its_record(stocked):
    bad = changed(changed(OWN, "number", "A-2"), "lines.1.quantity", 0)
    last = changed(OWN, "number", "A-3")
    lines = "\n".join(json.dumps(order) for order in (OWN, bad, last))
    result = stocked.run("place", "-", input=lines)
    assert result.exit_code == 1
    assert (
        result.stderr == "standard input: record 2: lines[1].quantity: 0 is not a quantity above nought\n"
    )
    said = [line.split(":")[0] for line in result.stdout.splitlines()]
    assert said == ["A-1001", "A-3", "3 records"]
    assert result.stdout.endswith("3 records: 2 placed, 0 known, 1 refused.\n")


def test_a_file_that_was_broken_off_is_placed_again_and_what_was_placed_is_known(stocked):
    both = [changed(OWN, "number", f"A-{n}") for n in (1, 2, 3)]
    stocked.type("place", stocked.file("half.json", both[:2]))
    said = stocked.type("place", stocked.file("whole.json", both))
    assert said.endswith("3 records: 1 placed, 2 known, 0 refused.\n")
    assert [each.get("known") for each in stocked.json("place", stocked.file("again.json", both))] == [
        True
    ] * 3
    assert len(stocked.json("list")) == 3


COLUMNS = (
    "number;placed_at;currency;customer.email;customer.name;shipping_address.name;shipping_address.line1",
    "shipping_address.postcode;shipping_address.city;shipping_address.country;payment.method;payment.state",
    "total;line.sku;line.quantity;line.unit_price",
)
WHEN, WHO = "2026-11-20T09:14:00+01:00;EUR", "Iris Vos;Iris Vos;Kade 4;3011 AB;Rotterdam;NL;card;paid"
TABLE = f"""{";".join(COLUMNS)}
7;{WHEN};iris@teapot.example;{WHO};57.99;TEAPOT-RED;2;24.00
7;;;;;;;;;;;;;FELT;1;9.99
8;{WHEN};nobody;{WHO};1.00;FELT;1;1.00
9;{WHEN}
10;{WHEN};a@b.example;{WHO};1.00;FELT;x;1
"""


def test_orders_come_out_of_a_table_with_a_row_for_each_line(stocked):
    file = stocked.file("orders.csv", TABLE)
    result = stocked.run("place", file, "--from", "csv", "--shop", "fair")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "4 records: 1 placed, 0 known, 3 refused."
    wrong = [line.removeprefix(f"{file}: ") for line in result.stderr.splitlines()]
    assert wrong[0].startswith("record 2: customer.email: 'nobody' is not exactly one mail address")
    assert wrong[1] == "record 3: line 5: has 3 cells, and there are 16 columns"
    assert wrong[2].startswith("record 4: line 6, column ")
    shown = stocked.json("show", "fair-7")
    assert (shown["total"], len(shown["lines"])) == ({"minor": 5799, "currency": "EUR"}, 2)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("number,colour\n1,red\n", "there is no column 'colour'"),
        ("number,number\n1,1\n", "stands there twice"),
        ("number\n1\n", "the column placed_at is missing"),
        ('number,"note\n', "this quote never ends"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_whole(stocked, table, why):
    assert why in stocked.refused("place", stocked.file("orders.csv", table), "--from", "csv")


def test_programs_get_one_object_for_one_order_and_a_list_for_several(stocked):
    one = stocked.json("place", stocked.file("one.json", OWN))
    assert (one["number"], one["outcome"]) == ("A-1001", "kept")
    both = stocked.file("both.json", [OWN, changed(changed(OWN, "number", "A-2"), "total", "1.00")])
    result = stocked.run("place", both, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert [each["outcome"] for each in told] == ["kept", "refused"]
    assert told[1]["why"].startswith("total: is 1.00")
    assert len(result.stderr.splitlines()) == 1


def test_an_unknown_article_is_refused_by_its_line(terminal):
    assert "lines[0].sku: TEAPOT-RED is not an article" in terminal.refused(
        "place", terminal.file("order.json", OWN)
    )


def test_a_discontinued_article_is_no_longer_sold(stocked):
    stocked.type("stock", "discontinue", "FELT")
    assert "lines[1].sku: FELT is discontinued" in stocked.refused("place", stocked.file("o.json", OWN))


def test_an_imported_order_with_unknown_articles_waits_on_hold(terminal):
    file = terminal.file("shopify.json", {"orders": [SHOPIFY]})
    placed = terminal.json("place", file, "--from", "shopify", "--shop", "nl-store")
    assert placed["number"] == "nl-store-2001"
    shown = terminal.json("show", "nl-store-2001")
    assert shown["state"] == "on_hold"
    why = "SKU KETTLE, 78 are not known here: map them or receive them, then release"
    assert shown["holds"][0]["why"] == why


def test_once_its_articles_are_mapped_the_next_imported_order_is_not_on_hold(stocked):
    for theirs in ("KETTLE", "78"):
        stocked.type("stock", "map", theirs, "TEAPOT-RED")
    file = stocked.file("shopify.json", {"orders": [SHOPIFY]})
    placed = stocked.json("place", file, "--from", "shopify", "--shop", "nl-store")
    assert stocked.json("show", placed["number"])["state"] == "open"


def test_a_file_that_is_not_there_is_refused_and_the_next_one_placed(stocked):
    result = stocked.run("place", "nowhere.json", stocked.file("order.json", OWN))
    assert result.exit_code == 1
    assert result.stderr == "nowhere.json: The file cannot be read: No such file or directory.\n"
    assert result.stdout.startswith("A-1001: kept")


@pytest.mark.parametrize(
    "words",
    [
        ("place",),
        ("place", "-", "--from", "paper"),
        ("place", "-", "--shop", "mine"),
        ("place", "-", "--from", "shopify", "--shop", "a/b"),
    ],
)
def test_a_command_that_makes_no_sense_exits_2(terminal, words):
    assert terminal.run(*words, input="{}").exit_code == 2
