"""The engine's own events, as engineers read them."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.service import RPCError, RPCStatusCode

from domain.errors import NotFound, TemporalUnavailable
from starter.client import data_converter
from starter.history import history_of


class Temporal:
    def __init__(self, events=(), error=None) -> None:
        self.events, self.error = events, error
        self.data_converter = data_converter()

    def get_workflow_handle(self, id):
        async def fetch_history():
            if self.error:
                raise RPCError("no", self.error, b"")
            return SimpleNamespace(workflow_id=id, events=self.events)

        return SimpleNamespace(fetch_history=fetch_history)


def a_client(*args: Any, **kwargs: Any) -> Any:
    return Temporal(*args, **kwargs)


async def test_payloads_are_told_as_they_were_before_they_were_packed():
    event = HistoryEvent(event_id=1, event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
    event.event_time.FromDatetime(datetime(2026, 11, 21, 9, tzinfo=UTC))
    started = event.workflow_execution_started_event_attributes
    started.workflow_type.name = "Order"
    started.workflow_task_timeout.FromSeconds(5)
    started.input.payloads.extend(await data_converter().encode([{"order": "A-1001", "flow": "x" * 2000}]))
    started.header.fields["trace"].data = b"\xff"
    (told,) = await history_of(a_client([event]), "A-1001")
    assert (told["id"], told["type"]) == (1, "workflow_execution_started")
    assert told["at"] == "2026-11-21T09:00:00Z"
    attributes = told["attributes"]
    assert attributes["input"] == {"payloads": [{"order": "A-1001", "flow": "x" * 2000}]}
    assert attributes["workflow_task_timeout"] == "5s"
    assert attributes["header"] == {"fields": {"trace": "1 bytes"}}


async def test_an_order_temporal_does_not_know_is_said_so():
    with pytest.raises(NotFound, match="no history of order A-9"):
        await history_of(a_client(error=RPCStatusCode.NOT_FOUND), "A-9")
    with pytest.raises(TemporalUnavailable):
        await history_of(a_client(error=RPCStatusCode.UNAVAILABLE), "A-9")
