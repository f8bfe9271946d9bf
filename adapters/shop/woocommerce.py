"""A WooCommerce shop: its list of orders, and the parcels it is told of."""

import base64
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from adapters.shop.asking import Asker
from domain.errors import ShopUnavailable
from domain.web_shop import Parcel

API = "/wp-json/wc/v3"
PAGE = 100
MOST_PAGES = 1_000
PARCELS = "_orderkeeper_parcels"
UNDER_WAY = ("pending", "on-hold", "processing")


@dataclass(frozen=True, slots=True)
class WooCommerce:
    asker: Asker

    @classmethod
    def at(
        cls, name: str, address: str, token: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> "WooCommerce":
        """`token` is key and secret with a colon between them, as in ck_...:cs_..."""
        basic = base64.b64encode(token.encode()).decode()
        return cls(Asker(name, address, {"authorization": f"Basic {basic}"}, transport))

    async def changed_since(self, since: datetime) -> AsyncIterator[Sequence[str]]:
        """
        Pages of orders, each as JSON, that have changed since then, the oldest change first.

        :raises ShopUnavailable: no answer. :raises SettingsRefused: our token is not taken.
        """
        for page in range(1, MOST_PAGES + 1):
            params = {
                "modified_after": since.astimezone(UTC).isoformat(),
                "dates_are_gmt": "true",
                "orderby": "modified",
                "order": "asc",
                "per_page": str(PAGE),
                "page": str(page),
            }
            tree, _ = await self.asker.ask("GET", f"{API}/orders", params)
            if not isinstance(tree, list):
                raise ShopUnavailable(f"The shop {self.asker.name} answers with no list of orders.")
            yield [json.dumps(order) for order in tree]
            if len(tree) < PAGE:
                return

    async def shipped(self, parcel: Parcel) -> None:
        """
        Tell the shop that a parcel has left, as a note and beside the order; once.

        :raises ShopUnavailable: no answer. :raises ActRefused: the shop does not know the order.
        """
        order, _ = await self.asker.ask("GET", f"{API}/orders/{parcel.theirs}")
        known = _parcels(order)
        if any(each.get("parcel") == parcel.fulfilment for each in known):
            return
        said = [parcel.carrier, parcel.tracking, parcel.link]
        words = " ".join(filter(None, said)) or "without a tracking number"
        note = {"note": f"Shipped: {words} ({parcel.fulfilment})", "customer_note": False}
        await self.asker.ask("POST", f"{API}/orders/{parcel.theirs}/notes", body=note)
        new = {"parcel": parcel.fulfilment, "carrier": parcel.carrier}
        new |= {"tracking": parcel.tracking, "link": parcel.link}
        meta = [{"key": PARCELS, "value": [*known, new]}]
        await self.asker.ask("PUT", f"{API}/orders/{parcel.theirs}", body={"meta_data": meta})

    async def completed(self, theirs: str) -> None:
        """All of it has left: the shop's order is completed, where it is still under way."""
        order, _ = await self.asker.ask("GET", f"{API}/orders/{theirs}")
        if isinstance(order, dict) and order.get("status") in UNDER_WAY:
            await self.asker.ask("PUT", f"{API}/orders/{theirs}", body={"status": "completed"})


def _parcels(order: Any) -> list[dict[str, Any]]:
    meta = order.get("meta_data") if isinstance(order, dict) else None
    for each in meta if isinstance(meta, list) else ():
        if isinstance(each, dict) and each.get("key") == PARCELS and isinstance(each.get("value"), list):
            return [value for value in each["value"] if isinstance(value, dict)]
    return []
