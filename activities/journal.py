"""What the order workflow reads and writes in our own books."""

from typing import Protocol

from temporalio import activity

from domain.facts import Facts
from domain.journal import Batch, Deadlines


class Journal(Protocol):
    """The shop's record of orders, and the definitions they follow."""

    def begin(self, order: str) -> Facts:
        """
        The facts of an order that has been placed and has not ended; the first call marks it started.

        :raises NotFound: no such order.
        :raises OrderEnded: its number has been used up.
        """
        ...

    def flow(self, sha256: str) -> str:
        """
        The definition with this hash, as canonical JSON.

        :raises NotFound: never published here.
        """
        ...

    def write(self, batch: Batch) -> tuple[Deadlines, ...]:
        """
        Write a batch whole, once: a second time changes nothing and answers alike.

        Answers with the deadlines of each wait the batch opens, in its order.
        """
        ...


class JournalActivities:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    @activity.defn(name="journal.begin", no_thread_cancel_exception=True)
    def begin(self, order: str) -> Facts:
        return self._journal.begin(order)

    @activity.defn(name="journal.flow", no_thread_cancel_exception=True)
    def flow(self, sha256: str) -> str:
        return self._journal.flow(sha256)

    @activity.defn(name="journal.write", no_thread_cancel_exception=True)
    def write(self, batch: Batch) -> tuple[Deadlines, ...]:
        return self._journal.write(batch)
