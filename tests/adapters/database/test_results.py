"""What a step needs again and again: its flow by hash, and the first answer it got."""

from dataclasses import replace

import pytest

from adapters.database.flow.flows import FlowShelf
from adapters.database.results import Results
from domain.errors import NotFound
from domain.step import Call, StepResult
from flow.model import End, Flow, Level, Pause, Step, dumps
from tests.adapters.database.given import (
    NOW,
    all_at_once,
    the_journal,
)


def test_a_flow_is_found_by_its_hash(database):
    pause = Step("nap", "Take a nap", Pause("1 hour"), then="done")
    flow = Flow("nap", Level.ORDER, "A nap", (pause,), (End("done", "Rested", "completed"),))
    FlowShelf(database.url).publish([dumps(flow)], "Ops", "first", NOW)
    assert the_journal(database).flow(flow.sha256) == dumps(flow)
    with pytest.raises(NotFound, match="abababababab"):
        the_journal(database).flow("ab" * 32)


def test_a_steps_first_answer_stands(database):
    results = Results(database.url)
    call = Call("1001", "1001", "screen", 1, "1001:fraud.screen:O.1", NOW)
    first = StepResult({"score": 12}, {"a": {"b": "1"}}, {}, ({"id": "1001-F1"},), "Twelve.")
    assert results.first(call, lambda: first) == first
    assert results.first(call, lambda: StepResult({"score": 90})) == first
    assert results.first(replace(call, key="other"), lambda: StepResult({"score": 90})).values == {
        "score": 90
    }


def test_five_tries_of_one_step_at_once_answer_alike(database):
    results = Results(database.url)
    call = Call("1001", "1001", "screen", 1, "1001:fraud.screen:O.1", NOW)
    answers = all_at_once(lambda i: results.first(call, lambda: StepResult({"score": i})))
    assert answers == answers[:1] * 5
