"""What the people who buy set and are told: limits, goods on the way, other shops' names."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from adapters.database.desk.papers import Papers
from adapters.database.tables.stock import StockLevel
from domain.errors import ActRefused, BadInput, NotFound, OutOfStock, UnknownItem
from domain.stock_book import Counted, ItemChange
from starter.stock_book import StockRoom
from tests.goods import MORNING, Shop, line


@pytest.fixture
def shop(sqlite_database):
    opened = Shop(sqlite_database)
    port: StockRoom = opened.room
    assert port is opened.room
    yield opened
    assert opened.differences() == []


def told(shop):
    return [(row.sku, row.kind, f"{row.available:f}", f"{row.waiting:f}") for row in shop.room.told(9)][
        ::-1
    ]


def change(shop, sku="CUP", location="main", **what):
    shop.room.set_item(sku, ItemChange(location=location, **what), "Grace", shop.at)


def test_the_buyers_hear_once_that_an_item_runs_low_and_once_that_it_is_out(shop):
    shop.receive("CUP", "6")
    change(shop, low_at="3")
    for number in ("W1", "W2", "W3", "W4"):
        shop.reserve(number, line("CUP"))
    assert told(shop) == [("CUP", "low", "3", "0")]
    shop.reserve("W5", line("CUP", "2"))
    assert told(shop)[1:] == [("CUP", "out", "0", "0")]
    assert [row.scarce for row in shop.room.list()] == ["out"]


def test_the_buyers_hear_again_when_it_runs_low_again(shop):
    shop.receive("CUP", "3")
    change(shop, low_at="2")
    shop.reserve("W1", line("CUP"))
    shop.release("W1")
    shop.reserve("W2", line("CUP"))
    assert told(shop) == [("CUP", "low", "2", "0")] * 2


def test_goods_that_come_in_few_are_no_news(shop):
    shop.receive("CUP", "1")
    change(shop, low_at="2")
    shop.room.scrap("CUP", "1", "main", "Broken", "Grace", shop.at)
    before = told(shop)
    shop.receive("CUP", "1")
    assert told(shop) == before


def test_what_is_told_is_over_all_locations_and_less_the_safety_stock(shop):
    shop.receive("CUP", "2")
    shop.receive("CUP", "2", "east")
    change(shop, safety="1")
    shop.reserve("W1", line("CUP"))
    assert told(shop) == []
    shop.reserve("W2", line("CUP", "2"))
    assert told(shop) == [("CUP", "out", "0", "0")]


def test_how_much_is_waited_for_stands_in_the_notice(shop):
    shop.receive("CUP", "2")
    shop.reserve("W1", line("CUP", "5"))
    assert told(shop) == [("CUP", "out", "0", "3")]


def test_nobody_is_told_of_what_is_discontinued(shop):
    shop.receive("CUP", "1")
    assert shop.room.discontinue("CUP", "Grace", shop.at) == 0
    shop.reserve("W1", line("CUP"))
    assert told(shop) == []


def test_who_ends_an_article_hears_how_much_is_still_waited_for(shop):
    shop.receive("CUP", "1")
    shop.reserve("W1", line("CUP", "3.5"))
    assert shop.room.discontinue("CUP", "Grace", shop.at) == Decimal("2.5")


def test_what_was_discontinued_can_be_sold_again(shop):
    shop.receive("CUP", "1")
    shop.room.discontinue("CUP", "Grace", shop.at)
    assert shop.book.discontinued_skus(["CUP"]) == ["CUP"]
    change(shop, discontinued=False)
    assert shop.book.discontinued_skus(["CUP"]) == []


def test_an_item_may_be_set_never_to_be_waited_for(shop):
    shop.receive("CUP", "1")
    change(shop, backorderable=False)
    with pytest.raises(OutOfStock, match="W1: 1 item of CUP missing, and no more will come"):
        shop.reserve("W1", line("CUP", "2"))


def test_less_safety_stock_sets_goods_free_for_those_who_wait(shop):
    shop.receive("CUP", "2")
    change(shop, safety="2")
    shop.reserve("W1", line("CUP"))
    change(shop, safety="1")
    assert shop.arrivals() == ["W1-F1"]


def test_what_is_on_the_way_is_listed_and_what_comes_in_is_taken_off(shop):
    shop.receive("CUP", "1")
    monday = date(2026, 11, 23)
    for _ in range(2):
        shop.room.expect("CUP", "10", "main", monday, "Grace", shop.at)
    shop.receive("CUP", "4")
    assert [(f"{r.incoming:f}", r.incoming_on) for r in shop.room.list()] == [("6", monday)]
    shop.receive("CUP", "7.5")
    assert [(f"{r.incoming:f}", r.incoming_on) for r in shop.room.list()] == [("0", None)]
    assert [f"{row.available:f}" for row in shop.room.list()] == ["12.5"]


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ({"safety": "-1"}, BadInput),
        ({"safety": "1", "location": "moon"}, NotFound),
        ({"low_at": "few"}, BadInput),
        ({"title": "\n"}, BadInput),
        ({"sku": "KUP", "title": "A cup"}, UnknownItem),
    ],
)
def test_what_cannot_be_set_is_refused_and_nothing_of_it_stays(shop, what, error):
    shop.receive("CUP", "1")
    before = shop.room.list()
    with pytest.raises(error):
        change(shop, backorderable=False, **what)
    assert shop.room.list() == before


def test_another_shops_sku_is_mapped_to_ours_and_promised_as_ours(shop):
    shop.receive("CUP", "3")
    shop.place("W1", line("SHOP-CUP"), line("OLD-CUP", "1"), line("CUP", "2"))
    with pytest.raises(UnknownItem, match="this shop knows no item SHOP-CUP"):
        shop.reserve("W1")
    for theirs in ("SHOP-CUP", "OLD-CUP"):
        shop.room.map_sku(theirs, "CUP", "Grace", shop.at)
    assert shop.book.unknown_skus(["SHOP-CUP", "CUP", "KUP"]) == ["KUP"]
    result = shop.reserve("W1")
    pieces = [(piece["sku"], piece["quantity"]) for f in result.fulfilments for piece in f["lines"]]
    assert pieces == [("CUP", "1"), ("CUP", "1"), ("CUP", "1"), ("CUP", "1")]
    assert result.values == {"reserved": "3", "backordered": "1", "fulfilments": 2}
    assert shop.commit("W1-F1").values == {"committed": "3"}


def test_our_own_items_stand_for_no_others(shop):
    shop.receive("CUP", "1")
    shop.receive("POT", "1")
    with pytest.raises(ActRefused, match="POT is an item of this shop's own"):
        shop.room.map_sku("POT", "CUP", "Grace", shop.at)
    with pytest.raises(UnknownItem):
        shop.room.map_sku("SHOP-CUP", "KUP", "Grace", shop.at)


def test_what_stands_for_a_discontinued_item_is_discontinued_too(shop):
    shop.receive("CUP", "1")
    shop.room.map_sku("SHOP-CUP", "CUP", "Grace", shop.at)
    shop.room.discontinue("CUP", "Grace", shop.at)
    assert shop.book.discontinued_skus(["SHOP-CUP", "POT"]) == ["SHOP-CUP"]


def test_what_is_spoilt_is_written_off_with_its_reason(shop):
    shop.receive("CUP", "3")
    shop.room.scrap("CUP", "1.5", "main", "Fell down", "Grace", shop.at)
    (row,) = shop.room.movements("CUP", 9, "scrap")
    assert (f"{row.quantity:f}", row.why, row.by) == ("-1.5", "Fell down", "Grace")
    with pytest.raises(BadInput, match="not above nought"):
        shop.room.scrap("CUP", "-1", "main", "Fell down", "Grace", shop.at)
    with pytest.raises(ActRefused):
        shop.room.scrap("CUP", "2", "main", "Fell down", "Grace", shop.at)


def test_a_form_sent_twice_is_one_movement(shop):
    for _ in range(2):
        shop.room.receive("CUP", "3", "main", "", "Grace", shop.at, "form-1")
        shop.room.adjust("CUP", "1", "main", "Found", "Grace", shop.at, "form-2")
        shop.room.scrap("CUP", "2", "main", "Broken", "Grace", shop.at, "form-3")
    assert shop.levels() == {("CUP", "main"): ("2", "0")}


def test_every_promise_and_its_end_is_a_movement_too(shop):
    shop.receive("CUP", "3")
    shop.reserve("W1", line("CUP", "2"))
    shop.reserve("W2", line("CUP", "1"))
    shop.commit("W1-F1")
    shop.release("W2")
    moved = [
        (m.kind, f"{m.quantity:f}", f"{m.promised:f}", m.fulfilment) for m in shop.room.movements("CUP", 9)
    ]
    assert moved[::-1] == [
        ("receive", "3", "0", ""),
        ("reserve", "0", "2", "W1-F1"),
        ("reserve", "0", "1", "W2-F1"),
        ("ship", "-2", "-2", "W1-F1"),
        ("release", "0", "-1", "W2-F1"),
    ]


def counted(shop, *rows, new_places=False):
    wanted = [Counted(sku, place, Decimal(amount)) for sku, place, amount in rows]
    return shop.room.count(wanted, "Counted", "Grace", shop.at, new_places=new_places)


def test_a_count_puts_every_shelf_right_and_twice_changes_nothing_more(shop):
    shop.receive("CUP", "3")
    for n in range(2):
        count = counted(shop, ("CUP", "main", "5"), ("POT", "main", "1.5"))
        assert [row.new for row in count.rows] == [False, n == 0]
    assert shop.levels() == {("CUP", "main"): ("5", "0"), ("POT", "main"): ("1.5", "0")}
    assert [f"{m.quantity:f}" for m in shop.room.movements("", 9, "count")] == ["1.5", "2"]


def test_a_count_with_one_row_that_cannot_be_changes_nothing(shop):
    shop.receive("CUP", "3")
    shop.reserve("W1", line("CUP", "2"))
    count = counted(shop, ("POT", "main", "5"), ("CUP", "main", "1"), ("CUP", "moon", "1"))
    assert [(p.row, p.column) for p in count.problems] == [(1, "on_hand"), (2, "location")]
    assert shop.levels() == {("CUP", "main"): ("3", "2")}


def test_goods_found_in_a_count_go_to_those_who_wait(shop):
    shop.receive("CUP", "1")
    shop.reserve("W1", line("CUP", "2"))
    assert counted(shop, ("CUP", "main", "2")).filled == ("W1-F2",)
    assert shop.arrivals() == ["W1-F2"]


def test_the_tables_themselves_refuse_less_than_nothing(shop):
    shop.receive("CUP", "1")
    for wrong in ({"safety": Decimal(-1)}, {"incoming": Decimal(-1)}, {"reserved": Decimal(2)}):
        with pytest.raises(IntegrityError), shop.database.write() as session:
            session.connection().execute(update(StockLevel).values(**wrong))


def test_time_makes_no_difference_to_a_letter_that_nobody_has_sent(shop):
    shop.receive("CUP", "1")
    shop.reserve("W1", line("CUP"))
    letter, rows = shop.room.take(MORNING)
    assert shop.room.take(MORNING + timedelta(seconds=30)) == ("", ())
    assert shop.room.take(MORNING + timedelta(hours=1)) == (letter, rows)


def test_an_article_has_its_place_on_the_shelves(shop):
    shop.receive("CUP", "6")
    change(shop, bin="C-07")
    rows = [Counted("FELT", "main", Decimal(2), bin="A-01"), Counted("CUP", "main", Decimal(6))]
    shop.room.count(rows, "count", "Grace", shop.at, new_places=False)

    bins = Papers(shop.room.url).bins("main", ["CUP", "FELT", "POT"])

    assert bins == {"CUP": "C-07", "FELT": "A-01"}
