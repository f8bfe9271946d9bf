"""What a notice would say of a real order: written as it would be, kept nowhere and sent to nobody."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from adapters.database.engine import Database
from adapters.database.mail.notices import last_about
from adapters.database.order.document import load_order
from adapters.database.order.fulfilments import load_fulfilments
from adapters.database.returns.rows import load_returns
from adapters.mail.books import books_of
from adapters.mail.letter import CUSTOMER, PARTNER, Shop
from adapters.mail.templates import Templates
from adapters.mail.writer import Writer
from domain.errors import NotFound
from domain.notice import Letter, Notice
from domain.partner import Partners

ENDING = ".txt.j2"
PLAIN = "en"
# Written from the books of the whole shop, of no order alone.
OF_NO_ORDER = frozenset({"stock_scarce", "daily_report", "partner_summary"})
TO_STAFF = frozenset({"new_order", "task_reminder"})
TO_PARTNERS = frozenset({"partner_order", "partner_cancel"})
OF_A_RETURN = ("return", "exchange", "goodwill")
# What a flow would say in a notice beyond what the books do.
SAMPLES: Mapping[str, Any] = {"title": "Pick and pack", "role": "warehouse", "goods": []}


class Preview:
    """`folders` are those of the templates, the shop's own first."""

    def __init__(
        self,
        url: str,
        folders: Sequence[Path],
        shop: Shop,
        sender: str,
        partners: Callable[[], Partners] = Partners,
    ) -> None:
        self._database = Database(url)
        self._folders = folders
        self._templates = Templates(*folders)
        self._writer = Writer(self._templates, shop, sender, partners)

    def close(self) -> None:
        self._templates.close()
        self._database.close()

    def names(self) -> Mapping[str, Sequence[str]]:
        """Every notice that is about an order, and the languages that it is written in."""
        found: dict[str, set[str]] = {}
        for folder in self._folders:
            for file in folder.glob(f"*{ENDING}"):
                name, _, language = file.name.removesuffix(ENDING).partition(".")
                found.setdefault(name, set()).add(language or PLAIN)
        return {name: sorted(found[name]) for name in sorted(found) if name not in OF_NO_ORDER}

    def write(self, name: str, order: str, now: datetime, language: str = "", part: str = "") -> Letter:
        """
        As it would go out now, in `language` or the reader's own; about `part` of the order, or about the
        one that it would most likely be about.

        :raises NotFound: no such order, notice or part.
        """
        if name not in self.names():
            raise NotFound(f"There is no notice {name} that is about an order.")
        with self._database.read() as session:
            lane = _lane(session, name, order, part)
            values = {**SAMPLES, "task": f"{lane}.pack.1"}
            notice = Notice(f"{lane}.{name}.preview", order, lane, name, _reader(name), values=values)
            whole, about = books_of(session, [notice])[notice.id]
        return self._writer.write(notice, whole, about, now, language)


def _reader(name: str) -> str:
    if name in TO_STAFF:
        return "warehouse"
    return PARTNER if name in TO_PARTNERS else CUSTOMER


def _lane(session: Session, name: str, order: str, part: str) -> str:
    """:raises NotFound: no such order, or no such part of it."""
    load_order(session, order)
    parts = [each.id for each in load_fulfilments(session, order)]
    returns = [each.id for each in load_returns(session, order)]
    if part:
        if part not in (order, *parts, *returns):
            raise NotFound(f"Order {order} has no part {part}.")
        return part
    before = last_about(session, order, name)
    if before:
        return before
    if name.startswith(OF_A_RETURN):
        return returns[-1] if returns else order
    return parts[0] if parts else order
