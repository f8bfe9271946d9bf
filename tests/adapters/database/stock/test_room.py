from decimal import Decimal

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from adapters.database.stock.shelves import Booking, promise
from adapters.database.tables.orders import FulfilmentRow, PlacedOrder
from adapters.database.tables.stock import Backorder, Movement, Reservation, StockLevel
from domain.errors import ActRefused, BadInput, DatabaseUnavailable, UnknownItem
from starter.stock_book import StockRoom
from tests.goods import MORNING, Shop, line


@pytest.fixture
def shop(database):
    opened = Shop(database)
    port: StockRoom = opened.room
    assert port is opened.room
    return opened


@pytest.fixture
def sound_shop(shop):
    yield shop
    assert shop.differences() == []


def test_goods_that_come_in_make_an_item_known(sound_shop):
    sound_shop.room.receive(" CUP ", "2.5", "main", "A cup", "Grace", MORNING)
    sound_shop.room.receive("CUP", "1", "east", "", "Grace", MORNING)
    rows = [(r.sku, r.title, r.location, str(r.on_hand), str(r.available)) for r in sound_shop.room.list()]
    assert rows == [("CUP", "A cup", "east", "1", "1"), ("CUP", "A cup", "main", "2.5", "2.5")]


def test_a_title_can_be_given_later(sound_shop):
    sound_shop.receive("CUP", "1")
    sound_shop.room.receive("CUP", "1", "main", "A cup", "Grace", MORNING)
    assert [row.title for row in sound_shop.room.list()] == ["A cup"]


@pytest.mark.parametrize("quantity", ["0", "-1", "two", "nan", "inf", "0.0001", "", "1e30"])
def test_what_is_not_a_quantity_above_nought_cannot_come_in(shop, quantity):
    with pytest.raises(BadInput, match="quantity"):
        shop.receive("CUP", quantity)
    assert shop.room.list() == []


@pytest.mark.parametrize(
    ("sku", "location"), [("", "main"), ("CUP", " "), ("C\nUP", "main"), ("C" * 200, "main")]
)
def test_goods_need_a_name_and_a_place(shop, sku, location):
    with pytest.raises(BadInput):
        shop.receive(sku, "1", location)


def test_backorders_are_served_first_in_first_out(sound_shop):
    shop = sound_shop
    shop.receive("CUP", "1")
    for number in ("W1", "W2", "W3"):
        shop.reserve(number, line("CUP"))
    assert shop.receive("CUP", "1") == ("W2-F1",)
    assert shop.receive("CUP", "1") == ("W3-F1",)
    assert shop.arrivals() == ["W2-F1", "W3-F1"]
    assert [part.state for part in shop.fulfilments("W3")] == ["open"]


def test_the_older_order_comes_first_even_if_it_began_to_wait_later(sound_shop):
    shop = sound_shop
    shop.receive("CUP", "1")
    shop.reserve("W1", line("CUP"))
    shop.reserve("W2", line("CUP"))
    shop.split("W1-F1", CUP="1")
    assert shop.receive("CUP", "1") == ("W1-F2",)


def test_an_order_whose_pick_came_short_is_served_before_a_newer_one(sound_shop):
    shop = sound_shop
    shop.receive("CUP", "10")
    shop.reserve("W1", line("CUP"))
    shop.split("W1-F1", CUP="1")
    assert shop.arrivals() == []
    shop.reserve("W2", line("CUP", "9"))
    assert shop.arrivals() == ["W1-F2"]
    assert [part.state for part in shop.fulfilments("W2")] == ["open", "backordered"]


def test_a_promise_of_more_than_is_free_is_refused_whatever_was_read_before(sound_shop):
    shop = sound_shop
    shop.receive("CUP", "5")
    shop.set_safety("CUP", "2")
    late = Booking("reserve", shop.at, "")
    with pytest.raises(DatabaseUnavailable, match="CUP at main"), shop.database.write() as session:
        promise(session, "CUP", "main", Decimal(4), late)
    assert shop.levels() == {("CUP", "main"): ("5", "0")}


def test_express_orders_are_served_before_older_ones(sound_shop):
    shop = sound_shop
    shop.receive("CUP", "1")
    shop.reserve("W1", line("CUP"))
    shop.reserve("W2", line("CUP"))
    shop.reserve("W3", line("CUP"), express=True)
    assert shop.receive("CUP", "2") == ("W3-F1", "W2-F1")
    by = {part.id: part.ship_by - shop.at for n in ("W2", "W3") for part in shop.fulfilments(n)}
    assert {id: time.days for id, time in by.items()} == {"W2-F1": 2, "W3-F1": 1}


def test_the_first_in_line_keeps_the_part_that_came(sound_shop):
    shop = sound_shop
    shop.receive("CUP", "1")
    shop.reserve("W1", line("CUP"))
    shop.reserve("W2", line("CUP", "3"))
    shop.reserve("W3", line("CUP", "1"))
    assert shop.receive("CUP", "2") == ()
    assert [(str(r.reserved), str(r.backordered)) for r in shop.room.list()] == [("3", "2")]
    assert shop.receive("CUP", "1") == ("W2-F1",)
    assert shop.receive("CUP", "1") == ("W3-F1",)
    assert shop.commit("W2-F1").values == {"committed": "3"}


def test_a_parcel_that_waits_for_several_goods_is_told_only_when_all_are_there(sound_shop):
    shop = sound_shop
    for sku in ("CUP", "POT"):
        shop.receive(sku, "1")
    shop.reserve("W1", line("CUP"), line("POT"))
    shop.reserve("W2", line("CUP", "2"), line("POT"))
    assert shop.receive("CUP", "2") == ()
    assert shop.fulfilments("W2")[0].state == "backordered"
    assert shop.receive("POT", "1") == ("W2-F1",)
    assert shop.arrivals() == ["W2-F1"]


def test_the_goods_of_one_parcel_wait_in_one_place(sound_shop):
    shop = sound_shop
    for sku in ("CUP", "POT"):
        shop.receive(sku, "1")
    shop.reserve("W1", line("CUP"), line("POT"))
    shop.reserve("W2", line("CUP"), line("POT"))
    assert shop.receive("CUP", "1", "east") == ()
    assert shop.receive("POT", "1", "main") == ()
    assert shop.receive("POT", "1", "east") == ("W2-F1",)
    assert shop.fulfilments("W2")[0].location == "east"
    assert shop.levels()["POT", "main"] == ("2", "1")


def test_the_lane_is_told_by_an_act_that_names_the_place(sound_shop):
    shop = sound_shop
    shop.receive("CUP", "1")
    shop.reserve("W1", line("CUP"))
    shop.reserve("W2", line("CUP"))
    shop.receive("CUP", "1", "east")
    act = shop.book.act("stock.arrived:W2-F1:1")
    assert (act.order, act.act.lane, act.act.target, act.by) == ("W2", "W2-F1", "stock.arrived", "stock")
    assert act.act.values == {"location": "east"}
    assert act.at == shop.at


def test_goods_that_come_in_while_nobody_waits_are_available(sound_shop):
    assert sound_shop.receive("CUP", "3") == ()
    assert sound_shop.reserve("W1", line("CUP")).values["backordered"] == "0"


def test_a_count_adds_and_takes_away_and_says_why(sound_shop):
    shop = sound_shop
    shop.receive("CUP", "3")
    shop.room.adjust("CUP", "-1.5", "main", "Broken", "Grace", shop.at)
    assert [(m.kind, str(m.quantity), m.why) for m in shop.room.movements("CUP", 9)] == [
        ("adjust", "-1.5", "Broken"),
        ("receive", "3", "Goods came in"),
    ]
    assert len(shop.room.movements("", 1)) == 1


def test_goods_found_again_go_to_those_who_wait(sound_shop):
    shop = sound_shop
    shop.receive("CUP", "1")
    shop.reserve("W1", line("CUP", "2"))
    shop.room.adjust("CUP", "1", "main", "Found behind the door", "Grace", shop.at)
    assert shop.arrivals() == ["W1-F2"]


def test_promised_goods_cannot_be_counted_away(sound_shop):
    shop = sound_shop
    shop.receive("CUP", "3")
    shop.reserve("W1", line("CUP", "2"))
    with pytest.raises(ActRefused, match="Less CUP would be left at main than is promised"):
        shop.room.adjust("CUP", "-2", "main", "Broken", "Grace", shop.at)
    with pytest.raises(ActRefused):
        shop.room.adjust("CUP", "-1", "east", "Broken", "Grace", shop.at)
    assert shop.levels() == {("CUP", "main"): ("3", "2")}


def test_an_item_nobody_knows_is_neither_counted_nor_discontinued(shop):
    with pytest.raises(UnknownItem, match="KUP"):
        shop.room.adjust("KUP", "1", "main", "Found", "Grace", MORNING)
    with pytest.raises(UnknownItem, match="KUP"):
        shop.room.discontinue("KUP", "Grace", MORNING)


def test_a_count_needs_a_reason(shop):
    shop.receive("CUP", "1")
    with pytest.raises(BadInput, match="why"):
        shop.room.adjust("CUP", "1", "main", " ", "Grace", MORNING)


def test_a_discontinued_item_is_marked(sound_shop):
    sound_shop.receive("CUP", "1")
    sound_shop.room.discontinue("CUP", "Grace", MORNING)
    assert [row.discontinued for row in sound_shop.room.list()] == [True]


def damage(shop, *statements):
    with shop.database.write() as session:
        for statement in statements:
            session.connection().execute(statement)
    return shop.differences()


@pytest.fixture
def busy_shop(shop):
    """Two cups promised to W1, one on order for W2."""
    shop.receive("CUP", "2")
    shop.reserve("W1", line("CUP", "2"))
    shop.reserve("W2", line("CUP"))
    assert shop.differences() == []
    return shop


def test_the_audit_finds_a_shelf_that_its_movements_do_not_explain(busy_shop):
    assert damage(busy_shop, update(StockLevel).values(on_hand=Decimal(7))) == ["S2 CUP"]


def test_the_audit_finds_a_movement_without_a_shelf(busy_shop):
    row = {"at": MORNING, "sku": "CUP", "quantity": Decimal(1), "kind": "receive", "why": ""}
    lost = insert(Movement).values(**row, location="main", order="", fulfilment="", by="")
    assert damage(busy_shop, lost) == ["S2 CUP"]


def test_the_audit_finds_promises_that_no_reservation_explains(busy_shop):
    assert damage(busy_shop, update(StockLevel).values(reserved=Decimal(1))) == ["S3 CUP"]


def test_the_audit_finds_an_ended_order_that_still_holds_goods(busy_shop):
    assert damage(busy_shop, update(PlacedOrder).values(ended_at=MORNING)) == ["S4 W1", "S4 W2"]


def test_the_audit_finds_goods_that_left_and_are_still_promised(busy_shop):
    left = update(FulfilmentRow).where(col(FulfilmentRow.order) == "W1").values(state="shipped")
    assert damage(busy_shop, left) == ["S4 W1"]


def test_the_audit_finds_a_line_promised_beyond_what_was_ordered(busy_shop):
    more = update(Backorder).where(col(Backorder.order) == "W2").values(waiting=Decimal("1.001"))
    assert damage(busy_shop, more) == ["S5 W2"]
    more = update(Reservation).values(quantity=Decimal(3))
    assert damage(busy_shop, more) == ["S3 CUP", "S5 W1", "S5 W2"]


def test_the_table_itself_refuses_to_promise_more_than_is_there(busy_shop):
    with pytest.raises(IntegrityError, match=r"ck_stock_reserved|CHECK"):
        damage(busy_shop, update(StockLevel).values(reserved=Decimal(3)))


def test_the_audit_finds_more_promised_than_there_is(sqlite_database):
    shop = Shop(sqlite_database)
    shop.receive("CUP", "2")
    unchecked = text("PRAGMA ignore_check_constraints = ON")
    assert damage(shop, unchecked, update(StockLevel).values(reserved=Decimal(3))) == ["S1 CUP", "S3 CUP"]
