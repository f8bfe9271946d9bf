"""Writes to each partner once a day: all the orders that were placed with them, to check against."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.database.partner.summaries import SummaryLetter, SummaryShelf
from adapters.mail.address import one_mailbox
from adapters.mail.envelope import message_id, to_bytes
from adapters.mail.letter import Shop
from adapters.mail.partner_letter import summary_contents
from adapters.mail.server import MailServer
from adapters.mail.templates import Templates
from domain.errors import MailUnavailable, RecipientRefused, SettingsRefused
from domain.notice import Letter, Notice
from domain.partner import ROLE, Partner, Partners
from domain.partner_book import PartnerSummary

TEMPLATE = "partner_summary"
DAY = timedelta(days=1)
# After this long without a summary, such as with the worker down, nobody checks day by day any more.
LONGEST = timedelta(days=31)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sending:
    """`sender` is the shop's own address."""

    templates: Templates
    server: MailServer
    shop: Shop
    sender: str


class Summaries:
    """
    A summary is kept as it was written before it is sent, and covers everything since the one before.

    A mail that a server took without saying so is sent again, with the same Message-ID and bytes.
    """

    def __init__(self, shelf: SummaryShelf, sending: Sending, partners: Callable[[], Partners]) -> None:
        self._shelf = shelf
        self._sending = sending
        self._partners = partners

    async def report(self, now: datetime) -> None:
        """`now` in the shop's own time zone: what is due are the days that ended at its midnight."""
        until = now.replace(hour=0, minute=0, second=0, microsecond=0)
        for partner in self._partners().known:
            if partner.email:
                await asyncio.to_thread(self._write, partner, until, now)
        for letter in await asyncio.to_thread(self._shelf.unsent):
            await self._send(letter, now)

    def _write(self, partner: Partner, until: datetime, now: datetime) -> None:
        last = self._shelf.last(partner.name)
        if last is not None and last >= until:
            return
        since = max(last or until - DAY, until - LONGEST)
        summary = self._shelf.summary(partner.name, since, until)
        self._shelf.keep(self._letter(partner, summary, now), since)

    def _letter(self, partner: Partner, summary: PartnerSummary, now: datetime) -> SummaryLetter:
        """Without a recipient where there is nothing to tell; with a reason where it cannot be written."""
        letter = SummaryLetter(partner.name, summary.until, now)
        if not (summary.placed or summary.open):
            return letter
        zone = now.tzinfo
        since, until = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (summary.since, summary.until))
        told = summary_contents(self._sending.shop, summary, partner, since, until)
        try:
            recipient = one_mailbox(partner.email)
            written = self._sending.templates.write(TEMPLATE, partner.language, told)
        except (RecipientRefused, SettingsRefused) as error:
            log.warning("The day's orders cannot be summed up for %s: %s", partner.name, error)
            return SummaryLetter(partner.name, summary.until, now, why=str(error))
        return SummaryLetter(
            partner.name, summary.until, now, recipient, written.subject, written.text, written.html
        )

    async def _send(self, letter: SummaryLetter, now: datetime) -> None:
        if not await asyncio.to_thread(self._shelf.take, letter, now):
            return
        why = ""
        try:
            mail = to_bytes(
                self._whole(letter),
                self._sending.shop.name,
                self._sending.sender,
                self._sending.shop.reply_to,
            )
            async with self._sending.server.conversation() as conversation:
                await conversation.send(self._sending.sender, letter.recipient, mail)
        except MailUnavailable as error:
            log.warning("The summary for %s waits: %s", letter.partner, error)
            await asyncio.to_thread(self._shelf.give_back, letter)
            return
        except RecipientRefused as error:
            log.warning("The summary for %s was refused: %s", letter.partner, error)
            why = str(error)
        await asyncio.to_thread(self._shelf.settle, letter, now, why)

    def _whole(self, letter: SummaryLetter) -> Letter:
        id = f"{TEMPLATE}.{letter.partner}.{letter.until:%Y%m%dT%H%M}"
        notice = Notice(id, "", "", TEMPLATE, ROLE)
        known_as = message_id(notice, self._sending.sender.rpartition("@")[2])
        return Letter(
            notice,
            letter.at,
            "en",
            known_as,
            letter.recipient,
            letter.subject,
            letter.text,
            letter.html,
        )
