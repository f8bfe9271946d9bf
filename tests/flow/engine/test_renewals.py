"""The authorisation clock: what is held is held anew in time; where the bank refuses, the order waits."""

from datetime import timedelta
from typing import Any

import pytest

from domain.act import Act, ActKind, ActResult, Outcome
from flow.engine.engine import Engine
from tests.fakes import MONDAY, FakeShop
from tests.flow.engine.test_warehouse import two_places

DAY = timedelta(days=1)
PACKED = {"parcel_weight": 900}


def told(life):
    return [notice.template for notice in life.notices]


def backordered() -> FakeShop:
    """Its goods come in a month at the earliest: nothing else falls due meanwhile."""
    return FakeShop(locations={"main": {}})


def payment(life) -> dict[str, Any]:
    return life.engine.state.facts["payment"]


def release(kind: str = "AWAITING_PAYMENT") -> Act:
    return Act("please", ActKind.RELEASE, target=kind)


def refused_once(order) -> tuple[FakeShop, Any]:
    """An order whose bank refused to hold its money any longer."""
    shop = backordered()
    life = order(shop)
    shop.declines.add("payment.renew")
    life.pass_time(6 * DAY)
    return shop, life


def test_what_is_held_is_held_anew_a_day_before_it_runs_out(order):
    shop = backordered()
    life = order(shop)

    life.pass_time(6 * DAY - timedelta(minutes=1))
    assert shop.effects["payment.renew"] == 0
    life.pass_time(timedelta(minutes=1))

    assert shop.effects["payment.renew"] == 1
    assert payment(life)["expires_at"] == (MONDAY + 13 * DAY).isoformat()
    assert "Hold the money: EUR 84.90 held anew." in [entry.text for entry in life.entries]


def test_each_renewal_has_a_key_of_its_own_and_says_what_runs_out(order):
    shop = backordered()
    life = order(shop)

    life.pass_time(12 * DAY)

    keys = [key for key in shop.answers if ":payment.renew:" in key]
    assert keys == ["1001:payment.renew:O.1", "1001:payment.renew:O.2"]


def test_a_hold_on_the_order_does_not_stop_the_clock(order):
    shop = backordered()
    life = order(shop)
    life.act(Act("hold", ActKind.HOLD, target="INCORRECT_ADDRESS"))

    life.pass_time(12 * DAY)

    assert shop.effects["payment.renew"] == 2
    assert life.engine.state.holds == ["INCORRECT_ADDRESS"]


def test_what_was_taken_is_not_held_anew(order):
    shop = FakeShop()
    life = order(shop)
    life.answer("pack", "packed", **PACKED)

    life.pass_time(13 * DAY)

    assert shop.effects["payment.renew"] == 0


def test_an_order_that_has_ended_holds_nothing_anew(order):
    shop = backordered()
    life = order(shop)
    life.act(Act("c", ActKind.CANCEL))

    life.until_idle()

    assert life.ended == "cancelled"
    assert shop.effects["payment.renew"] == 0


def test_a_hold_of_an_hour_is_renewed_halfway_and_not_at_once_for_ever(order):
    shop = backordered()
    life = order(shop)
    life.engine.state.facts["payment"]["expires_at"] = (life.now + timedelta(hours=1)).isoformat()
    life.act(Act("note", ActKind.EVENT, target="carrier.failed"))

    life.pass_time(timedelta(minutes=29))
    assert shop.effects["payment.renew"] == 0
    life.pass_time(timedelta(minutes=1))

    assert shop.effects["payment.renew"] == 1


def test_a_renewal_that_changes_nothing_is_not_asked_for_again(order):
    shop = backordered()
    life = order(shop)
    shop.held_until = payment(life)["expires_at"]

    life.pass_time(20 * DAY)

    assert shop.effects["payment.renew"] == 1


def test_where_the_bank_refuses_the_order_waits_for_its_payment_and_the_customer_is_asked(order):
    _, life = refused_once(order)

    assert life.engine.state.holds == ["AWAITING_PAYMENT"]
    assert told(life)[-1] == "pay_again"
    assert all("token" not in notice.values for notice in life.notices)
    assert payment(life)["expires_at"] == (MONDAY + 7 * DAY).isoformat()


def test_nobody_but_a_payment_releases_an_order_that_waits_for_it(order):
    _, life = refused_once(order)

    assert "only a payment releases it" in life.act(release()).why
    life.event("payment.received", amount="84.90")

    assert life.engine.state.holds == ["AWAITING_PAYMENT"]


def test_a_customer_who_pays_anew_lets_the_order_go_on(order):
    shop, life = refused_once(order)
    life.pass_time(3 * DAY)
    shop.declines.clear()

    assert life.event("payment.paid") == ActResult(Outcome.DONE)

    assert life.engine.state.holds == []
    assert payment(life)["expires_at"] == (MONDAY + 16 * DAY).isoformat()
    life.event("stock.arrived")
    assert [task.step for task in life.tasks.values()] == ["pack"]


def test_a_second_card_that_is_refused_too_asks_the_customer_once_more(order):
    _, life = refused_once(order)

    life.event("payment.paid")

    assert life.engine.state.holds == ["AWAITING_PAYMENT"]
    assert told(life).count("pay_again") == 2
    assert len({notice.id for notice in life.notices}) == len(life.notices)


def test_a_payment_that_comes_while_the_bank_is_still_asked_is_not_forgotten(order):
    shop = backordered()
    life = order(shop)
    shop.down_until = life.now + 6 * DAY + timedelta(minutes=2)
    life.pass_time(6 * DAY)
    shop.declines.add("payment.renew")
    life.event("payment.paid")

    life.pass_time(timedelta(minutes=5))

    assert shop.calls["payment.renew"] > 2
    assert told(life).count("pay_again") == 2, "the card was tried, and then what the customer gave since"


def test_a_customer_who_does_not_pay_is_a_matter_for_finance_after_a_week(order):
    shop, life = refused_once(order)

    life.pass_time(7 * DAY)

    opened = [each for batch in life.batches for each in batch.incidents_opened]
    assert [(each.role, each.may_skip) for each in opened] == [("finance", ())]
    assert "not paid anew in 7 days" in opened[0].what
    refused = life.act(Act("s", ActKind.SKIP, target=opened[0].id))
    assert "have it paid, or cancel it" in refused.why

    shop.declines.clear()
    assert life.act(Act("r", ActKind.RETRY, target=opened[0].id)) == ActResult(Outcome.DONE)

    assert life.engine.state.holds == []
    assert [each.how for batch in life.batches for each in batch.incidents_closed] == ["retried"]


def test_a_payment_closes_what_finance_was_asked(order):
    shop, life = refused_once(order)
    life.pass_time(8 * DAY)
    shop.declines.clear()

    life.event("payment.paid")

    assert life.engine.state.holds == []
    assert [each.how for batch in life.batches for each in batch.incidents_closed] == ["retried"]


def test_an_order_that_waits_for_its_payment_can_be_called_off(order):
    shop, life = refused_once(order)
    life.pass_time(8 * DAY)

    life.act(Act("c", ActKind.CANCEL))

    assert life.ended == "cancelled"
    assert shop.held is False
    assert [each.how for batch in life.batches for each in batch.incidents_closed] == ["cancelled"]


def test_a_gateway_that_never_answers_is_a_matter_for_finance_and_the_order_goes_on(order):
    shop = backordered()
    life = order(shop)
    shop.down_until = life.now + 10 * DAY
    life.pass_time(6 * DAY + timedelta(hours=5))
    opened = [each for batch in life.batches for each in batch.incidents_opened]
    assert [each.role for each in opened] == ["finance"]
    life.event("stock.arrived")
    assert [task.step for task in life.tasks.values()] == ["pack"]

    shop.down_until = None
    life.act(Act("r", ActKind.RETRY, target=opened[0].id))

    assert shop.effects["payment.renew"] == 1
    assert list(shop.answers)[-1] == "1001:payment.renew:O.1"


def test_a_renewal_that_finance_leaves_out_is_not_tried_again(order):
    shop = backordered()
    life = order(shop)
    shop.down_until = life.now + 6 * DAY + timedelta(hours=5)
    life.pass_time(6 * DAY + timedelta(hours=5))
    [opened] = [each for batch in life.batches for each in batch.incidents_opened]

    life.act(Act("s", ActKind.SKIP, target=opened.id))
    life.pass_time(10 * DAY)

    assert shop.effects["payment.renew"] == 0


def test_nothing_is_taken_while_the_money_is_being_held_anew(order):
    shop = FakeShop(locations=two_places())
    life = order(shop)
    life.act(Act("h", ActKind.HOLD, target="OTHER"))
    shop.down_until = life.now + 6 * DAY + timedelta(minutes=3)
    life.pass_time(6 * DAY)
    life.act(Act("r", ActKind.RELEASE, target="OTHER"))

    life.answer("pack", "packed", **PACKED)
    assert shop.calls["payment.capture"] == 0

    life.pass_time(timedelta(minutes=10))

    assert (shop.effects["payment.renew"], shop.effects["payment.capture"]) == (1, 1)


def test_an_order_called_off_while_its_money_is_held_anew_lets_all_of_it_go(order):
    shop = backordered()
    life = order(shop)
    shop.down_until = life.now + 6 * DAY + timedelta(minutes=3)
    life.pass_time(6 * DAY)
    life.act(Act("c", ActKind.CANCEL))
    assert life.ended == ""

    life.pass_time(timedelta(minutes=10))

    assert life.ended == "cancelled"
    assert list(shop.effects)[-1] == "payment.void" or shop.held is False
    assert shop.effects["payment.renew"] == 1


def test_an_order_does_not_move_while_its_money_is_being_held_anew(order, rules):
    shop = backordered()
    life = order(shop)
    shop.down_until = life.now + 6 * DAY + timedelta(minutes=3)
    life.pass_time(6 * DAY)
    flows = {"flows": {"standard": rules.flows["standard"].sha256}}

    result = life.act(Act("m", ActKind.MOVE, values=flows))

    assert "its money is being held anew" in result.why


@pytest.mark.parametrize("speed", [1.0, 24.0])
def test_the_clock_runs_as_fast_as_the_order(rules, speed):
    pinned = {name: flow.sha256 for name, flow in rules.flows.items()}
    engine = Engine.for_order("1001", "standard", pinned, speed)
    state = engine.state
    state.facts = {"payment": {"expires_at": (MONDAY + 7 * DAY / speed).isoformat()}}
    state.root.passed.append("authorize")
    state.root.sha256 = pinned["standard"]
    engine.flow_loaded(rules.flows["standard"], MONDAY)
    engine.take()

    nearest = engine.next_deadline()
    assert nearest is not None
    at, what = nearest

    assert at == MONDAY + 6 * DAY / speed
    assert what == "Hold the money anew"
