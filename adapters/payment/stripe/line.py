"""The line to Stripe, by httpx: no redirects, no second tries."""

from collections.abc import Mapping

import httpx
from stripe import APIConnectionError, HTTPClient


class Line(HTTPClient):
    """What their library asks of one; theirs for httpx uses what httpx is about to drop."""

    name = "httpx"

    def __init__(self, call_seconds: float) -> None:
        super().__init__()
        self._line = httpx.AsyncClient(timeout=call_seconds)

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: str | None = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            answer = await self._line.request(method, url, headers=headers, content=post_data or None)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise APIConnectionError(type(error).__name__) from error  # type: ignore[no-untyped-call]  # untyped there
        return answer.content, answer.status_code, answer.headers

    async def close_async(self) -> None:
        await self._line.aclose()
