"""Orders on a real Temporal worker: deadlines skip by, answers come as updates."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateStage

from domain.act import Act, ActKind, ActResult, Outcome
from flow.model import Flow
from tests.fakes import FakeShop
from tests.versions import another
from workflows.order import OrderWorkflow

DONE = ActResult(Outcome.DONE)
TRANSFER = {
    "method": "transfer",
    "way": "transfer",
    "state": "due",
    "authorized": "0",
    "captured": "0",
    "expires_at": None,
}


def answer(task: str, name: str, id: str = "form-1", **values) -> Act:
    return Act(id, ActKind.ANSWER, target=task, answer=name, values=values)


async def test_an_order_is_packed_paid_shipped_and_delivered(live):
    async with live(FakeShop()) as life:
        packed = await life.act(answer(await life.task("pack"), "packed", parcel_weight=900))
        await life.act(Act("e1", ActKind.EVENT, target="carrier.delivered"))

        assert packed == DONE
        assert await life.end() == "completed"
        assert life.shop.effects["payment.capture"] == 1
        assert list(life.post.sent.values()) == ["confirmation", "shipped", "delivered"]


async def test_five_concurrent_identical_answers_are_one(live):
    async with live(FakeShop()) as life:
        form = answer(await life.task("pack"), "packed", parcel_weight=900)

        results = await asyncio.gather(*(life.act(form) for _ in range(5)))

        assert results == [DONE] * 5
        assert sum(entry.kind == "answer" for entry in life.journal.entries) == 1


async def test_a_second_person_is_refused_and_leaves_no_trace(live):
    async with live(FakeShop(score=62)) as life:
        task = await life.task("review")
        await life.act(answer(task, "approve", "ann"))

        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await life.act(answer(task, "refuse", "ben"))

        assert "is closed" in str(refused.value.cause)
        assert '"ben"' not in (await life.handle.fetch_history()).to_json()


async def test_a_wrong_answer_is_refused_with_a_reason(live):
    async with live(FakeShop()) as life:
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await life.act(answer(await life.task("pack"), "packed"))

        assert "needs parcel_weight" in str(refused.value.cause)


async def test_a_bare_signal_answers_like_an_update_and_once(live):
    async with live(FakeShop(score=62)) as life:
        form = answer(await life.task("review"), "approve")

        await life.handle.signal(OrderWorkflow.answer, form)
        await life.task("pack")

        assert await life.act(form) == DONE
        assert sum(entry.kind == "answer" for entry in life.journal.entries) == 1


async def test_a_review_nobody_answers_reminds_and_then_refuses(live):
    async with live(FakeShop(score=62)) as life:
        assert await life.end() == "cancelled"

        assert list(life.post.sent.values()) == ["confirmation", "on_hold", "task_reminder", "cancelled"]


async def test_a_late_pick_reminds_escalates_and_lets_everything_go(live):
    async with live(FakeShop()) as life:
        assert await life.end() == "cancelled"

        kinds = [entry.kind.value for entry in life.journal.entries]
        assert kinds.count("late") == 2
        assert kinds.count("reminder") == 2
        assert not life.shop.held
        assert not life.shop.promised


async def test_a_delivery_never_confirmed_is_traced_and_then_refunded(live):
    async with live(FakeShop()) as life:
        await life.act(answer(await life.task("pack"), "packed", parcel_weight=900))

        assert await life.end() == "completed"
        assert life.shop.effects["payment.refund"] == 1
        assert list(life.post.sent.values())[-1] == "lost"


async def test_a_backorder_never_filled_is_chased_and_called_off(live):
    async with live(FakeShop(locations={"main": {}})) as life:
        assert await life.end() == "cancelled"

        assert any(".chase." in w.id for b in life.journal.batches.values() for w in b.opened)
        assert not life.shop.promised


async def test_a_gateway_down_for_an_hour_loses_nothing(live, skipping):
    shop = FakeShop()
    shop.down_until = await skipping.get_current_time() + timedelta(hours=1)
    async with live(shop) as life:
        await life.env.sleep(timedelta(hours=2))
        await life.task("pack")

        assert shop.effects["payment.authorize"] == 1
        assert shop.calls["payment.authorize"] > 5


async def test_a_gateway_that_never_answers_becomes_an_incident_and_a_retry_heals_it(live, skipping):
    shop = FakeShop()
    shop.down_until = await skipping.get_current_time() + timedelta(days=2)
    async with live(shop) as life:
        await life.env.sleep(timedelta(days=3))
        await life.until(lambda: any(b.incidents_opened for b in life.journal.batches.values()))
        incident = next(i for b in life.journal.batches.values() for i in b.incidents_opened)

        await life.act(Act("r", ActKind.RETRY, target=incident.id))
        await life.task("pack")

        assert incident.what == "The payment gateway does not answer."


async def test_temporals_own_cancel_is_ours(live):
    async with live(FakeShop()) as life:
        await life.task("pack")

        await life.handle.cancel()

        assert await life.end() == "cancelled"
        assert not life.shop.held


async def test_an_act_after_the_end_is_refused(live):
    async with live(FakeShop(score=95)) as life:
        await life.end()

        with pytest.raises(Exception, match=r"(?i)completed|not found"):
            await life.act(Act("c", ActKind.CANCEL))


async def test_a_notice_that_cannot_be_sent_stops_nothing_and_asks(live):
    async with live(FakeShop()) as life:
        life.post.refuses.add("shipped")
        await life.act(answer(await life.task("pack"), "packed", parcel_weight=900))
        await life.until(lambda: any(b.incidents_opened for b in life.journal.batches.values()))

        await life.act(Act("e1", ActKind.EVENT, target="carrier.delivered"))

        assert await life.end() == "completed"


async def test_an_order_survives_a_worker_that_forgets_everything(live):
    async with live(FakeShop(score=62), cache=0) as life:
        await life.act(answer(await life.task("review"), "approve", "a"))
        await life.act(answer(await life.task("pack"), "packed", "b", parcel_weight=900))
        await life.act(Act("e1", ActKind.EVENT, target="carrier.delivered"))

        assert await life.end() == "completed"
        assert life.shop.effects["payment.capture"] == 1


async def test_a_transfer_that_never_comes_ends_the_order(live):
    async with live(FakeShop(), payment=TRANSFER) as life:
        assert await life.end() == "cancelled"

        assert list(life.post.sent.values())[-1] == "payment_trouble"


async def test_a_transfer_of_another_amount_is_looked_at_and_called_off_when_nobody_does(live):
    async with live(FakeShop(refuses={"payment.receive"}), payment=TRANSFER) as life:
        await life.act(Act("p", ActKind.EVENT, target="payment.received", values={"amount": "1.00"}))
        await life.task("check_transfer")

        assert await life.end() == "cancelled"


async def test_a_payment_that_fails_at_the_door_and_is_never_mended_lets_the_goods_go(live):
    async with live(FakeShop(declines={"payment.capture"})) as life:
        await life.act(answer(await life.task("pack"), "packed", parcel_weight=900))
        await life.task("paid_after_all")

        assert await life.end() == "cancelled"
        assert not life.shop.promised
        assert not life.shop.held


async def test_the_books_call_an_act_done_only_once_the_history_has_it(live):
    async with live(FakeShop()) as life:
        packed = answer(await life.task("pack"), "packed", parcel_weight=900)
        done = await life.act(packed)

        written = [id for batch in life.journal.batches.values() for id in batch.acts]
        closed = [wait.act for batch in life.journal.batches.values() for wait in batch.closed]
        assert done.outcome == Outcome.DONE
        assert closed == [packed.id]
        assert written == []  # a crash could still have lost it: whoever carried it says how it ended


async def test_an_act_that_takes_longer_than_its_asker_waits_is_done_in_the_books(live, skipping):
    shop = FakeShop()
    shop.down_until = await skipping.get_current_time() + timedelta(minutes=5)
    async with live(shop) as life:
        cancel = Act("c", ActKind.CANCEL)
        await life.until(lambda: life.journal.batches)
        await life.handle.start_update(
            OrderWorkflow.act, cancel, id=cancel.id, wait_for_stage=WorkflowUpdateStage.ACCEPTED
        )
        assert await life.end() == "cancelled"

        written = {id: how for batch in life.journal.batches.values() for id, how in batch.acts.items()}
        assert written["c"].outcome == Outcome.DONE


SEALED = another("warehouse", ("{label: Packed, go: capture", "{label: Packed and sealed, go: capture"))


def to(flow: Flow) -> Act:
    return Act("move", ActKind.MOVE, values={"flows": {flow.name: flow.sha256}})


async def test_an_order_moves_to_another_version_and_lives_to_its_end(live):
    async with live(FakeShop(), cache=0) as life:
        life.journal.published[SEALED.sha256] = SEALED
        task = await life.task("pack")

        assert await life.act(to(SEALED)) == DONE
        await life.act(answer(task, "packed", parcel_weight=900))
        await life.act(Act("e", ActKind.EVENT, target="carrier.delivered"))

        assert await life.end() == "completed"
        assert any(batch.flows for batch in life.journal.batches.values())


async def test_a_version_nobody_published_is_refused_and_the_order_goes_on(live):
    async with live(FakeShop()) as life:
        task = await life.task("pack")

        refused = await life.act(to(SEALED))

        assert refused.outcome == Outcome.REFUSED
        assert "was ever published here" in refused.why
        await life.act(answer(task, "packed", parcel_weight=900))
        await life.act(Act("e", ActKind.EVENT, target="carrier.delivered"))
        assert await life.end() == "completed"


@pytest.mark.parametrize("cache", [1000, 0], ids=["kept in memory", "replayed each time"])
async def test_what_our_own_books_refuse_leads_where_the_flow_says(live, cache):
    async with live(FakeShop(), cache=cache) as life:
        too_many = [{"sku": "CUP", "quantity": "7"}]
        await life.act(answer(await life.task("pack"), "short", "a", missing=too_many))

        await life.act(answer("1001-F1.pack.2", "packed", "b", parcel_weight=900))
        await life.act(Act("e", ActKind.EVENT, target="carrier.delivered"))
        assert await life.end() == "completed"


@pytest.mark.parametrize("cache", [1000, 0], ids=["kept in memory", "replayed each time"])
async def test_goods_that_are_gone_for_good_end_the_order(live, cache):
    async with live(FakeShop(gone=True), cache=cache) as life:
        assert await life.end() == "cancelled"


async def test_a_database_that_is_busy_for_a_while_loses_nothing(live):
    shop = FakeShop(stumbles=Counter({"stock.reserve": 5, "stock.commit": 4}))
    async with live(shop, cache=0) as life:
        await life.act(answer(await life.task("pack"), "packed", parcel_weight=900))
        await life.act(Act("e", ActKind.EVENT, target="carrier.delivered"))

        assert await life.end() == "completed"
        assert (shop.calls["stock.reserve"], shop.effects["stock.reserve"]) == (6, 1)


BACKORDERED: dict[str, dict[str, int]] = {"main": {}}


async def test_money_is_held_anew_in_time_while_an_order_waits_for_its_goods(live):
    async with live(FakeShop(locations=BACKORDERED)) as life:
        await life.until(lambda: life.shop.effects["payment.authorize"] == 1)
        await life.env.sleep(timedelta(days=6, minutes=1))
        await life.until(lambda: life.shop.effects["payment.renew"] == 1)
        await life.act(Act("e0", ActKind.EVENT, target="stock.arrived"))

        await life.act(answer(await life.task("pack"), "packed", parcel_weight=900))
        await life.act(Act("e1", ActKind.EVENT, target="carrier.delivered"))

        assert await life.end() == "completed"
        assert life.shop.effects["payment.renew"] == 1


async def test_an_order_whose_bank_refuses_waits_until_its_customer_pays_anew(live):
    async with live(FakeShop(locations=BACKORDERED)) as life:
        await life.until(lambda: life.shop.effects["payment.authorize"] == 1)
        life.shop.declines.add("payment.renew")
        await life.env.sleep(timedelta(days=6, minutes=1))
        await life.until(lambda: "pay_again" in life.post.sent.values())
        await life.act(Act("e0", ActKind.EVENT, target="stock.arrived"))
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await life.act(Act("please", ActKind.RELEASE, target="AWAITING_PAYMENT"))
        assert "only a payment releases it" in str(refused.value.cause)

        life.shop.declines.clear()
        assert await life.act(Act("again", ActKind.EVENT, target="payment.paid")) == DONE

        await life.task("pack")
        assert life.shop.effects["payment.renew"] == 1
