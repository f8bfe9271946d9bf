"""
Stripe behind a bad line: it does what it is asked for, and then resets, stalls, says nothing or nonsense.

`spoil` names how the next POST goes wrong. BEFORE: nothing is done. AFTER: it is done and kept under its
key, and the answer is lost. `error`: a failure of Stripe's own, kept under the key, with the effect or
without.
"""

import asyncio
import json
from collections import Counter, deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.doubles.stripe_rules import Books, No

BEFORE = {
    "in_use": No(409, "idempotency_key_in_use", "idempotency_error"),
    "limited": No(429, "rate_limit", "rate_limit_error"),
    "locked_out": No(401, "", "authentication_error"),
}
OPENED = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp())
AFTER = ("reset", "stall", "empty", "garble", "cut", "proxy_page")
ERRORS = ("error", "error_after")


@dataclass
class Bank:
    """One such Stripe; `asked` counts the POSTs by path, `keys` those under each key."""

    books: Books = field(default_factory=lambda: Books(OPENED))
    url: str = ""
    asked: Counter[str] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    _kept: dict[str, tuple[Any, int, Any]] = field(default_factory=dict)
    _moods: deque[str] = field(default_factory=deque)
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _lines: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = field(default_factory=dict)

    def begin_anew(self) -> None:
        """As if nobody had ever asked for anything."""
        self.books = Books(OPENED)
        for each in (self.asked, self.keys, self._kept, self._moods):
            each.clear()

    def spoil(self, *moods: str) -> None:
        self._moods.extend(moods)

    def forget_keys(self) -> None:
        """A day has passed."""
        self._kept.clear()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines[asyncio.current_task()] = writer
        try:
            while (head := await reader.readuntil(b"\r\n\r\n")) and await self._exchange(
                head, reader, writer
            ):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _exchange(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        first, *lines = head.decode().split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        method, target, _ = first.split(" ")
        path = urlsplit(target).path.removeprefix("/v1/")
        if method == "GET":
            await _send(writer, *self._read(path, dict(parse_qsl(urlsplit(target).query))))
            return True
        mood = self._moods.popleft() if self._moods else ""
        status, said = self._post(path, headers["idempotency-key"], dict(parse_qsl(body.decode())), mood)
        return await self._answer(writer, status, json.dumps(said).encode(), mood)

    def _read(self, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        try:
            return 200, json.dumps(self.books.read(path, query)).encode()
        except No as no:
            return no.status, json.dumps(no.body).encode()

    def _post(self, path: str, key: str, form: dict[str, str], mood: str) -> tuple[int, Any]:
        self.asked[path] += 1
        self.keys[key] += 1
        if mood in BEFORE:
            return BEFORE[mood].status, BEFORE[mood].body
        what = (path, tuple(sorted(form.items())))
        if key in self._kept:
            asked, status, said = self._kept[key]
            if asked != what:
                no = No(400, "", "idempotency_error")
                return no.status, no.body
            return status, said
        status, said = self._first(path, form, mood)
        self._kept[key] = what, status, json.loads(json.dumps(said))
        return status, said

    def _first(self, path: str, form: dict[str, str], mood: str) -> tuple[int, Any]:
        broken = No(500, "", "api_error")
        if mood == "error":
            return broken.status, broken.body
        try:
            said = self.books.do(path, form)
        except No as no:
            return no.status, no.body
        return (broken.status, broken.body) if mood == "error_after" else (200, said)

    async def _answer(self, writer: asyncio.StreamWriter, status: int, said: bytes, mood: str) -> bool:
        """Whether the line still stands."""
        if mood == "stall":
            await self._over.wait()
        if mood == "reset":
            writer.transport.abort()
        if mood in ("stall", "reset"):
            return False
        if mood == "proxy_page":
            status, said = 502, b"<html>Bad gateway</html>"
        if mood == "empty":
            said = b""
        if mood == "garble":
            said = said.replace(b'"', b"'")
        await _send(writer, status, said, cut=len(said) // 2 if mood == "cut" else 0)
        return mood != "cut"

    @asynccontextmanager
    async def open(self):
        server = await asyncio.start_server(self.talk, "127.0.0.1", 0)
        self.url = "http://{}:{}".format(*server.sockets[0].getsockname())
        try:
            yield self
        finally:
            self._over.set()
            server.close()
            for line in self._lines.values():
                line.close()
            await asyncio.gather(*(task for task in self._lines if task))


async def _send(writer: asyncio.StreamWriter, status: int, said: bytes, cut: int = 0) -> None:
    head = (
        f"HTTP/1.1 {status} Told\r\ncontent-type: application/json\r\ncontent-length: {len(said)}\r\n\r\n"
    )
    writer.write(head.encode() + said[: len(said) - cut])
    await writer.drain()
