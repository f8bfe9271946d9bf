"""A partner's own orders, and what they tell of them: whatever is not theirs is as good as not there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import gt, lt
from typing import Any

from sqlalchemy import and_, case, func, or_
from sqlmodel import Session, col, select

from adapters.database.engine import Database
from adapters.database.order.acts import act_record, keep_act, lock_order
from adapters.database.partner.hearing import hear_of
from adapters.database.partner.orders import (
    ANSWERED_EVENT,
    CANCEL_ANSWERED_EVENT,
    CARRIER,
    PICKED_EVENT,
    SHIPPED_EVENT,
    STANDING,
    TRACKING,
    PartnerOrder,
    asked_of,
    partner_order,
    save_partner_order,
    told_parcel,
)
from adapters.database.partner.views import views_of
from adapters.database.tables.journal import ActRow
from adapters.database.tables.partner import PartnerOrderRow
from domain.act import Act, ActKind, ActRecord
from domain.errors import ActRefused, NotFound
from domain.fulfilment import order_of
from domain.partner import (
    ROLE,
    How,
    PartnerDeed,
    PartnerOrderView,
    PartnerState,
)
from domain.partner_book import PartnerSummary, Saying

EVENTS = {
    PartnerDeed.ACCEPT: (ANSWERED_EVENT, "accepted"),
    PartnerDeed.REJECT: (ANSWERED_EVENT, "rejected"),
    PartnerDeed.PICK: (PICKED_EVENT, ""),
    PartnerDeed.SHIP: (SHIPPED_EVENT, ""),
    PartnerDeed.LET_GO: (CANCEL_ANSWERED_EVENT, "accepted"),
    PartnerDeed.KEEP: (CANCEL_ANSWERED_EVENT, "refused"),
}
ROWS = PartnerOrderRow


class PartnerDesk(Database):
    """Every method takes the partner's name, and knows nothing of other partners' orders."""

    def orders(
        self,
        partner: str,
        states: Sequence[PartnerState],
        limit: int,
        before: str = "",
        *,
        oldest_first: bool = False,
    ) -> Sequence[PartnerOrderView]:
        """
        Those in any of these states, the newest first unless said; after the order `before` of the list.

        :raises NotFound: `before` is none of theirs.
        """
        keys = [col(ROWS.asked_at), col(ROWS.fulfilment)]
        with self.read() as session:
            mine = select(ROWS).where(*_theirs(partner), col(ROWS.state).in_(states))
            mine = mine.where(*_after(session, partner, before, oldest_first=oldest_first))
            sorted_ = mine.order_by(*(key.asc() if oldest_first else key.desc() for key in keys))
            return views_of(session, [asked_of(row) for row in session.exec(sorted_.limit(limit))])

    def order(self, partner: str, id: str) -> PartnerOrderView:
        """:raises NotFound: it is none of theirs, or there is none."""
        with self.read() as session:
            view = views_of(session, [asked_of(_own(session, partner, id))])[0]
            if view.state != PartnerState.SHIPPED or view.tracking:
                return view
            # Told, and not taken down by the flow yet.
            tracking, carrier = told_parcel(session, order_of(id), id)
            return replace(view, tracking=tracking, carrier=carrier)

    def summary(self, partner: str, since: datetime, until: datetime) -> PartnerSummary:
        """All that was placed with them in this time, oldest first, and what is open from before."""
        of = select(ROWS).where(*_theirs(partner)).order_by(col(ROWS.asked_at), col(ROWS.fulfilment))
        placed = of.where(col(ROWS.asked_at) >= since, col(ROWS.asked_at) < until)
        still = of.where(col(ROWS.asked_at) < since, col(ROWS.state).in_(STANDING))
        with self.read() as session:
            new, old = (
                tuple(views_of(session, [asked_of(row) for row in session.exec(wanted)]))
                for wanted in (placed, still)
            )
        return PartnerSummary(partner, since, until, new, old)

    def partners(self) -> Mapping[str, int]:
        """Everybody who was ever asked to ship something, and how much of it is open."""
        still = func.sum(case((col(ROWS.state).in_(STANDING), 1), else_=0))
        with self.read() as session:
            asked = (
                select(ROWS.partner, still)
                .where(col(ROWS.sent))
                .group_by(ROWS.partner)
                .order_by(ROWS.partner)
            )
            return {name: int(many) for name, many in session.exec(asked)}

    def tell(self, partner: str, id: str, saying: Saying) -> Sequence[ActRecord]:
        """
        Keep what they tell as acts of theirs; the first is `saying` itself. The same form twice is one.

        :raises NotFound: it is none of theirs, or there is none.
        :raises ActRefused: it cannot be so, as it stands.
        """
        with self.write() as session:
            lock_order(session, _own(session, partner, id).order)
            asked = partner_order(session, id)
            assert asked is not None
            known = session.get(ActRow, saying.form)
            if known is not None:
                return [_the_same(act_record(known), _record(asked, saying, saying.deed))]
            _in_person(session, asked)
            why_not = asked.standing.why_not(saying.deed)
            if why_not:
                raise ActRefused(f"{id} cannot be told so: {why_not}.")
            return [_kept(session, record) for record in _records(asked, saying)]


def _after(session: Session, partner: str, before: str, *, oldest_first: bool) -> tuple[Any, ...]:
    """What comes after the last of the page before."""
    if not before:
        return ()
    last = _own(session, partner, before)
    beyond = gt if oldest_first else lt
    same = and_(col(ROWS.asked_at) == last.asked_at, beyond(col(ROWS.fulfilment), last.fulfilment))
    return (or_(beyond(col(ROWS.asked_at), last.asked_at), same),)


def _theirs(partner: str) -> tuple[Any, ...]:
    """What was given up before it was sent is nothing that they were asked."""
    return ROWS.partner == partner, col(ROWS.sent)


def _own(session: Session, partner: str, id: str) -> PartnerOrderRow:
    wanted = select(ROWS).where(ROWS.fulfilment == id, *_theirs(partner))
    row = session.exec(wanted, execution_options={"populate_existing": True}).first()
    if row is None:
        raise NotFound(f"There is no order {id}.")
    return row


def _in_person(session: Session, asked: PartnerOrder) -> None:
    """One that is simulated until somebody of theirs sits down and answers."""
    if asked.how == How.SIMULATED:
        asked.how, asked.next_event, asked.next_at = How.CONSOLE, "", None
        asked.cancel_asked_at, asked.cancel_at = asked.cancel_at and asked.asked_at, None
        save_partner_order(session, asked)


def _records(asked: PartnerOrder, saying: Saying) -> list[ActRecord]:
    """What is told by the way goes with it: nothing ships that was not picked, or is let go."""
    deeds = [saying.deed]
    if saying.deed == PartnerDeed.SHIP:
        standing = asked.standing
        deeds += [] if asked.supplies or standing.picked else [PartnerDeed.PICK]
        deeds += [PartnerDeed.KEEP] if standing.cancel_asked else []
    return [_record(asked, saying, deed) for deed in deeds]


def _record(asked: PartnerOrder, saying: Saying, deed: PartnerDeed) -> ActRecord:
    event, answer = EVENTS[deed]
    first = deed == saying.deed
    act = Act(
        id=saying.form if first else f"{saying.form}:{deed.value}",
        kind=ActKind.EVENT,
        target=event,
        lane=asked.fulfilment,
        values={"answer": answer} if answer else {},
    )
    told = {TRACKING: saying.tracking, CARRIER: saying.carrier} if deed == PartnerDeed.SHIP else {}
    texts = {name: text for name, text in told.items() if text}
    return ActRecord(act, asked.order, saying.by, ROLE, saying.reason if first else "", saying.at, texts)


def _kept(session: Session, record: ActRecord) -> ActRecord:
    kept = keep_act(session, record)
    hear_of(session, kept)
    return kept


def _the_same(known: ActRecord, asked: ActRecord) -> ActRecord:
    """:raises ActRefused: something else was sent under this form's id."""
    was, now = known.act, asked.act
    same = (was.target, was.lane, was.values) == (now.target, now.lane, now.values)
    if not same or known.order != asked.order or known.texts != asked.texts:
        raise ActRefused("What was sent under this id before was something else; send it anew.")
    return known
