"""A life, of an order or a return: its flow decides what comes next, this does it and waits."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from domain.act import Act, ActKind, ActResult, Outcome
    from domain.journal import Deadlines
    from domain.notice import Notice, Posted, Posting
    from flow.engine.commands import Command, LoadFlow, Perform, Send
    from flow.engine.engine import Engine
    from flow.model import loads
    from workflows.steps import Answered, Declined, Failed, Steps, Tries, why_not

# What Temporal's own Cancel becomes; a workflow hears it at most once.
CANCELLED_IN_TEMPORAL = Act("cancelled-in-temporal", ActKind.CANCEL)
# A mail server may be away for an hour or two before a person is asked.
MAIL_TRIES = Tries(timedelta(minutes=2), 40, timedelta(seconds=10), silence=timedelta(seconds=15))


class Life(ABC):
    """
    What the workflows of orders and returns share. `what` begins a sentence, as in `Order 1001`.

    Temporal wants `init` and `run` on each workflow's own class; they call `__init__` and `live` of this.
    """

    def __init__(self, engine: Engine, steps: Steps, what: str, speed: float) -> None:
        self._engine = engine
        self._steps = steps
        self._what = what
        self._speed = speed
        self._begun = False
        self._over = False  # the last page is being written: nothing can be done any more
        self._woken = False
        self._local = 0  # local steps under way
        self._letters: list[Notice] = []
        self._posting = False  # one posting at a time: letters arrive in the order they were written
        self._came: dict[str, int] = {}  # act -> how long the history was when it came
        self._written: set[str] = set()  # acts whose effect stands in our books
        self._beside: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at: datetime | None = None

    @abstractmethod
    async def _open_books(self) -> None:
        """Start the engine with what our books know. :raises FailureError: they know nothing of it."""

    async def live(self) -> str:
        """Ends with the end state."""
        life = asyncio.create_task(self._live())
        try:
            await asyncio.shield(life)
        except asyncio.CancelledError:
            self._do(CANCELLED_IN_TEMPORAL)
            await life
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._engine.ended

    @workflow.update
    async def act(self, act: Act) -> ActResult:
        """One id acts once. What cannot be done now is refused before it enters the history."""
        return await self._heed(act)

    @act.validator
    def _check(self, act: Act) -> None:
        why = self._engine.refusal(act) if self._begun else ""
        if self._over and self._engine.result(act.id) is None:
            why = self._ended
        if why:
            raise ApplicationError(why, type="ActRefused", non_retryable=True)

    @workflow.signal
    async def answer(self, act: Act) -> None:
        """The same as the update `act`, for clients that can only signal."""
        await self._heed(act)

    async def _heed(self, act: Act) -> ActResult:
        await workflow.wait_condition(lambda: self._begun)
        self._came.setdefault(act.id, workflow.info().get_current_history_length())
        self._do(act)
        await workflow.wait_condition(lambda: act.id in self._written or self._over)
        return self._engine.result(act.id) or ActResult(Outcome.REFUSED, self._ended)

    async def _live(self) -> None:
        await self._begin()
        while not self._over:
            self._woken = False
            if self._engine.writes_first:
                # A step under way may end, but none begins before our books say what has changed.
                await workflow.wait_condition(lambda: not self._local)
                await self._write_down()
            self._carry_out(self._engine.take())
            await self._write_down()
            if not self._over:
                await self._wait()

    async def _begin(self) -> None:
        await self._open_books()
        self._begun = True

    def _carry_out(self, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, Send):
                self._letters.append(command.notice)
            elif isinstance(command, LoadFlow):
                self._do_beside(self._load(command), local=True)
            else:
                self._do_beside(self._perform(command), local=command.local)

    async def _load(self, load: LoadFlow) -> None:
        try:
            text = await self._steps.in_our_books("journal.flow", load.sha256, str, "Fetch the flow")
        except FailureError as error:
            self._engine.flow_missing(load.sha256, why_not(error).message, workflow.now())
        else:
            self._engine.flow_loaded(loads(text), workflow.now())

    async def _perform(self, step: Perform) -> None:
        answer = await self._steps.perform(step)
        now = workflow.now()
        match answer:
            case Answered(result):
                self._engine.performed(step.lane, step.key, result, now)
            case Declined(name, message):
                self._engine.refused(step.lane, step.key, name, message, now)
            case Failed(message):
                self._engine.gave_up(step.lane, step.key, message, now)

    async def _write_down(self) -> None:
        """One page for everything that happened since the last; local steps under way add to it first."""
        if self._local:
            return
        if self._letters and not self._posting:
            notices, self._letters = tuple(self._letters), []
            self._posting = True
            self._do_beside(self._post(notices), local=False)
        if not (self._engine.has_news or self._engine.ended):
            return
        batch = self._engine.take_batch(workflow.now(), self._speed)
        self._over = batch.ended != ""
        page = replace(batch, acts={id: how for id, how in batch.acts.items() if self._stands(id)})
        # A move, or a new address, cannot be taken back, so it has to stand in the history first.
        local = not (page.flows or page.readdressed)
        deadlines = await self._steps.in_our_books(
            "journal.write", page, tuple[Deadlines, ...], "Write the journal", local=local
        )
        self._engine.scheduled(deadlines)
        self._written.update(batch.acts)

    def _stands(self, act: str) -> bool:
        """
        Whether an act stands in the history already, so that our books may call it done.

        One that came with this workflow task is still lost if the worker is killed now; it is asked for
        again only while the books say that it waits. Whoever carried it is about to hear how it ended.
        """
        return self._came.get(act) != workflow.info().get_current_history_length()

    async def _post(self, notices: tuple[Notice, ...]) -> None:
        posting = Posting(notices, workflow.now())
        names = ", ".join(notice.template for notice in notices)
        try:
            posted = await self._steps.run(
                "mail.send", posting, tuple[Posted, ...], f"Send {names}", MAIL_TRIES, local=False
            )
        except FailureError as error:
            why = why_not(error).message
            posted = tuple(Posted(notice.id, sent=False, why=why) for notice in notices)
        self._posting = False
        for letter in posted:
            self._engine.told(letter.id, letter.sent, letter.why, workflow.now())

    async def _wait(self) -> None:
        self._set_alarm()
        workflow.set_current_details(self._engine.standing)
        await workflow.wait_condition(lambda: self._woken)
        if self._failure is not None:
            raise self._failure

    def _set_alarm(self) -> None:
        """One timer at a time: a later deadline lets it be, it is worked out anew when it rings."""
        nearest = self._engine.next_deadline()
        if nearest is None:
            return
        at, title = nearest
        if self._alarm is not None and not self._alarm.done():
            if self._alarm_at is not None and self._alarm_at <= at:
                return
            self._alarm.cancel()
        self._alarm_at = at
        self._alarm = asyncio.create_task(self._ring(at, title))

    async def _ring(self, at: datetime, title: str) -> None:
        await workflow.sleep(max(at - workflow.now(), timedelta(0)), summary=f"Deadline: {title}")
        try:
            self._engine.tick(workflow.now())
        except Exception as error:  # noqa: BLE001 - a bug must show, or the order would sleep for ever
            self._failure = error
        self._woken = True

    def _do(self, act: Act) -> None:
        if not self._over:
            self._engine.act(act, workflow.now())
            self._woken = True

    def _do_beside(self, work: Coroutine[None, None, None], *, local: bool) -> None:
        self._local += local

        async def carefully() -> None:
            try:
                await work
            except BaseException as error:
                self._failure = error
                raise
            finally:
                self._local -= local
                self._woken = True

        task = asyncio.create_task(carefully())
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    @property
    def _ended(self) -> str:
        return f"{self._what} has ended."
