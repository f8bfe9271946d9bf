"""A Shopify and a WooCommerce of our own: as strict as theirs about how they are asked, and in memory."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

SHOPIFY = "/admin/api/2025-10"
WOO = "/wp-json/wc/v3"
TOKEN = "shpat-of-these-tests"
KEYS = "ck_of_these_tests:cs_of_these_tests"


@dataclass
class Theirs:
    """What the shop has, and how it misbehaves next: an HTTP status, or nothing."""

    orders: list[dict[str, Any]] = field(default_factory=list)
    fulfilments: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cancels: list[dict[str, Any]] = field(default_factory=list)
    losing: int = 0  # so many answers are lost, with what was asked done
    asked: list[str] = field(default_factory=list)
    moods: list[int] = field(default_factory=list)  # nought for none
    meanwhile: Callable[[], object] = bool  # happens while it misbehaves
    page: int = 2

    def order(self, id: str) -> dict[str, Any] | None:
        return next((each for each in self.orders if str(each["id"]) == id), None)


def no(status: int, **headers: str) -> JSONResponse:
    return JSONResponse({"errors": "no"}, status, headers)


def _gate(
    theirs: Theirs, request: Request, header: str, wanted: str, known: set[str]
) -> JSONResponse | None:
    theirs.asked.append(f"{request.method} {request.url.path}")
    if theirs.moods and (mood := theirs.moods.pop(0)):
        theirs.meanwhile()
        return no(mood, **{"retry-after": "7.0"})
    if request.headers.get(header) != wanted:
        return no(401)
    if set(request.query_params) - known:
        return no(400)
    return None


def _answered(theirs: Theirs, answer: Any, status: int = 200) -> JSONResponse:
    if theirs.losing:
        theirs.losing -= 1
        return no(502)
    return JSONResponse(answer, status)


def shopify(theirs: Theirs) -> httpx.ASGITransport:  # noqa: C901 - one route each
    """Pages by a cursor that goes with no other question; fulfilments by fulfilment orders."""
    app = FastAPI()
    known = {"status", "updated_at_min", "order", "limit", "page_info"}

    @app.get(f"{SHOPIFY}/orders.json")
    def orders(request: Request) -> Any:
        asked = request.query_params
        if wrong := _gate(theirs, request, "x-shopify-access-token", TOKEN, known):
            return wrong
        if "page_info" in asked and set(asked) != {"page_info", "limit"}:
            return no(400)
        if "page_info" not in asked and (asked["status"], asked["order"]) != ("any", "updated_at asc"):
            return no(400)
        since, _, place = asked.get("page_info", f"{asked.get('updated_at_min')}|0").partition("|")
        return _page(theirs, since, int(place))

    @app.get(f"{SHOPIFY}/orders/{{id}}/fulfillments.json")
    def fulfillments(id: str, request: Request) -> Any:
        wrong = _gate(theirs, request, "x-shopify-access-token", TOKEN, set())
        mine = [each for each in theirs.fulfilments if each["order"] == id]
        return wrong or {"fulfillments": [each | {"line_items": _as_lines(each)} for each in mine]}

    @app.get(f"{SHOPIFY}/orders/{{id}}/fulfillment_orders.json")
    def fulfillment_orders(id: str, request: Request) -> Any:
        if wrong := _gate(theirs, request, "x-shopify-access-token", TOKEN, set()):
            return wrong
        order = theirs.order(id)
        return no(404) if order is None else {"fulfillment_orders": _fulfilment_orders(theirs, order)}

    @app.get(f"{SHOPIFY}/orders/{{id}}.json")
    def order(id: str, request: Request) -> Any:
        if wrong := _gate(theirs, request, "x-shopify-access-token", TOKEN, {"fields"}):
            return wrong
        found, wanted = theirs.order(id), request.query_params["fields"].split(",")
        return no(404) if found is None else {"order": {key: found.get(key) for key in wanted}}

    @app.post(f"{SHOPIFY}/orders/{{id}}/cancel.json")
    async def cancel(id: str, request: Request) -> Any:
        if wrong := _gate(theirs, request, "x-shopify-access-token", TOKEN, set()):
            return wrong
        found, asked = theirs.order(id), await request.json()
        # Whatever else stands there moves money, or has all of it passed over.
        if found is None or set(asked) - {"reason", "email", "restock"}:
            return no(400)
        left = any(each["order"] == id for each in theirs.fulfilments)
        if found.get("cancelled_at") or (left and found.get("financial_status") == "paid"):
            return no(422)
        found["cancelled_at"] = "2026-11-22T12:00:00+00:00"
        theirs.cancels.append(asked)
        return _answered(theirs, {"order": found | {"cancelled_at": None}})

    @app.post(f"{SHOPIFY}/fulfillments.json")
    async def fulfil(request: Request) -> Any:
        if wrong := _gate(theirs, request, "x-shopify-access-token", TOKEN, set()):
            return wrong
        asked = (await request.json())["fulfillment"]
        parts = asked["line_items_by_fulfillment_order"]
        known = {
            each["id"]: (order, each)
            for order in theirs.orders
            for each in _fulfilment_orders(theirs, order)
        }
        meant = [known[part["fulfillment_order_id"]] for part in parts]
        order, items = (
            meant[0][0],
            [item for part in parts for item in part["fulfillment_order_line_items"]],
        )
        left = {
            item["id"]: item["fulfillable_quantity"] for _, each in meant for item in each["line_items"]
        }
        places = {each["assigned_location_id"] for _, each in meant}
        if len(places) > 1 or any(item["quantity"] > left[item["id"]] for item in items):
            return no(422)
        tracking = asked.get("tracking_info", {})
        done = {"order": str(order["id"]), "status": "success", "items": items}
        theirs.fulfilments.append(done | {"tracking_numbers": [tracking["number"]] if tracking else []})
        return _answered(theirs, {"fulfillment": done}, 201)

    return httpx.ASGITransport(app=app)


def _page(theirs: Theirs, since: str, begin: int) -> JSONResponse:
    newer = [each for each in theirs.orders if each["updated_at"] >= since]
    newer.sort(key=lambda each: each["updated_at"])
    end = begin + theirs.page
    place = f"{since}|{end}".replace("+", "%2B")
    next_ = f"<https://elsewhere.example{SHOPIFY}/orders.json?page_info={place}&limit=2>"
    link = {"link": f'<https://x.example/?page_info=a>; rel="previous", {next_}; rel="next"'}
    return JSONResponse({"orders": newer[begin:end]}, headers=link if end < len(newer) else {})


def _as_lines(fulfilment: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": item["id"] // 10, "quantity": item["quantity"]} for item in fulfilment["items"]]


def _fulfilment_orders(theirs: Theirs, order: dict[str, Any]) -> list[dict[str, Any]]:
    """One for each place that a line of it is kept at."""
    shipped: dict[int, int] = {}
    for each in theirs.fulfilments:
        for item in each["items"]:
            shipped[item["id"]] = shipped.get(item["id"], 0) + item["quantity"]
    made = []
    for place in sorted({line.get("place", 1) for line in order["line_items"]}):
        items = [
            {
                "id": line["id"] * 10,
                "line_item_id": line["id"],
                "fulfillable_quantity": line["quantity"] - shipped.get(line["id"] * 10, 0),
            }
            for line in order["line_items"]
            if line.get("place", 1) == place
        ]
        left = any(item["fulfillable_quantity"] for item in items)
        state = {"id": order["id"] * 100 + place, "status": "open" if left else "closed"}
        made.append(state | {"assigned_location_id": place, "line_items": items})
    return made


def woocommerce(theirs: Theirs) -> httpx.ASGITransport:  # noqa: C901 - one route each
    """Pages by number; what is told of parcels stands in notes and beside the order."""
    app = FastAPI()
    basic = "Basic " + base64.b64encode(KEYS.encode()).decode()
    known = {"modified_after", "dates_are_gmt", "orderby", "order", "per_page", "page"}

    @app.get(f"{WOO}/orders")
    def orders(request: Request) -> Any:
        if wrong := _gate(theirs, request, "authorization", basic, known):
            return wrong
        asked = request.query_params
        if not 1 <= int(asked["per_page"]) <= 100 or asked["orderby"] != "modified":
            return no(400)
        since = asked["modified_after"][:19]
        newer = [each for each in theirs.orders if each["date_modified_gmt"] > since]
        begin = (int(asked["page"]) - 1) * int(asked["per_page"])
        newer.sort(key=lambda each: each["date_modified_gmt"])
        return newer[begin : begin + int(asked["per_page"])]

    @app.get(f"{WOO}/orders/{{id}}")
    def order(id: str, request: Request) -> Any:
        wrong = _gate(theirs, request, "authorization", basic, set())
        return wrong or theirs.order(id) or no(404)

    @app.put(f"{WOO}/orders/{{id}}")
    async def change(id: str, request: Request) -> Any:
        if wrong := _gate(theirs, request, "authorization", basic, set()):
            return wrong
        found = theirs.order(id)
        if found is None:
            return no(404)
        found.update(await request.json())
        return _answered(theirs, found)

    @app.get(f"{WOO}/orders/{{id}}/notes")
    def notes(id: str, request: Request) -> Any:
        if wrong := _gate(theirs, request, "authorization", basic, set()):
            return wrong
        return no(404) if theirs.order(id) is None else [{"note": each} for each in theirs.notes]

    @app.post(f"{WOO}/orders/{{id}}/notes")
    async def note(id: str, request: Request) -> Any:
        if theirs.order(id) is None:
            return no(404)
        if wrong := _gate(theirs, request, "authorization", basic, set()):
            return wrong
        theirs.notes.append((await request.json())["note"])
        return _answered(theirs, {"id": len(theirs.notes)}, 201)

    return httpx.ASGITransport(app=app)
