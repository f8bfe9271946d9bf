"""Doing steps: local where only our own books change, regular where the world does."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception
from temporalio.exceptions import TimeoutError as NoAnswer

with workflow.unsafe.imports_passed_through():
    from domain.duration import Duration
    from domain.step import Call, StepResult
    from flow.engine.commands import Perform

T = TypeVar("T")

# Local work beyond this in one workflow task would make people wait: the next step goes regular.
LOCAL_BUDGET = timedelta(seconds=1)
LOCAL_TIMEOUT = timedelta(seconds=10)
LOCAL_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=1), maximum_attempts=3
)
LONGEST_WAIT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Answered:
    result: StepResult


@dataclass(frozen=True, slots=True)
class Declined:
    """A named refusal: final."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer after every try."""

    message: str


@dataclass(frozen=True, slots=True)
class Tries:
    """
    How long one try may take, how many there are (0: until it works) and the first wait between.

    `silence` is after how long without a heartbeat a try counts as failed, for steps that send them.
    """

    timeout: timedelta
    count: int
    first_wait: timedelta
    silence: timedelta | None = None

    def policy(self, speed: float) -> RetryPolicy:
        return RetryPolicy(
            initial_interval=self.first_wait / speed,
            maximum_interval=LONGEST_WAIT / speed,
            maximum_attempts=self.count,
        )


UNTIL_IT_WORKS = Tries(timedelta(seconds=30), 0, timedelta(seconds=1))


class Steps:
    """One order's hands."""

    def __init__(self, order: str, speed: float) -> None:
        self._order = order
        self._speed = speed
        self._spent = timedelta(0)

    async def perform(self, step: Perform) -> Answered | Declined | Failed:
        tries = Tries(Duration.parse(step.timeout).plain, step.tries, Duration.parse(step.first_wait).plain)
        try:
            result = await self.run(
                step.action, self._call(step), StepResult, step.title, tries, local=step.local
            )
        except FailureError as error:
            return why_not(error)
        return Answered(result)

    async def in_our_books(
        self, activity: str, arg: Any, returns: type[T], summary: str, *, local: bool = True
    ) -> T:
        """:raises FailureError: refused; anything else is tried until it works."""
        return await self.run(activity, arg, returns, summary, UNTIL_IT_WORKS, local=local)

    async def run(
        self, activity: str, arg: Any, returns: type[T], summary: str, tries: Tries, *, local: bool
    ) -> T:
        """
        Local work that gets no answer is done again as a regular activity: keys survive that.

        :raises FailureError: refused, or no answer after every try.
        """
        if local and self._spent < LOCAL_BUDGET:
            try:
                return await self._locally(activity, arg, returns, summary)
            except FailureError as error:
                if is_cancelled_exception(error) or _is_final(error):
                    raise
        self._spent = timedelta(0)
        answer: T = await workflow.execute_activity(
            activity,
            arg,
            result_type=returns,
            start_to_close_timeout=tries.timeout,
            heartbeat_timeout=tries.silence,
            retry_policy=tries.policy(self._speed),
            summary=summary,
        )
        return answer

    async def _locally(self, activity: str, arg: Any, returns: type[T], summary: str) -> T:
        began = workflow.now()
        try:
            answer: T = await workflow.execute_local_activity(
                activity,
                arg,
                result_type=returns,
                start_to_close_timeout=LOCAL_TIMEOUT,
                retry_policy=LOCAL_RETRY,
                summary=summary,
            )
            return answer
        finally:
            self._spent += workflow.now() - began

    def _call(self, step: Perform) -> Call:
        return Call(
            order=self._order,
            lane=step.lane,
            step=step.step,
            visit=step.visit,
            key=step.key,
            now=workflow.now(),
            speed=self._speed,
            args=step.args,
            facts=step.facts,
        )


def _is_final(error: FailureError) -> bool:
    cause = _cause(error)
    return isinstance(cause, ApplicationError) and cause.non_retryable


def _cause(error: FailureError) -> BaseException | None:
    """What went wrong: a local step raises it bare, or wrapped while it runs and bare when replayed."""
    return error.cause if isinstance(error, ActivityError) else error


def why_not(error: FailureError) -> Declined | Failed:
    cause = _cause(error)
    if isinstance(cause, NoAnswer):
        return Failed("There was no answer in time.")
    if isinstance(cause, ApplicationError):
        if cause.non_retryable:
            return Declined(cause.type or "", cause.message)
        return Failed(cause.message)
    raise error
