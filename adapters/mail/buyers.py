"""Writes to the people who buy: which articles run low, or are out."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

from adapters.database.stock.scarcity import StockNotices
from adapters.mail.address import one_mailbox
from adapters.mail.envelope import message_id, to_bytes
from adapters.mail.letter import Shop
from adapters.mail.server import MailServer
from adapters.mail.templates import Templates
from domain.errors import MailUnavailable, RecipientRefused, SettingsRefused
from domain.notice import Letter, Notice
from domain.stock_book import ScarceRow

TEMPLATE = "stock_scarce"
ROLE = "buyer"
LANGUAGE = "en"

log = logging.getLogger(__name__)


class BuyersPost:
    """
    `sender` is the shop's own address; buyers are written to at the shop's `reply_to`, as all staff.

    A mail that a server took without saying so is sent again, with the same Message-ID and bytes.
    """

    def __init__(
        self, notices: StockNotices, templates: Templates, server: MailServer, shop: Shop, sender: str
    ) -> None:
        self._notices = notices
        self._templates = templates
        self._server = server
        self._shop = shop
        self._sender = sender

    async def report(self, now: datetime) -> str:
        """Send what is to be told, if anything. Answers with the letter that is out; empty for none."""
        id, rows = await asyncio.to_thread(self._notices.take, now)
        if not id:
            return ""
        why = ""
        try:
            await self._send(await asyncio.to_thread(self._write, id, rows))
        except MailUnavailable as error:
            log.warning("The buyers are not told yet what runs low: %s", error)
            return ""
        except (RecipientRefused, SettingsRefused) as error:
            log.warning("The buyers cannot be told what runs low: %s", error)
            why = str(error)
        await asyncio.to_thread(self._notices.sent, id, now, why)
        return "" if why else id

    async def _send(self, letter: Letter) -> None:
        mail = to_bytes(letter, self._shop.name, self._sender, self._shop.reply_to)
        async with self._server.conversation() as conversation:
            await conversation.send(self._sender, letter.recipient, mail)

    def _write(self, id: str, rows: Sequence[ScarceRow]) -> Letter:
        """The same for the same rows, whenever it is tried."""
        shop = {"name": self._shop.name, "url": self._shop.url, "reply_to": self._shop.reply_to}
        told = {"shop": shop, "values": {"rows": [_row(row) for row in rows]}}
        written = self._templates.write(TEMPLATE, LANGUAGE, told)
        notice = Notice(id, "", "", TEMPLATE, ROLE)
        return Letter(
            notice,
            rows[-1].at,
            LANGUAGE,
            message_id(notice, self._sender.rpartition("@")[2]),
            one_mailbox(self._shop.reply_to),
            written.subject,
            written.text,
            written.html,
        )


def _row(row: ScarceRow) -> dict[str, str]:
    waiting = f"{row.waiting:f}" if row.waiting else ""
    words = {"sku": row.sku, "title": row.title, "kind": row.kind}
    return {**words, "available": f"{row.available:f}", "waiting": waiting}
