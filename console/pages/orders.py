"""Orders found: one box to search in, filters that stand in the address, page by page."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.house import house_of
from console.paper import page
from domain.view import OrderQuery
from starter.states import FULFILMENTS, PAYMENTS, STATES

A_PAGE = 50
LAST_PAGE = 40
LONGEST = 200
OLDER = {"1h": "an hour", "1d": "a day", "2d": "two days", "7d": "a week", "30d": "a month"}
UNITS = {"h": 1, "d": 24}


def orders(
    request: Request,
    q: str = "",
    state: str = "",
    payment: str = "",
    fulfilment: str = "",
    waiting: str = "",
    older: str = "",
) -> Response:
    """What no list has is as good as not asked for: an address is typed by people."""
    house, shop = house_of(request), house_of(request).shop()
    whom = (*shop.roles, *shop.events)
    chosen = {
        "q": "".join(letter for letter in q.strip()[:LONGEST] if letter.isprintable()),
        "state": state if state in STATES else "",
        "payment": payment if payment in PAYMENTS else "",
        "fulfilment": fulfilment if fulfilment in FULFILMENTS else "",
        "waiting": waiting if waiting in whom else "",
        "older": older if older in OLDER else "",
    }
    n = _page_number(request.query_params.get("page", ""))
    found = house.desk.list(_query(chosen, house.clock(), n * A_PAGE + 1), house.clock())
    if len(found) == 1 and chosen["q"] == found[0].number:
        return RedirectResponse(f"/orders/{found[0].number}", 303)
    shown = found[(n - 1) * A_PAGE : n * A_PAGE]
    return page(
        request,
        "orders.html",
        rows=shown,
        chosen=chosen,
        states=STATES,
        payments=PAYMENTS,
        fulfilments=FULFILMENTS,
        waits=whom,
        older=OLDER,
        first=(n - 1) * A_PAGE + 1,
        before=_link(chosen, n - 1) if n > 1 else "",
        after=_link(chosen, n + 1) if len(found) > n * A_PAGE and n < LAST_PAGE else "",
        narrowed=any(chosen.values()),
    )


def _page_number(typed: str) -> int:
    return min(int(typed), LAST_PAGE) if re.fullmatch(r"[1-9][0-9]{0,3}", typed) else 1


def _query(chosen: dict[str, str], now: datetime, limit: int) -> OrderQuery:
    return OrderQuery(
        state=chosen["state"],
        payment=chosen["payment"],
        fulfilment=chosen["fulfilment"],
        waiting_for=chosen["waiting"],
        placed_before=now - _length(chosen["older"]) if chosen["older"] else None,
        search=chosen["q"],
        limit=limit,
    )


def _length(older: str) -> timedelta:
    return timedelta(hours=int(older[:-1]) * UNITS[older[-1]])


def _link(chosen: dict[str, str], n: int) -> str:
    kept = {name: value for name, value in chosen.items() if value}
    return "/orders?" + urlencode({**kept, "page": n} if n > 1 else kept)
