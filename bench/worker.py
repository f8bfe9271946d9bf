"""
The worker of the workflows that were written for the bench: our adapters, no journal, no relay.

    python -m bench.worker ByHand|Floor
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.clock import OneClock
from activities.errors import NamedErrors
from activities.fraud import FraudActivities
from activities.mail import MailActivities
from activities.payment import PaymentActivities
from activities.shipping import ShippingActivities
from activities.stock import StockActivities
from adapters.database.engine import Database
from adapters.database.schema import migrate
from bench.by_hand import ByHand
from bench.floor import Floor
from config.settings import Settings
from starter.cli.shop import whereabouts
from starter.client import connect
from starter.server.stopping import on_signals
from worker import (
    CACHED_ORDERS,
    GRACE,
    LOCAL_STEPS,
    ORDERS_AT_ONCE,
    STEPS,
    STICKY_WAIT,
    THREADS,
    Ports,
    adapters,
)


def steps(ports: Ports) -> list[Callable[..., Any]]:
    stock = StockActivities(ports.stock)
    payments = PaymentActivities(ports.payments)
    return [
        FraudActivities(ports.fraud, ports.results).screen,
        *(payments.authorize, payments.capture),
        *(stock.reserve, stock.commit),
        ShippingActivities(ports.shipping).hand_over,
        MailActivities(ports.post).send,
    ]


def by_hand(client: Client, ports: Ports, task_queue: str) -> Worker:
    """As the SDK sets a worker up, but for modules passed through: without, it would be far slower."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=[ByHand],
        activities=steps(ports),
        activity_executor=ThreadPoolExecutor(THREADS),
        interceptors=[NamedErrors(), OneClock()],
        workflow_runner=SandboxedWorkflowRunner(restrictions=_restrictions()),
    )


def floor(client: Client, ports: Ports, task_queue: str) -> Worker:
    """As our own worker is set up."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=[Floor],
        activities=steps(ports),
        activity_executor=ThreadPoolExecutor(THREADS),
        interceptors=[NamedErrors(), OneClock()],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=CACHED_ORDERS,
        max_concurrent_workflow_tasks=ORDERS_AT_ONCE,
        max_concurrent_activities=STEPS,
        max_concurrent_local_activities=LOCAL_STEPS,
        sticky_queue_schedule_to_start_timeout=STICKY_WAIT,
        graceful_shutdown_timeout=GRACE,
    )


# What most pass through the sandbox: their own pure modules, and Pydantic.
SHARED = ("domain", "flow", "activities", "pydantic", "pydantic_core", "annotated_types")
WORKERS = {"ByHand": by_hand, "Floor": floor}


def _restrictions() -> SandboxRestrictions:
    return SandboxRestrictions.default.with_passthrough_modules(*SHARED)


async def serve(settings: Settings, kind: str) -> None:
    """Until SIGTERM."""
    stop = on_signals(signal.SIGTERM, signal.SIGINT)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
    migrate(Database(settings.database_url))
    place = whereabouts(settings)
    client = await connect(place.address, place.namespace)
    async with WORKERS[kind](client, adapters(settings), place.task_queue):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(Settings.from_env(os.environ), sys.argv[1]))
