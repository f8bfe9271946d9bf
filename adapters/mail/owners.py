"""Writes to the shop's owners once a day: how yesterday went, and what needs a look."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from adapters.database.numbers.daily import DailyBook
from adapters.mail.address import one_mailbox
from adapters.mail.envelope import message_id, to_bytes
from adapters.mail.letter import Shop
from adapters.mail.server import MailServer
from adapters.mail.templates import Templates
from adapters.mail.words import money
from domain.ageing import TITLES
from domain.daily import DailyLetter, DayAtAGlance
from domain.errors import MailUnavailable, OrderError, RecipientRefused, SettingsRefused
from domain.money import Money
from domain.notice import Letter, Notice
from domain.period import Period
from domain.reconcile import Difference

TEMPLATE = "daily_report"
ROLE = "owner"
LANGUAGE = "en"
DAY = timedelta(days=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Habits:
    """
    At which time of day, in which zone, the owners are written to, and at which address. `zone` is asked
    anew each time. `reconcile` says what does not agree in the books.
    """

    at: time
    zone: Callable[[], str]
    recipient: str
    reconcile: Callable[[datetime], Sequence[Difference]]


class OwnersPost:
    """
    `sender` is the shop's own address.

    A mail that a server took without saying so is sent again, with the same Message-ID and bytes.
    """

    def __init__(
        self,
        book: DailyBook,
        templates: Templates,
        server: MailServer,
        shop: Shop,
        sender: str,
        habits: Habits,
    ) -> None:
        self._book = book
        self._templates = templates
        self._server = server
        self._shop = shop
        self._sender = sender
        self._habits = habits

    async def report(self, now: datetime) -> str:
        """Send what is due, if anything. Answers with the day that it is about; empty for none."""
        period = await asyncio.to_thread(self._due, now)
        letter = await asyncio.to_thread(self._book.take, period, now)
        if letter is None:
            return ""
        why = ""
        try:
            letter = letter if letter.text else await asyncio.to_thread(self._write, letter, period, now)
            await self._send(letter)
        except MailUnavailable as error:
            log.warning("The report of %s waits: %s", period, error)
            return ""
        except (RecipientRefused, SettingsRefused) as error:
            log.warning("The report of %s cannot be sent: %s", period, error)
            why = str(error)
        await asyncio.to_thread(self._book.settle, letter.day, now, why)
        return "" if why else str(letter.day)

    def _due(self, now: datetime) -> Period:
        """The last day whose report is due: yesterday, or before the time of the day, the one before."""
        zone = self._habits.zone()
        here = now.astimezone(ZoneInfo(zone))
        day = here.date() - (DAY if here.time() >= self._habits.at else 2 * DAY)
        return Period(day, day, zone)

    def _write(self, letter: DailyLetter, period: Period, now: datetime) -> DailyLetter:
        glance = self._checked(self._book.at_a_glance(period, now), now)
        shop = {"name": self._shop.name, "url": self._shop.url, "reply_to": self._shop.reply_to}
        written = self._templates.write(TEMPLATE, LANGUAGE, {"shop": shop, "values": _told(glance)})
        recipient = one_mailbox(self._habits.recipient)
        whole = replace(
            letter, recipient=recipient, subject=written.subject, text=written.text, html=written.html
        )
        self._book.keep(whole)
        return whole

    def _checked(self, glance: DayAtAGlance, now: datetime) -> DayAtAGlance:
        try:
            found = self._habits.reconcile(now)
        except OrderError as error:
            return replace(glance, differences=1, difference=f"The books could not be compared: {error}")
        first = f"{found[0].rule} {found[0].subject}: {found[0].what}" if found else ""
        return replace(glance, differences=len(found), difference=first)

    async def _send(self, letter: DailyLetter) -> None:
        notice = Notice(f"{TEMPLATE}.{letter.day}", "", "", TEMPLATE, ROLE)
        whole = Letter(
            notice,
            letter.written_at,
            LANGUAGE,
            message_id(notice, self._sender.rpartition("@")[2]),
            letter.recipient,
            letter.subject,
            letter.text,
            letter.html,
        )
        mail = to_bytes(whole, self._shop.name, self._sender, self._shop.reply_to)
        async with self._server.conversation() as conversation:
            await conversation.send(self._sender, letter.recipient, mail)


def _told(glance: DayAtAGlance) -> dict[str, Any]:
    ageing = glance.ageing
    return {
        "day": f"{glance.day:%A, %d %B %Y}",
        "orders": glance.orders,
        "ordered": _amounts(glance.ordered),
        "left": glance.left,
        "taken": _amounts(glance.taken),
        "refunded": _amounts(glance.refunded),
        "charged_back": _amounts(glance.charged_back),
        "fees": _amounts(glance.fees),
        "tax": [{"rate": rate, "amount": money(amount, LANGUAGE)} for rate, amount in glance.tax],
        "late": glance.late,
        "incidents": glance.incidents,
        "stuck": glance.stuck,
        "open": ageing.open,
        "ages": [f"{count} {age}" for age, count in zip(TITLES, ageing.ages, strict=True) if count],
        "oldest": [
            {"number": row.number, "days": (ageing.now - row.placed_at) // DAY} for row in ageing.oldest
        ],
        "low": [{"sku": item.sku, "title": item.title, "state": item.state} for item in glance.low],
        "differences": glance.differences,
        "difference": glance.difference,
    }


def _amounts(amounts: Sequence[Money]) -> str:
    return ", ".join(money(each, LANGUAGE) for each in amounts) or "nothing"
