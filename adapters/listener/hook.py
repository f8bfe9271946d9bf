"""A listener is told over HTTP: signed, to an address that was looked at, with no detours and in time."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from adapters.listener.addresses import Lookup, look_up, way_to
from adapters.payment.signature import sign
from domain.errors import ActRefused, ShopUnavailable
from domain.order_event import Listener, OrderEvent

SECONDS = 10.0
SIGNATURE, EVENT, KIND = "orderkeeper-signature", "orderkeeper-event", "orderkeeper-kind"
AGENT = "Orderkeeper"


@dataclass(frozen=True, slots=True)
class Hook:
    """Each of `secrets` signs: two while they change. `transport` is another way than the network."""

    listener: Listener
    secrets: Sequence[str] = field(repr=False)
    lookup: Lookup = look_up
    transport: httpx.AsyncBaseTransport | None = None

    def wants(self, event: OrderEvent) -> bool:
        return self.listener.wants(event)

    async def tell(self, event: OrderEvent, at: datetime) -> int:
        """
        The HTTP status that it was taken with.

        :raises ShopUnavailable: no answer, or one that is no yes: to be told again.
        :raises ActRefused: the address may not be gone to.
        """
        body = body_of(event)
        try:
            async with asyncio.timeout(2 * SECONDS):
                way = await way_to(self.listener.url, self.lookup, inside=self.listener.inside)
                return await self._send(way.url, way.host, way.header, body, event, at)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise ShopUnavailable(f"{self.listener.name} does not answer.") from error

    async def _send(
        self, url: httpx.URL, host: str, header: str, body: bytes, event: OrderEvent, at: datetime
    ) -> int:
        headers = {
            "host": header,
            "user-agent": AGENT,
            "content-type": "application/json",
            SIGNATURE: signature(body, self.secrets, at),
            EVENT: event.id,
            KIND: event.kind,
        }
        async with httpx.AsyncClient(
            timeout=SECONDS, follow_redirects=False, trust_env=False, transport=self.transport
        ) as client:
            request = client.build_request(
                "POST", url, content=body, headers=headers, extensions={"sni_hostname": host}
            )
            # What it says is not read: its status is all that matters.
            answer = await client.send(request, stream=True)
            await answer.aclose()
        if answer.status_code == httpx.codes.GONE:
            raise ActRefused(f"{self.listener.name} is gone (410).")
        if not answer.is_success:
            raise ShopUnavailable(f"{self.listener.name} answers with {answer.status_code}.")
        return answer.status_code


def body_of(event: OrderEvent) -> bytes:
    """The same bytes however often it is told."""
    said = {
        "id": event.id,
        "kind": event.kind,
        "order": event.order,
        "subject": event.subject,
        "channel": event.channel,
        "at": event.at.isoformat(timespec="seconds"),
        "data": event.data,
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def signature(body: bytes, secrets: Sequence[str], at: datetime) -> str:
    """`t=...,v1=...`, with a `v1` of each secret: over the time, a full stop and the very bytes."""
    first, *others = (sign(body, secret, at) for secret in secrets)
    return ",".join([first, *(each.partition(",")[2] for each in others)])
