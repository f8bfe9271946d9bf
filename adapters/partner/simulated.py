"""
Partners that ship nothing: they accept, pick and ship as time passes, and tell of it.

A partner accepts after 2 hours and ships after 24; one that keeps our own goods tells after 20 that they
are picked. Asked to let go what it has accepted, it does so after an hour, unless it has shipped by then.
What it has shipped, the simulated carrier delivers. A word in a partner's name makes it a difficult one:
`SILENT` never answers, `REJECTS` does not take the order, `STUBBORN` lets nothing go.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from adapters.carrier.simulated import TRANSIT, tracking_number
from adapters.database.engine import Database
from adapters.database.partner.orders import (
    ANSWERED_EVENT,
    CANCEL_ANSWERED_EVENT,
    PICKED_EVENT,
    SHIPPED_EVENT,
    STANDING,
    News,
    PartnerOrder,
    due_partner_orders,
    has_partner_news,
    keep_partner_order,
    later,
    partner_order,
    save_partner_order,
    tell_partner_news,
    told_answer,
)
from adapters.database.results import store_result, stored_result
from adapters.database.shipping.shipments import Parcel, register_parcel
from adapters.partner.asking import hand_over, never_sent, to_be_asked
from domain.carrier import SIMULATED
from domain.errors import PartnerUnavailable
from domain.partner import PartnerState
from domain.step import Call, StepResult

SILENT, REJECTS, STUBBORN = "SILENT", "REJECTS", "STUBBORN"
ANSWERS, PICKS, SHIPS = timedelta(hours=2), timedelta(hours=20), timedelta(hours=24)
LETS_GO = timedelta(hours=1)
# Orders of one report, so that others can write in between.
PAGE = 200

Work = Callable[[Session, Call], StepResult]


class SimulatedPartners:
    """While `closed`, they give no answer: for trying out what happens then."""

    def __init__(self, database: Database, *, closed: bool = False) -> None:
        self._database = database
        self.closed = closed

    async def order(self, call: Call) -> StepResult:
        """
        Ask the partner to ship the fulfilment, once; not one that was withdrawn before.

        :raises PartnerUnavailable: they are closed.
        """
        return await self._once(call, _order)

    async def cancel(self, call: Call) -> StepResult:
        """
        Ask the partner to let the fulfilment go. `withdrawn` when it had not accepted yet.

        :raises PartnerUnavailable: they are closed.
        """
        return await self._once(call, _cancel)

    async def hand_over(self, call: Call) -> StepResult:
        """What the partner told when it shipped: `carrier` and `tracking`, also as facts."""
        return await asyncio.to_thread(self._answer, call, hand_over)

    def report(self, now: datetime) -> int:
        """Tell the orders what their partners did: an act for each thing that is due; says how many."""
        with self._database.read() as session:
            if not has_partner_news(session, now):
                return 0
        with self._database.write() as session:
            return sum(_tell(session, asked, now) for asked in due_partner_orders(session, now, PAGE))

    async def _once(self, call: Call, work: Work) -> StepResult:
        if self.closed:
            raise PartnerUnavailable("The partner gives no answer; trying again.")
        return await asyncio.to_thread(self._answer, call, work)

    def _answer(self, call: Call, work: Work) -> StepResult:
        with self._database.write() as session:
            stands = stored_result(session, call.key)
            return stands or store_result(session, call.key, work(session, call))


def _order(session: Session, call: Call) -> StepResult:
    asked = to_be_asked(session, call)
    if SILENT not in asked.partner:
        asked.next_event, asked.next_at = ANSWERED_EVENT, call.after(ANSWERS)
    new = keep_partner_order(session, asked)
    return StepResult(
        said=f"Sent to {asked.partner}." if new else f"{asked.partner} had been asked before."
    )


def _cancel(session: Session, call: Call) -> StepResult:
    asked = partner_order(session, call.lane)
    if asked is None:
        return never_sent(session, call)
    _hear(session, asked)
    if asked.state == PartnerState.SENT:
        asked.state, asked.next_event, asked.next_at = PartnerState.WITHDRAWN, "", None
    gone = asked.state in (PartnerState.WITHDRAWN, PartnerState.REJECTED, PartnerState.CANCELLED)
    if not gone:
        asked.cancel_at = call.after(LETS_GO)
    save_partner_order(session, asked)
    said = f"{asked.partner} has nothing to ship." if gone else f"{asked.partner} was asked to let it go."
    return StepResult({"withdrawn": gone}, said=said)


def _hear(session: Session, asked: PartnerOrder) -> None:
    """Somebody may have told in the partner's name what it has not told itself."""
    told = told_answer(session, asked.order, asked.fulfilment)
    if told and asked.state == PartnerState.SENT:
        asked.state, asked.next_event, asked.next_at = PartnerState(told), "", None


def _tell(session: Session, asked: PartnerOrder, now: datetime) -> int:
    told = 0
    while (news := _next(asked, now)) is not None:
        tell_partner_news(session, news)
        if news.event == SHIPPED_EVENT:
            register_parcel(session, _parcel(asked, news))
        told += 1
    save_partner_order(session, asked)
    return told


def _next(asked: PartnerOrder, now: datetime) -> News | None:
    """The earliest thing that is due, after which it stands further on."""
    own, wish = asked.next_at, asked.cancel_at
    if wish is not None and wish <= now and (own is None or wish <= own):
        return _let_go(asked, wish)
    if own is None or own > now:
        return None
    if asked.next_event == ANSWERED_EVENT:
        return _accept(asked, own)
    if asked.next_event == PICKED_EVENT:
        _await(asked, SHIPPED_EVENT, SHIPS)
        return _news(asked, PICKED_EVENT, own)
    asked.state, asked.next_event, asked.next_at = PartnerState.SHIPPED, "", None
    return _news(asked, SHIPPED_EVENT, own, tracking=tracking_number(f"{asked.partner}:{asked.fulfilment}"))


def _accept(asked: PartnerOrder, at: datetime) -> News:
    if REJECTS in asked.partner:
        asked.state, asked.next_event, asked.next_at = PartnerState.REJECTED, "", None
        return _news(asked, ANSWERED_EVENT, at, "rejected")
    asked.state = PartnerState.ACCEPTED
    _await(asked, *((SHIPPED_EVENT, SHIPS) if asked.supplies else (PICKED_EVENT, PICKS)))
    return _news(asked, ANSWERED_EVENT, at, "accepted")


def _let_go(asked: PartnerOrder, at: datetime) -> News:
    asked.cancel_at = None
    if asked.state not in STANDING or STUBBORN in asked.partner:
        return _news(asked, CANCEL_ANSWERED_EVENT, at, "refused")
    asked.state, asked.next_event, asked.next_at = PartnerState.CANCELLED, "", None
    return _news(asked, CANCEL_ANSWERED_EVENT, at, "accepted")


def _await(asked: PartnerOrder, event: str, after: timedelta) -> None:
    asked.next_event, asked.next_at = event, later(asked.asked_at, after, asked.speed)


def _news(asked: PartnerOrder, event: str, at: datetime, answer: str = "", *, tracking: str = "") -> News:
    return News(asked.fulfilment, asked.order, asked.partner, event, at, answer, tracking)


def _parcel(asked: PartnerOrder, news: News) -> Parcel:
    in_transit, out_for_delivery, delivered = (later(news.at, time, asked.speed) for time in TRANSIT)
    return Parcel(
        tracking=news.tracking,
        key=f"{SIMULATED}:{asked.fulfilment}",
        order=asked.order,
        fulfilment=asked.fulfilment,
        handed_at=news.at,
        due=(in_transit, out_for_delivery, delivered),
        lost=False,
    )
