"""A Shopify shop: its list of orders, and the parcels it is told of."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from adapters.shop.asking import Asker
from domain.errors import ActRefused
from domain.web_shop import Parcel

API = "/admin/api/2025-10"
PAGE = "250"
OPEN = ("open", "in_progress")


@dataclass(frozen=True, slots=True)
class Shopify:
    asker: Asker

    @classmethod
    def at(
        cls, name: str, address: str, token: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> "Shopify":
        return cls(Asker(name, address, {"x-shopify-access-token": token}, transport))

    async def changed_since(self, since: datetime) -> AsyncIterator[Sequence[str]]:
        """
        Pages of orders, each as JSON, that have changed since then, the oldest change first.

        :raises ShopUnavailable: no answer. :raises SettingsRefused: our token is not taken.
        """
        params: dict[str, str] = {
            "status": "any",
            "updated_at_min": since.astimezone(UTC).isoformat(),
            "order": "updated_at asc",
            "limit": PAGE,
        }
        while params:
            tree, headers = await self.asker.ask("GET", f"{API}/orders.json", params)
            yield [json.dumps(order) for order in _list(tree, "orders")]
            next_ = _next(headers.get("link", ""))
            params = {"limit": PAGE, "page_info": next_} if next_ else {}

    async def shipped(self, parcel: Parcel) -> None:
        """
        Tell the shop that a parcel has left; one that it knows of is not told again.

        :raises ShopUnavailable: no answer. :raises ActRefused: the shop has nothing left to ship of it.
        """
        if await self._knows(parcel):
            return
        tree, _ = await self.asker.ask("GET", f"{API}/orders/{parcel.theirs}/fulfillment_orders.json")
        wanted = dict(parcel.lines)
        parts = [
            part
            for order in _list(tree, "fulfillment_orders")
            if order.get("status") in OPEN
            and (part := _part(order, wanted))["fulfillment_order_line_items"]
        ]
        if not parts:
            raise ActRefused(f"The shop {self.asker.name} has nothing left to ship of {parcel.fulfilment}.")
        tracking = {"number": parcel.tracking, "company": parcel.carrier, "url": parcel.link}
        told = {
            "line_items_by_fulfillment_order": parts,
            "notify_customer": False,
            **({"tracking_info": tracking} if parcel.tracking else {}),
        }
        await self.asker.ask("POST", f"{API}/fulfillments.json", body={"fulfillment": told})

    async def completed(self, theirs: str) -> None:
        """Shopify sees by itself that all of an order has left."""

    async def _knows(self, parcel: Parcel) -> bool:
        if not parcel.tracking:
            return False
        tree, _ = await self.asker.ask("GET", f"{API}/orders/{parcel.theirs}/fulfillments.json")
        known = [each for each in _list(tree, "fulfillments") if each.get("status") != "cancelled"]
        return any(parcel.tracking in (each.get("tracking_numbers") or ()) for each in known)


def _part(order: Mapping[str, Any], wanted: dict[str, int]) -> dict[str, Any]:
    """What of `wanted` (line item -> quantity) this fulfilment order can still ship; it is taken off it."""
    items = []
    for item in _list(order, "line_items"):
        line = str(item.get("line_item_id"))
        quantity = min(wanted.get(line, 0), int(item.get("fulfillable_quantity") or 0))
        if quantity:
            items.append({"id": item["id"], "quantity": quantity})
            wanted[line] -= quantity
    return {"fulfillment_order_id": order["id"], "fulfillment_order_line_items": items}


def _list(tree: Any, key: str) -> list[Any]:
    found = tree.get(key) if isinstance(tree, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _next(link: str) -> str:
    """The place of the next page: its own address is never followed."""
    for part in link.split(","):
        address, _, relation = part.partition(";")
        if 'rel="next"' in relation:
            return next(iter(parse_qs(urlsplit(address.strip(" <>")).query).get("page_info", [])), "")
    return ""
