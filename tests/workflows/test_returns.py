"""Returns on a real Temporal worker: deadlines skip by, answers come as updates."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError

from domain.act import Act, ActKind, ActResult, Outcome
from tests.fake_returns import FakeReturns

DONE = ActResult(Outcome.DONE)
TWO = [{"sku": "TEAPOT", "quantity": "2"}]


def answer(task: str, name: str, id: str = "form-1", **values) -> Act:
    return Act(id, ActKind.ANSWER, target=task, answer=name, values=values)


async def test_goods_come_back_are_looked_at_and_paid_back(come_back):
    async with come_back(FakeReturns()) as life:
        await life.act(answer(await life.task("arrival"), "arrived", "a"))
        judged = await life.act(answer(await life.task("inspect"), "accepted", "b", goods=TWO))

        assert judged == DONE
        assert await life.end() == "refunded"
        assert life.shop.effects["payment.refund"] == 1
        assert life.shop.restocked["TEAPOT"] == 2
        assert list(life.post.sent.values()) == ["return_opened", "return_received", "return_refunded"]


async def test_what_is_never_sent_back_is_closed_after_its_deadline(come_back):
    async with come_back(FakeReturns()) as life:
        assert await life.end() == "closed"

        first, *_, last = life.journal.entries
        assert (last.at - first.at).days == 30
        assert list(life.post.sent.values()) == ["return_opened", "return_closed"]
        assert not life.shop.calls["payment.refund"]


async def test_an_inspection_nobody_makes_reminds_escalates_and_pays_back_unseen(come_back):
    async with come_back(FakeReturns()) as life:
        await life.act(answer(await life.task("arrival"), "arrived"))

        assert await life.end() == "refunded"

        kinds = [entry.kind.value for entry in life.journal.entries]
        assert kinds.count("reminder") == 2
        assert kinds.count("late") == 2
        assert (life.shop.restocked["TEAPOT"], life.shop.scrapped["TEAPOT"]) == (0, 2)


async def test_a_failed_refund_goes_round_until_somebody_sees_to_it(come_back):
    async with come_back(FakeReturns(declines={"payment.refund"})) as life:
        await life.act(answer(await life.task("arrival"), "arrived", "a"))
        await life.act(answer(await life.task("inspect"), "accepted", "b", goods=TWO))
        await life.task("refund_failed")
        await life.env.sleep(timedelta(days=6))
        await life.act(answer(await life.task("refund_overdue"), "paid", "c"))

        assert await life.end() == "refunded"
        assert life.shop.effects["payment.pay_back"] == 1


async def test_five_concurrent_identical_answers_are_one(come_back):
    async with come_back(FakeReturns()) as life:
        form = answer(await life.task("arrival"), "keeps_it")

        results = await asyncio.gather(*(life.act(form) for _ in range(5)))

        assert results == [DONE] * 5
        assert await life.end() == "cancelled"


async def test_a_return_that_came_in_is_not_cancelled_any_more(come_back):
    async with come_back(FakeReturns()) as life:
        await life.act(answer(await life.task("arrival"), "arrived"))
        await life.task("inspect")

        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await life.act(Act("c", ActKind.CANCEL, lane="1001-R1"))

        assert "Return 1001-R1 can no longer be cancelled" in str(refused.value.cause)
        await life.end()


async def test_temporals_own_cancel_is_ours(come_back):
    async with come_back(FakeReturns()) as life:
        await life.task("arrival")

        await life.handle.cancel()

        assert await life.end() == "cancelled"


async def test_a_return_survives_a_worker_that_forgets_everything(come_back):
    async with come_back(FakeReturns(claim="damaged"), "return-keep", cache=0) as life:
        await life.act(answer(await life.task("check"), "right"))

        assert await life.end() == "refunded"
        assert life.shop.effects["payment.refund"] == 1


async def test_no_free_text_and_no_name_reach_the_history(come_back):
    async with come_back(FakeReturns()) as life:
        await life.end()

        known = (await life.handle.fetch_history()).to_json()

        assert "reason" not in known
