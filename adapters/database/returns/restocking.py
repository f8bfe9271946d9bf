"""What came back: on the shelf if it can be sold again, else in and out of the books as scrap."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from sqlmodel import Session

from adapters.database.order.document import load_order
from adapters.database.order.fulfilments import load_fulfilments
from adapters.database.order.parcels import Rules, items
from adapters.database.returns.rows import load_return
from adapters.database.stock.backorders import fill
from adapters.database.stock.shelves import Booking, book, know_level
from adapters.database.tables.stock import StockItem
from domain.returns import ReturnLine
from domain.step import Call, StepResult
from domain.stock import needs_stock

NONE = Decimal(0)


def concerned(session: Session, call: Call) -> Collection[str]:
    """The SKUs of the return."""
    return {line.sku for line in load_return(session, call.returned).lines}


def restock(session: Session, call: Call, known: Mapping[str, StockItem], rules: Rules) -> StepResult:
    """Goods that were never ours to stock, such as a supplier's, stay out of our books."""
    order = load_order(session, call.order)
    places = {part.id: part.location for part in load_fulfilments(session, call.order)}
    back = scrap = NONE
    for line in load_return(session, call.returned).lines:
        if line.sku not in known or not needs_stock(order.lines[line.line]):
            continue
        _shelve(session, call, line, places[line.fulfilment])
        back, scrap = back + line.resellable, scrap + line.scrapped
    fill(session, set(known), call.now, rules.ship_by)
    return StepResult({"restocked": f"{back:f}", "scrapped": f"{scrap:f}"}, said=_said(back, scrap))


def _shelve(session: Session, call: Call, line: ReturnLine, location: str) -> None:
    came = line.resellable + line.scrapped
    if not came:
        return
    know_level(session, line.sku, location)
    book(session, line.sku, location, came, _booking(call, line, "return", f"Came back as {call.returned}"))
    if line.scrapped:
        why = f"Came back as {call.returned}, not to be sold again"
        book(session, line.sku, location, -line.scrapped, _booking(call, line, "scrap", why))


def _booking(call: Call, line: ReturnLine, kind: str, why: str) -> Booking:
    return Booking(kind, call.now, why, order=call.order, fulfilment=line.fulfilment)


def _said(back: Decimal, scrap: Decimal) -> str:
    said = []
    if back:
        said.append(f"{items(back)} back on the shelf")
    if scrap:
        said.append(f"{items(scrap)} scrapped")
    return f"{', '.join(said) or 'Nothing of it is kept in stock'}."
