"""Promising goods, and letting them go."""

from typing import Protocol

from temporalio import activity

from domain.step import Call, StepResult
from flow.catalogue import Action, Changes


class Stock(Protocol):
    """
    The shop's stock over all its locations.

    Every call acts once per key, in one transaction with its stored answer.
    """

    def reserve(self, call: Call) -> StepResult:
        """
        Promise the order's lines and split it into fulfilments; what is missing is backordered.

        `fulfilments` are all of them; `reserved` and `backordered` count units.

        :raises OutOfStock: a line is not there and not coming.
        :raises UnknownItem: a SKU that this shop does not know.
        :raises NotFound: it is to be picked up at a place that this shop does not have.
        """
        ...

    def split(self, call: Call) -> StepResult:
        """
        Move the lines in `args["missing"]` to a new fulfilment: elsewhere if there is stock, else
        backordered. `left` counts the units that stay.

        :raises ActRefused: more is missing than the fulfilment holds.
        """
        ...

    def release(self, call: Call) -> StepResult:
        """Give back what is still promised to the fulfilment, or to the whole order."""
        ...

    def commit(self, call: Call) -> StepResult:
        """The fulfilment's goods have left: on hand and reserved fall together."""
        ...

    def keep(self, call: Call) -> StepResult:
        """
        What is promised to the fulfilment, or to the whole order, is kept for `args["days"]`; one that is
        not paid by then is called off. Nought days keep it for good. `kept` counts units.
        """
        ...

    def take_out(self, call: Call) -> StepResult:
        """
        `args["goods"]` are not wanted any more: they go back to the shelf, as a fulfilment of their own
        that is called off with its share of the money. Asked for by people, beside the flow.

        :raises ActRefused: the fulfilment does not hold them, or would hold nothing else.
        """
        ...

    def restock(self, call: Call) -> StepResult:
        """
        What came back in the return goes on the shelf it came from if it can be sold again, else out of
        the books as scrap. `restocked` and `scrapped` count units.
        """
        ...


class StockActivities:
    def __init__(self, stock: Stock) -> None:
        self._stock = stock

    @activity.defn(name="stock.reserve", no_thread_cancel_exception=True)
    def reserve(self, call: Call) -> StepResult:
        return self._stock.reserve(call)

    @activity.defn(name="stock.split", no_thread_cancel_exception=True)
    def split(self, call: Call) -> StepResult:
        return self._stock.split(call)

    @activity.defn(name="stock.release", no_thread_cancel_exception=True)
    def release(self, call: Call) -> StepResult:
        return self._stock.release(call)

    @activity.defn(name="stock.commit", no_thread_cancel_exception=True)
    def commit(self, call: Call) -> StepResult:
        return self._stock.commit(call)

    @activity.defn(name="stock.keep", no_thread_cancel_exception=True)
    def keep(self, call: Call) -> StepResult:
        return self._stock.keep(call)

    @activity.defn(name="stock.take_out", no_thread_cancel_exception=True)
    def take_out(self, call: Call) -> StepResult:
        return self._stock.take_out(call)

    @activity.defn(name="stock.restock", no_thread_cancel_exception=True)
    def restock(self, call: Call) -> StepResult:
        return self._stock.restock(call)


ACTIONS = (
    Action(
        "stock.reserve",
        "Promises the order's goods over all locations and splits it into fulfilments.",
        levels=frozenset({"order"}),
        result={"reserved": "number", "backordered": "number", "fulfilments": "count"},
        refusals=("OutOfStock", "UnknownItem"),
        undo="stock.release",
        changes=Changes.STOCK,
        local=True,
        owner="warehouse-lead",
    ),
    Action(
        "stock.split",
        "Moves missing goods to a fulfilment of their own: elsewhere if there is stock, else backordered.",
        levels=frozenset({"fulfilment"}),
        needs={"missing": "lines"},
        result={"left": "number"},
        refusals=("ActRefused",),
        local=True,
        owner="warehouse-lead",
    ),
    Action(
        "stock.release",
        "Gives back what is still promised.",
        result={"released": "number"},
        local=True,
        owner="warehouse-lead",
    ),
    Action(
        "stock.commit",
        "Books the goods out: they have left the house.",
        levels=frozenset({"fulfilment"}),
        result={"committed": "number"},
        changes=Changes.SHIPS,
        local=True,
        owner="warehouse-lead",
    ),
    Action(
        "stock.keep",
        "Keeps the promised goods for so many days; an order, or parcel, not paid by then is called off.",
        needs={"days": "count"},
        result={"kept": "number"},
        local=True,
        owner="warehouse-lead",
    ),
    Action(
        "stock.restock",
        "Puts what came back on the shelf if it can be sold again, else books it out as scrap.",
        levels=frozenset({"return"}),
        result={"restocked": "number", "scrapped": "number"},
        changes=Changes.STOCK,
        local=True,
        owner="warehouse-lead",
    ),
)
