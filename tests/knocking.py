"""Requests to an application without a client between: for tests that ask thousands of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from starlette.types import ASGIApp, Message

HOST = "127.0.0.1:8000"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Knocker:
    """`headers` go with every request."""

    app: ASGIApp
    headers: Mapping[str, str]

    async def ask(self, method: str, path: str, query: Mapping[str, str], body: bytes, kind: str) -> int:
        """The answer's status; an error of the application comes through."""
        told: list[Message] = []
        given = {"host": HOST, "content-length": str(len(body)), "content-type": kind, **self.headers}
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": quote(path).encode(),
            "query_string": urlencode(query).encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "client": ("192.0.2.7", 4711),
            "server": ("127.0.0.1", 8000),
            "state": {},
        }

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            told.append(message)

        await self.app(scope, receive, send)
        return int(told[0]["status"])

    async def send(self, path: str, fields: Mapping[str, str]) -> int:
        """A form."""
        return await self.ask("POST", path, {}, urlencode(fields).encode(), FORM)
