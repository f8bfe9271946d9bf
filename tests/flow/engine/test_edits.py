"""Orders that people change while they are under way: where they go, and what is in them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from domain.act import Act, ActKind, ActResult, HoldKind, Outcome
from flow.engine.edits import leads_to_parcels
from tests.fakes import FakeShop
from tests.flow.engine.test_odd_moments import PACKED, Supplied, hold
from tests.flow.engine.test_warehouse import two_places

DONE = ActResult(Outcome.DONE)


def move_to(id="move") -> Act:
    return Act(id, ActKind.ADDRESS, values={"same_address": False})


def leave(id="edit", **quantities: str) -> Act:
    to = [{"sku": sku, "quantity": quantity} for sku, quantity in quantities.items()]
    return Act(id, ActKind.EDIT, values={"to": to})


def sent(life) -> list[str]:
    return [notice.template for notice in life.notices]


def test_a_new_address_is_written_before_anything_reads_it(order):
    life = order(FakeShop())

    assert life.act(move_to()) == DONE

    assert life.batches[-1].readdressed == ("move",)
    assert life.engine.state.facts["same_address"] is False
    assert not life.engine.writes_first


def test_the_books_come_first_when_an_order_is_readdressed(order):
    life = order(FakeShop())

    life.engine.act(move_to(), life.now)

    assert life.engine.writes_first


def test_a_new_address_ends_the_hold_for_a_right_one_and_no_other(order):
    life = order(FakeShop())
    life.act(hold("INCORRECT_ADDRESS"))
    life.act(hold("OTHER"))

    life.act(move_to())

    assert life.engine.state.holds == [HoldKind.OTHER]


def test_an_order_in_review_goes_to_another_address(order):
    assert order(FakeShop(score=62)).act(move_to()) == DONE


def test_what_has_left_goes_where_it_was_addressed_to(order):
    life = order(FakeShop())
    life.answer("pack", "packed", **PACKED)

    refused = life.act(move_to())

    assert refused.outcome == Outcome.REFUSED
    assert "1001-F1 has been handed over" in refused.why


def test_a_parcel_still_here_goes_to_the_new_address_when_another_has_left(order):
    life = order(FakeShop(locations=two_places()))
    life.answer("pack", "packed", **PACKED)

    assert life.act(move_to()) == DONE

    assert "1001-F1 had left before" in life.entries[-1].text


def test_an_address_does_not_change_while_the_parcel_is_being_handed_over(order):
    shop = FakeShop(carrier_away=True)
    life = order(shop)
    life.answer("pack", "packed", **PACKED)

    assert "being handed over" in life.act(move_to()).why


def test_what_a_supplier_was_told_goes_where_the_supplier_was_told(order):
    assert order(Supplied()).act(move_to()).outcome == Outcome.REFUSED


def test_goods_are_taken_out_before_they_are_picked_and_the_task_shows_what_is_left(order):
    shop = FakeShop()
    life = order(shop)

    assert life.act(leave(TEAPOT="1", CUP="0")) == DONE

    assert shop.promised == {"1001-F1": 1}
    assert life.tasks["1001-F1.pack.2"].show["fulfilment.lines"] == [{"sku": "TEAPOT", "quantity": "1"}]
    assert sent(life) == ["confirmation", "taken_out"]
    assert life.notices[-1].values["goods"] == [
        {"sku": "TEAPOT", "quantity": "1"},
        {"sku": "CUP", "quantity": "1"},
    ]


def test_the_money_of_what_was_taken_out_is_let_go_at_the_end(order):
    shop = FakeShop()
    life = order(shop)
    life.act(leave(CUP="0"))

    life.answer("pack", "packed", **PACKED)
    life.event("carrier.delivered")

    assert life.ended == "completed"
    assert shop.effects["payment.void"] == 1
    assert life.engine.state.root.results["ship"] == {
        "total": 2,
        "fulfilled": 1,
        "cancelled": 1,
        "shipped": 1,
    }


def test_a_parcel_of_which_nothing_is_left_is_called_off(order):
    shop = FakeShop(locations=two_places())
    life = order(shop)

    assert life.act(leave(CUP="0")) == DONE

    assert life.engine.state.lanes["1001-F2"].state == "cancelled"
    assert "1001-F1.pack.1" in life.tasks


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"TEAPOT": "3"}, "takes an order of its own"),
        ({"TEAPOT": "2"}, "as it is"),
        ({"POT": "1"}, "has no POT"),
        ({"TEAPOT": "0", "CUP": "0"}, "cancel it"),
        ({}, "Say how much"),
    ],
)
def test_an_edit_that_cannot_be_says_why(order, asked, why):
    refused = order(FakeShop()).act(leave(**asked))

    assert refused.outcome == Outcome.REFUSED
    assert why in refused.why


def test_what_is_packed_stays_in(order):
    life = order(FakeShop())
    life.answer("pack", "packed", **PACKED)

    assert "0 of CUP can still be taken out" in life.act(leave(CUP="0")).why


def test_what_a_supplier_has_stays_in(order):
    assert "is with a partner" in order(Supplied()).act(leave(CUP="0")).why


def test_goods_are_taken_out_of_an_order_in_review_before_a_packer_sees_it(order):
    shop = FakeShop(score=62)
    life = order(shop)

    assert life.act(leave(TEAPOT="1")) == DONE
    assert life.act(leave("again", CUP="0")) == DONE
    life.answer("review", "approve")

    assert shop.promised == {"1001-F1": 1}
    assert life.tasks["1001-F1.pack.1"].show["fulfilment.lines"] == [{"sku": "TEAPOT", "quantity": "1"}]
    assert sent(life)[-1] == "taken_out"
    life.answer("pack", "packed", **PACKED)
    life.event("carrier.delivered")
    assert life.ended == "completed"
    assert shop.effects["payment.void"] == 1


def test_a_parcel_of_nothing_but_what_was_taken_out_is_never_begun(order):
    life = order(FakeShop(score=62, locations=two_places()))
    life.act(leave(CUP="0"))

    life.answer("review", "approve")

    assert life.engine.state.lanes["1001-F2"].state == "cancelled"
    assert list(life.tasks) == ["1001-F1.pack.1"]
    assert sent(life)[-1] == "taken_out"


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"CUP": "0"}, "has no CUP"),
        ({"TEAPOT": "2"}, "takes an order of its own"),
        ({"TEAPOT": "0"}, "cancel it"),
    ],
)
def test_an_edit_before_there_are_parcels_counts_on_from_the_one_before(order, asked, why):
    life = order(FakeShop(score=62))
    life.act(leave(CUP="0", TEAPOT="1"))

    assert why in life.act(leave("again", **asked)).why


def test_goods_that_no_parcel_turns_out_to_hold_stop_the_order_for_a_person(order):
    life = order(FakeShop(score=62, wanted={"TEAPOT": 2, "MUG": 1}))
    life.act(leave(CUP="0"))

    life.answer("review", "approve")

    assert life.engine.state.holds == [HoldKind.OTHER]
    assert any("no parcel holds it: 1 CUP" in entry.text for entry in life.entries)


def test_goods_that_cannot_be_put_back_after_all_stop_the_order_for_a_person(order):
    life = order(FakeShop(score=62, jammed=True))
    assert life.act(leave(CUP="0")) == DONE

    life.answer("review", "approve")

    assert life.engine.state.holds == [HoldKind.OTHER]
    assert life.engine.state.lanes["1001-F1"].phase == "parked"


def test_an_edit_beside_another_that_is_being_done_counts_on_from_it(order):
    life = order(FakeShop())
    life.engine.act(leave(TEAPOT="1"), life.now)

    assert "has 1 of TEAPOT as it is" in life.act(leave("again", TEAPOT="1")).why


ON_THE_WAY = [("review", True), ("ship", True), ("sum_up", False), ("done", False)]


@pytest.mark.parametrize(("step", "ahead"), ON_THE_WAY)
def test_an_order_is_changed_early_while_it_is_still_on_its_way_to_parcels(order, step, ahead):
    life = order(FakeShop(score=62))

    assert leads_to_parcels(life.engine._m.flow(life.engine.state.root), step) is ahead


def test_what_a_parcel_was_to_give_is_no_matter_once_it_is_called_off(order):
    life = order(FakeShop(locations=two_places()))
    life.engine.state.lanes["1001-F2"].gives = {"CUP": Decimal(1)}  # as if its flow were still awaited
    life.act(Act("off", ActKind.CANCEL, lane="1001-F2"))

    assert life.act(leave(TEAPOT="1")) == DONE


def test_an_order_on_hold_is_changed_and_stays_on_hold(order):
    shop = FakeShop()
    life = order(shop)
    life.act(hold("OTHER"))

    assert life.act(leave(CUP="0")) == DONE

    assert life.engine.state.lanes["1001-F1"].phase == "parked"
    life.act(Act("go", ActKind.RELEASE, target="OTHER"))
    assert "1001-F1.pack.2" in life.tasks


def test_goods_that_cannot_be_put_back_stay_in_and_whoever_asked_is_told(order):
    shop = FakeShop(jammed=True)
    life = order(shop)

    refused = life.act(leave(CUP="0"))

    assert refused.outcome == Outcome.REFUSED
    assert "1001-F1.pack.2" in life.tasks
    assert sent(life) == ["confirmation"]


def test_a_cancellation_that_comes_meanwhile_is_not_lost(order):
    life = order(FakeShop())
    life.engine.act(leave(CUP="0"), life.now)
    life.engine.act(Act("c", ActKind.CANCEL), life.now)

    life._settle()

    assert life.engine.result("c") == DONE
    assert life.ended == "cancelled"


def test_an_edit_sent_again_is_the_same_one(order):
    shop = FakeShop()
    life = order(shop)

    assert life.act(leave(CUP="0")) == life.act(leave(CUP="0")) == DONE

    assert shop.effects["stock.take_out"] == 1


def test_an_edited_parcel_may_be_late_like_any_other(order):
    life = order(FakeShop())
    life.act(leave(CUP="0"))

    life.pass_time(timedelta(days=3, hours=1))

    assert "1001-F1.escalate.1" in life.tasks
    assert "being packed" in life.act(leave("again", TEAPOT="1")).why
