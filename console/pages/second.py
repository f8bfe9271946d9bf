"""What is asked for beside the password: a code of an app, codes on paper for the day it is lost, a PIN."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.forms import text
from console.gate import form_of
from console.house import house_of, who_of
from console.paper import page
from domain.errors import ActRefused, BadInput
from starter.second_factor import address, new_secret

SECRET = re.compile(r"[A-Z2-7]{32}")


def second(request: Request) -> Response:
    return _page(request, new_secret())


async def use(request: Request) -> Response:
    """Once a code proves that the app has the secret. The codes on paper are shown with this answer."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    secret, code, password = text(sent, "secret"), text(sent, "code")[:20], str(sent.get("password", ""))
    if not SECRET.fullmatch(secret) or who.account.second:
        return RedirectResponse("/account/second", 303)
    try:
        codes = await asyncio.to_thread(house.accounts.use_second, who.name, password, secret, code)
    except ActRefused as error:
        return _page(request, secret, str(error))
    return _codes(request, codes)


async def renew(request: Request) -> Response:
    """Other codes; those of before let nobody in any more."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    try:
        password = str(sent.get("password", ""))
        codes = await asyncio.to_thread(house.accounts.new_codes, who.name, password)
    except ActRefused as error:
        return _page(request, new_secret(), str(error))
    return _codes(request, codes)


async def drop(request: Request) -> Response:
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    try:
        password = str(sent.get("password", ""))
        await asyncio.to_thread(house.accounts.drop_second, who.name, password)
    except ActRefused as error:
        return _page(request, new_secret(), str(error))
    return RedirectResponse("/account?done=dropped", 303)


def pin(request: Request) -> Response:
    return page(request, "pin.html", error="")


async def set_pin(request: Request) -> Response:
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    new, again, password = (str(sent.get(name, "")) for name in ("pin", "again", "password"))
    try:
        _check_typed_twice(new, again)
        await asyncio.to_thread(house.accounts.set_pin, who.name, password, new)
    except (ActRefused, BadInput) as error:
        why = str(error).replace("PIN: ", "This PIN ", 1)
        return page(request, "pin.html", status=422, error=why)
    return RedirectResponse("/account?done=pin", 303)


def _check_typed_twice(new: str, again: str) -> None:
    if new != again:
        raise BadInput("The two PINs differ")


def _codes(request: Request, codes: Sequence[str]) -> Response:
    return page(request, "codes.html", codes=codes)


def _page(request: Request, secret: str, error: str = "") -> Response:
    house, who = house_of(request), who_of(request)
    said: dict[str, Any] = {
        "secret": secret,
        "address": address(secret, who.name, house.shop_name),
        "error": error,
        "left": house.accounts.codes_left(who.name),
    }
    return page(request, "second.html", status=422 if error else 200, **said)
