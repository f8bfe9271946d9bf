"""One clock: a step that is tried again knows that time has passed since it was first asked for."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from domain.step import Call


class OneClock(Interceptor):
    """
    `Call.now` of a regular activity is when this try was scheduled, by Temporal's clock.

    Its first try keeps the workflow's `now`, and no try ever goes back behind it.
    """

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Telling(next)


class _Telling(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        if not info.is_local:
            input.args = [_as_of(info.current_attempt_scheduled_time, arg) for arg in input.args]
        return await super().execute_activity(input)


def _as_of(now: datetime, arg: Any) -> Any:
    return replace(arg, now=max(arg.now, now)) if isinstance(arg, Call) else arg
