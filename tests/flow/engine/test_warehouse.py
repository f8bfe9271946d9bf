"""The branches of the flow `warehouse`, and lanes side by side, on a virtual clock."""

from datetime import timedelta

from domain.act import Act, ActKind, ActResult, Outcome
from tests.fakes import FakeShop
from tests.flow.engine.test_standard import told


def two_places() -> dict[str, dict[str, int]]:
    return {"berlin": {"TEAPOT": 2}, "hamburg": {"CUP": 5}}


def test_an_order_from_two_places_is_two_parcels(order):
    shop = FakeShop(locations=two_places())
    life = order(shop)
    assert sorted(life.tasks) == ["1001-F1.pack.1", "1001-F2.pack.1"]

    life.answer("pack", "packed", parcel_weight=900)
    life.answer("pack", "packed", parcel_weight=300)
    life.event("carrier.delivered", lane="1001-F2")
    assert life.ended == ""
    life.event("carrier.delivered", lane="1001-F1")

    assert life.ended == "completed"
    assert shop.effects["payment.capture"] == 2


def test_a_short_pick_becomes_a_parcel_of_its_own(order):
    shop = FakeShop()
    life = order(shop)

    life.answer("pack", "short", missing=[{"sku": "CUP", "quantity": "1"}])

    assert sorted(life.tasks) == ["1001-F1.pack.2"]
    assert life.engine.state.fulfilments["1001-F1"]["lines"] == [{"sku": "TEAPOT", "quantity": "2"}]
    assert life.engine.state.lanes["1001-F2"].step == "arrival"
    assert "backorder" in told(life)


def test_a_parcel_with_nothing_left_moves_and_the_order_goes_on(order):
    shop = FakeShop(wanted={"CUP": 1})
    life = order(shop)

    life.answer("pack", "short", missing=[{"sku": "CUP", "quantity": "1"}])
    life.event("stock.arrived", lane="1001-F2")
    life.answer("pack", "packed", parcel_weight=100)
    life.event("carrier.delivered")

    assert life.ended == "completed"
    assert life.engine.state.lanes["1001-F1"].end == "moved"


def test_a_backorder_that_arrives_is_packed(order):
    shop = FakeShop(locations={"main": {"TEAPOT": 2}})
    life = order(shop)
    assert life.engine.state.lanes["1001-F2"].step == "arrival"

    life.event("stock.arrived", lane="1001-F2")

    assert life.engine.state.fulfilments["1001-F2"]["state"] == "open"
    assert "1001-F2.pack.1" in life.tasks


def test_a_backorder_nobody_fills_is_chased_and_then_called_off(order):
    shop = FakeShop(locations={"main": {}})
    life = order(shop)

    life.until_idle()

    assert life.ended == "cancelled"
    assert "1001-F1" not in shop.promised
    assert not shop.held


def test_a_late_pick_reminds_escalates_and_is_given_up(order):
    shop = FakeShop()
    life = order(shop)
    life.pass_time(timedelta(days=4))
    assert [task.role for task in life.tasks.values()] == ["warehouse-lead"]

    life.until_idle()

    assert life.ended == "cancelled"
    assert told(life).count("task_reminder") == 2


def test_a_late_pick_can_still_be_packed_by_the_lead(order):
    life = order(FakeShop())
    life.pass_time(timedelta(days=4))

    life.answer("escalate", "packed", parcel_weight=900)

    assert life.engine.state.root.wait.kind == "each"
    assert told(life)[-1] == "shipped"


def test_an_expired_hold_is_taken_again_before_the_goods_leave(order):
    shop = FakeShop()
    life = order(shop)
    shop.expired = True

    life.answer("pack", "packed", parcel_weight=900)

    assert shop.effects["payment.authorize"] == 2
    assert shop.effects["payment.capture"] == 1


def test_a_card_declined_at_the_door_asks_finance_and_ships_nothing(order):
    shop = FakeShop(declines={"payment.capture"})
    life = order(shop)
    life.answer("pack", "packed", parcel_weight=900)
    assert [task.role for task in life.tasks.values()] == ["finance"]

    shop.declines.clear()
    life.answer("paid_after_all", "try_again")

    assert shop.effects["shipping.hand_over"] == 1


def test_a_parcel_nobody_confirms_is_traced_and_refunded_when_lost(order):
    shop = FakeShop()
    life = order(shop)
    life.answer("pack", "packed", parcel_weight=900)
    life.pass_time(timedelta(days=15))

    life.answer("trace", "lost")

    assert life.ended == "completed"
    assert shop.captured == {}
    assert told(life)[-1] == "lost"


def test_a_parcel_confirmed_twice_is_delivered_once(order):
    life = order(FakeShop(locations=two_places()))
    life.answer("pack", "packed", parcel_weight=900)
    life.event("carrier.delivered", lane="1001-F1")

    second = life.event("carrier.delivered", lane="1001-F1")

    assert second == ActResult(Outcome.DONE)
    assert told(life).count("delivered") == 1
    assert life.batches[-1].kept_events


def test_a_delivery_reported_before_the_parcel_left_serves_the_wait_that_follows(order):
    life = order(FakeShop())

    life.event("carrier.delivered", lane="1001-F1")
    life.answer("pack", "packed", parcel_weight=900)

    assert life.ended == "completed"


def test_an_event_of_a_strange_fulfilment_is_kept_and_shown(order):
    life = order(FakeShop())

    result = life.event("carrier.delivered", lane="1001-F9")

    assert result == ActResult(Outcome.DONE)
    assert life.batches[-1].kept_events
    assert "nothing waits for it" in life.entries[-1].text


def test_a_tracking_number_finds_its_parcel(order):
    life = order(FakeShop(locations=two_places()))
    life.answer("pack", "packed", parcel_weight=900)
    life.answer("pack", "packed", parcel_weight=900)

    life.act(Act("e1", ActKind.EVENT, target="carrier.delivered", tracking="SIM1001-F2"))

    assert life.engine.state.lanes["1001-F2"].state == "fulfilled"
    assert life.engine.state.lanes["1001-F1"].state == ""


def test_one_parcel_can_be_cancelled_alone_and_the_rest_of_the_money_is_let_go(order):
    shop = FakeShop(locations=two_places())
    life = order(shop)

    life.act(Act("c", ActKind.CANCEL, lane="1001-F2"))
    life.answer("pack", "packed", parcel_weight=900)
    life.event("carrier.delivered")

    assert life.ended == "completed"
    assert shop.effects["payment.void"] == 1
    assert shop.captured == {"1001-F1": 1}


def test_cancelling_when_one_parcel_has_left_stops_the_other(order):
    shop = FakeShop(locations=two_places())
    life = order(shop)
    life.answer("pack", "packed", parcel_weight=900)

    result = life.act(Act("c", ActKind.CANCEL))
    life.event("carrier.delivered", lane="1001-F1")

    assert result == ActResult(Outcome.DONE)
    assert life.ended == "completed"
    assert life.engine.state.lanes["1001-F2"].state == "cancelled"


def test_a_cancellation_during_a_capture_waits_for_it_and_gives_the_money_back(order):
    shop = FakeShop()
    life = order(shop)
    shop.down_until = life.now + timedelta(minutes=1)
    life.answer("pack", "packed", parcel_weight=900)

    pending = life.act(Act("c", ActKind.CANCEL))
    life.pass_time(timedelta(minutes=5))

    assert pending is None
    assert life.engine.result("c") == ActResult(Outcome.DONE)
    assert life.ended == "cancelled"
    assert shop.captured == {}


def test_coming_back_too_often_stops_and_asks(order):
    shop = FakeShop(wanted={"CUP": 9})
    life = order(shop)
    for _ in range(5):
        life.answer("pack", "short", missing=[{"sku": "CUP", "quantity": "1"}])

    assert life.engine.state.lanes["1001-F1"].incident.what.startswith("The order came here 6 times")
