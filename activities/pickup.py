"""Handing goods over to the customer who has the code."""

from typing import Protocol

from temporalio import activity

from domain.step import Call, StepResult
from flow.catalogue import Action


class Pickups(Protocol):
    """The codes by which customers are known at the counter. No code is ever part of an answer."""

    def code(self, call: Call) -> StepResult:
        """Give the fulfilment a code, once; mails to its customer then have it."""
        ...

    def check(self, call: Call) -> StepResult:
        """
        Compare the code that the counter typed in last with the one that the customer was given.

        :raises WrongCode: it is another, or there is none.
        """
        ...


class PickupActivities:
    def __init__(self, pickups: Pickups) -> None:
        self._pickups = pickups

    @activity.defn(name="pickup.code", no_thread_cancel_exception=True)
    def code(self, call: Call) -> StepResult:
        return self._pickups.code(call)

    @activity.defn(name="pickup.check", no_thread_cancel_exception=True)
    def check(self, call: Call) -> StepResult:
        return self._pickups.check(call)


ACTIONS = (
    Action(
        "pickup.code",
        "Gives this pickup a code, which the customer is told by mail.",
        levels=frozenset({"fulfilment"}),
        local=True,
        owner="warehouse-lead",
    ),
    Action(
        "pickup.check",
        "Compares the `code` that was typed into the last answer with the customer's.",
        levels=frozenset({"fulfilment"}),
        refusals=("WrongCode",),
        local=True,
        owner="warehouse-lead",
    ),
)
