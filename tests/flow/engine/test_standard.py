"""The branches of the flow `standard`, on a virtual clock."""

from datetime import timedelta

from domain.act import Act, ActKind, ActResult, Outcome
from tests.fakes import MONDAY, FakeShop


def told(order):
    return [notice.template for notice in order.notices]


def test_a_clean_order_is_packed_paid_shipped_and_delivered(order):
    shop = FakeShop()
    life = order(shop)

    life.answer("pack", "packed", parcel_weight=900)
    life.event("carrier.delivered")

    assert life.ended == "completed"
    assert told(life) == ["confirmation", "shipped", "delivered"]
    assert shop.effects == {
        "fraud.screen": 1,
        "payment.authorize": 1,
        "stock.reserve": 1,
        "payment.capture": 1,
        "shipping.hand_over": 1,
        "stock.commit": 1,
    }


def test_a_suspicious_order_waits_for_a_review_and_goes_on_when_approved(order):
    life = order(FakeShop(score=62))
    assert [task.role for task in life.tasks.values()] == ["fraud"]

    life.answer("review", "approve")

    assert [task.step for task in life.tasks.values()] == ["pack"]


def test_a_refused_order_takes_no_money_and_promises_nothing(order):
    shop = FakeShop(score=62)
    life = order(shop)

    life.answer("review", "refuse")

    assert life.ended == "cancelled"
    assert set(shop.effects) == {"fraud.screen", "payment.void"}


def test_an_obvious_fraud_is_refused_without_a_person(order):
    life = order(FakeShop(score=95))

    assert life.ended == "cancelled"
    assert told(life) == ["confirmation", "cancelled"]


def test_a_review_nobody_answers_reminds_and_then_refuses(order):
    life = order(FakeShop(score=62))

    life.until_idle()

    assert life.ended == "cancelled"
    assert told(life) == ["confirmation", "on_hold", "task_reminder", "cancelled"]


def test_a_declined_card_ends_the_order_and_undoes_nothing(order):
    shop = FakeShop(declines={"payment.authorize"})
    life = order(shop)

    assert life.ended == "cancelled"
    assert life.undone == []
    assert "payment_trouble" in told(life)


def test_goods_that_are_gone_let_the_money_go(order):
    shop = FakeShop(gone=True)
    life = order(shop)

    assert life.ended == "cancelled"
    assert life.undone == ["payment.void"]
    assert not shop.held


def test_a_gateway_that_is_down_for_an_hour_is_asked_until_it_answers(order):
    shop = FakeShop()
    shop.down_until = MONDAY + timedelta(hours=1)
    life = order(shop)
    assert life.tasks == {}

    life.pass_time(timedelta(hours=2))

    assert shop.effects["payment.authorize"] == 1
    assert [task.step for task in life.tasks.values()] == ["pack"]


def test_a_gateway_that_never_answers_becomes_an_incident_that_a_retry_heals(order):
    shop = FakeShop()
    shop.down_until = MONDAY + timedelta(days=2)
    life = order(shop)
    life.pass_time(timedelta(days=3))
    incident = life.engine.state.root.incident

    result = life.act(Act("form-1", ActKind.RETRY, target=incident.id))

    assert result == ActResult(Outcome.DONE)
    assert [task.step for task in life.tasks.values()] == ["pack"]


def test_a_step_that_may_not_be_skipped_is_not(order):
    shop = FakeShop()
    shop.down_until = MONDAY + timedelta(days=2)
    life = order(shop)
    life.pass_time(timedelta(days=1))
    incident = life.engine.state.root.incident

    result = life.act(Act("form-1", ActKind.SKIP, target=incident.id))

    assert result.outcome == Outcome.REFUSED


def test_an_order_in_an_incident_can_be_cancelled_and_its_unknown_effect_is_taken_back(order):
    shop = FakeShop()
    shop.down_until = MONDAY + timedelta(hours=12)
    life = order(shop)
    life.pass_time(timedelta(hours=13))

    life.act(Act("form-1", ActKind.CANCEL))

    assert life.ended == "cancelled"
    assert life.undone == ["payment.void"]


def test_a_bank_transfer_is_booked_and_the_goods_are_then_sent(order):
    shop = FakeShop()
    life = order(shop, payment={"method": "transfer", "way": "transfer", "state": "due", "captured": "0"})
    assert told(life) == ["confirmation", "payment_instructions"]

    life.event("payment.received", amount="84.90")

    assert shop.effects["payment.receive"] == 1
    assert [task.step for task in life.tasks.values()] == ["pack"]


def test_a_transfer_that_never_comes_ends_the_order(order):
    life = order(FakeShop(), payment={"method": "transfer", "way": "transfer", "state": "due"})

    life.until_idle()

    assert life.ended == "cancelled"
    assert told(life)[-1] == "payment_trouble"


def test_a_transfer_that_comes_before_it_is_waited_for_is_kept(order):
    life = order(FakeShop(score=62), payment={"method": "transfer", "way": "transfer", "state": "due"})

    life.event("payment.received", amount="84.90")
    life.answer("review", "approve")

    assert [task.step for task in life.tasks.values()] == ["pack"]


def test_cancelling_before_anything_left_gives_everything_back(order):
    shop = FakeShop()
    life = order(shop)

    result = life.act(Act("form-1", ActKind.CANCEL))

    assert result == ActResult(Outcome.DONE)
    assert life.ended == "cancelled"
    assert not shop.held
    assert not shop.promised
    assert told(life)[-1] == "cancelled"


def test_an_order_that_has_left_can_no_longer_be_cancelled(order):
    life = order(FakeShop())
    life.answer("pack", "packed", parcel_weight=900)

    assert "can no longer be cancelled" in life.engine.refusal(Act("form-1", ActKind.CANCEL))


def test_an_order_on_hold_stands_still_and_its_clocks_too(order):
    life = order(FakeShop(score=62))
    life.act(Act("h", ActKind.HOLD, target="INCORRECT_ADDRESS"))
    late = next(iter(life.engine.state.lanes.values())).wait.late

    life.pass_time(timedelta(days=30))
    refused = life.engine.refusal(Act("a", ActKind.ANSWER, target="1001.review.1", answer="approve"))
    life.act(Act("r", ActKind.RELEASE, target="INCORRECT_ADDRESS"))

    assert "on hold" in refused
    assert life.engine.state.root.wait.late == late + timedelta(days=30)
    assert life.ended == ""


def test_a_hold_from_the_start_keeps_the_order_from_beginning(order):
    life = order(FakeShop(), held=("OTHER",))
    assert life.notices == []

    life.act(Act("r", ActKind.RELEASE, target="OTHER"))

    assert [task.step for task in life.tasks.values()] == ["pack"]


def test_waiting_for_payment_is_released_by_payment_only(order):
    life = order(FakeShop(score=62))
    life.act(Act("h", ActKind.HOLD, target="AWAITING_PAYMENT"))

    assert "only a payment" in life.engine.refusal(Act("r", ActKind.RELEASE, target="AWAITING_PAYMENT"))


def test_one_form_sent_five_times_is_one_answer(order):
    life = order(FakeShop(score=62))
    form = Act("form-1", ActKind.ANSWER, target="1001.review.1", answer="approve")

    results = [life.act(form) for _ in range(5)]

    assert results == [ActResult(Outcome.DONE)] * 5
    assert sum(entry.kind == "answer" for entry in life.entries) == 1


def test_a_second_person_is_refused(order):
    life = order(FakeShop(score=62))
    life.act(Act("ann", ActKind.ANSWER, target="1001.review.1", answer="approve"))

    second = life.act(Act("ben", ActKind.ANSWER, target="1001.review.1", answer="refuse"))

    assert second.outcome == Outcome.REFUSED
    assert "closed" in second.why


def test_an_answer_to_a_task_that_opens_later_is_kept_for_it(order):
    life = order(FakeShop(score=62))

    early = life.act(
        Act("ann", ActKind.ANSWER, target="1001-F1.pack.1", answer="packed", values={"parcel_weight": 9})
    )
    life.answer("review", "approve")

    assert early is None
    assert life.engine.result("ann") == ActResult(Outcome.DONE)
    assert life.engine.state.lanes["1001-F1"].step == "delivered"


def test_a_wrong_answer_is_refused_with_a_reason(order):
    life = order(FakeShop(score=62))

    why = life.engine.refusal(Act("ann", ActKind.ANSWER, target="1001.review.1", answer="maybe"))

    assert why == "Task 1001.review.1 has no answer 'maybe'."


def test_every_timeline_entry_is_numbered_without_a_gap(order):
    life = order(FakeShop())
    life.answer("pack", "packed", parcel_weight=900)
    life.event("carrier.delivered")

    assert [entry.seq for entry in life.entries] == list(range(1, len(life.entries) + 1))
