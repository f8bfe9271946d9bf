"""
Partners who are people, or programs of theirs: they find their orders on our pages, or get them by mail.

What they answer comes from there, as acts of theirs; a partner without pages is written down by a clerk.
"""

import asyncio
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from adapters.database.engine import Database
from adapters.database.order.acts import lock_order
from adapters.database.partner.orders import (
    CANCEL_ANSWERED_EVENT,
    News,
    PartnerOrder,
    keep_partner_order,
    partner_order,
    save_partner_order,
    tell_partner_news,
)
from adapters.database.results import store_result, stored_result
from adapters.partner.asking import hand_over, never_sent, to_be_asked
from domain.errors import ActRefused, MailUnavailable, PartnerUnavailable
from domain.notice import Notice, Posted
from domain.partner import ROLE, How, Partner, PartnerState
from domain.step import Call, StepResult

ORDER, CANCEL = "partner_order", "partner_cancel"


class Post(Protocol):
    """The shop's own: each notice once."""

    async def send(self, notices: tuple[Notice, ...], now: datetime) -> tuple[Posted, ...]:
        """:raises MailUnavailable: it is not out yet; safe to ask again."""
        ...


class PeoplePartners:
    """An order is a row before it is a mail; a second try sends the same mail, or none."""

    def __init__(self, database: Database, post: Post) -> None:
        self._database = database
        self._post = post

    async def order(self, call: Call, partner: Partner) -> StepResult:
        """
        Put the order on the partner's list, once, and write to them where they are told by mail.

        :raises PartnerUnavailable: the mail is not out yet; safe to ask again.
        :raises ActRefused: the mail is the order, and cannot be sent.
        """
        stands, new, waits = await asyncio.to_thread(self._put, call, partner)
        if stands is not None:
            return stands
        said = f"Sent to {partner.name}." if new else f"{partner.name} had been asked before."
        if waits and _writes(partner):
            why = await self._write(call, ORDER)
            if why and partner.how == How.MAIL:
                raise ActRefused(f"The order for {partner.name} cannot be sent: {why}")
            said += f" The mail was not: {why}" if why else ""
        return await asyncio.to_thread(self._store, call, StepResult(said=said))

    async def cancel(self, call: Call, partner: Partner) -> StepResult:
        """
        Take it off their list while they have not accepted, else ask them; by mail as well.

        :raises PartnerUnavailable: the mail is not out yet; safe to ask again.
        """
        stands, result, tell = await asyncio.to_thread(self._withdraw, call)
        if stands is not None:
            return stands
        if tell and partner.email:
            why = await self._write(call, CANCEL)
            if why:
                result = StepResult(result.values, said=f"{result.said} The mail was not sent: {why}")
        return await asyncio.to_thread(self._store, call, result)

    async def hand_over(self, call: Call) -> StepResult:
        """What they told when they shipped: `carrier` and `tracking`, also as facts."""
        return await asyncio.to_thread(self._hand_over, call)

    async def _write(self, call: Call, template: str) -> str:
        """Why it cannot be sent; empty when it is out."""
        again = f".{call.visit}" if template == CANCEL else ""
        notice = Notice(f"{call.lane}.{template}{again}", call.order, call.lane, template, ROLE)
        try:
            (posted,) = await self._post.send((notice,), call.now)
        except MailUnavailable as error:
            raise PartnerUnavailable(f"The mail to the partner waits: {error}") from error
        return "" if posted.sent else posted.why or "it was refused"

    def _put(self, call: Call, partner: Partner) -> tuple[StepResult | None, bool, bool]:
        """What was answered before, whether it is new to the partner, and whether it waits for them."""
        with self._database.write() as session:
            stands = stored_result(session, call.key)
            if stands is not None:
                return stands, False, False
            asked = to_be_asked(session, call)
            asked.partner, asked.how = partner.name, partner.how
            new = keep_partner_order(session, asked)
            known = partner_order(session, call.lane)
            # An earlier try may have put it there and lost the mail, which goes out once.
            waits = known is not None and known.state == PartnerState.SENT
            return None, new or (known is not None and known.asked_at == call.now), waits

    def _withdraw(self, call: Call) -> tuple[StepResult | None, StepResult, bool]:
        """What was answered before, what is answered now, and whether they have to be told."""
        with self._database.write() as session:
            lock_order(session, call.order)
            stands = stored_result(session, call.key)
            asked = partner_order(session, call.lane)
            if stands is not None:
                return stands, stands, False
            if asked is None:
                return None, never_sent(session, call), False
            return None, *_withdraw(session, asked, call)

    def _hand_over(self, call: Call) -> StepResult:
        with self._database.write() as session:
            stands = stored_result(session, call.key)
            return stands or store_result(session, call.key, hand_over(session, call))

    def _store(self, call: Call, result: StepResult) -> StepResult:
        with self._database.write() as session:
            return store_result(session, call.key, result)


def _withdraw(session: Session, asked: PartnerOrder, call: Call) -> tuple[StepResult, bool]:
    gone = asked.state in (PartnerState.REJECTED, PartnerState.CANCELLED)
    if asked.state in (PartnerState.SENT, PartnerState.WITHDRAWN):
        asked.state = PartnerState.WITHDRAWN
        save_partner_order(session, asked)
        return StepResult({"withdrawn": True}, said=f"Taken back from {asked.partner}."), True
    if gone:
        return StepResult({"withdrawn": True}, said=f"{asked.partner} has nothing to ship."), False
    if asked.state == PartnerState.SHIPPED:
        part, order, name = asked.fulfilment, asked.order, asked.partner
        tell_partner_news(session, News(part, order, name, CANCEL_ANSWERED_EVENT, call.now, "refused"))
        return StepResult({"withdrawn": False}, said=f"{asked.partner} has shipped it already."), False
    asked.cancel_asked_at = asked.cancel_asked_at or call.now
    save_partner_order(session, asked)
    return StepResult({"withdrawn": False}, said=f"{asked.partner} was asked to let it go."), True


def _writes(partner: Partner) -> bool:
    """A program asks for its orders by itself."""
    return bool(partner.email) and partner.how in (How.CONSOLE, How.MAIL)
