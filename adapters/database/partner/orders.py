"""What partners were asked to ship, as rows, and what is told of it as acts of theirs."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from adapters.database.order.acts import keep_act
from adapters.database.order.listed import changed
from adapters.database.tables.journal import ActRow
from adapters.database.tables.orders import FulfilmentRow
from adapters.database.tables.partner import PartnerOrderRow
from adapters.database.upsert import insert_new, put_all
from domain.act import Act, ActKind, ActRecord, Outcome
from domain.fulfilment import FulfilmentState, order_of
from domain.partner import ROLE, How, PartnerState, Standing

ANSWERED_EVENT = "partner.answered"
PICKED_EVENT = "partner.picked"
SHIPPED_EVENT = "partner.shipped"
CANCEL_ANSWERED_EVENT = "partner.cancel_answered"
TRACKING, CARRIER = "tracking", "carrier"
# Rows are written around the session, so what it read before may no longer be so.
FRESH = {"populate_existing": True}

STANDING = (PartnerState.SENT, PartnerState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class News:
    """What a partner tells of one fulfilment."""

    fulfilment: str
    order: str
    partner: str
    event: str
    at: datetime
    answer: str = ""
    tracking: str = ""


@dataclass(slots=True)
class PartnerOrder:
    """
    One order to a partner; `supplies` when the goods are its own. Not `sent` when it was given up before,
    and the partner knows nothing of it. `cancel_asked_at` is set while we wish it back and have no answer.
    A simulated partner speaks next at `next_at`, and of our wish at `cancel_at`.
    """

    fulfilment: str
    order: str
    partner: str
    supplies: bool
    state: PartnerState
    asked_at: datetime
    speed: float = 1.0
    next_event: str = ""
    next_at: datetime | None = None
    cancel_at: datetime | None = None
    how: How = How.SIMULATED
    sent: bool = True
    picked_at: datetime | None = None
    cancel_asked_at: datetime | None = None

    @property
    def standing(self) -> Standing:
        picked, asked = self.picked_at is not None, self.cancel_asked_at is not None
        return Standing(self.state, self.supplies, picked, asked)


def partner_order(session: Session, fulfilment: str) -> PartnerOrder | None:
    """As it stands; nobody else changes it until the transaction ends."""
    wanted = select(PartnerOrderRow).where(PartnerOrderRow.fulfilment == fulfilment).with_for_update()
    row = session.exec(wanted, execution_options=FRESH).first()
    return asked_of(row) if row else None


def keep_partner_order(session: Session, asked: PartnerOrder) -> bool:
    """Whether it is new: a fulfilment is asked for once."""
    return insert_new(session, PartnerOrderRow, asdict(asked))


def save_partner_order(session: Session, asked: PartnerOrder) -> None:
    put_all(session, PartnerOrderRow, [asdict(asked)])


def has_partner_news(session: Session, now: datetime) -> bool:
    return session.exec(_due(now).limit(1)).first() is not None


def due_partner_orders(session: Session, now: datetime, limit: int) -> tuple[PartnerOrder, ...]:
    """Those with news, the longest waiting first; locked."""
    oldest = _due(now).order_by(col(PartnerOrderRow.asked_at), col(PartnerOrderRow.fulfilment))
    locked = oldest.limit(limit).with_for_update(skip_locked=True)
    return tuple(asked_of(row) for row in session.exec(locked, execution_options=FRESH))


def _due(now: datetime) -> Any:
    row = PartnerOrderRow
    return select(row).where(or_(col(row.next_at) <= now, col(row.cancel_at) <= now))


def asked_of(row: PartnerOrderRow) -> PartnerOrder:
    columns = {field.name: getattr(row, field.name) for field in fields(PartnerOrder)}
    return PartnerOrder(**{**columns, "state": PartnerState(row.state), "how": How(row.how)})


def tell_partner_news(session: Session, news: News) -> None:
    """An act of the partner's, once."""
    act = Act(
        id=f"{news.event}:{news.fulfilment}:{news.at.isoformat()}",
        kind=ActKind.EVENT,
        target=news.event,
        lane=news.fulfilment,
        values={"answer": news.answer} if news.answer else {},
    )
    texts = {TRACKING: news.tracking} if news.tracking else {}
    keep_act(session, ActRecord(act, news.order, news.partner, ROLE, "", news.at, texts))


def told_answer(session: Session, order: str, fulfilment: str) -> str:
    """Whether the partner has accepted or rejected, as anybody told in its name; empty where nobody did."""
    wanted = (
        select(ActRow.data)
        .where(ActRow.order == order, ActRow.lane == fulfilment, ActRow.target == ANSWERED_EVENT)
        .where(ActRow.outcome != Outcome.REFUSED.value)
        .order_by(col(ActRow.seq).desc())
    )
    return next((str(data["answer"]) for data in session.exec(wanted) if "answer" in data), "")


def told_parcel(session: Session, order: str, fulfilment: str) -> tuple[str, str]:
    """The tracking number in the last notice that it was shipped, and the carrier if told; else empty."""
    wanted = (
        select(ActRow.texts)
        .where(ActRow.order == order, ActRow.target == SHIPPED_EVENT)
        .where(col(ActRow.lane).in_((fulfilment, "")), ActRow.outcome != Outcome.REFUSED.value)
        # One that names this fulfilment goes before one that leaves it open.
        .order_by(col(ActRow.lane).desc(), col(ActRow.seq).desc())
    )
    told = (texts for texts in session.exec(wanted) if TRACKING in texts)
    return next(((texts[TRACKING], texts.get(CARRIER, "")) for texts in told), ("", ""))


def take_down(session: Session, fulfilment: str, carrier: str, tracking: str) -> None:
    """The fulfilment has shipped."""
    shipped = {"carrier": carrier, "tracking": tracking, "state": FulfilmentState.SHIPPED.value}
    mine = update(FulfilmentRow).where(col(FulfilmentRow.id) == fulfilment)
    session.connection().execute(mine.values(**shipped))
    changed(session, order_of(fulfilment))


def later(at: datetime, after: timedelta, speed: float) -> datetime:
    return at + after / speed
