"""Sends notices by mail: each once, in the customer's language, under one Message-ID."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from adapters.database.engine import Database
from adapters.database.fulfilments import load_fulfilment
from adapters.database.journal import definition
from adapters.database.notices import (
    count_tries,
    keep_letter,
    letter_of,
    load_letter,
    mark_refused,
    mark_sent,
)
from adapters.database.orders import load_order
from adapters.database.paying_anew import pay_code
from adapters.database.pickups import pickup_code
from adapters.database.return_refunds import refunded_for
from adapters.database.return_rows import load_return, return_row
from adapters.mail.address import one_mailbox
from adapters.mail.envelope import message_id, to_bytes
from adapters.mail.letter import Part, Shop, contents
from adapters.mail.server import Conversation, MailServer
from adapters.mail.templates import Templates
from domain.errors import MailUnavailable, RecipientRefused, SettingsRefused
from domain.fulfilment import order_of
from domain.notice import Letter, LetterState, Notice, Posted
from domain.order import Order
from domain.returns import return_in
from flow.model import Ask, WaitFor, loads

CUSTOMER = "customer"
SHOP_LANGUAGE = "en"
Books = tuple[Order, Part]


class Post:
    """
    `sender` is the shop's own address. Staff are written to at the shop's `reply_to`.

    SMTP cannot promise once: a server that takes a mail and dies before it says so gets it again, with
    the same Message-ID and the same bytes.

    :raises SettingsRefused: an address of the shop's own is none.
    """

    def __init__(
        self, database: Database, templates: Templates, server: MailServer, shop: Shop, sender: str
    ) -> None:
        self._database = database
        self._templates = templates
        self._server = server
        self._shop = replace(shop, reply_to=_own(shop.reply_to, "ORDERKEEPER_REPLY_TO"))
        self._sender = _own(sender, "ORDERKEEPER_MAIL_FROM")
        if not shop.name.isprintable():
            raise SettingsRefused("ORDERKEEPER_SHOP_NAME has to be one line.")

    async def send(self, notices: tuple[Notice, ...], now: datetime) -> tuple[Posted, ...]:
        """
        One answer a notice; those sent before are not sent again.

        One that was refused is written and tried anew when it is asked for at a later `now`.

        :raises MailUnavailable: some are not out yet; the others were tried, and safe to ask again.
        :raises NotFound: there is no such order.
        """
        letters = await asyncio.to_thread(self._letters, notices, now)
        posted: dict[str, Posted] = {}
        failed: list[MailUnavailable] = []
        async with self._server.conversation() as conversation:
            for letter in letters:
                try:
                    posted[letter.notice.id] = await self._deliver(conversation, letter, now)
                except MailUnavailable as error:
                    failed.append(error)
        if failed:
            raise MailUnavailable(f"{len(failed)} of {len(letters)} notices wait: {failed[0]}") from failed[
                0
            ]
        return tuple(posted[notice.id] for notice in notices)

    async def _deliver(self, conversation: Conversation, letter: Letter, now: datetime) -> Posted:
        if letter.state != LetterState.PENDING:
            return letter.posted
        mail = to_bytes(letter, self._shop.name, self._sender, self._shop.reply_to)
        try:
            await conversation.send(self._sender, letter.recipient, mail)
        except RecipientRefused as error:
            await asyncio.to_thread(self._refuse, letter.notice.id, str(error))
            return Posted(letter.notice.id, sent=False, why=str(error))
        await asyncio.to_thread(self._sent, letter.notice.id, now)
        return Posted(letter.notice.id, sent=True)

    def _letters(self, notices: tuple[Notice, ...], now: datetime) -> tuple[Letter, ...]:
        """A letter each, kept before any of them goes out."""
        wanted = {notice.id: notice for notice in notices}.values()
        with self._database.read() as session:
            new = [n for n in wanted if _is_to_be_written(load_letter(session, n), now)]
            said = {n.id: letter_of(session, n.order, n.again) for n in new if n.again}
            books = _books(session, [notice for notice in new if notice.id not in said])
        repeated = [self._repeat(said[notice.id], notice, now) for notice in new if notice.id in said]
        written = [self._write(notice, *books[notice.id], now) for notice in new if notice.id in books]
        with self._database.write() as session:
            for letter in (*written, *repeated):
                keep_letter(session, letter)
            letters = tuple(filter(None, (load_letter(session, notice) for notice in wanted)))
            pending = [letter.notice.id for letter in letters if letter.state == LetterState.PENDING]
            count_tries(session, pending)
        return letters

    def _write(self, notice: Notice, order: Order, part: Part, now: datetime) -> Letter:
        to_customer = notice.to == CUSTOMER
        language = order.customer.language if to_customer else SHOP_LANGUAGE
        letter = Letter(notice, now, language, message_id(notice, self._sender.rpartition("@")[2]))
        if to_customer and notice.marketing and not order.customer.marketing_consent:
            return replace(letter, state=LetterState.REFUSED)
        try:
            recipient = one_mailbox(order.customer.email if to_customer else self._shop.reply_to)
            filling = contents(self._shop, order, part, notice, language)
            written = self._templates.write(notice.template, language, filling)
        except (RecipientRefused, SettingsRefused) as error:
            return replace(letter, state=LetterState.REFUSED, why=str(error))
        return replace(
            letter,
            recipient=recipient,
            subject=written.subject,
            text=written.text,
            html=written.html,
        )

    def _repeat(self, letter: Letter, notice: Notice, now: datetime) -> Letter:
        """To whom it went and as it was written, under an id of its own."""
        known_as = message_id(notice, self._sender.rpartition("@")[2])
        return replace(
            letter, notice=notice, at=now, message_id=known_as, state=LetterState.PENDING, why=""
        )

    def _sent(self, id: str, now: datetime) -> None:
        with self._database.write() as session:
            mark_sent(session, id, now)

    def _refuse(self, id: str, why: str) -> None:
        with self._database.write() as session:
            mark_refused(session, id, why)


def _own(address: str, setting: str) -> str:
    try:
        return one_mailbox(address)
    except RecipientRefused as error:
        raise SettingsRefused(f"{setting}: {error}") from error


def _is_to_be_written(stands: Letter | None, now: datetime) -> bool:
    """A refusal holds for the tries of one posting, which share their `now`; a person may mend it after."""
    return stands is None or (stands.state == LetterState.REFUSED and stands.at != now)


def _books(session: Session, notices: list[Notice]) -> Mapping[str, Books]:
    orders = {number: load_order(session, number) for number in {notice.order for notice in notices}}
    return {notice.id: (orders[notice.order], _part(session, notice)) for notice in notices}


def _part(session: Session, notice: Notice) -> Part:
    if return_in(notice.order, notice.lane):
        returned = load_return(session, notice.lane)
        within = _within(definition(session, return_row(session, notice.lane).flow_hash))
        return Part(returned=returned, refunded=refunded_for(session, returned), within=within)
    if notice.lane == notice.order or order_of(notice.lane) != notice.order:
        return Part(pay_code=pay_code(session, notice.order))
    return Part(
        load_fulfilment(session, notice.lane),
        pickup_code(session, notice.lane),
        pay_code=pay_code(session, notice.order),
    )


def _within(flow: str) -> str:
    """For how long a return's flow waits for what comes back: its first wait, in its own words."""
    waits = (step.does for step in loads(flow).steps if isinstance(step.does, Ask | WaitFor))
    first = next(waits, None)
    return first.if_late.after if first else ""
