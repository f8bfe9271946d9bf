"""Customers: looked up, one of them whole, and forgotten after a second look."""

import asyncio
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.forms import text
from console.gate import form_of
from console.house import house_of, who_of
from console.paper import page
from domain.errors import ActRefused, BadInput, NotFound

MOST = 50


def customers(request: Request, q: str = "", forgotten: str = "") -> Response:
    """Nobody is listed who was not looked for."""
    found = house_of(request).customers.find(q, MOST) if q.strip() else []
    count = forgotten if forgotten.isdecimal() else ""
    return page(request, "customers.html", q=q[:200], found=found, most=MOST, forgotten=count)


def customer(request: Request, email: str = "") -> Response:
    """:raises NotFound: nobody with this address has bought here."""
    return page(request, "customer.html", view=house_of(request).customers.show(email))


def look(request: Request, email: str = "") -> Response:
    """What would go, before it does."""
    return _look(request, email)


async def erase(request: Request) -> Response:
    house, who, sent = house_of(request), who_of(request), await form_of(request)
    email, why = text(sent, "email"), text(sent, "reason")
    if text(sent, "sure") != "yes":
        why_not = "Tick the box: what is forgotten does not come back."
        return await asyncio.to_thread(_look, request, email, why_not, 422)
    try:
        person = who.acting("erase")
        gone = await asyncio.to_thread(house.customers.forget, email, person, why)
    except NotFound:
        raise
    except (ActRefused, BadInput) as error:
        status = 422 if isinstance(error, BadInput) else 409
        said = str(error).removeprefix("reason: ")
        return await asyncio.to_thread(_look, request, email, f"{said[:1].upper()}{said[1:]}", status)
    return RedirectResponse(f"/customers?{urlencode({'forgotten': len(gone.orders)})}", 303)


def _look(request: Request, email: str, error: str = "", status: int = 200) -> Response:
    foreseen = house_of(request).customers.foreseen(email)
    return page(request, "forget.html", status=status, email=email.strip(), found=foreseen, error=error)
