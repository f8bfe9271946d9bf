"""A code of an authenticator app at sign-in: taken up, and given up."""

import asyncio
import re

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.forms import text
from console.gate import form_of
from console.house import house_of, who_of
from console.paper import page
from domain.errors import ActRefused
from starter.second_factor import address, new_secret

SECRET = re.compile(r"[A-Z2-7]{32}")


def second(request: Request) -> Response:
    return _page(request, new_secret())


async def use(request: Request) -> Response:
    """Once a code proves that the app has the secret."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    secret, code, password = text(sent, "secret"), text(sent, "code")[:20], str(sent.get("password", ""))
    if not SECRET.fullmatch(secret) or who.account.second:
        return RedirectResponse("/account/second", 303)
    try:
        await asyncio.to_thread(house.accounts.use_second, who.name, password, secret, code)
    except ActRefused as error:
        return _page(request, secret, str(error))
    return RedirectResponse("/account", 303)


async def drop(request: Request) -> Response:
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    try:
        password = str(sent.get("password", ""))
        await asyncio.to_thread(house.accounts.drop_second, who.name, password)
    except ActRefused as error:
        return _page(request, new_secret(), str(error))
    return RedirectResponse("/account", 303)


def _page(request: Request, secret: str, error: str = "") -> Response:
    house, who = house_of(request), who_of(request)
    uri = address(secret, who.name, house.shop_name)
    status = 422 if error else 200
    return page(request, "second.html", status=status, secret=secret, address=uri, error=error)
