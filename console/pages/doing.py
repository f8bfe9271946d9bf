"""What support does to an order: every button is a call of the Orders facade."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta

from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import Response

from console.forms import form_id, text
from console.gate import form_of
from console.house import House, house_of, who_of
from console.pages.order import order_page
from console.pages.told import back_to
from domain.act import HoldKind
from domain.errors import ActRefused, BadInput, FlowRefused, NotFound
from domain.return_book import Asked
from domain.returns import Claim
from starter.answers import MAX_TEXT, UNKEPT
from starter.exchanging import instead_of, with_exchange
from starter.goodwill import Goodwill, prepare_goodwill
from starter.returning import Wish, goods_of, prepare_return
from starter.who import Who

SENT_AGAIN = timedelta(minutes=1)
Deed = Callable[[House, Who, FormData, str], Awaitable[None]]


async def cancel(request: Request, number: str) -> Response:
    async def deed(house: House, who: Who, sent: FormData, form: str) -> None:
        part, reason = text(sent, "fulfilment"), text(sent, "reason")
        await house.orders.cancel(number, who.acting("cancel"), reason, fulfilment=part, id=form)

    return await _do(request, number, deed)


async def hold(request: Request, number: str) -> Response:
    async def deed(house: House, who: Who, sent: FormData, form: str) -> None:
        kind, reason = _kind(text(sent, "kind")), text(sent, "reason")
        await house.orders.hold(number, kind, who.acting("hold"), reason, id=form)

    return await _do(request, number, deed)


async def release(request: Request, number: str) -> Response:
    async def deed(house: House, who: Who, sent: FormData, form: str) -> None:
        await house.orders.release(number, _kind(text(sent, "kind")), who.acting("release"), id=form)

    return await _do(request, number, deed)


async def note(request: Request, number: str) -> Response:
    async def deed(house: House, who: Who, sent: FormData, _form: str) -> None:
        said = text(sent, "text").strip()
        if not said or len(said) > MAX_TEXT or UNKEPT.search(said):
            raise BadInput(f"is not a note of 1 to {MAX_TEXT} characters", "text")
        await asyncio.to_thread(_write_down, house, who, number, said)

    return await _do(request, number, deed)


def _write_down(house: House, who: Who, number: str, said: str) -> None:
    """Once: the same words of the same person, a moment later, are the same form sent again."""
    now = house.clock()
    for entry in house.desk.show(number).timeline:
        same = entry.kind == "note" and entry.by == who.name and entry.text == said
        if same and now - entry.at < SENT_AGAIN:
            return
    house.book.note(number, said, who.name, now)


async def return_(request: Request, number: str) -> Response:
    async def deed(house: House, who: Who, sent: FormData, form: str) -> None:
        if not await asyncio.to_thread(house.book.return_form, form):
            asked = await asyncio.to_thread(_asked, house, who, sent, number, form)
            await house.orders.open_return(asked)

    return await _do(request, number, deed)


async def address(request: Request, number: str) -> Response:
    async def deed(house: House, who: Who, sent: FormData, form: str) -> None:
        order = await asyncio.to_thread(house.book.sold, number)
        before = asdict(order.order.shipping_address)
        typed = {name: text(sent, name) for name in before if name in sent}
        changed = {name: value for name, value in typed.items() if value.strip() != before[name]}
        await house.orders.address(number, changed, who.acting("address"), text(sent, "reason"), id=form)

    return await _do(request, number, deed)


async def edit(request: Request, number: str) -> Response:
    async def deed(house: House, who: Who, sent: FormData, form: str) -> None:
        rows = zip(sent.getlist("sku"), sent.getlist("quantity"), strict=False)
        left = [f"{sku}={str(each).strip()}" for sku, each in rows if str(each).strip()]
        await house.orders.edit(number, left, who.acting("edit"), text(sent, "reason"), id=form)

    return await _do(request, number, deed)


async def resend(request: Request, number: str) -> Response:
    async def deed(house: House, who: Who, sent: FormData, form: str) -> None:
        notice, reason = text(sent, "notice"), text(sent, "reason")
        await house.orders.resend(number, notice, who.acting("resend"), reason, id=form)

    return await _do(request, number, deed)


async def refund(request: Request, number: str) -> Response:
    async def deed(house: House, who: Who, sent: FormData, form: str) -> None:
        if not await asyncio.to_thread(house.book.return_form, form):
            asked = await asyncio.to_thread(_goodwill, house, who, sent, number, form)
            await house.orders.open_return(asked)

    return await _do(request, number, deed)


def _goodwill(house: House, who: Who, sent: FormData, number: str, form: str) -> Asked:
    person = who.acting("refund")
    amount, reason = text(sent, "amount"), text(sent, "reason")
    wish = Goodwill(number, amount, reason, person.name, person.role, form)
    return prepare_goodwill(wish, house.book, house.shelf, house.shop().returns.goodwill)


def _asked(house: House, who: Who, sent: FormData, number: str, form: str) -> Asked:
    person = who.acting("return")
    quantities = zip(sent.getlist("sku"), sent.getlist("quantity"), strict=False)
    goods = goods_of([f"{sku}={each}" for sku, each in quantities if str(each).strip() not in ("", "0")])
    if not goods:
        raise BadInput("say how many of which come back", "quantity")
    claim, reason = text(sent, "claim"), text(sent, "reason")
    if claim not in set(Claim):
        raise BadInput(f"{claim!r} is not a claim", "claim")
    wish = Wish(number, goods, Claim(claim), reason, person.name, person.role, form)
    asked = prepare_return(wish, house.book, house.shelf, house.shop().returns, house.clock())
    wanted = [each for each in text(sent, "exchange").replace(",", " ").split() if each]
    if not wanted:
        return asked
    return with_exchange(asked, instead_of(wanted), house.book, house.shelf, house.shop(), {})


async def _do(request: Request, number: str, deed: Deed) -> Response:
    """Done, kept or refused, the order's page says which; what cannot even be asked is said at once."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    await asyncio.to_thread(house.book.placement, number)
    try:
        form = form_id(sent)
        await deed(house, who, sent, form)
    except NotFound:
        raise
    except (BadInput, ActRefused, FlowRefused) as error:
        status = 422 if isinstance(error, BadInput) else 409
        return await asyncio.to_thread(order_page, request, number, error=str(error), status=status)
    return back_to(f"/orders/{number}", form)


def _kind(typed: str) -> HoldKind:
    if typed not in set(HoldKind):
        raise BadInput(f"{typed!r} is not a kind of hold", "kind")
    return HoldKind(typed)
