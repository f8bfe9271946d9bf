"""Looking at what comes back: is it here, do we take it, can it be sold again?"""

from typing import Protocol

from temporalio import activity

from domain.facts import Facts
from domain.step import Call, StepResult
from flow.catalogue import Action


class Returns(Protocol):
    """
    The shop's record of returns. Every call acts once per key, and updates the facts under `return`.

    `goods` are lines, as in `args["goods"]`; more of an item than a return still expects is refused.
    """

    def begin(self, id: str) -> Facts:
        """
        The facts of a return that was opened and has not ended, under `return`, and those of its order as
        they stand, under `order`; the first call marks it started.

        :raises NotFound: no such return.
        :raises OrderEnded: it has ended.
        """
        ...

    def receive(self, call: Call) -> StepResult:
        """The parcel is here."""
        ...

    def accept(self, call: Call) -> StepResult:
        """
        `goods` are here, ours again, and can be sold. `left` counts the units nobody has looked at.

        :raises ActRefused: more than the return still expects.
        """
        ...

    def accept_damaged(self, call: Call) -> StepResult:
        """As `accept`; they cannot be sold again."""
        ...

    def refuse(self, call: Call) -> StepResult:
        """As `accept`; they are here, and stay the customer's."""
        ...

    def accept_rest(self, call: Call) -> StepResult:
        """Whatever nobody has looked at is here and ours again; nobody knows whether it can be sold."""
        ...

    def send_exchange(self, call: Call) -> StepResult:
        """
        Let the order go on that replaces the goods. `sent` says whether; one that was called off meanwhile
        is not, and the goods are paid back whole.
        """
        ...

    def drop_exchange(self, call: Call) -> StepResult:
        """Call off the order that was to replace the goods."""
        ...

    def leave(self, call: Call) -> StepResult:
        """Everything is paid back and stays with the customer."""
        ...

    def trust(self, call: Call) -> StepResult:
        """Everything is paid back now, and still to come."""
        ...


class ReturnActivities:
    def __init__(self, returns: Returns) -> None:
        self._returns = returns

    @activity.defn(name="returns.begin", no_thread_cancel_exception=True)
    def begin(self, id: str) -> Facts:
        return self._returns.begin(id)

    @activity.defn(name="returns.receive", no_thread_cancel_exception=True)
    def receive(self, call: Call) -> StepResult:
        return self._returns.receive(call)

    @activity.defn(name="returns.accept", no_thread_cancel_exception=True)
    def accept(self, call: Call) -> StepResult:
        return self._returns.accept(call)

    @activity.defn(name="returns.accept_damaged", no_thread_cancel_exception=True)
    def accept_damaged(self, call: Call) -> StepResult:
        return self._returns.accept_damaged(call)

    @activity.defn(name="returns.refuse", no_thread_cancel_exception=True)
    def refuse(self, call: Call) -> StepResult:
        return self._returns.refuse(call)

    @activity.defn(name="returns.accept_rest", no_thread_cancel_exception=True)
    def accept_rest(self, call: Call) -> StepResult:
        return self._returns.accept_rest(call)

    @activity.defn(name="returns.send_exchange", no_thread_cancel_exception=True)
    def send_exchange(self, call: Call) -> StepResult:
        return self._returns.send_exchange(call)

    @activity.defn(name="returns.drop_exchange", no_thread_cancel_exception=True)
    def drop_exchange(self, call: Call) -> StepResult:
        return self._returns.drop_exchange(call)

    @activity.defn(name="returns.leave", no_thread_cancel_exception=True)
    def leave(self, call: Call) -> StepResult:
        return self._returns.leave(call)

    @activity.defn(name="returns.trust", no_thread_cancel_exception=True)
    def trust(self, call: Call) -> StepResult:
        return self._returns.trust(call)


RETURN = frozenset({"return"})
LEFT = {"left": "number"}


def _judging(name: str, about: str) -> Action:
    return Action(
        f"returns.{name}",
        about,
        levels=RETURN,
        needs={"goods": "lines"},
        result=LEFT,
        refusals=("ActRefused",),
        local=True,
        owner="returns",
    )


def _noting(name: str, about: str) -> Action:
    return Action(f"returns.{name}", about, levels=RETURN, result=LEFT, local=True, owner="returns")


ACTIONS = (
    _noting("receive", "Notes that the parcel is here."),
    _judging("accept", "Takes goods back that are here and can be sold again."),
    _judging("accept_damaged", "Takes goods back that are here and cannot be sold again."),
    _judging("refuse", "Does not take back goods that are here: they stay the customer's."),
    _noting("accept_rest", "Takes back what is here and nobody has looked at."),
    Action(
        "returns.send_exchange",
        "Lets the order go on that replaces what came back.",
        levels=RETURN,
        result={"sent": "yes_no"},
        local=True,
        owner="returns",
    ),
    Action(
        "returns.drop_exchange",
        "Calls off the order that was to replace what comes back.",
        levels=RETURN,
        local=True,
        owner="returns",
    ),
    _noting("leave", "Takes nothing back: the goods stay with the customer, who is paid all the same."),
    _noting("trust", "Counts on what is still to come: it can be paid back now, and looked at later."),
)
