"""What goes wrong in a step reaches the history by name, and never with a customer's data."""

import importlib
import inspect
import pkgutil
import re
import shutil
import sysconfig
from collections.abc import AsyncIterator, Iterator
from dataclasses import fields
from datetime import timedelta
from typing import Any, cast

import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory, CancelledError
from temporalio.testing import ActivityEnvironment, WorkflowEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

import activities
import worker
from activities.catalogue import ACTIONS
from activities.errors import NamedErrors
from domain import errors
from domain.errors import (
    GatewayUnavailable,
    OrderError,
    PaymentDeclined,
    RefundPending,
    Refused,
    Unavailable,
)

PERSONAL = "Ada Lovelace, 12 Analytical Row"


class Step(ActivityInboundInterceptor):
    """A step that goes wrong as it is told to."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    async def execute_activity(self, input: ExecuteActivityInput) -> None:
        raise self._error from KeyError(PERSONAL)


async def what_reaches_temporal(error: BaseException) -> BaseException:
    step = NamedErrors().intercept_activity(Step(error))
    asked = ExecuteActivityInput(fn=lambda: None, args=[], executor=None, headers={})

    async def run() -> BaseException:
        try:
            await step.execute_activity(asked)
        except BaseException as reached:  # noqa: BLE001 - any at all: it is the answer
            return reached
        raise AssertionError("the step went well")

    return await ActivityEnvironment().run(run)


async def as_history(error: BaseException) -> str:
    failure = Failure()
    assert isinstance(error, Exception)
    await DataConverter.default.encode_failure(error, failure)
    return str(failure)


async def test_a_refusal_is_final_and_keeps_its_name_and_sentence():
    reached = await what_reaches_temporal(PaymentDeclined("Order 1001: the bank said no."))

    assert isinstance(reached, ApplicationError)
    assert reached.type == "PaymentDeclined"
    assert reached.non_retryable
    assert reached.message == "Order 1001: the bank said no."
    assert reached.category == ApplicationErrorCategory.BENIGN


async def test_what_is_unavailable_is_tried_again():
    reached = await what_reaches_temporal(GatewayUnavailable("The gateway does not answer."))

    assert isinstance(reached, ApplicationError)
    assert reached.type == "GatewayUnavailable"
    assert reached.next_retry_delay is None
    assert not reached.non_retryable


async def test_money_on_its_way_is_asked_about_again_when_that_makes_sense():
    on_its_way = RefundPending("EUR 5.00 of order 1001 is on its way back.", timedelta(hours=2))
    reached = await what_reaches_temporal(on_its_way)

    assert isinstance(reached, ApplicationError)
    assert not reached.non_retryable
    assert reached.next_retry_delay == timedelta(hours=2)


async def test_a_bug_is_tried_again_and_its_words_stay_in_the_log(caplog: pytest.LogCaptureFixture):
    reached = await what_reaches_temporal(ValueError(PERSONAL))

    assert isinstance(reached, ApplicationError)
    assert reached.message == "ValueError in unknown."
    assert reached.type == "ValueError"
    assert not reached.non_retryable
    assert PERSONAL in caplog.text


@pytest.mark.parametrize(
    "error", [ValueError(PERSONAL), PaymentDeclined("no"), GatewayUnavailable("not now")]
)
async def test_no_cause_or_stack_of_a_step_stands_in_the_history(error: Exception):
    told = await as_history(await what_reaches_temporal(error))

    assert PERSONAL not in told
    assert "raise self._error" not in told
    assert "cause" not in told


async def test_a_cancelled_step_stays_cancelled():
    cancelled = CancelledError("Cancelled")

    assert await what_reaches_temporal(cancelled) is cancelled


def every_error() -> list[type[OrderError]]:
    own = (member for _, member in inspect.getmembers(errors, inspect.isclass))
    return [error for error in own if issubclass(error, OrderError)]


def test_every_error_is_a_refusal_or_a_not_yet_and_stands_in_the_tree():
    drawn = set(re.findall(r"(?:├──|└──|^ {4})\s*(\w+)", errors.__doc__ or "", re.MULTILINE))

    assert {error.__name__ for error in every_error()} == drawn
    for error in every_error():
        assert issubclass(error, Refused | Unavailable) or error is OrderError


def step_name(step: object) -> str:
    definition = getattr(step, "__temporal_activity_definition", None)
    return definition.name if definition is not None else ""


def every_step() -> set[str]:
    steps: set[str] = set()
    for module in pkgutil.iter_modules(activities.__path__, f"{activities.__name__}."):
        for _, owner in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            steps |= {step_name(method) for _, method in inspect.getmembers(owner, inspect.isfunction)}
    return steps - {""}


class Anything:
    """Stands for every port: only who answers to which step is looked at."""

    def __iter__(self) -> Iterator[Any]:
        return iter(())  # of a shop without steps of its own


@pytest.fixture
async def registered() -> AsyncIterator[set[str]]:
    """The names of the steps that a worker answers to."""
    program = shutil.which("temporal-test-server", path=sysconfig.get_path("scripts"))
    ports = worker.Ports(*[cast("Any", Anything()) for _ in fields(worker.Ports)])
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=program) as server:
        built = worker.build_worker(server.client, ports, "orders")
        yield {step_name(step) for step in built.config()["activities"]}


async def test_the_worker_runs_every_step_there_is(registered: set[str]):
    assert registered == every_step()


def test_every_action_of_the_catalogue_has_a_step_of_its_name():
    assert set(ACTIONS) <= every_step()
