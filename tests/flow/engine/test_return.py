"""The branches of the flows `return` and `return-keep`, on a virtual clock."""

from datetime import timedelta
from decimal import Decimal

import pytest

from domain.act import Act, ActKind, ActResult, Outcome
from flow.simulator import Simulator
from tests.fake_returns import FakeReturns
from tests.fakes import MONDAY, facts
from tests.flow.engine.conftest import World

DONE = ActResult(Outcome.DONE)


@pytest.fixture
def come_back(rules):
    """Opens a return at the given desk, with a shipped flow."""

    def begin(shop: FakeReturns, flow: str = "return") -> Simulator:
        world, known = World(shop), facts(shop.number)
        return Simulator(
            *(shop.number, known, rules.flows, flow, world, rules.calendars, MONDAY),
            returned=shop.return_facts(),
        )

    return begin


def told(life: Simulator) -> list[str]:
    return [notice.template for notice in life.notices if notice.to == "customer"]


def teapots(count: int) -> list[dict[str, str]]:
    return [{"sku": "TEAPOT", "quantity": str(count)}]


def test_what_is_as_good_as_new_goes_on_the_shelf_and_is_paid_back(come_back):
    shop = FakeReturns()
    life = come_back(shop)
    life.answer("arrival", "arrived")
    assert life.engine.state.returned["state"] == "received"

    life.answer("inspect", "accepted", goods=teapots(2))

    assert life.ended == "refunded"
    assert (shop.restocked["TEAPOT"], shop.scrapped["TEAPOT"], shop.refunded) == (2, 0, Decimal(70))
    assert told(life) == ["return_opened", "return_received", "return_refunded"]


def test_the_refund_of_a_return_has_a_key_of_its_own(come_back):
    shop = FakeReturns()
    life = come_back(shop)
    life.answer("arrival", "arrived")
    life.answer("inspect", "accepted", goods=teapots(2))

    assert "1001:payment.refund:R1.1" in shop.answers
    assert {batch.subject for batch in life.batches} == {"1001-R1"}
    assert {batch.order for batch in life.batches} == {"1001"}


def test_damaged_goods_are_scrapped_and_paid_back(come_back):
    shop = FakeReturns()
    life = come_back(shop)
    life.answer("arrival", "arrived")

    life.answer("inspect", "damaged", goods=teapots(2))

    assert life.ended == "refunded"
    assert (shop.restocked["TEAPOT"], shop.scrapped["TEAPOT"], shop.refunded) == (0, 2, Decimal(70))


def test_a_mixed_parcel_is_judged_piece_by_piece(come_back):
    shop = FakeReturns()
    life = come_back(shop)
    life.answer("arrival", "arrived")

    life.answer("inspect", "accepted", goods=teapots(1))
    assert life.ended == ""
    life.answer("inspect", "refused", goods=teapots(1))

    assert life.ended == "refunded"
    assert (shop.restocked["TEAPOT"], shop.scrapped["TEAPOT"], shop.refunded) == (1, 0, Decimal(35))


def test_what_is_not_accepted_is_not_paid_back(come_back):
    shop = FakeReturns()
    life = come_back(shop)
    life.answer("arrival", "arrived")

    life.answer("inspect", "refused", goods=teapots(2))

    assert life.ended == "declined"
    assert shop.refunded == 0
    assert not shop.calls["stock.restock"]
    assert told(life)[-1] == "return_refused"


def test_an_empty_parcel_is_not_paid_back(come_back):
    life = come_back(FakeReturns())
    life.answer("arrival", "arrived")

    life.answer("inspect", "no_more")

    assert life.ended == "declined"


def test_a_parcel_with_less_than_announced_is_paid_back_in_part(come_back):
    shop = FakeReturns()
    life = come_back(shop)
    life.answer("arrival", "arrived")
    life.answer("inspect", "accepted", goods=teapots(1))

    life.answer("inspect", "no_more")

    assert life.ended == "refunded"
    assert shop.refunded == Decimal(35)


def test_more_than_was_announced_is_asked_about_again(come_back):
    shop = FakeReturns()
    life = come_back(shop)
    life.answer("arrival", "arrived")

    life.answer("inspect", "accepted", goods=teapots(3))

    assert list(life.tasks) == ["1001-R1.inspect.2"]
    assert not shop.calls["payment.refund"]


def test_what_is_never_sent_back_is_closed(come_back):
    shop = FakeReturns()
    life = come_back(shop)

    life.pass_time(timedelta(days=29, hours=23))
    assert life.ended == ""
    life.pass_time(timedelta(hours=2))

    assert life.ended == "closed"
    assert told(life) == ["return_opened", "return_closed"]
    assert not shop.calls["payment.refund"]


def test_a_customer_who_keeps_the_goods_calls_it_off(come_back):
    life = come_back(FakeReturns())

    life.answer("arrival", "keeps_it")

    assert life.ended == "cancelled"


def test_a_late_inspection_escalates_and_goes_on(come_back):
    life = come_back(FakeReturns())
    life.answer("arrival", "arrived")
    life.pass_time(timedelta(days=4))
    assert [task.role for task in life.tasks.values()] == ["warehouse-lead"]

    life.answer("escalate", "go_on")
    life.answer("inspect", "accepted", goods=teapots(2))

    assert life.ended == "refunded"


def test_what_nobody_looks_at_is_paid_back_unseen_and_not_sold(come_back):
    shop = FakeReturns()
    life = come_back(shop)
    life.answer("arrival", "arrived")

    life.until_idle()

    assert life.ended == "refunded"
    assert (shop.restocked["TEAPOT"], shop.scrapped["TEAPOT"], shop.refunded) == (0, 2, Decimal(70))
    kinds = [entry.kind.value for entry in life.entries]
    assert kinds.count("late") == 2


def test_a_refund_the_bank_does_not_take_is_tried_again(come_back):
    shop = FakeReturns(declines={"payment.refund"})
    life = come_back(shop)
    life.answer("arrival", "arrived")
    life.answer("inspect", "accepted", goods=teapots(2))
    assert "return_refunded" not in told(life)

    shop.declines.clear()
    life.answer("refund_failed", "try_again")

    assert life.ended == "refunded"
    assert "1001:payment.refund:R1.2" in shop.answers
    assert told(life)[-1] == "return_refunded"


def test_a_refund_the_bank_does_not_take_is_paid_by_hand(come_back):
    shop = FakeReturns(declines={"payment.refund"})
    life = come_back(shop)
    life.answer("arrival", "arrived")
    life.answer("inspect", "accepted", goods=teapots(2))

    life.answer("refund_failed", "paid")

    assert life.ended == "refunded"
    assert (shop.refunded, shop.by_hand) == (Decimal(0), Decimal(70))


@pytest.mark.parametrize("said", ["try_again", "paid"])
def test_a_failed_refund_nobody_sees_to_goes_to_the_lead(come_back, said):
    shop = FakeReturns(declines={"payment.refund"})
    life = come_back(shop)
    life.answer("arrival", "arrived")
    life.answer("inspect", "accepted", goods=teapots(2))
    life.pass_time(timedelta(days=6))
    assert [task.role for task in life.tasks.values()] == ["support-lead"]

    shop.declines.clear()
    life.answer("refund_overdue", said)

    assert life.ended == "refunded"


def test_a_failed_refund_nobody_ever_sees_to_becomes_an_incident_and_never_ends(come_back):
    life = come_back(FakeReturns(declines={"payment.refund"}))
    life.answer("arrival", "arrived")
    life.answer("inspect", "accepted", goods=teapots(2))

    life.until_idle()

    assert life.ended == ""
    assert any(batch.incidents_opened for batch in life.batches)


def test_a_return_can_be_called_off_until_the_goods_are_here(come_back):
    life = come_back(FakeReturns())

    assert life.act(Act("c", ActKind.CANCEL)) == DONE
    assert life.ended == "cancelled"


def test_a_return_whose_goods_are_here_is_not_called_off(come_back):
    life = come_back(FakeReturns())
    life.answer("arrival", "arrived")

    result = life.act(Act("c", ActKind.CANCEL))

    assert result is not None
    assert result.outcome == Outcome.REFUSED
    assert result.why.startswith("Return 1001-R1 can no longer be cancelled")


def test_what_is_not_worth_sending_back_is_paid_at_once(come_back):
    shop = FakeReturns()
    life = come_back(shop, "return-keep")

    assert life.ended == "refunded"
    assert shop.refunded == Decimal(70)
    assert told(life) == ["return_refunded"]


def test_a_claim_is_looked_into_first(come_back):
    shop = FakeReturns(claim="damaged")
    life = come_back(shop, "return-keep")
    assert [task.role for task in life.tasks.values()] == ["support"]

    life.answer("check", "right")

    assert life.ended == "refunded"
    assert shop.refunded == Decimal(70)


@pytest.mark.parametrize(("said", "end"), [("wrong", "declined"), ("withdrawn", "cancelled")])
def test_a_claim_that_is_not_accepted_pays_nothing(come_back, said, end):
    shop = FakeReturns(claim="lost")
    life = come_back(shop, "return-keep")

    life.answer("check", said)

    assert life.ended == end
    assert shop.refunded == 0


@pytest.mark.parametrize(("said", "end"), [("right", "refunded"), ("wrong", "declined")])
def test_a_claim_nobody_looks_into_goes_to_the_lead(come_back, said, end):
    life = come_back(FakeReturns(claim="wrong"), "return-keep")
    life.pass_time(timedelta(days=4))
    assert [task.role for task in life.tasks.values()] == ["support-lead"]

    life.answer("escalate", said)

    assert life.ended == end


def test_a_claim_nobody_ever_looks_into_is_paid(come_back):
    life = come_back(FakeReturns(claim="wrong"), "return-keep")

    life.until_idle()

    assert life.ended == "refunded"


@pytest.mark.parametrize("said", ["try_again", "paid"])
@pytest.mark.parametrize("step", ["refund_failed", "refund_overdue"])
def test_the_refund_of_a_claim_that_fails_is_seen_to(come_back, step, said):
    shop = FakeReturns(declines={"payment.refund"})
    life = come_back(shop, "return-keep")
    life.pass_time(timedelta(days=6) if step == "refund_overdue" else timedelta(0))

    shop.declines.clear()
    life.answer(step, said)

    assert life.ended == "refunded"
