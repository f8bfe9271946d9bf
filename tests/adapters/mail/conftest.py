"""A post office for tests: a real SMTP conversation with a server that can be told to misbehave."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from adapters.database.engine import Database
from adapters.database.tables.mail import NoticeRow
from adapters.mail.letter import Shop
from adapters.mail.post import Post
from adapters.mail.server import MailServer
from adapters.mail.sink import listening
from adapters.mail.templates import Templates
from domain.notice import Notice
from tests.adapters.mail.servers import MoodyServer
from tests.adapters.placed import an_order, place

SHIPPED = Path(__file__).parents[3] / "config" / "mail"
SHOP = Shop("Ada's Teapots", "https://teapots.example", "help@teapots.example")


def a_notice(template: str = "confirmation", order: str = "1001", **changes: object) -> Notice:
    lane = str(changes.pop("lane", order))
    id = str(changes.pop("id", f"{lane}.{template}.1"))
    return Notice(id, order, lane, template, **changes)  # type: ignore[arg-type] # changes are the test's


@dataclass
class Office:
    post: Post
    server: MoodyServer
    database: Database

    def row(self, id: str) -> NoticeRow:
        with self.database.read() as session:
            return session.exec(select(NoticeRow).where(NoticeRow.id == id)).one()


def parsed(content: bytes) -> Any:
    return message_from_bytes(content, policy=policy.default)


@pytest.fixture(scope="module")
def templates() -> Iterator[Templates]:
    """The templates that ship."""
    opened = Templates(SHIPPED)
    yield opened
    opened.close()


@pytest.fixture
async def office(sqlite_database: Database, templates: Templates) -> AsyncIterator[Office]:
    place(sqlite_database, an_order())
    server = MoodyServer()
    async with listening(server, "127.0.0.1", 0) as port:
        post = Post(
            sqlite_database, templates, MailServer("127.0.0.1", port), SHOP, "orders@teapots.example"
        )
        yield Office(post, server, sqlite_database)
