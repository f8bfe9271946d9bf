"""Starts the parts of one machine, keeps them running, and stops them in order."""

import asyncio
import os
from collections.abc import Callable
from datetime import datetime

from temporalio.client import Client
from temporalio.service import RPCError

from domain.errors import TemporalUnavailable
from starter.client import connect
from starter.server import plan as planned
from starter.server.answers import http_answers, keep_histories, smtp_answers, worker_polls
from starter.server.part import Keeper, Part, Say
from starter.server.plan import NAMESPACE, Plan
from starter.server.ports import LOOPBACK
from starter.server.whereabouts import Whereabouts, forget

START_SECONDS = 60.0


class Supervisor:
    """One machine's parts. `say` gets a line for the person at the terminal."""

    def __init__(self, plan: Plan, clock: Callable[[], datetime], say: Say) -> None:
        self._plan = plan
        self._say = say
        self._client: Client | None = None
        self._keepers = [Keeper(part, clock, say) for part in self._parts()]

    @property
    def parts(self) -> list[Part]:
        """In the order they are started; they stop the other way round."""
        return [keeper.part for keeper in self._keepers]

    async def start(self) -> Whereabouts:
        """
        Start every part and wait until all do their work.

        :raises SettingsRefused: one does not come up; the others are left for `stop`.
        """
        forget(self._plan.data)
        for keeper in self._keepers:
            keeper.part.log.parent.mkdir(parents=True, exist_ok=True)
            keeper.part.log.write_bytes(b"")
            keeper.start()
        for keeper in self._keepers:
            await keeper.came_up(START_SECONDS)
        here = self._whereabouts()
        here.write(self._plan.data)
        return here

    async def stop(self) -> None:
        """
        The screens, then the worker, so that it can hand back what it is doing.

        Cancelled, it kills what still runs: nothing is lost, the next start takes a little longer.
        """
        forget(self._plan.data)
        try:
            for keeper in reversed(self._keepers):
                self._say(f"stopping {keeper.part.name}")
                await keeper.stop()
        except asyncio.CancelledError:
            for keeper in self._keepers:
                keeper.kill()
            raise

    def _whereabouts(self) -> Whereabouts:
        plan = self._plan
        return Whereabouts(
            temporal=plan.temporal,
            namespace=NAMESPACE,
            smtp=plan.smtp,
            task_queue=plan.task_queue,
            speed=plan.speed,
            pid=os.getpid(),
        )

    def _parts(self) -> list[Part]:
        plan, environment = self._plan, planned.child_environment(self._plan)
        temporal = Part(
            name="Temporal",
            where=plan.temporal,
            command=planned.temporal_command(plan),
            environment=environment,
            log=plan.log("temporal"),
            answers=self._temporal_answers,
            stop_seconds=6,
        )
        sink = Part(
            name="mail sink",
            where=plan.smtp,
            command=planned.sink_command(plan),
            environment=environment,
            log=plan.log("mail"),
            answers=self._mail_answers,
            stop_seconds=3,
        )
        worker = Part(
            name="worker",
            where=f"task queue {plan.task_queue}",
            command=planned.worker_command(),
            environment=environment,
            log=plan.log("worker"),
            answers=self._worker_answers,
            stop_seconds=10,
        )
        console = Part(
            name="console",
            where=plan.console,
            command=planned.console_command(plan),
            environment=environment,
            log=plan.log("console"),
            answers=self._console_answers,
            stop_seconds=6,
        )
        mail, screens = [sink] if plan.smtp else [], [console] if plan.console else []
        return [temporal, *mail, worker, *screens]

    async def _temporal_answers(self, _started: datetime) -> bool:
        try:
            if self._client is None:
                self._client = await connect(self._plan.temporal, NAMESPACE)
            await keep_histories(self._client)
        except (TemporalUnavailable, RPCError):
            return False
        return True

    async def _mail_answers(self, _started: datetime) -> bool:
        return await smtp_answers(LOOPBACK, self._plan.smtp_port)

    async def _console_answers(self, _started: datetime) -> bool:
        return await http_answers(LOOPBACK, self._plan.console_port, "/health")

    async def _worker_answers(self, started: datetime) -> bool:
        if self._client is None:
            return False
        return await worker_polls(self._client, self._plan.task_queue, started)
