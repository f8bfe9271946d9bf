"""What comes to an order from outside, the same for every workflow written for the bench."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.facts import Facts
    from domain.notice import Notice, Posting
    from domain.step import Call

ANSWER_IN = timedelta(seconds=20)
SUSPICIOUS = 50


@dataclass(frozen=True, slots=True)
class Placed:
    """An order as a workflow by hand gets it: what its steps need to know comes along."""

    number: str
    facts: Facts


class Gates:
    """A person packs, a carrier delivers."""

    def __init__(self) -> None:
        self._packed = False
        self._delivered = False

    @workflow.update
    async def packed(self) -> str:
        self._packed = True
        return "packed"

    @workflow.signal
    def delivered(self) -> None:
        self._delivered = True

    async def until_packed(self) -> None:
        await workflow.wait_condition(lambda: self._packed)

    async def until_delivered(self) -> None:
        await workflow.wait_condition(lambda: self._delivered)


def asked(order: Placed, step: str, lane: str = "") -> Call:
    """A step of the order, or of its parcel `lane`, under the key it has for ever."""
    return Call(
        order=order.number,
        lane=lane or order.number,
        step=step,
        visit=1,
        key=f"{order.number}:{step}:1",
        now=workflow.now(),
        facts={"order": order.facts, "fulfilment": {}},
    )


def letter(order: Placed, template: str, n: int, lane: str = "") -> Posting:
    lane = lane or order.number
    notice = Notice(f"{lane}.{template}.1", order.number, lane, template, n=n)
    return Posting((notice,), workflow.now())
