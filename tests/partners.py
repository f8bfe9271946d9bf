"""Orders that stand on a partner's list."""

from datetime import datetime

from sqlmodel import col, select

from adapters.database.engine import Database
from adapters.database.order.acts import act_record
from adapters.database.order.fulfilments import save_fulfilments
from adapters.database.partner.orders import PartnerOrder, keep_partner_order, partner_order
from adapters.database.tables.journal import ActRow
from domain.act import ActRecord
from domain.fulfilment import Fulfilment, FulfilmentLine
from domain.order import DeliveryMethod
from domain.partner import How, PartnerState
from tests.adapters.database.given import NOW, an_order, eur


def ask(url: str, number: str, partner: str, *, at: datetime = NOW, supplies: bool = True, **more) -> str:
    """The order stands already; its first part is asked of this partner."""
    order, id = an_order(number), f"{number}-F1"
    lines = tuple(FulfilmentLine(n, line.sku, line.quantity) for n, line in enumerate(order.lines))
    supplier, location = (partner, "") if supplies else ("", partner)
    part = Fulfilment(
        id, number, DeliveryMethod.SHIP, location, "drop-ship", lines, eur(2390), supplier=supplier
    )
    state = more.pop("state", PartnerState.SENT)
    asked = PartnerOrder(id, number, partner, supplies, state, at, how=How.CONSOLE, **more)
    with Database(url).write() as session:
        save_fulfilments(session, [part])
        keep_partner_order(session, asked)
    return id


def standing(url: str, id: str) -> PartnerOrder:
    with Database(url).read() as session:
        asked = partner_order(session, id)
    assert asked is not None
    return asked


def told(url: str, number: str) -> list[ActRecord]:
    """The acts of an order, in the order they were kept."""
    with Database(url).read() as session:
        rows = session.exec(select(ActRow).where(ActRow.order == number).order_by(col(ActRow.seq)))
        return [act_record(row) for row in rows]


def said(url: str, number: str) -> list[str]:
    return [" ".join((r.act.target, *map(str, r.act.values.values()))) for r in told(url, number)]
