"""Orders over HTTP: placed, found, called off, sent back, and told what happened outside."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from domain.act import ActResult, Outcome
from domain.errors import ActRefused, BadInput
from domain.returns import Claim
from domain.view import OrderQuery
from starter.api.desk import Counter, act_id, body, counter_of, fields, text
from starter.api.once import once
from starter.api.policy import who_of
from starter.carrying import Person
from starter.cli import shapes
from starter.formats import FORMATS, Record, read
from starter.placing import prepare
from starter.returning import Wish, goods_of, prepare_return
from starter.states import FULFILMENTS, PAYMENTS, STATES
from starter.who import Who
from starter.words import answer_line

A_PAGE, MOST = 50, 200
STATUS = {Outcome.DONE: 200, Outcome.KEPT: 202}
CREATED = 201
Text = Annotated[str, Query(max_length=200)]


async def place(
    request: Request, format: Annotated[str, Query(alias="from")] = "orderkeeper", shop: str = ""
) -> Response:
    """
    Keep one order, and begin it. The same order twice is one order; its number is the key. 202 while its
    workflow cannot be started yet: it will be.

    Under one Idempotency-Key, the second time gets the first one's answer; another order is refused.
    """
    who, counter = who_of(request), counter_of(request)
    content, key = await body(request), act_id(request, who)
    asked = f"{format}\n{shop}\n".encode() + content
    return await once(
        counter.keyed,
        key,
        asked,
        counter.clock(),
        lambda: _placed(counter, who, _only(content, format, shop), imported=FORMATS[format].imported),
    )


async def _placed(counter: Counter, who: Who, record: Record, *, imported: bool) -> Response:
    if record.error is not None:
        raise record.error
    assert record.order is not None
    order, config = record.order, await asyncio.to_thread(counter.shop)
    placement = await asyncio.to_thread(
        prepare,
        order,
        counter.book,
        counter.shelf,
        config,
        imported=imported,
        by=who.name,
        speed=counter.speed,
    )
    result = await counter.orders().place(order, placement)
    headers = {"location": f"/api/orders/{order.number}"}
    status = CREATED if result.outcome == Outcome.DONE else STATUS.get(result.outcome, 409)
    return told(shapes.outcome("number", order.number, result), status, headers)


async def orders(
    request: Request,
    state: Text = "",
    payment: Text = "",
    fulfilment: Text = "",
    waiting_for: Text = "",
    search: Text = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = A_PAGE,
) -> Response:
    """The newest first."""
    counter = counter_of(request)
    query = OrderQuery(
        state=_one_of(state, STATES, "state"),
        payment=_one_of(payment, PAYMENTS, "payment"),
        fulfilment=_one_of(fulfilment, FULFILMENTS, "fulfilment"),
        waiting_for=waiting_for,
        search=search,
        limit=limit,
    )
    rows = await asyncio.to_thread(counter.desk.list, query, counter.clock())
    return told([shapes.order_row(row) for row in rows])


async def order(request: Request, number: str) -> Response:
    """As `orders show --json` has it."""
    counter = counter_of(request)
    view = await asyncio.to_thread(counter.desk.show, number)
    return told(shapes.order(view, answer_line(view, counter.clock())))


async def cancel(request: Request, number: str) -> Response:
    """`reason`, and `fulfilment` for one parcel alone."""
    who, counter = who_of(request), counter_of(request)
    tree = await fields(request, "reason", "fulfilment")
    person, id = who.acting("cancel"), act_id(request, who)
    asked = counter.orders().cancel(
        number, person, text(tree, "reason"), fulfilment=text(tree, "fulfilment"), id=id
    )
    return acted(id, await asked)


async def send_back(request: Request, number: str) -> Response:
    """`lines` of `sku` and `quantity`, `reason`, and `claim` where something was wrong with it."""
    who, counter = who_of(request), counter_of(request)
    tree = await fields(request, "lines", "reason", "claim")
    person, form = who.acting("return"), act_id(request, who)
    if not form:
        raise BadInput("is needed: the same key twice is one return", "idempotency-key")
    known = await asyncio.to_thread(counter.book.return_form, form)
    if known:
        return told(shapes.outcome("return", known, await counter.orders().begin_return(known)))
    wish = Wish(number, _goods(tree), _claim(tree), text(tree, "reason"), person.name, person.role, form)
    policy = (await asyncio.to_thread(counter.shop)).returns
    asked = await asyncio.to_thread(
        prepare_return, wish, counter.book, counter.shelf, policy, counter.clock()
    )
    opened, result = await counter.orders().open_return(asked)
    return told(
        shapes.outcome("return", opened, result), CREATED if result.outcome == Outcome.DONE else 202
    )


async def event(request: Request, number: str) -> Response:
    """`event`, its `fields`, and `fulfilment` or `tracking` where the order has several parcels."""
    who, counter = who_of(request), counter_of(request)
    tree = await fields(request, "event", "fields", "fulfilment", "tracking")
    name, known = text(tree, "event"), (await asyncio.to_thread(counter.shop)).events
    if name not in known:
        raise BadInput(f"{name!r} is none of the shop's events: {', '.join(sorted(known))}", "event")
    person, id = who.acting("event"), act_id(request, who)
    result = await counter.orders().event(
        number,
        name,
        typed_fields(tree),
        known[name].fields,
        Person(person.name, person.role),
        fulfilment=text(tree, "fulfilment"),
        tracking=text(tree, "tracking"),
        id=id,
    )
    return acted(id, result)


def acted(id: str, result: ActResult) -> Response:
    """:raises ActRefused: it was refused."""
    if result.outcome == Outcome.REFUSED:
        raise ActRefused(result.why)
    return told(shapes.outcome("act", id, result), STATUS[result.outcome])


def told(said: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(said, status, {"cache-control": "no-store", **(headers or {})})


def typed_fields(tree: Mapping[str, Any]) -> dict[str, str]:
    """Field -> value as a person would type it. :raises BadInput: it is no object of texts and numbers."""
    found = tree.get("fields", {})
    if not isinstance(found, dict):
        raise BadInput("is not a JSON object", "fields")
    for name, value in found.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise BadInput("is neither a text nor a whole number", f"fields.{name}")
    return {name: str(value) for name, value in found.items()}


def _only(content: bytes, format: str, shop: str) -> Record:
    """:raises BadInput: no such format, or not exactly one order."""
    if format not in FORMATS:
        raise BadInput(f"{format!r} is none of {', '.join(FORMATS)}", "from")
    if shop and not FORMATS[format].imported:
        raise BadInput("only imported orders come from a shop of a name", "shop")
    found = list(read(content, FORMATS[format], shop or format))
    if len(found) != 1:
        raise BadInput("is more than one order: send each by itself", "body")
    return found[0]


def _one_of(value: str, known: tuple[str, ...], name: str) -> str:
    if value and value not in known:
        raise BadInput(f"{value!r} is none of {', '.join(known)}", name)
    return value


def _goods(tree: Mapping[str, Any]) -> Any:
    lines = tree.get("lines")
    if not isinstance(lines, list) or not lines:
        raise BadInput("say what comes back: a list of sku and quantity", "lines")
    for n, line in enumerate(lines):
        if not isinstance(line, dict) or set(line) != {"sku", "quantity"}:
            raise BadInput("is not an object of sku and quantity", f"lines[{n}]")
    return goods_of([f"{line['sku']}={line['quantity']}" for line in lines])


def _claim(tree: Mapping[str, Any]) -> Claim:
    said = text(tree, "claim")
    asked = {claim.value: claim for claim in Claim if claim != Claim.GOODWILL}
    if said and said not in asked:
        raise BadInput(f"{said!r} is none of {', '.join(asked)}", "claim")
    return asked.get(said, Claim.NONE)
