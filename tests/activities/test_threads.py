"""Steps that run in threads are never broken off between two lines."""

import pkgutil
from importlib import import_module

from temporalio.activity import _Definition

import activities


def steps():
    for module in pkgutil.iter_modules(activities.__path__):
        for named in vars(import_module(f"activities.{module.name}")).values():
            for step in vars(named).values() if isinstance(named, type) else ():
                definition = _Definition.from_callable(step) if callable(step) else None
                if definition is not None:
                    yield definition


def test_no_step_in_a_thread_is_interrupted_when_its_time_is_over():
    """Broken off just as it had its turn to write, one kept everybody else from writing for good."""
    threaded = [step for step in steps() if not step.is_async]

    assert len(threaded) > 15
    assert [step.name for step in threaded if not step.no_thread_cancel_exception] == []
