"""Sends notices by mail: each once, in the customer's language, under one Message-ID."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from adapters.database.engine import Database
from adapters.database.mail.notices import (
    count_tries,
    keep_letter,
    letter_of,
    load_letter,
    mark_refused,
    mark_sent,
)
from adapters.mail.address import one_mailbox
from adapters.mail.books import books_of, may_be_sent
from adapters.mail.envelope import to_bytes
from adapters.mail.letter import Shop
from adapters.mail.server import Conversation, MailServer
from adapters.mail.templates import Templates
from adapters.mail.writer import Writer
from domain.errors import MailUnavailable, RecipientRefused, SettingsRefused
from domain.notice import Letter, LetterState, Notice, Posted
from domain.partner import Partners


class Post:
    """
    `sender` is the shop's own address. Staff are written to at the shop's `reply_to`, partners at their
    own address.

    SMTP cannot promise once: a server that takes a mail and dies before it says so gets it again, with
    the same Message-ID and the same bytes.

    :raises SettingsRefused: an address of the shop's own is none.
    """

    def __init__(
        self,
        database: Database,
        templates: Templates,
        server: MailServer,
        shop: Shop,
        sender: str,
        partners: Callable[[], Partners] = Partners,
    ) -> None:
        self._database = database
        self._server = server
        self._shop = replace(shop, reply_to=_own(shop.reply_to, "ORDERKEEPER_REPLY_TO"))
        self._sender = _own(sender, "ORDERKEEPER_MAIL_FROM")
        self._writer = Writer(templates, self._shop, self._sender, partners)
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
        way_out = self._writer.way_out(letter.notice)
        mail = to_bytes(letter, self._shop.name, self._sender, self._shop.reply_to, way_out)
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
            first = [notice for notice in new if notice.id not in said]
            books = books_of(session, first)
            again = [self._repeat(said[notice.id], notice, now) for notice in new if notice.id in said]
            unwanted = {n.id for n in first if not may_be_sent(session, n, books[n.id][0].customer.email)}
            unwanted |= {o.notice.id for o in again if not may_be_sent(session, o.notice, o.recipient)}
        letters = [
            *(letter for letter in again if letter.notice.id not in unwanted),
            *(self._writer.write(n, *books[n.id], now) for n in first if n.id not in unwanted),
            *(self._left_out(notice, now) for notice in new if notice.id in unwanted),
        ]
        with self._database.write() as session:
            for letter in letters:
                keep_letter(session, letter)
            kept = tuple(filter(None, (load_letter(session, notice) for notice in wanted)))
            pending = [letter.notice.id for letter in kept if letter.state == LetterState.PENDING]
            count_tries(session, pending)
        return kept

    def _left_out(self, notice: Notice, now: datetime) -> Letter:
        """On purpose: its customer wants no marketing."""
        return Letter(notice, now, message_id=self._writer.known_as(notice), state=LetterState.REFUSED)

    def _repeat(self, letter: Letter, notice: Notice, now: datetime) -> Letter:
        """To whom it went and as it was written, under an id of its own."""
        return replace(
            letter,
            notice=replace(notice, marketing=letter.notice.marketing),
            at=now,
            message_id=self._writer.known_as(notice),
            state=LetterState.PENDING,
            why="",
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
