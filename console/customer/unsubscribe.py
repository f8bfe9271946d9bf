"""The end of marketing: one press of a button, here or in the mail program, and no log-in."""

import asyncio

from fastapi import HTTPException, Request
from starlette.responses import Response

from console.customer.gate import holds
from console.customer.house import tongue, window_of
from console.customer.paper import customer_page
from domain.errors import NotFound
from domain.link import Purpose

PREFIX = "/unsubscribe/"
HERE = "Link in a mail"


def unsubscribe_gate(request: Request) -> None:
    """
    Mail programs press the button themselves, from anywhere: the link alone says who asks.

    :raises HTTPException: 404, when it is none of ours; 429 after too many.
    """
    holds(request, Purpose.UNSUBSCRIBE)


def form(request: Request, number: str, code: str) -> Response:
    """A look changes nothing: mail scanners open every link."""
    return _page(request, number, code, done=False)


async def leave(request: Request, number: str, code: str) -> Response:
    """Once and for all mails of this kind; a second time changes nothing."""
    window = window_of(request)
    try:
        await asyncio.to_thread(window.consents.withdraw, number, HERE, window.house.clock())
    except NotFound as error:
        raise HTTPException(404) from error
    return await asyncio.to_thread(_page, request, number, code, done=True)


def _page(request: Request, number: str, code: str, *, done: bool) -> Response:
    """:raises HTTPException: 404, for an order that is not here."""
    window = window_of(request)
    try:
        language = window.house.book.sold(number).order.customer.language
    except NotFound as error:
        raise HTTPException(404) from error
    words = tongue(request, language)
    path = f"{PREFIX}{number}/{code}"
    return customer_page(words, "unsubscribe.html", path=path, done=done, shop=window.house.shop_name)
