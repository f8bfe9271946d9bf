"""What the doors need of our own books: rows first, views after."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.act import ActRecord, ActResult
from domain.audit import Deed, Head
from domain.finished import Finished
from domain.inbox import InboxQuery, Tally
from domain.moving import FlowVersion, LaneAt, SubjectAt
from domain.notice import Letter
from domain.order import Order
from domain.order_page import OrderPage
from domain.placement import Placement
from domain.reconcile import Difference
from domain.return_book import Asked, Opening, Sold
from domain.trouble import Trouble
from domain.view import IncidentView, OrderQuery, OrderRow, OrderView, TaskView


class OrderBook(Protocol):
    """Orders as they were placed, and acts as they were asked for."""

    def place(self, order: Order, placement: Placement, at: datetime) -> bool:
        """
        Keep an order. False when this very order was placed before.

        :raises OrderConflict: the number is taken by another body.
        """
        ...

    def placement(self, number: str) -> Placement:
        """:raises NotFound: no such order."""
        ...

    def unstarted(self, limit: int) -> Sequence[str]:
        """Numbers of orders kept whose workflow is not known to have started, oldest first."""
        ...

    def started(self, number: str, at: datetime) -> None:
        """Its workflow exists."""
        ...

    def sold(self, number: str) -> Sold:
        """:raises NotFound: no such order."""
        ...

    def open_return(self, asked: Asked, at: datetime) -> str:
        """
        Keep a return, and answer with its id; one asked for before under this form's id is answered with
        that. Two at once never get more of a line than was shipped.

        :raises NotFound: no such order.
        :raises ActRefused: meanwhile somebody else has asked for these goods.
        """
        ...

    def exchanges(self, order: str) -> int:
        """How many orders replace a part of this one."""
        ...

    def return_form(self, form: str) -> str:
        """The return asked for under this form's id; empty when there is none."""
        ...

    def opening(self, id: str) -> Opening:
        """:raises NotFound: no such return."""
        ...

    def unstarted_returns(self, limit: int) -> Sequence[str]:
        """Returns kept whose workflow is not known to have started, oldest first."""
        ...

    def return_started(self, id: str, at: datetime) -> None:
        """Its workflow exists."""
        ...

    def record(self, act: ActRecord) -> ActRecord:
        """Keep an act, or answer with the one already kept under its id (whoever asked)."""
        ...

    def act(self, id: str) -> ActRecord | None: ...

    def refused(self, act: ActRecord, why: str) -> None:
        """Tell the audit log that an act was refused at the door: nothing else is kept of it."""
        ...

    def pending(self, limit: int) -> Sequence[ActRecord]:
        """Acts of started orders with no result yet, in the order they were asked for."""
        ...

    def settle(self, act: str, result: ActResult, at: datetime) -> None:
        """Write an act's end; one already written stands."""
        ...

    def finished(self, most: int) -> Sequence[Finished]:
        """The last that ended, the latest first."""
        ...

    def note(self, number: str, text: str, by: str, at: datetime) -> None:
        """:raises NotFound: no such order."""
        ...

    def letter(self, order: str, id: str) -> Letter:
        """:raises NotFound: the order has no message of this id."""
        ...

    def dispute(self, number: str, said: Mapping[str, str], by: str, at: datetime) -> None:
        """
        The customer disputes a payment: `amount` (else all that was taken), `outcome` (open,
        won, lost) and the bank's `reference`.

        :raises NotFound: no such order.
        :raises ActRefused: nothing was taken through a gateway, or not so much.
        """
        ...

    def settle_money(self, incident: str, by: str, why: str, at: datetime) -> None:
        """
        Finance has seen to an incident that no step waits for.

        :raises NotFound: there is none.
        :raises ActRefused: it was settled before.
        """
        ...

    def orders_before(self, email: str) -> int:
        """How many orders this customer placed before."""
        ...

    def unknown_skus(self, skus: Sequence[str]) -> Sequence[str]:
        """Those of `skus` that the stock does not know."""
        ...

    def discontinued_skus(self, skus: Sequence[str]) -> Sequence[str]:
        """Those of `skus` that are discontinued."""
        ...


class Desk(Protocol):
    """What staff and support read."""

    def list(self, query: OrderQuery, now: datetime) -> Sequence[OrderRow]: ...

    def show(self, number: str) -> OrderView:
        """:raises NotFound: no such order."""
        ...

    def tasks(self, role: str, now: datetime) -> Sequence[TaskView]:
        """Open tasks, of every role when `role` is empty: overdue, priority, due, age."""
        ...

    def task(self, id: str) -> TaskView:
        """:raises NotFound: no such task."""
        ...

    def claim(self, task: str, by: str, now: datetime) -> TaskView:
        """
        Hold a task for 15 minutes; claiming one's own renews it.

        :raises ActRefused: somebody else holds it, or it is closed.
        """
        ...

    def give_back(self, task: str, by: str) -> None:
        """:raises ActRefused: it is not theirs."""
        ...

    def answered_by(self, order: str, lane: str, step: str) -> Sequence[str]:
        """Who answered this step so far."""
        ...

    def incidents(self) -> Sequence[IncidentView]: ...

    def incident(self, id: str) -> IncidentView:
        """:raises NotFound: no such open incident."""
        ...


class Screens(Desk, Protocol):
    """What the console reads beyond the desk."""

    def inbox(self, query: InboxQuery, now: datetime) -> Sequence[TaskView]:
        """Open tasks in the order they should be done."""
        ...

    def inbox_count(self, query: InboxQuery, now: datetime) -> int:
        """How many there are of them, `limit` or not."""
        ...

    def tallies(self, roles: Sequence[str], now: datetime) -> Sequence[Tally]:
        """What is open of each of these roles that has anything."""
        ...

    def state_counts(self, most: int) -> dict[str, int]:
        """How many orders are in each state, as far as `most`."""
        ...

    def troubles(self, bug: str) -> Sequence[Trouble]:
        """What has stopped, alike incidents together; ids that end in `bug` are the program's own."""
        ...

    def incidents_of(self, trouble: Trouble, bug: str, most: int) -> Sequence[IncidentView]:
        """The most urgent incidents of one trouble."""
        ...

    def saved_views(self, account: str) -> Sequence[tuple[str, str]]:
        """Name and query of the lists of orders that this person keeps."""
        ...

    def save_view(self, account: str, name: str, query: str) -> None:
        """:raises ActRefused: they keep too many."""
        ...

    def drop_view(self, account: str, name: str) -> None: ...

    def take_over(self, task: str, by: str, now: datetime) -> TaskView:
        """
        Hold a task that somebody else holds; the order's timeline tells.

        :raises ActRefused: it is closed.
        """
        ...

    def letter(self, order: str, id: str) -> Letter:
        """:raises NotFound: the order has no message of this id."""
        ...

    def page(self, number: str) -> OrderPage:
        """:raises NotFound: no such order."""
        ...

    def lanes(self, order: str) -> Sequence[LaneAt]:
        """Its open lanes; none of one that has ended, or not begun."""
        ...

    def inbox_beat(self) -> str:
        """Another word whenever open tasks, claims or incidents have changed."""
        ...

    def order_beat(self, number: str) -> str:
        """Another word whenever the page of this order has changed."""
        ...


class FlowShelf(Protocol):
    """Published flows: immutable definitions, and which one new orders take."""

    def current(self) -> dict[str, str]:
        """Flow -> sha256 of the version new orders take."""
        ...

    def publish(self, definitions: Sequence[str], by: str, why: str, at: datetime) -> Sequence[str]:
        """Store canonical definitions and point their names at them, in one transaction."""
        ...

    def definition(self, sha256: str) -> str:
        """:raises NotFound: never published here."""
        ...

    def versions(self) -> Sequence[FlowVersion]: ...

    def standings(self, flow: str = "") -> Sequence[SubjectAt]:
        """Where every open order and return stands that has begun."""
        ...


class AuditLog(Protocol):
    """Who did what, as one chain."""

    def tell(self, *deeds: Deed) -> None:
        """Write entries of their own."""
        ...

    def head(self) -> Head: ...

    def entries(
        self, limit: int, *, order: str = "", by: str = "", since: datetime | None = None
    ) -> Sequence[tuple[int, Deed]]:
        """With their numbers, the newest first."""
        ...


class Auditor(Protocol):
    """Checks our books against themselves and the gateway's."""

    def differences(self, now: datetime) -> Sequence[Difference]: ...

    def open_orders(self) -> Sequence[str]:
        """Numbers of orders that should have a running workflow."""
        ...

    def has_ended(self, number: str) -> bool: ...

    def open_returns(self) -> Sequence[str]:
        """Ids of returns that should have a running workflow."""
        ...

    def return_has_ended(self, id: str) -> bool: ...
