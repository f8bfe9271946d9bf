"""How a step's trouble reaches the order's history: by name, in a clerk's words, and nothing else."""

from concurrent.futures import BrokenExecutor
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory, CancelledError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from domain.errors import Refused, Unavailable


class NamedErrors(Interceptor):
    """
    Refusals become final and keep their class as type, the unavailable is tried again.

    Anything else is a bug: tried again too, but its message may hold a customer's data, so only its
    class and the step's name go on, and the log keeps the rest.
    """

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Naming(next)


class _Naming(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        try:
            return await super().execute_activity(input)
        # The worker itself has to see these.
        except (CancelledError, BrokenExecutor):
            raise
        # `from None`: what went on inside must not follow as cause or stack trace.
        except Exception as error:  # noqa: BLE001 - whatever it is, its message must not go on
            raise _named(error) from None


def _named(error: Exception) -> ApplicationError:
    name = type(error).__name__
    if isinstance(error, Refused):
        expected = ApplicationErrorCategory.BENIGN
        return ApplicationError(str(error), type=name, non_retryable=True, category=expected)
    if isinstance(error, Unavailable):
        return ApplicationError(str(error), type=name, next_retry_delay=error.again_after)
    step = activity.info().activity_type
    activity.logger.exception("%s failed in a way nobody foresaw", step)
    return ApplicationError(f"{name} in {step}.", type=name)
