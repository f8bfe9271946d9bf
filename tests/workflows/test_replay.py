"""Orders that lived under an earlier release must go on under this one."""

from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from starter.client import data_converter
from tests.workflows.careless import ImpatientOrder
from workflows.order import OrderWorkflow
from workflows.returns import ReturnWorkflow

HISTORIES = sorted(Path("tests/histories").glob("*.json"))


def replayer(workflow_class=OrderWorkflow) -> Replayer:
    return Replayer(workflows=[workflow_class, ReturnWorkflow], data_converter=data_converter())


def history(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json("order/1001", path.read_text())


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_stored_history_replays(path):
    await replayer().replay_workflow(history(path))


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_a_stored_history_does_not_tell_where_it_was_recorded(path):
    assert 'File \\"' not in path.read_text()


def test_there_are_histories_of_both_flows_and_of_three_lanes():
    names = {path.stem.split("-", 1)[1] for path in HISTORIES}

    assert {"clean", "three-lanes", "reviewed-held-short", "nobody-packs", "cancelled"} <= names


def test_there_are_histories_of_both_flows_of_returns():
    names = {path.stem.split("-", 1)[1] for path in HISTORIES}

    assert {"return-mixed", "return-never-sent", "return-kept-refund-failed"} <= names


async def test_a_change_that_running_orders_could_not_follow_turns_this_red():
    path = next(path for path in HISTORIES if path.stem.endswith("three-lanes"))

    with pytest.raises(workflow.NondeterminismError):
        await replayer(ImpatientOrder).replay_workflow(history(path))
