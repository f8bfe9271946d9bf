"""Customers as staff see them, and the forgetting of one: every door comes here."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from domain.audit import Deed, DeedKind
from domain.customer import CustomerRow, CustomerView, Foreseen
from domain.errors import BadInput
from starter.carrying import Person

LONGEST_WHY = 1_000


class CustomerBook(Protocol):
    """Customers, gathered from their orders."""

    def find(self, sought: str, limit: int) -> Sequence[CustomerRow]: ...

    def show(self, email: str, now: datetime) -> CustomerView:
        """:raises NotFound: nobody with this address has bought here."""
        ...


class Eraser(Protocol):
    def foreseen(self, email: str) -> Foreseen:
        """:raises NotFound: nobody with this address has bought here."""
        ...

    def forget(self, email: str, deed: Deed) -> Foreseen:
        """:raises ActRefused: something of theirs is still under way."""
        ...


class Customers:
    """`clock` is the doors' clock."""

    def __init__(self, book: CustomerBook, eraser: Eraser, clock: Callable[[], datetime]) -> None:
        self._book = book
        self._eraser = eraser
        self._clock = clock

    def find(self, sought: str, limit: int = 50) -> Sequence[CustomerRow]:
        return self._book.find(sought[:200], limit)

    def show(self, email: str) -> CustomerView:
        """:raises NotFound: nobody with this address has bought here."""
        return self._book.show(email, self._clock())

    def foreseen(self, email: str) -> Foreseen:
        """What would be erased. :raises NotFound: nobody with this address has bought here."""
        return self._eraser.foreseen(email)

    def forget(self, email: str, person: Person, why: str) -> Foreseen:
        """
        Erase who a customer is, from every order of theirs; orders and books stay.

        :raises NotFound: nobody with this address has bought here.
        :raises ActRefused: something of theirs is still under way.
        :raises BadInput: it does not say why, or says whom.
        """
        said = why.strip()
        if not said or len(said) > LONGEST_WHY:
            raise BadInput("say why", "reason")
        if email.strip().casefold() in said.casefold():
            raise BadInput("says whom: then they would stand in the audit log", "reason")
        deed = Deed(self._clock(), DeedKind.ERASE, "customer", role=person.role, by=person.name, why=said)
        return self._eraser.forget(email, deed)
