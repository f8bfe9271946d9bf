"""At the door of every page: who it is, whether the form is ours, and whether they may."""

import asyncio
import hmac
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import quote

from fastapi import HTTPException, Request
from starlette.datastructures import FormData

from console.csrf import csrf_of
from console.house import House, house_of
from console.policy import BEFORE_CHANGE, ROUTES, SHARED, SIGNED, Rule
from domain.account import Visit
from domain.audit import Deed, DeedKind
from domain.errors import Refused
from domain.fulfilment import order_of
from domain.order import fold
from starter.accounts import TurnedAway
from starter.who import Who, who_is

SESSION, DEVICE, VISITOR = "orders-session", "orders-device", "orders-visitor"
FIELDS = 500


class SignInFirst(Exception):
    def __init__(self, to: str) -> None:
        super().__init__(to)
        self.to = to


async def gate(request: Request) -> None:
    """
    :raises SignInFirst: nobody is signed in here, or a new password has to be chosen first.
    :raises HTTPException: 403, for a form that is not ours or a person who may not; 401 for the page
        itself asking when its session has ended.
    """
    house, key = house_of(request), _key(request)
    rule = ROUTES.get(key)
    if rule is None:
        raise HTTPException(404)
    request.state.who = None
    secret = request.cookies.get(house.site.cookie(VISITOR if rule.anyone else SESSION), "")
    visit = None if rule.anyone else await _visit(request, house, rule, secret)
    if request.method not in ("GET", "HEAD"):
        await _check_form(request, house, secret)
    request.state.terminal = ""
    if visit is not None:
        request.state.session = secret
        request.state.who = await _known(request, house, visit, key, rule)


async def _known(request: Request, house: House, visit: Visit, key: str, rule: Rule) -> Who:
    """Whoever may not, and whoever reads who a customer is, stands in the audit log."""
    who = who_is(visit.account, house.permissions())
    try:
        _admit(who, visit, key, rule)
        if visit.account.shared:
            who = await _at_terminal(request, house, who, key)
            _admit(who, visit, key, rule)
    except HTTPException as error:
        deed = Deed(house.clock(), DeedKind.FORBIDDEN, key, by=who.name, why=str(error.detail)[:200])
        await asyncio.to_thread(house.audit.tell, deed)
        raise
    if rule.reads:
        await _note(request, house, who, key)
    return who


async def _note(request: Request, house: House, who: Who, key: str) -> None:
    named = request.path_params
    order = str(named.get("number") or order_of(str(named.get("id", ""))))
    email = fold(request.query_params.get("email", ""))
    if house.reads.is_new(who.name, order or email, house.clock()):
        deed = Deed(house.clock(), DeedKind.READ, key, order=order, by=who.name, whom=email)
        await asyncio.to_thread(house.audit.tell, deed)


async def _at_terminal(request: Request, house: House, who: Who, key: str) -> Who:
    """
    Reading is free for all there; what is answered is answered by somebody, by name and PIN.

    :raises HTTPException: 403, for what is not done at a terminal, or a PIN that is not theirs; 429.
    """
    request.state.terminal = who.name
    if request.method in ("GET", "HEAD") or key in SHARED:
        return who
    if key not in SIGNED:
        raise HTTPException(403, "This is not done at a shared terminal. Sign in as yourself.")
    sent = await form_of(request)
    name, pin = str(sent.get("person", "")), str(sent.get("pin", ""))
    address = request.client.host if request.client else ""
    told = await asyncio.to_thread(house.accounts.at_terminal, name, pin, address)
    if isinstance(told, TurnedAway):
        seconds = str(int(told.wait.total_seconds()) + 1)
        raise HTTPException(
            429 if told.wait else 403, told.why, {"retry-after": seconds} if told.wait else None
        )
    await asyncio.to_thread(_let_go, request, house, who.name, [str(each) for each in sent.getlist("task")])
    return who_is(told, house.permissions())


def _let_go(request: Request, house: House, terminal: str, tasks: Sequence[str]) -> None:
    """What was kept there was kept for whoever answers now."""
    for task in (*tasks, *filter(None, [request.path_params.get("task", "")])):
        with suppress(Refused):
            house.desk.give_back(task, terminal)


def _key(request: Request) -> str:
    method = "GET" if request.method == "HEAD" else request.method
    return f"{method} {request.scope['route'].path}"


async def _visit(request: Request, house: House, rule: Rule, secret: str) -> Visit:
    background = rule.quiet or request.headers.get("hx-request") == "true"
    visit = await asyncio.to_thread(house.accounts.visit, secret, quiet=background)
    if visit is not None:
        return visit
    if background or request.method != "GET":
        raise HTTPException(401, "Your session has ended. Sign in again; nothing you sent was done.")
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    raise SignInFirst("/sign-in" if path == "/" else f"/sign-in?next={quote(path, safe='')}")


def _admit(who: Who, visit: Visit, key: str, rule: Rule) -> None:
    if visit.account.must_change and key not in BEFORE_CHANGE:
        raise SignInFirst("/account")
    if rule.needs and not who.may(rule.needs):
        may = who.who_may(rule.needs)
        takes = f"one of these: {may}" if "," in may else may
        raise HTTPException(403, f"Your roles do not include this; it takes {takes}.")


async def _check_form(request: Request, house: House, secret: str) -> None:
    """The form was sent by one of our pages, to this very person."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    own = site in ("same-origin", "none") and (origin is None or house.site.is_own(origin))
    sent = str((await form_of(request)).get("csrf", ""))
    if not own or not secret or not hmac.compare_digest(sent.encode(), csrf_of(secret).encode()):
        why = "This form did not come from a page of yours here, or from an old one. Open it again."
        raise HTTPException(403, why)


async def form_of(request: Request) -> FormData:
    """The form's fields, read once."""
    return await request.form(max_files=0, max_fields=FIELDS)
