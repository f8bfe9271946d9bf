"""Orders found: one box to search in, filters in the address, page by page, and views people keep."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console import paper
from console.forms import page_number, text
from console.gate import form_of
from console.house import House, house_of, who_of
from console.pages.told import back_to
from console.words import say_payment, say_state
from domain.errors import BadInput
from domain.view import OrderQuery, OrderRow
from flow.shop import Shop
from starter.states import FULFILMENTS, PAYMENTS, STATES

A_PAGE = 50
LAST_PAGE = 9_999
LONGEST = 200
LONGEST_NAME = 40
# Beyond, how many exactly is nothing that anybody acts on.
MOST_COUNTED = 10_000
OLDER = {"1h": "an hour", "1d": "a day", "2d": "two days", "7d": "a week", "30d": "a month"}
UNITS = {"h": 1, "d": 24}
FILTERS = ("q", "state", "payment", "fulfilment", "waiting", "older", "flow", "step")
TURN = "~"


@dataclass(frozen=True, slots=True)
class Tab:
    """A list one press away; `many` is what it holds, where that is counted."""

    label: str
    link: str
    here: bool
    many: str = ""


def orders(request: Request) -> Response:
    """What no list has is as good as not asked for: an address is typed by people."""
    house, who, asked = house_of(request), who_of(request), request.query_params
    shop = house.shop()
    chosen = _chosen(asked, shop)
    older, newer = _turn(asked.get("after", "")), _turn(asked.get("before", ""))
    query = _query(chosen, house.clock(), older, None if older else newer)
    found = house.desk.list(query, house.clock())
    if len(found) == 1 and chosen["q"] == found[0].number:
        return RedirectResponse(f"/orders/{found[0].number}", 303)
    views = house.desk.saved_views(who.name)
    here = _link(chosen)
    return paper.page(
        request,
        "orders.html",
        **_turned(found, chosen, asked.get("page", ""), backwards=query.newer_than is not None),
        chosen=chosen,
        states=_states(house, chosen),
        payments={each: say_payment(each) for each in PAYMENTS},
        fulfilments={each: say_state(each) for each in FULFILMENTS},
        waits={each: say_state(each) for each in (*shop.roles, *shop.events)},
        flows=shop.flows,
        older=OLDER,
        narrowed=any(chosen.values()),
        views=[Tab(name, f"/orders?{kept}", f"/orders?{kept}" == here) for name, kept in views],
        here=here,
        error="",
    )


async def keep(request: Request) -> Response:
    """
    The filters of the address, under a name, for this person alone.

    :raises BadInput: without a name, or with nothing to keep.
    """
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    name, kept = text(sent, "name").strip(), _of_link(text(sent, "view"), house.shop())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadInput(f"A view has a name of 1 to {LONGEST_NAME} characters")
    if not any(kept.values()):
        raise BadInput("Narrow the list first; then keep what you see")
    await asyncio.to_thread(house.desk.save_view, who.name, name, _link(kept).partition("?")[2])
    return back_to(_link(kept))


async def drop(request: Request) -> Response:
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    await asyncio.to_thread(house.desk.drop_view, who.name, text(sent, "name"))
    return back_to("/orders")


def _chosen(asked: Mapping[str, str], shop: Shop) -> dict[str, str]:
    told = {name: asked.get(name, "") for name in FILTERS}
    known = {
        "state": STATES,
        "payment": PAYMENTS,
        "fulfilment": FULFILMENTS,
        "waiting": (*shop.roles, *shop.events),
        "older": OLDER,
        "flow": shop.flows,
    }
    chosen = {name: value for name, value in told.items() if name not in known or value in known[name]}
    found = "".join(letter for letter in told["q"].strip()[:LONGEST] if letter.isprintable())
    flow = shop.flows.get(told["flow"])
    step = told["step"] if flow is not None and told["step"] in flow.by_id else ""
    return {name: chosen.get(name, "") for name in FILTERS} | {"q": found, "step": step}


def _query(
    chosen: Mapping[str, str],
    now: datetime,
    older: tuple[datetime, str] | None,
    newer: tuple[datetime, str] | None,
) -> OrderQuery:
    """One more than a page, to see whether there is another."""
    return OrderQuery(
        state=chosen["state"],
        payment=chosen["payment"],
        fulfilment=chosen["fulfilment"],
        waiting_for=chosen["waiting"],
        flow=chosen["flow"],
        step=chosen["step"],
        placed_before=now - _length(chosen["older"]) if chosen["older"] else None,
        search=chosen["q"],
        limit=A_PAGE + 1,
        older_than=older,
        newer_than=newer,
    )


def _turned(
    found: Sequence[OrderRow], chosen: Mapping[str, str], typed: str, *, backwards: bool
) -> dict[str, Any]:
    """A page of what was found, and the links to those beside it."""
    n = page_number(typed, LAST_PAGE)
    more = len(found) > A_PAGE
    rows = found[-A_PAGE:] if backwards else found[:A_PAGE]
    first = n == 1 or (backwards and not more)
    last = not more and not backwards
    return {
        "rows": rows,
        "first": 1 + (n - 1) * A_PAGE,
        "before": _link(chosen, before=_place(rows[0]), page=str(max(n - 1, 1)))
        if rows and not first
        else "",
        "after": _link(chosen, after=_place(rows[-1]), page=str(n + 1)) if rows and not last else "",
    }


def _states(house: House, chosen: Mapping[str, str]) -> list[Tab]:
    counts = house.pulse.states(MOST_COUNTED)
    tabs = [Tab("All", _link({**chosen, "state": ""}), not chosen["state"])]
    for state in STATES:
        many = f"{counts[state]:,}" + ("+" if counts[state] >= MOST_COUNTED else "")
        link = _link({**chosen, "state": state})
        tabs.append(Tab(state.replace("_", " ").capitalize(), link, chosen["state"] == state, many))
    return tabs


def _length(older: str) -> timedelta:
    return timedelta(hours=int(older[:-1]) * UNITS[older[-1]])


def _place(row: OrderRow) -> str:
    return f"{row.placed_at.isoformat()}{TURN}{row.number}"


def _turn(typed: str) -> tuple[datetime, str] | None:
    """Where a page begins; None for what is no place in the list."""
    at, _, number = typed.partition(TURN)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, number) if moment.tzinfo is not None and number.isprintable() else None


def _link(chosen: Mapping[str, str], **more: str) -> str:
    kept = {name: value for name, value in {**chosen, **more}.items() if value}
    return f"/orders?{urlencode(kept)}" if kept else "/orders"


def _of_link(link: str, shop: Shop) -> dict[str, str]:
    return _chosen(dict(parse_qsl(link.partition("?")[2])), shop)
