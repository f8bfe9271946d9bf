"""The stock steps of an order: promise, split, let go, book out. Each acts once per key."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sqlmodel import Session

from adapters.database.engine import Database
from adapters.database.order import parcels
from adapters.database.order.acts import lock_order
from adapters.database.order.document import load_order
from adapters.database.order.fulfilments import load_fulfilment, load_fulfilments, save_fulfilments
from adapters.database.order.parcels import Route, Rules
from adapters.database.results import store_result, stored_result
from adapters.database.returns import restocking
from adapters.database.stock import keeping, letting_go, reservations, scarcity, shelves, taking_out
from adapters.database.stock.aliases import our_skus
from adapters.database.stock.backorders import fill
from adapters.database.stock.shelves import Booking
from adapters.database.tables.stock import StockItem
from domain.dispatch import ShipBy
from domain.errors import ActRefused, OutOfStock, UnknownItem
from domain.facts import fulfilment_facts
from domain.fulfilment import Fulfilment, FulfilmentLine, FulfilmentState
from domain.order import Order
from domain.shares import share_total, split_total
from domain.step import Call, StepResult
from domain.stock import Part, Source, allocate, needs_stock, quantities, set_apart, whole

Items = Mapping[str, StockItem]
# A look, without locks, at the SKUs a call concerns; and what it does, with those locked.
Look = Callable[[Session, Call], Collection[str]]
Work = Callable[[Session, Call, Items, Rules], StepResult]


class Stock(Database):
    """The shop's stock over all its locations. `route` names the flow of each new fulfilment."""

    def __init__(self, url: str, route: Route, ship_by: ShipBy) -> None:
        super().__init__(url)
        self._rules = Rules(route, ship_by)

    def reserve(self, call: Call) -> StepResult:
        """
        Promise the order's lines and split it into fulfilments; what is missing is backordered.

        An order that is promised already is answered with what it has.

        :raises OutOfStock: a line is not there and not coming.
        :raises UnknownItem: a SKU that this shop does not know.
        :raises NotFound: it is to be picked up at a place that this shop does not have.
        """
        return self._once(call, _ordered, self._reserve, adds=True)

    def split(self, call: Call) -> StepResult:
        """
        Move the lines in `args["missing"]` to new fulfilments: elsewhere if there is stock, else
        backordered. They are written off where they should have been.

        :raises ActRefused: more is missing than the fulfilment holds.
        """
        return self._once(call, lambda _, call: _missing(call), self._split, adds=True)

    def release(self, call: Call) -> StepResult:
        """Give back what is still promised to the fulfilment, or to the whole order."""
        return self._once(call, letting_go.concerned, letting_go.release)

    def commit(self, call: Call) -> StepResult:
        """
        The fulfilment's goods have left: on hand and reserved fall together.

        :raises ActRefused: not all of it is promised.
        """
        return self._once(call, letting_go.concerned, letting_go.commit)

    def restock(self, call: Call) -> StepResult:
        """What came back goes on the shelf if it can be sold again, else out of the books as scrap."""
        return self._once(call, restocking.concerned, restocking.restock)

    def take_out(self, call: Call) -> StepResult:
        """
        Goods go back to the shelf, as a fulfilment of their own that is called off.

        :raises ActRefused: the fulfilment does not hold them, or would hold nothing else.
        """
        return self._once(call, taking_out.concerned, taking_out.take_out, adds=True)

    def keep(self, call: Call) -> StepResult:
        """
        What is promised to the fulfilment, or to the whole order, is kept for `args["days"]`; one that is
        not paid by then is called off. Nought days keep it for good.
        """
        return self._once(call, letting_go.concerned, keeping.keep)

    def _once(self, call: Call, look: Look, work: Work, *, adds: bool = False) -> StepResult:
        with self.write() as session:
            stands = stored_result(session, call.key)
            if stands is not None:
                return stands
            items = shelves.lock_items(session, look(session, call))
            if adds:
                # After a short pick somebody may wait although the books know of more: older orders first.
                fill(session, items.keys(), call.now, self._rules.ship_by)
                # Fulfilments are numbered: of two lanes that split at once, one has to come first.
                lock_order(session, call.order)
            # Another try of this very call may have held the locks until now.
            stands = stored_result(session, call.key)
            return stands or self._do(session, call, items, work)

    def _do(self, session: Session, call: Call, items: Items, work: Work) -> StepResult:
        result = work(session, call, items, self._rules)
        scarcity.watch(session, items, call.now)
        return store_result(session, call.key, result)

    def _reserve(self, session: Session, call: Call, items: Items, rules: Rules) -> StepResult:
        order = load_order(session, call.order)
        before = load_fulfilments(session, order.number)
        standing = tuple(part for part in before if part.state != FulfilmentState.CANCELLED)
        if standing:
            return _reserved(session, standing, "The goods were promised before.")
        wanted = whole(order, our_skus(session, _their_skus(order) - items.keys()))
        _refuse_unknown(order, wanted, items)
        places = parcels.in_order(order, shelves.locations(session))
        parts = allocate(order, wanted, shelves.available(session, set(items)), places)
        _refuse_sold_out(order, parts, items, call.facts["order"].get("unwanted", {}))
        totals = share_total(order, [part.lines for part in parts])
        priced = list(zip(parts, totals, strict=True))
        made = parcels.make(session, call, order, priced, rules, len(before) + 1)
        return _reserved(session, made, f"{parcels.words(parts)}.")

    def _split(self, session: Session, call: Call, items: Items, rules: Rules) -> StepResult:
        order, current = load_order(session, call.order), load_fulfilment(session, call.lane)
        if current.state != FulfilmentState.OPEN:
            raise ActRefused(f"{current.id} is {current.state}: nothing can be missing from it now.")
        staying, moving = set_apart(current, _missing(call))
        for piece in moving:
            if needs_stock(order.lines[piece.line]):
                reservations.write_off(session, current.id, piece, _short(call))
        places = parcels.in_order(order, shelves.locations(session))
        free = shelves.available(session, set(items))
        for there in free.values():
            # Whoever could not find it would not find more of it there.
            there.pop(current.location, None)
        parts = allocate(order, moving, free, places)
        totals = split_total(order, current.total, [staying, *(part.lines for part in parts)])
        state = FulfilmentState.OPEN if staying else FulfilmentState.CANCELLED
        left = replace(current, lines=staying, total=totals[0], state=state)
        save_fulfilments(session, [left])
        first = len(load_fulfilments(session, order.number)) + 1
        priced = list(zip(parts, totals[1:], strict=True))
        made = parcels.make(session, call, order, priced, rules, first)
        return _moved(left, made, parts)


def _ordered(session: Session, call: Call) -> Collection[str]:
    theirs = _their_skus(load_order(session, call.order))
    ours = our_skus(session, theirs)
    return {ours.get(sku, sku) for sku in theirs}


def _their_skus(order: Order) -> set[str]:
    return {line.sku for line in order.lines if needs_stock(line)}


def _missing(call: Call) -> dict[str, Decimal]:
    missing: dict[str, Decimal] = {}
    for row in call.args["missing"]:
        missing[row["sku"]] = missing.get(row["sku"], Decimal(0)) + Decimal(str(row["quantity"]))
    return missing


def _short(call: Call) -> Booking:
    why = f"Not found when {call.lane} was picked"
    return Booking("short", call.now, why, order=call.order, fulfilment=call.lane)


def _refuse_unknown(order: Order, wanted: Sequence[FulfilmentLine], items: Items) -> None:
    for piece in wanted:
        if needs_stock(order.lines[piece.line]) and piece.sku not in items:
            raise UnknownItem(f"Order {order.number}: this shop knows no item {piece.sku}.")


def _refuse_sold_out(
    order: Order, parts: tuple[Part, ...], items: Items, unwanted: Mapping[str, str]
) -> None:
    """What will be taken out of the order again need not be there."""
    left = {sku: Decimal(quantity) for sku, quantity in unwanted.items()}
    missing: dict[str, Decimal] = {}
    for piece in (piece for part in parts if part.source == Source.INCOMING for piece in part.lines):
        sku = order.lines[piece.line].sku
        spared = min(left.get(sku, Decimal(0)), piece.quantity)
        left[sku] = left.get(sku, Decimal(0)) - spared
        missing[piece.sku] = missing.get(piece.sku, Decimal(0)) + piece.quantity - spared
    for sku, quantity in missing.items():
        if quantity and (items[sku].discontinued or not items[sku].backorderable):
            counted = parcels.items(quantity)
            raise OutOfStock(f"Order {order.number}: {counted} of {sku} missing, and no more will come.")


def _reserved(session: Session, parts: tuple[Fulfilment, ...], said: str) -> StepResult:
    reserved, waiting = reservations.units(session, parts[0].order)
    return StepResult(
        values={
            "reserved": f"{reserved:f}",
            "backordered": f"{waiting:f}",
            "fulfilments": len(parts),
        },
        fulfilments=tuple(fulfilment_facts(part) for part in parts),
        said=said,
    )


def _moved(left: Fulfilment, made: tuple[Fulfilment, ...], parts: tuple[Part, ...]) -> StepResult:
    units = sum(quantities(left.lines).values(), Decimal(0))
    facts = fulfilment_facts(left)
    return StepResult(
        values={"left": f"{units:f}"},
        fulfilment=facts,
        fulfilments=(facts, *(fulfilment_facts(part) for part in made)),
        said=f"Missing: {parcels.words(parts)}.",
    )
