"""A WooCommerce shop: its list of orders, and what it is told of them."""

import base64
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from adapters.shop.asking import Asker
from domain.errors import ShopUnavailable
from domain.web_shop import Parcel

API = "/wp-json/wc/v3"
PAGE = 100
MOST_PAGES = 1_000
SECOND = timedelta(seconds=1)
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
        after, page, before = since.astimezone(UTC), 1, frozenset[str]()
        for _ in range(MOST_PAGES):
            params = {
                "modified_after": after.isoformat(),
                "dates_are_gmt": "true",
                "orderby": "modified",
                "order": "asc",
                "per_page": str(PAGE),
                "page": str(page),
            }
            tree, _ = await self.asker.ask("GET", f"{API}/orders", params)
            if not isinstance(tree, list):
                raise ShopUnavailable(f"The shop {self.asker.name} answers with no list of orders.")
            bodies = [json.dumps(order) for order in tree]
            yield [body for body in bodies if body not in before]
            if len(tree) < PAGE:
                return
            # What is changed meanwhile moves to the end: pages counted from the start would skip another.
            newest = _just_before(tree[-1])
            after, page = (newest, 1) if newest and newest > after else (after, page + 1)
            before = frozenset(bodies)

    async def shipped(self, parcel: Parcel) -> None:
        """
        Tell the shop that a parcel has left, as a note and beside the order; once.

        :raises ShopUnavailable: no answer. :raises NotFound: the shop does not know the order.
        """
        order, _ = await self.asker.ask("GET", f"{API}/orders/{parcel.theirs}")
        known = _parcels(order)
        if any(each.get("parcel") == parcel.fulfilment for each in known):
            return
        said = [parcel.carrier, parcel.tracking, parcel.link]
        words = " ".join(filter(None, said)) or "without a tracking number"
        await self._note(parcel.theirs, f"Shipped: {words} ({parcel.fulfilment})")
        new = {"parcel": parcel.fulfilment, "carrier": parcel.carrier}
        new |= {"tracking": parcel.tracking, "link": parcel.link}
        meta = [{"key": PARCELS, "value": [*known, new]}]
        await self.asker.ask("PUT", f"{API}/orders/{parcel.theirs}", body={"meta_data": meta})

    async def completed(self, theirs: str) -> None:
        """All of it has left: the shop's order is completed, where it is still under way."""
        await self._end(theirs, "completed")

    async def called_off(self, theirs: str, goods: str) -> None:
        """
        What will not be sent any more stands in a note for the shop's own people; once.

        :raises ShopUnavailable: no answer. :raises NotFound: the shop does not know the order.
        """
        await self._note(theirs, f"Not to be sent any more: {goods}")

    async def cancelled(self, theirs: str) -> None:
        """
        The shop's order is cancelled, where it is still under way.

        :raises ShopUnavailable: no answer. :raises NotFound: the shop does not know the order.
        """
        await self._end(theirs, "cancelled")

    async def _end(self, theirs: str, status: str) -> None:
        order, _ = await self.asker.ask("GET", f"{API}/orders/{theirs}")
        stands = order.get("status") if isinstance(order, dict) else None
        if not isinstance(stands, str):
            raise ShopUnavailable(f"The shop {self.asker.name} answers with no order.")
        if stands in UNDER_WAY:
            await self.asker.ask("PUT", f"{API}/orders/{theirs}", body={"status": status})

    async def _note(self, theirs: str, text: str) -> None:
        """For the shop's own people; once, also where the answer to the first was lost."""
        there, _ = await self.asker.ask("GET", f"{API}/orders/{theirs}/notes")
        known = there if isinstance(there, list) else ()
        if any(isinstance(each, dict) and each.get("note") == text for each in known):
            return
        note = {"note": text, "customer_note": False}
        await self.asker.ask("POST", f"{API}/orders/{theirs}/notes", body=note)


def _just_before(order: Any) -> datetime | None:
    """A second before it was changed: others may have been in the same."""
    said = order.get("date_modified_gmt") if isinstance(order, dict) else None
    try:
        changed = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return changed.replace(tzinfo=UTC) - SECOND


def _parcels(order: Any) -> list[dict[str, Any]]:
    meta = order.get("meta_data") if isinstance(order, dict) else None
    for each in meta if isinstance(meta, list) else ():
        if isinstance(each, dict) and each.get("key") == PARCELS and isinstance(each.get("value"), list):
            return [value for value in each["value"] if isinstance(value, dict)]
    return []
