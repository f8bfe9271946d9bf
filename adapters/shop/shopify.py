"""A Shopify shop: its list of orders, and what it is told of them."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from adapters.shop.asking import Asker
from domain.errors import ActRefused, NotFound, ShopUnavailable
from domain.web_shop import Parcel

API = "/admin/api/2025-10"
PAGE = "250"
OPEN = ("open", "in_progress")
UNDONE = ("cancelled", "error", "failure")
# No amount, and so no refund; the customer hears of it from us. The goods are for sale again.
CANCEL = {"reason": "other", "email": False, "restock": True}


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
        Tell the shop that a parcel has left; what it knows of it is not told again.

        :raises ShopUnavailable: no answer. :raises NotFound: the shop does not know the order.
        :raises ActRefused: it has nothing left to ship of it.
        """
        known = await self._known(parcel)
        wanted = {line: many - known.get(line, 0) for line, many in parcel.lines}
        if known and not any(many > 0 for many in wanted.values()):
            return
        tree, _ = await self.asker.ask("GET", f"{API}/orders/{parcel.theirs}/fulfillment_orders.json")
        parts = _parts(_list(tree, "fulfillment_orders"), wanted)
        if not parts and not known:
            raise ActRefused(f"The shop {self.asker.name} has nothing left to ship of {parcel.fulfilment}.")
        for each in parts:
            await self.asker.ask(
                "POST", f"{API}/fulfillments.json", body={"fulfillment": _told(parcel, each)}
            )

    async def completed(self, theirs: str) -> None:
        """Shopify sees by itself that all of an order has left."""

    async def called_off(self, theirs: str, goods: str) -> None:
        """
        Nothing: goods leave an order of Shopify's by a refund alone. Its note is the customer's, and it has
        no other.
        """

    async def cancelled(self, theirs: str) -> None:
        """
        The shop's order is cancelled, unless it is over; no money is given back by that.

        :raises ShopUnavailable: no answer. :raises ActRefused: the shop cannot cancel it.
        :raises NotFound: it has no such order, or does not show it to us.
        """
        if await self._is_over(theirs):
            return
        try:
            await self.asker.ask("POST", f"{API}/orders/{theirs}/cancel.json", body=CANCEL)
        except ActRefused as error:
            if not await self._is_over(theirs):  # by somebody else, or by ourselves and the answer was lost
                told = "a part of it has left there, or a payment is under way; cancel it there"
                raise ActRefused(f"{error} Order {theirs} is not cancelled: {told}.") from error

    async def _is_over(self, theirs: str) -> bool:
        fields = {"fields": "id,cancelled_at,closed_at,fulfillment_status"}
        try:
            tree, _ = await self.asker.ask("GET", f"{API}/orders/{theirs}.json", fields)
        except NotFound as error:
            told = "it was deleted there, or is older than 60 days and the token lacks `read_all_orders`"
            raise NotFound(f"{error} Order {theirs} is not cancelled: {told}.") from error
        order = tree.get("order") if isinstance(tree, dict) else None
        if not isinstance(order, dict):
            raise ShopUnavailable(f"The shop {self.asker.name} answers with no order.")
        gone = order.get("cancelled_at") or order.get("closed_at")
        return bool(gone) or order.get("fulfillment_status") == "fulfilled"

    async def _known(self, parcel: Parcel) -> Counter[str]:
        """How much of each line the shop knows to have left in this very parcel."""
        tree, _ = await self.asker.ask("GET", f"{API}/orders/{parcel.theirs}/fulfillments.json")
        there = [each for each in _list(tree, "fulfillments") if each.get("status") not in UNDONE]
        if parcel.tracking:
            mine = [each for each in there if parcel.tracking in (each.get("tracking_numbers") or ())]
            return sum((_lines(each) for each in mine), Counter())
        alike = [each for each in there if not each.get("tracking_numbers") and _is_like(each, parcel)]
        return sum((_lines(each) for each in alike[parcel.alike_before :]), Counter())


def _told(parcel: Parcel, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    tracking = {"number": parcel.tracking, "company": parcel.carrier, "url": parcel.link}
    told = {"line_items_by_fulfillment_order": parts, "notify_customer": False}
    return told | ({"tracking_info": tracking} if parcel.tracking else {})


def _parts(orders: Sequence[Mapping[str, Any]], wanted: dict[str, int]) -> list[list[dict[str, Any]]]:
    """What can still be shipped of `wanted`, by place: Shopify takes one place at a time."""
    places: dict[Any, list[dict[str, Any]]] = {}
    for order in orders:
        if order.get("status") in OPEN and (items := _items(order, wanted)):
            part = {"fulfillment_order_id": order["id"], "fulfillment_order_line_items": items}
            places.setdefault(order.get("assigned_location_id"), []).append(part)
    return list(places.values())


def _items(order: Mapping[str, Any], wanted: dict[str, int]) -> list[dict[str, Any]]:
    """What of `wanted` (line item -> quantity) this fulfilment order can still ship; it is taken off it."""
    items = []
    for item in _list(order, "line_items"):
        line = str(item.get("line_item_id"))
        quantity = min(wanted.get(line, 0), int(item.get("fulfillable_quantity") or 0))
        if quantity > 0:
            items.append({"id": item["id"], "quantity": quantity})
            wanted[line] -= quantity
    return items


def _lines(fulfilment: Mapping[str, Any]) -> Counter[str]:
    said = _list(fulfilment, "line_items")
    return Counter({str(each.get("id")): int(each.get("quantity") or 0) for each in said})


def _is_like(fulfilment: Mapping[str, Any], parcel: Parcel) -> bool:
    """Without a number, what is in it tells one parcel from another."""
    return _lines(fulfilment) == Counter(dict(parcel.lines))


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
