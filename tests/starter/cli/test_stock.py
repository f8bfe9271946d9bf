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


COUNT = "sku,location,on_hand,title\nTEAPOT-RED,main,12,\nMUG,main,4,A mug\n"


def counted(terminal, text=COUNT):
    return terminal.file("count.csv", text)


def test_a_count_out_of_a_file_puts_the_shelves_right_and_twice_changes_nothing(stocked):
    file = counted(stocked)
    first = stocked.json("stock", "import", file, "--by", "noor")
    assert (first["outcome"], first["rows"], len(first["changed"])) == ("done", 2, 2)
    assert "2 rows, 0 changed, 0 new articles" in stocked.type("stock", "import", file)
    levels = {row["sku"]: row["on_hand"] for row in stocked.json("stock", "list")}
    assert levels == {"FELT": "7.5", "MUG": "4", "TEAPOT-RED": "12"}
    newest = stocked.json("stock", "movements", "TEAPOT-RED")[0]
    assert [newest[name] for name in ("quantity", "kind", "why", "by")] == [
        *("2", "count", "Counted: count.csv", "noor")
    ]


def test_a_dry_run_says_what_would_change_and_changes_nothing(stocked):
    said = stocked.type("stock", "import", counted(stocked), "--dry-run")
    assert "would be done: 2 rows, 2 changed, 1 new article" in said
    assert [row["sku"] for row in stocked.json("stock", "list")] == ["FELT", "TEAPOT-RED"]


def test_a_mistake_in_one_row_is_told_by_its_place_and_nothing_is_changed(stocked):
    file = counted(stocked, "sku,location,on_hand\nTEAPOT-RED,main,12\nMUG,attic,4\nMUG,main,x\n")
    result = stocked.run("stock", "import", file)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"{file}:3:5: this shop keeps nothing at attic, only at main; --new-locations makes it known",
        f"{file}:4:10: on_hand: 'x' is not a quantity such as 0, 3 or 1.5",
        "2 mistakes; nothing was changed",
    ]
    assert stocked.json("stock", "list")[1]["on_hand"] == "10"
    found = stocked.run("stock", "import", file, "--json").stdout
    assert '"outcome": "refused"' in found


def test_a_new_location_has_to_be_meant(stocked):
    file = counted(stocked, "sku,location,on_hand\nMUG,attic,4\n")
    stocked.type("stock", "import", file, "--new-locations")
    assert [row["location"] for row in stocked.json("stock", "list", "MUG")] == ["attic"]


def test_a_file_that_is_not_there_is_one_clear_line(stocked):
    assert "cannot be read" in stocked.refused("stock", "import", "nowhere.csv")


def test_what_is_written_off_says_why(stocked):
    assert stocked.json("stock", "scrap", "FELT", "1.5", "--reason", "Moths")["outcome"] == "done"
    (row,) = stocked.json("stock", "movements", "--kind", "scrap")
    assert (row["sku"], row["quantity"], row["why"]) == ("FELT", "-1.5", "Moths")


def test_a_form_sent_twice_is_one_arrival(stocked):
    for _ in range(2):
        told = stocked.json("stock", "receive", "FELT", "1", "--id", "form-1")
        assert (told["id"], told["outcome"]) == ("form-1", "done")
    assert stocked.json("stock", "list", "FELT")[0]["on_hand"] == "8.5"


def test_what_runs_low_is_listed_and_told(stocked):
    stocked.type("stock", "set", "FELT", "--low-at", "5", "--safety", "1", "--no-backorder")
    stocked.type("stock", "scrap", "FELT", "3", "--reason", "Moths")
    (low,) = stocked.json("stock", "list", "--low")
    assert (low["sku"], low["available"], low["scarce"], low["backorderable"]) == (
        "FELT",
        "3.5",
        "low",
        False,
    )
    (told,) = stocked.json("stock", "notices")
    assert (told["sku"], told["kind"], told["available"], told["told_at"]) == ("FELT", "low", "3.5", None)
    assert "not yet" in stocked.type("stock", "notices")
    stocked.type("stock", "set", "FELT", "--low-at", "never")
    assert stocked.json("stock", "list", "--low") == []


def test_what_is_on_the_way_is_listed(stocked):
    stocked.type("stock", "expect", "FELT", "20", "--on", "2026-12-01")
    felt = stocked.json("stock", "list", "FELT")[0]
    assert (felt["incoming"], felt["incoming_on"]) == ("20", "2026-12-01")
    assert "20 on 2026-12-01" in stocked.type("stock", "list")


def test_another_shops_sku_is_mapped(stocked):
    told = stocked.json("stock", "map", "SHOPIFY-TEAPOT", "TEAPOT-RED")
    assert (told["sku"], told["also"], told["outcome"]) == ("TEAPOT-RED", "SHOPIFY-TEAPOT", "done")
    assert "knows no item KUP" in stocked.refused("stock", "map", "X", "KUP")


def test_an_article_is_ended_and_taken_up_again(stocked):
    assert stocked.json("stock", "discontinue", "FELT") == {
        "sku": "FELT",
        "backordered": "0",
        "outcome": "done",
    }
    assert stocked.json("stock", "list", "FELT")[0]["discontinued"]
    stocked.type("stock", "set", "FELT", "--on-sale")
    assert not stocked.json("stock", "list", "FELT")[0]["discontinued"]


@pytest.mark.parametrize("words", [("set", "FELT"), ("expect", "FELT", "1", "--on", "soon")])
def test_a_command_that_means_nothing_is_a_usage_error(stocked, words):
    assert stocked.run("stock", *words).exit_code == 2
