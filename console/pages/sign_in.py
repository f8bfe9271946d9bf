"""Signing in and out, the way to one's first page, and one's own password."""

import asyncio

from fastapi import HTTPException, Request
from starlette.responses import RedirectResponse, Response

from console.csrf import csrf_of
from console.forms import text
from console.gate import DEVICE, SESSION, VISITOR, form_of
from console.house import House, house_of, who_of
from console.pages.told import Told
from console.paper import page
from domain.errors import ActRefused, BadInput
from starter.accounts import ABSOLUTE, TurnedAway
from starter.accounts import DEVICE as DEVICE_DAYS
from starter.passwords import new_token

UNPRINTABLE = frozenset("\\\r\n\t")
CHANGED = {
    "password": "Your password is changed. You are signed out everywhere else.",
    "pin": "Your PIN is set.",
    "dropped": "No code of an app is asked for any more.",
}


def form(request: Request, next: str = "") -> Response:
    """The sign-in page; its form is bound to a cookie of its own, so that nobody signs others in."""
    return _form(request, next)


async def enter(request: Request) -> Response:
    """Always a new session: one that was planted before is worth nothing."""
    house, sent = house_of(request), await form_of(request)
    to = _own_path(text(sent, "next"))
    device = request.cookies.get(house.site.cookie(DEVICE), "")
    address = request.client.host if request.client else ""
    name, password = text(sent, "name"), str(sent.get("password", ""))
    enter_ = house.accounts.sign_in
    told = await asyncio.to_thread(enter_, name, password, address, device, text(sent, "code")[:40])
    if isinstance(told, TurnedAway):
        seconds = int(told.wait.total_seconds()) + 1 if told.wait else 0
        return _form(request, to, told.why, name, seconds)
    answer = RedirectResponse(to, 303)
    _set(house, answer, SESSION, told.session, int(ABSOLUTE.total_seconds()))
    _set(house, answer, DEVICE, told.device, int(DEVICE_DAYS.total_seconds()))
    answer.delete_cookie(house.site.cookie(VISITOR), secure=house.site.secure, httponly=True)
    return answer


async def leave(request: Request) -> Response:
    house = house_of(request)
    await asyncio.to_thread(house.accounts.sign_out, request.state.session)
    answer = RedirectResponse("/sign-in", 303, headers={"clear-site-data": '"cache", "storage"'})
    answer.delete_cookie(house.site.cookie(SESSION), secure=house.site.secure, httponly=True)
    return answer


def home(request: Request) -> Response:
    """Where one's work is."""
    who = who_of(request)
    for permission, path in (("answer", "/inbox"), ("see", "/orders"), ("ship", "/partner")):
        if who.may(permission) and (permission != "answer" or who.lists):
            return RedirectResponse(path, 303)
    raise HTTPException(403, "Your account has no role with a page here; an admin can give it one.")


def account(request: Request, done: str = "") -> Response:
    told = Told(CHANGED[done], "good") if done in CHANGED else None
    return page(request, "account.html", error="", told=told)


async def change(request: Request) -> Response:
    """A new password, and with it a new session; every other one of theirs ends."""
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    old, new = str(sent.get("old", "")), str(sent.get("new", ""))
    try:
        _check_typed_twice(new, str(sent.get("again", "")))
        session = await asyncio.to_thread(house.accounts.change_password, who.name, old, new)
    except (ActRefused, BadInput) as error:
        why = str(error).removeprefix("password: ")
        return page(request, "account.html", status=422, error=f"{why[:1].upper()}{why[1:]}", told=None)
    answer = RedirectResponse("/" if who.account.must_change else "/account?done=password", 303)
    _set(house, answer, SESSION, session, int(ABSOLUTE.total_seconds()))
    return answer


def _check_typed_twice(new: str, again: str) -> None:
    if new != again:
        raise BadInput("The two new passwords differ")


def _form(request: Request, to: str, error: str = "", name: str = "", wait: int = 0) -> Response:
    house = house_of(request)
    known = request.cookies.get(house.site.cookie(VISITOR), "")
    secret = known or new_token()
    said = {"next": _own_path(to), "error": error, "name": name, "csrf": csrf_of(secret), "wait": wait}
    status = 429 if wait else 403 if error else 200
    headers = {"retry-after": str(wait)} if wait else {}
    answer = page(request, "sign_in.html", status=status, headers=headers, **said)
    if not known:
        _set(house, answer, VISITOR, secret, None)
    return answer


def _own_path(to: str) -> str:
    """A page of ours; anything else would send people elsewhere."""
    own = to.startswith("/") and not to.startswith("//") and not UNPRINTABLE & set(to)
    return to if own and to.isprintable() else "/"


def _set(house: House, answer: Response, name: str, secret: str, seconds: int | None) -> None:
    answer.set_cookie(
        house.site.cookie(name),
        secret,
        max_age=seconds,
        path="/",
        secure=house.site.secure,
        httponly=True,
        samesite="lax",
    )
