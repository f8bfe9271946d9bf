"""The accounts: who may sign in, and as what; a one-time password is shown once."""

import asyncio
from collections.abc import Callable

from fastapi import Request
from starlette.responses import Response

from console.forms import text
from console.gate import form_of
from console.house import house_of, who_of
from console.pages.told import Told
from console.paper import page
from domain.errors import ActRefused, BadInput
from starter.accounts import Accounts
from starter.partnering import partner_named, partner_names
from starter.who import CUSTOMER


def accounts(request: Request) -> Response:
    return _page(request)


async def add(request: Request) -> Response:
    sent = await form_of(request)
    name = text(sent, "name")
    chosen = [str(role) for role in sent.getlist("role")]
    whose = _partner(request, text(sent, "partner"))
    return await _change(
        request, name, lambda book: book.add(name, _known(request, chosen), partner=whose())
    )


async def roles(request: Request, whom: str) -> Response:
    sent = await form_of(request)
    chosen, whose = [str(role) for role in sent.getlist("role")], _partner(request, text(sent, "partner"))
    return await _change(request, whom, lambda book: book.set_roles(whom, _known(request, chosen), whose()))


async def reset(request: Request, whom: str) -> Response:
    return await _change(request, whom, lambda book: book.reset(whom))


async def share(request: Request, whom: str) -> Response:
    """A terminal that several people answer at, or a person's own again."""
    shared = text(await form_of(request), "shared") == "yes"
    return await _change(request, whom, lambda book: book.share(whom, shared=shared))


async def disable(request: Request, whom: str) -> Response:
    return await _change(request, whom, lambda book: book.disable(whom))


async def enable(request: Request, whom: str) -> Response:
    return await _change(request, whom, lambda book: book.enable(whom))


async def _change(request: Request, whom: str, work: Callable[[Accounts], str | None]) -> Response:
    """`work` answers with a one-time password where it made one."""
    house, who = house_of(request), who_of(request)
    if whom.strip().lower() == who.name:
        # Nobody shuts themselves out, or gives themselves more.
        return await asyncio.to_thread(
            _page, request, error="Your own account is for another admin to change."
        )
    try:
        once = await asyncio.to_thread(work, house.accounts.by(who.name))
    except (BadInput, ActRefused) as error:
        return await asyncio.to_thread(_page, request, error=str(error))
    return await asyncio.to_thread(_page, request, once=once or "", whom=whom.strip().lower())


def _known(request: Request, chosen: list[str]) -> list[str]:
    """:raises BadInput: a role that the shop does not have, or none at all."""
    there = house_of(request).shop().roles
    if not chosen or any(role not in there for role in chosen):
        raise BadInput(f"choose of {', '.join(there)}", "role")
    return chosen


def _partner(request: Request, typed: str) -> Callable[[], str]:
    """Whose orders alone the account sees, as the shop writes them; asked only where it is changed."""
    house = house_of(request)
    return lambda: (
        partner_named(typed, house.shop().partners, house.partners.partners()) if typed.strip() else ""
    )


def _page(request: Request, *, error: str = "", once: str = "", whom: str = "") -> Response:
    house = house_of(request)
    done = Told(f"Done: {whom}.", "good") if whom and not once else None
    return page(
        request,
        "accounts.html",
        status=409 if error else 200,
        accounts=house.accounts.list(),
        roles=[role for role in house.shop().roles.values() if role.name != CUSTOMER],
        partners=partner_names(house.shop().partners, house.partners.partners()),
        error=error,
        told=done,
        once=once,
        whom=whom,
    )
