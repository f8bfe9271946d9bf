"""What `activities.stock.Stock` promises, held against both databases."""

from dataclasses import replace

import pytest

from activities.stock import Stock
from domain.errors import ActRefused, NotFound, OutOfStock, UnknownItem
from domain.order import Delivery, DeliveryMethod
from tests.goods import Shop, line, parts


@pytest.fixture
def shop(database):
    opened = Shop(database)
    yield opened
    assert opened.differences() == []


def test_the_adapter_keeps_the_port(shop):
    port: Stock = shop.stock
    assert port is shop.stock


def test_goods_in_one_place_are_one_fulfilment(shop):
    shop.receive("CUP", "5")
    shop.receive("POT", "1")
    result = shop.reserve("W1", line("CUP", "2"), line("POT", price=3000))
    assert parts(result) == [("F1", "open", "main", {"CUP": "2", "POT": "1"})]
    assert result.values == {"reserved": "3", "backordered": "0", "fulfilments": 1}
    assert result.said == "3 items promised from main."
    facts = result.fulfilments[0]
    assert (facts["total"], facts["flow"], facts["ship_by"][:10]) == ("54.90", "warehouse", "2026-11-22")
    assert shop.levels() == {("CUP", "main"): ("5", "2"), ("POT", "main"): ("1", "1")}


def test_what_is_missing_is_put_on_order_and_the_totals_add_up(shop):
    shop.receive("CUP", "2")
    result = shop.reserve("W1", line("CUP", "3"))
    assert parts(result) == [
        ("F1", "open", "main", {"CUP": "2"}),
        ("F2", "backordered", "main", {"CUP": "1"}),
    ]
    assert result.said == "2 items promised from main, 1 on order."
    assert [facts["total"] for facts in result.fulfilments] == ["23.27", "11.63"]
    assert result.fulfilments[1]["ship_by"] is None


def test_the_same_item_on_two_lines_is_summed(shop):
    shop.receive("CUP", "3")
    result = shop.reserve("W1", line("CUP", "2"), line("CUP", "2"))
    assert result.values["reserved"] == "3"
    assert result.values["backordered"] == "1"
    assert shop.levels() == {("CUP", "main"): ("3", "3")}


def test_cloth_is_promised_to_a_thousandth(shop):
    shop.receive("CLOTH", "2.125")
    result = shop.reserve("W1", line("CLOTH", "1.5"))
    assert result.values["reserved"] == "1.5"
    result = shop.reserve("W2", line("CLOTH", "0.626"))
    assert (result.values["reserved"], result.values["backordered"]) == ("0.625", "0.001")


def test_safety_stock_is_not_promised(shop):
    shop.receive("CUP", "5")
    shop.set_safety("CUP", "2")
    result = shop.reserve("W1", line("CUP", "4"))
    assert (result.values["reserved"], result.values["backordered"]) == ("3", "1")


def test_goods_made_to_order_or_from_a_supplier_need_no_stock(shop):
    result = shop.reserve("W1", line("RING", made_to_order=True), line("SOFA", supplier="acme"))
    assert parts(result) == [("F1", "open", "main", {"RING": "1"}), ("F2", "open", "acme", {"SOFA": "1"})]
    assert [facts["flow"] for facts in result.fulfilments] == ["warehouse", "drop-ship"]
    assert result.said == "1 item to be made, 1 from the supplier acme."
    assert shop.commit("W1-F1").values == {"committed": "0"}


def test_a_pickup_is_promised_where_the_customer_will_come_and_nowhere_else(shop):
    shop.receive("CUP", "5")
    shop.receive("CUP", "1", "town")
    pickup = Delivery(DeliveryMethod.PICKUP, pickup_location="Town ")
    assert parts(shop.reserve("W1", line("CUP", "3"), delivery=pickup)) == [
        ("F1", "open", "town", {"CUP": "1"}),
        ("F2", "backordered", "town", {"CUP": "2"}),
    ]
    shop.receive("CUP", "9")
    assert shop.arrivals() == []
    shop.receive("CUP", "2", "town")
    assert shop.arrivals() == ["W1-F2"]


@pytest.mark.parametrize("delivery", [Delivery(DeliveryMethod.PICKUP), Delivery(DeliveryMethod.LOCAL)])
def test_where_no_place_is_named_a_pickup_and_a_round_begin_at_the_first(shop, delivery):
    shop.receive("CUP", "1")
    shop.receive("CUP", "5", "town")
    result = shop.reserve("W1", line("CUP", "2"), delivery=delivery)
    assert [facts["location"] for facts in result.fulfilments] == ["main", "main"]
    assert {facts["method"] for facts in result.fulfilments} == {delivery.method}


def test_nobody_is_sent_to_a_place_that_the_shop_does_not_have(shop):
    shop.receive("CUP", "1")
    nowhere = Delivery(DeliveryMethod.PICKUP, pickup_location="Dover")
    with pytest.raises(NotFound, match="Order W1 is to be picked up at Dover"):
        shop.reserve("W1", line("CUP"), delivery=nowhere)
    assert shop.levels() == {("CUP", "main"): ("1", "0")}


def test_what_is_not_on_our_shelves_is_sent_even_where_the_rest_is_picked_up(shop):
    shop.receive("CUP", "1", "town")
    pickup = Delivery(DeliveryMethod.PICKUP, pickup_location="town")
    lines = line("CUP"), line("RING", made_to_order=True), line("SOFA", supplier="acme")
    result = shop.reserve("W1", *lines, delivery=pickup)
    told = [(f["method"], f["made_to_order"], f["supplier"]) for f in result.fulfilments]
    assert told == [("pickup", False, ""), ("ship", True, ""), ("ship", False, "acme")]


def test_an_item_nobody_knows_is_refused_and_nothing_is_promised(shop):
    shop.receive("CUP", "5")
    with pytest.raises(UnknownItem, match="Order W1: this shop knows no item KUP"):
        shop.reserve("W1", line("CUP"), line("KUP"))
    assert shop.levels() == {("CUP", "main"): ("5", "0")}
    assert shop.fulfilments("W1") == ()


def test_a_discontinued_item_is_sold_while_it_is_there_and_then_refused(shop):
    shop.receive("CUP", "2")
    shop.room.discontinue("CUP", "Grace", shop.at)
    assert shop.reserve("W1", line("CUP")).values["reserved"] == "1"
    with pytest.raises(OutOfStock, match="Order W2: 1 item of CUP missing, and no more will come"):
        shop.reserve("W2", line("CUP", "2"))


def test_what_is_taken_out_again_need_not_be_there(shop):
    shop.receive("CUP", "1")
    shop.room.discontinue("CUP", "Grace", shop.at)
    shop.place("W1", line("CUP", "2"))
    call = shop.call("W1")
    with pytest.raises(OutOfStock, match="Order W1: 1 item of CUP missing"):
        shop.stock.reserve(call)

    wished = {"order": call.facts["order"] | {"unwanted": {"CUP": "1"}}}
    assert shop.stock.reserve(replace(call, facts=wished)).values["reserved"] == "1"


def test_an_item_that_is_never_put_on_order_is_refused_when_it_is_gone(shop):
    shop.receive("CUP", "1")
    shop.set_item("CUP", backorderable=False)
    shop.reserve("W1", line("CUP"))
    with pytest.raises(OutOfStock, match="Order W2"):
        shop.reserve("W2", line("CUP"))


def test_a_step_asked_for_twice_acts_once_and_answers_alike(shop):
    shop.receive("CUP", "5")
    shop.place("W1", line("CUP", "2"))
    for step, lane, args in [
        (shop.stock.reserve, "W1", {}),
        (shop.stock.split, "W1-F1", {"missing": [{"sku": "CUP", "quantity": "1"}]}),
        (shop.stock.commit, "W1-F1", {}),
        (shop.stock.release, "W1", {}),
    ]:
        call = shop.call(lane, f"W1:{step.__name__}:1", **args)
        first, levels = step(call), shop.levels()
        assert step(call) == first
        assert shop.levels() == levels


def test_an_order_is_not_promised_twice_under_another_key(shop):
    shop.receive("CUP", "5")
    first = shop.reserve("W1", line("CUP", "2"))
    again = shop.reserve("W1")
    assert again.fulfilments == first.fulfilments
    assert again.values == first.values
    assert shop.levels() == {("CUP", "main"): ("5", "2")}


def test_goods_that_left_are_neither_on_hand_nor_promised(shop):
    shop.receive("CUP", "5")
    shop.reserve("W1", line("CUP", "2"))
    result = shop.commit("W1-F1")
    assert result.values == {"committed": "2"}
    assert result.fulfilment == {"state": "shipped"}
    assert result.said == "2 items booked out."
    assert shop.levels() == {("CUP", "main"): ("3", "0")}
    assert shop.fulfilments("W1")[0].state == "shipped"
    assert shop.commit("W1-F1").values == {"committed": "0"}
    assert [(m.kind, str(m.quantity), m.order) for m in shop.room.movements("CUP", 1)] == [
        ("ship", "-2", "W1")
    ]


def test_goods_still_on_order_cannot_be_booked_out(shop):
    shop.receive("CUP", "1")
    shop.reserve("W1", line("CUP", "1"))
    shop.reserve("W2", line("CUP", "1"))
    with pytest.raises(ActRefused, match="W2-F1 cannot be booked out: 0 of its 1 CUP are promised"):
        shop.commit("W2-F1")


def test_a_released_fulfilment_gives_its_goods_back(shop):
    shop.receive("CUP", "2")
    shop.reserve("W1", line("CUP", "3"))
    result = shop.release("W1-F1")
    assert result.values == {"released": "2"}
    assert result.said == "2 items put back."
    assert result.fulfilment["state"] == "cancelled"
    assert [part.state for part in shop.fulfilments("W1")] == ["cancelled", "open"]


def test_a_released_order_gives_back_everything_that_has_not_left(shop):
    shop.receive("CUP", "2")
    shop.receive("POT", "1", "east")
    shop.reserve("W1", line("CUP", "3"), line("POT"))
    shop.commit("W1-F2")
    result = shop.release("W1")
    assert result.values == {"released": "2"}
    assert result.said == "2 items put back, 1 item no longer on order."
    assert [part.state for part in shop.fulfilments("W1")] == ["cancelled", "shipped", "cancelled"]
    assert [facts["id"] for facts in result.fulfilments] == ["W1-F1", "W1-F3"]
    assert shop.levels() == {("CUP", "main"): ("2", "0"), ("POT", "east"): ("0", "0")}
    shop.receive("CUP", "9")
    assert shop.arrivals() == []


def test_nothing_to_release_is_no_trouble(shop):
    shop.reserve("W1", line("SOFA", supplier="acme"))
    assert shop.release("W1-F1").said == "Nothing was promised."


def test_an_order_that_was_released_can_be_promised_again(shop):
    shop.receive("CUP", "2")
    shop.reserve("W1", line("CUP", "2"))
    shop.release("W1")
    assert parts(shop.reserve("W1")) == [("F2", "open", "main", {"CUP": "2"})]


def test_released_goods_go_to_whoever_waits_for_them(shop):
    shop.receive("CUP", "2")
    shop.reserve("W1", line("CUP", "2"))
    shop.reserve("W2", line("CUP", "2"))
    shop.release("W1-F1")
    assert shop.arrivals() == ["W2-F1"]
    assert shop.levels() == {("CUP", "main"): ("2", "2")}
    assert shop.commit("W2-F1").values == {"committed": "2"}


def test_a_short_pick_moves_what_is_missing_to_another_location(shop):
    shop.receive("CUP", "3")
    shop.receive("CUP", "5", "east")
    shop.reserve("W1", line("CUP", "3"))
    result = shop.split("W1-F1", CUP="2")
    assert parts(result) == [("F1", "open", "main", {"CUP": "1"}), ("F2", "open", "east", {"CUP": "2"})]
    assert result.values == {"left": "1"}
    assert result.fulfilment == result.fulfilments[0]
    assert result.said == "Missing: 2 items promised from east."
    assert [facts["total"] for facts in result.fulfilments] == ["11.63", "23.27"]
    assert shop.levels() == {("CUP", "east"): ("5", "2"), ("CUP", "main"): ("1", "1")}
    assert [(m.kind, str(m.quantity)) for m in shop.room.movements("CUP", 1, "short")] == [("short", "-2")]


def test_a_short_pick_is_not_promised_from_the_shelf_that_was_short(shop):
    shop.receive("CUP", "10")
    shop.reserve("W1", line("CUP", "3"))
    result = shop.split("W1-F1", CUP="1")
    assert parts(result)[1] == ("F2", "backordered", "main", {"CUP": "1"})
    assert shop.levels() == {("CUP", "main"): ("9", "2")}


def test_when_everything_is_missing_nothing_stays_and_no_money_with_it(shop):
    shop.receive("CUP", "2")
    shop.reserve("W1", line("CUP", "2"))
    result = shop.split("W1-F1", CUP="2")
    assert parts(result) == [("F1", "cancelled", "main", {}), ("F2", "backordered", "main", {"CUP": "2"})]
    assert result.values == {"left": "0"}
    assert [facts["total"] for facts in result.fulfilments] == ["0.00", "24.90"]
    shop.receive("CUP", "2")
    assert shop.arrivals() == ["W1-F2"]


def test_missing_goods_may_need_several_new_parcels(shop):
    shop.receive("CUP", "3")
    shop.reserve("W1", line("CUP", "3"))
    shop.receive("CUP", "1", "east")
    result = shop.split("W1-F1", CUP="2")
    assert [part[:3] for part in parts(result)[1:]] == [
        ("F2", "open", "east"),
        ("F3", "backordered", "main"),
    ]


def test_a_ring_that_broke_in_the_workshop_is_made_again(shop):
    shop.reserve("W1", line("RING", "2", made_to_order=True))
    assert parts(shop.split("W1-F1", RING="1"))[1] == ("F2", "open", "main", {"RING": "1"})


def test_more_than_a_parcel_holds_cannot_be_missing(shop):
    shop.receive("CUP", "5")
    shop.reserve("W1", line("CUP", "2"))
    with pytest.raises(ActRefused, match="W1-F1 holds 2 of CUP; 3 cannot be missing"):
        shop.split("W1-F1", CUP="3")
    with pytest.raises(ActRefused, match="W1-F1 holds 0 of POT"):
        shop.split("W1-F1", POT="1")
    assert shop.levels() == {("CUP", "main"): ("5", "2")}


def test_nothing_can_be_missing_from_a_parcel_that_has_left(shop):
    shop.receive("CUP", "2")
    shop.reserve("W1", line("CUP", "2"))
    shop.commit("W1-F1")
    with pytest.raises(ActRefused, match="W1-F1 is shipped"):
        shop.split("W1-F1", CUP="1")


def take_out(shop, lane, **goods):
    rows = [{"sku": sku, "quantity": quantity} for sku, quantity in goods.items()]
    return shop.stock.take_out(shop.call(lane, goods=rows))


def test_goods_taken_out_go_back_to_the_shelf_with_their_share_of_the_money(shop):
    shop.receive("CUP", "5")
    shop.receive("POT", "1")
    shop.reserve("W1", line("CUP", "3"), line("POT", price=3000))

    result = take_out(shop, "W1-F1", CUP="2")

    assert parts(result) == [
        ("F1", "open", "main", {"CUP": "1", "POT": "1"}),
        ("F2", "cancelled", "main", {"CUP": "2"}),
    ]
    assert [facts["total"] for facts in result.fulfilments] == ["43.27", "21.63"]
    assert shop.levels() == {("CUP", "main"): ("5", "1"), ("POT", "main"): ("1", "1")}
    assert shop.commit("W1-F1").values["committed"] == "2"


def test_goods_are_taken_out_once_however_often_it_is_asked(shop):
    shop.receive("CUP", "5")
    shop.reserve("W1", line("CUP", "3"))
    call = shop.call("W1-F1", goods=[{"sku": "CUP", "quantity": "1"}])

    assert shop.stock.take_out(call) == shop.stock.take_out(call)
    assert len(shop.fulfilments("W1")) == 2


def test_goods_taken_out_serve_those_who_wait(shop):
    shop.receive("CUP", "3")
    shop.reserve("W1", line("CUP", "3"))
    shop.reserve("W2", line("CUP", "2"))

    take_out(shop, "W1-F1", CUP="2")

    assert shop.arrivals() == ["W2-F1"]


def test_what_is_still_on_order_is_taken_out_before_what_is_promised(shop):
    shop.receive("CUP", "1")
    shop.reserve("W0", line("CUP"))
    shop.reserve("W1", line("CUP", "3"))
    shop.receive("CUP", "2")

    result = take_out(shop, "W1-F1", CUP="1")

    assert parts(result)[0] == ("F1", "open", "main", {"CUP": "2"})
    assert shop.arrivals() == ["W1-F1"]
    assert shop.levels() == {("CUP", "main"): ("3", "3")}


@pytest.mark.parametrize(
    ("goods", "why"), [({"CUP": "3"}, "Nothing would be left"), ({"CUP": "4"}, "holds 3")]
)
def test_what_a_parcel_does_not_hold_or_could_not_do_without_stays_in(shop, goods, why):
    shop.receive("CUP", "5")
    shop.reserve("W1", line("CUP", "3"))

    with pytest.raises(ActRefused, match=why):
        take_out(shop, "W1-F1", **goods)


def test_what_has_left_cannot_be_taken_out(shop):
    shop.receive("CUP", "5")
    shop.reserve("W1", line("CUP", "3"))
    shop.commit("W1-F1")

    with pytest.raises(ActRefused, match="is shipped"):
        take_out(shop, "W1-F1", CUP="1")
