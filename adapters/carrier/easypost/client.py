"""EasyPost over HTTP: a tracker is made once a parcel, and read; each call bounded in time and size."""

from typing import Any, Self

import httpx

from domain.errors import ActRefused, CarrierUnavailable, SettingsRefused

URL = "https://api.easypost.com/v2"
CALL_SECONDS = 10.0
MOST_BYTES = 2_000_000
# Those of ours that they name otherwise, or alike; for others they find the carrier by the number.
CARRIERS = {
    "UPS": "UPS",
    "USPS": "USPS",
    "FedEx": "FedEx",
    "Canada Post": "CanadaPost",
    "Royal Mail": "RoyalMail",
    "Australia Post": "AustraliaPost",
}
NOT_TAKEN = (401, 402, 403)
NOT_KNOWN = (400, 404, 422)


class Trackers:
    """`key` is an API key of theirs; `transport` is for trying things out."""

    def __init__(self, key: str, url: str = URL, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"{url}/",
            auth=httpx.BasicAuth(key, ""),
            timeout=CALL_SECONDS,
            follow_redirects=False,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def make(self, tracking: str, carrier: str) -> Any:
        """
        A tracker of this number; the one there is, if it was made before.

        :raises ActRefused: it is no number that they can follow.
        :raises CarrierUnavailable: no answer; safe to ask again.
        :raises SettingsRefused: they do not take our key.
        """
        known = {"carrier": CARRIERS[carrier]} if carrier in CARRIERS else {}
        tracker = {"tracker": {"tracking_code": tracking, **known}}
        return await self._ask("POST", "trackers", tracker)

    async def read(self, tracker: str) -> Any:
        """As `make`."""
        return await self._ask("GET", f"trackers/{tracker}", None)

    async def _ask(self, method: str, path: str, body: Any) -> Any:
        try:
            answer = await self._client.request(method, path, json=body)
            if len(answer.content) > MOST_BYTES:
                raise CarrierUnavailable("EasyPost gives more of an answer than we read.")
            return self._said(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CarrierUnavailable(f"EasyPost gives no answer ({type(error).__name__}).") from error
        except ValueError as error:
            raise CarrierUnavailable("EasyPost gives an answer that cannot be read.") from error

    def _said(self, answer: httpx.Response) -> Any:
        status = answer.status_code
        if answer.is_success:
            return answer.json()
        if status in NOT_TAKEN:
            raise SettingsRefused(f"EasyPost does not take ORDERKEEPER_EASYPOST_KEY ({status}).")
        if status in NOT_KNOWN:
            raise ActRefused(f"EasyPost cannot follow this number ({status}).")
        raise CarrierUnavailable(f"EasyPost says {status}; asking again.")
