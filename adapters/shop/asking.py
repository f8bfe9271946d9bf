"""Asking a web shop over HTTP: every answer is theirs, within limits, or an error in our words."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from domain.errors import ActRefused, NotFound, SettingsRefused, ShopUnavailable

SECONDS = 30.0
MOST_BYTES = 32 * 1024 * 1024
AGENT = "Orderkeeper"


@dataclass(frozen=True, slots=True)
class Asker:
    """`address` is the shop's; `transport` another way there than the network, for tests."""

    name: str
    address: str
    headers: Mapping[str, str]
    transport: httpx.AsyncBaseTransport | None = None

    async def ask(
        self, method: str, path: str, params: Mapping[str, str] | None = None, body: Any = None
    ) -> tuple[Any, httpx.Headers]:
        """
        The JSON of the answer, and its headers.

        :raises ShopUnavailable: no answer, too much of one, or not now.
        :raises SettingsRefused: the shop does not take our token.
        :raises NotFound: it has nothing there, or not any more. :raises ActRefused: it does not take it.
        """
        try:
            async with asyncio.timeout(2 * SECONDS), self._client() as client:
                async with client.stream(method, path, params=params, json=body) as answer:
                    content = await self._content(answer)
                return self._read(answer, content), answer.headers
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise ShopUnavailable(f"The shop {self.name} does not answer.") from error

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.address,
            headers={**self.headers, "user-agent": AGENT, "accept": "application/json"},
            timeout=SECONDS,
            follow_redirects=False,
            trust_env=False,
            transport=self.transport,
        )

    async def _content(self, answer: httpx.Response) -> bytes:
        taken = bytearray()
        async for piece in answer.aiter_bytes():
            taken += piece
            if len(taken) > MOST_BYTES:
                raise ShopUnavailable(f"The shop {self.name} answers with too much.")
        return bytes(taken)

    def _read(self, answer: httpx.Response, content: bytes) -> Any:
        status = answer.status_code
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise SettingsRefused(f"The shop {self.name} does not take our token ({status}).")
        if status in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
            raise NotFound(f"The shop {self.name} does not have it ({status}).")
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise _not_now(self.name, answer.headers.get("retry-after", ""))
        if answer.is_client_error:
            raise ActRefused(f"The shop {self.name} does not take it ({status}).")
        if not answer.is_success:
            raise ShopUnavailable(f"The shop {self.name} answers with {status}.")
        try:
            return json.loads(content)
        except ValueError as error:
            raise ShopUnavailable(
                f"The shop {self.name} answers with something that is no JSON."
            ) from error


def _not_now(name: str, seconds: str) -> ShopUnavailable:
    error = ShopUnavailable(f"The shop {name} asks us to wait.")
    digits = seconds.partition(".")[0]
    if digits.isdecimal() and digits.isascii() and len(digits) < 6:  # noqa: PLR2004 - about a day
        error.again_after = timedelta(seconds=int(digits))
    return error
