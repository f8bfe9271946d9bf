"""Orders against workflows, with a Temporal whose list lags behind."""

from types import SimpleNamespace

import pytest
from temporalio.client import WorkflowExecutionStatus as Status
from temporalio.service import RPCError, RPCStatusCode

from domain.errors import NotFound, TemporalUnavailable
from starter.ids import order_workflow, return_workflow
from starter.reconcile import Comparison


def workflow(subject):
    return return_workflow(subject) if "-R" in subject else order_workflow(subject)


class Temporal:
    """`runs` are workflows by their true status; `listed` is what the list says of the running ones."""

    def __init__(self, runs=None, listed=None, stuck=(), down=False) -> None:
        self.runs = runs or {}
        self.listed = (
            listed if listed is not None else [n for n, s in self.runs.items() if s is Status.RUNNING]
        )
        self.stuck, self.down = stuck, down

    async def list_workflows(self, _query):
        if self.down:
            raise RPCError("gone", RPCStatusCode.UNAVAILABLE, b"")
        for number in self.listed:
            problems = {"TemporalReportedProblems": ["x"]} if number in self.stuck else {}
            yield SimpleNamespace(id=workflow(number), search_attributes=problems)

    def get_workflow_handle(self, id):
        async def describe():
            status = {workflow(number): status for number, status in self.runs.items()}.get(id)
            if status is None:
                raise RPCError("no", RPCStatusCode.NOT_FOUND, b"")
            return SimpleNamespace(status=status)

        return SimpleNamespace(describe=describe)


class Books:
    """What our books say is open and ended; `later` is said from the second look on."""

    def __init__(self, opened=(), ended=(), later=None) -> None:
        self.looks = [opened, *([] if later is None else [later])]
        self.ended = ended

    def open_orders(self):
        self.look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return [each for each in self.look if "-R" not in each]

    def open_returns(self):
        return [each for each in self.look if "-R" in each]

    def has_ended(self, number):
        return number in self.ended

    return_has_ended = has_ended

    def opening(self, id):
        self.placement(id)

    def placement(self, number):
        if number not in self.looks[0] and number not in self.ended:
            raise NotFound(f"There is no order {number}.")


async def found(temporal, books):
    pauses = []

    async def pause(seconds):
        pauses.append(seconds)

    differences = await Comparison(temporal, books, books, pause).differences()
    assert all(each.advice for each in differences)
    return [(each.rule, each.subject) for each in differences]


async def test_nothing_is_wrong_when_every_open_order_runs():
    assert await found(Temporal({"A": Status.RUNNING, "B": Status.COMPLETED}), Books(["A"], ["B"])) == []


async def test_a_list_that_lags_is_not_believed():
    started_just_now = Temporal({"A": Status.RUNNING}, listed=[])
    assert await found(started_just_now, Books(["A"])) == []
    ended_just_now = Temporal({"A": Status.COMPLETED}, listed=["A"])
    assert await found(ended_just_now, Books([], ["A"])) == []


async def test_an_order_that_ends_meanwhile_is_no_difference():
    assert await found(Temporal({"A": Status.COMPLETED}), Books(["A"], ["A"], later=[])) == []


async def test_an_open_order_without_a_workflow_is_found():
    assert await found(Temporal(), Books(["A"])) == [("order-without-workflow", "A")]


@pytest.mark.parametrize("status", [Status.TERMINATED, Status.FAILED, Status.COMPLETED, Status.TIMED_OUT])
async def test_a_workflow_that_somebody_ended_is_found(status):
    assert await found(Temporal({"A": status}), Books(["A"])) == [("workflow-closed", "A")]


async def test_a_workflow_that_outlives_its_order_is_found():
    assert await found(Temporal({"A": Status.RUNNING}), Books([], ["A"])) == [("workflow-still-open", "A")]


async def test_a_workflow_our_books_do_not_know_is_found():
    assert await found(Temporal({"A": Status.RUNNING}), Books()) == [("workflow-without-order", "A")]


async def test_a_stuck_workflow_is_found():
    stuck = Temporal({"A": Status.RUNNING}, stuck=["A"])
    assert await found(stuck, Books(["A"])) == [("workflow-stuck", "A")]


async def test_without_temporal_nothing_is_said_to_be_right():
    with pytest.raises(TemporalUnavailable):
        await found(Temporal(down=True), Books(["A"]))


async def test_an_open_return_is_compared_with_a_workflow_of_its_own():
    assert await found(Temporal({"A-R1": Status.RUNNING}), Books(["A-R1"])) == []
    assert await found(Temporal(), Books(["A-R1"])) == [("return-without-workflow", "A-R1")]
    outlived = Temporal({"A-R1": Status.RUNNING})
    assert await found(outlived, Books([], ["A-R1"])) == [("workflow-still-open", "A-R1")]
    assert await found(outlived, Books()) == [("workflow-without-return", "A-R1")]
