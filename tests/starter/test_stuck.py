"""The watch for orders that stand still on a bug, with a Temporal whose list lags behind."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.service import RPCError, RPCStatusCode

from domain.errors import ActRefused
from starter.stuck import Watch, is_bug, refuse_bug

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def event(kind, cause=WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED, type=""):
    at = Timestamp()
    at.FromDatetime(NOON)
    made = HistoryEvent(event_type=getattr(EventType, f"EVENT_TYPE_{kind}"), event_time=at)
    if kind == "WORKFLOW_TASK_FAILED":
        made.workflow_task_failed_event_attributes.cause = cause
        failure = made.workflow_task_failed_event_attributes.failure
        failure.message = "Ada Lovelace, Berlin"
        failure.application_failure_info.type = type
    return made


BUG = event("WORKFLOW_TASK_FAILED", type="KeyError")


class Temporal:
    """`marked` maps a workflow's id to its last events, newest first; None for one that is gone."""

    namespace = "default"

    def __init__(self, **marked) -> None:
        self.marked = {f"order/{number}": events for number, events in marked.items()}
        self.unmarked: dict[str, Any] = {}  # gone from the list, but not from the server
        self.down = False
        self.workflow_service = SimpleNamespace(get_workflow_execution_history_reverse=self._history)

    async def list_workflows(self, _query, limit):
        if self.down:
            raise RPCError("gone", RPCStatusCode.UNAVAILABLE, b"")
        for id in list(self.marked)[:limit]:
            yield SimpleNamespace(id=id, run_id="")

    async def _history(self, request):
        id = request.execution.workflow_id
        events = self.marked.get(id, self.unmarked.get(id))
        if events is None:
            raise RPCError("no", RPCStatusCode.NOT_FOUND, b"")
        return SimpleNamespace(history=SimpleNamespace(events=events))


class Incidents:
    def __init__(self) -> None:
        self.open: dict[str, Any] = {}
        self.asked: set[str] = set()

    def with_acts(self):
        return self.asked & self.open.keys()

    def open_bugs(self):
        return list(self.open)

    def found(self, bugs, _now) -> None:
        for bug in bugs:
            assert bug.lane not in self.open
            self.open[bug.lane] = bug

    def mended(self, lanes, _now) -> None:
        for lane in lanes:
            del self.open[lane]


def watch(temporal: Any, incidents: Incidents, *pause: Any, clock=lambda: NOON) -> Watch:
    return Watch(temporal, incidents, clock, *pause)


async def look(temporal, incidents=None):
    incidents = incidents or Incidents()
    await watch(temporal, incidents).look()
    return incidents


async def test_a_bug_is_an_incident_once_and_its_own_words_stay_out_of_it():
    temporal, incidents = Temporal(A=[BUG]), Incidents()

    await look(temporal, incidents)
    await look(temporal, incidents)

    bug = incidents.open["A"]
    assert (bug.id, bug.order, bug.since) == ("A.bug", "A", NOON)
    assert bug.what == "A bug: the program fails on this order (KeyError)."


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (event("WORKFLOW_TASK_TIMED_OUT"), "the worker dies"),
        (
            event(
                "WORKFLOW_TASK_FAILED",
                WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR,
            ),
            "an earlier one",
        ),
        (event("WORKFLOW_TASK_FAILED"), "fails on this order."),
    ],
)
async def test_it_says_what_kind_of_bug_it_is(last, said):
    incidents = await look(Temporal(A=[event("WORKFLOW_TASK_SCHEDULED"), last]))

    assert said in incidents.open["A"].what


async def test_a_list_that_lags_is_not_believed():
    temporal = Temporal(A=[event("WORKFLOW_TASK_COMPLETED"), BUG], B=None)

    assert (await look(temporal)).open == {}


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


async def open_after(temporal, incidents, *minutes: float) -> list[set[str]]:
    """The incidents open after each look, at these minutes past noon."""
    clock, seen = Clock(), []
    watching = watch(temporal, incidents, clock=clock)
    for minute in minutes:
        clock.now = NOON + timedelta(minutes=minute)
        await watching.look()
        seen.append(set(incidents.open))
    return seen


async def test_an_order_that_has_gone_on_for_a_while_is_an_incident_no_more():
    temporal = Temporal(A=[BUG], B=[BUG])
    incidents = await look(temporal)
    del temporal.marked["order/A"]

    assert await open_after(temporal, incidents, 0, 0.1, 0.3) == [{"A", "B"}, {"A", "B"}, {"B"}]


async def test_a_list_that_forgets_one_that_still_fails_is_not_believed():
    temporal = Temporal(A=[BUG])
    incidents = await look(temporal)
    temporal.unmarked, temporal.marked = temporal.marked, {}

    assert await open_after(temporal, incidents, 0, 1) == [{"A"}, {"A"}]

    temporal.unmarked = {"order/A": [event("WORKFLOW_TASK_COMPLETED"), BUG]}
    assert await open_after(temporal, incidents, 2, 3) == [{"A"}, set()]


async def test_while_somebody_waits_for_its_answer_it_has_to_be_calm_for_longer():
    temporal = Temporal(A=[BUG])
    incidents = await look(temporal)
    temporal.marked, incidents.asked = {}, {"A"}

    assert await open_after(temporal, incidents, 0, 1, 9, 10) == [{"A"}, {"A"}, {"A"}, set()]


async def test_a_mark_that_comes_back_begins_the_calm_anew():
    temporal = Temporal(A=[BUG])
    incidents = await look(temporal)
    marked, temporal.marked = temporal.marked, {}
    clock = Clock()
    watching = watch(temporal, incidents, clock=clock)
    await watching.look()
    temporal.marked = marked
    clock.now = NOON + timedelta(seconds=20)
    await watching.look()
    temporal.marked = {}
    clock.now = NOON + timedelta(seconds=30)

    await watching.look()

    assert set(incidents.open) == {"A"}


async def test_a_return_can_be_stuck_too():
    temporal = Temporal()
    temporal.marked["return/A/2"] = [BUG]

    bug = (await look(temporal)).open["A-R2"]

    assert (bug.order, bug.id) == ("A", "A-R2.bug")


async def test_while_temporal_is_away_the_incidents_stay_and_the_watch_looks_on():
    temporal = Temporal(A=[BUG])
    incidents = await look(temporal)
    pauses = []

    async def pause(seconds):
        pauses.append(seconds)
        temporal.down = len(pauses) < 3
        if len(pauses) == 4:
            raise StopAsyncIteration

    with pytest.raises(StopAsyncIteration):
        await watch(temporal, incidents, pause).run()

    assert set(incidents.open) == {"A"}
    assert len(pauses) == 4


def test_nobody_retries_or_skips_the_program_itself():
    with pytest.raises(ActRefused, match="Order 1001 stopped on a bug"):
        refuse_bug("1001.bug", "1001")
    refuse_bug("1001-F1.capture.i1", "1001")
    assert not is_bug("1001-F1.bug.i1")  # a step that a flow calls so
