"""What an order left in its history, and what Temporal Cloud would bill for it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

ACTIONS = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
        EventType.EVENT_TYPE_TIMER_STARTED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
        EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    }
)
LOCAL = "core_local_activity"


@dataclass(frozen=True, slots=True)
class Left:
    """`kinds` are the events by their kind, without `EVENT_TYPE_`."""

    events: int
    actions: int
    size: int
    kinds: Counter[str]


async def left_by(client: Client, workflow: str) -> Left:
    """:raises RPCError: Temporal has no such workflow."""
    told = await client.get_workflow_handle(workflow).fetch_history()
    kinds = Counter(EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in told.events)
    size = sum(event.ByteSize() for event in told.events)
    return Left(len(told.events), actions(told.events), size, kinds)


def actions(events: Sequence[HistoryEvent]) -> int:
    """
    One for a start, an activity and each try of it after the first, a timer, signal, update, change of
    search attributes; one for all local activities of one workflow task. Nobody queries here, and what
    is refused before it enters the history does not come up.
    """
    plain = sum(event.event_type in ACTIONS for event in events)
    retries = sum(max(event.activity_task_started_event_attributes.attempt - 1, 0) for event in events)
    local = {
        event.marker_recorded_event_attributes.workflow_task_completed_event_id
        for event in events
        if event.marker_recorded_event_attributes.marker_name == LOCAL
    }
    return plain + retries + len(local)
