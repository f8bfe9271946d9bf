"""Who may do what over HTTP: one row for each route; a route without one is never opened."""

from collections.abc import Awaitable, Callable
from typing import cast

from fastapi import Request

from domain.partner import SHIP
from starter.api.desk import admitted
from starter.who import Who

# The permission of config/roles.yaml that it takes.
NEEDS = {
    "POST /api/orders": "place",
    "GET /api/orders": "see",
    "GET /api/orders/{number}": "see",
    "POST /api/orders/{number}/cancellation": "cancel",
    "POST /api/orders/{number}/returns": "return",
    "POST /api/orders/{number}/events": "event",
    "GET /api/exports/{what}": "export",
    "GET /api/stock": "see",
    "GET /api/tasks": "answer",
    "POST /api/tasks/{task}/answer": "answer",
    "GET /api/partner/orders": SHIP,
    "GET /api/partner/orders/{id}": SHIP,
    "POST /api/partner/orders/{id}/accept": SHIP,
    "POST /api/partner/orders/{id}/reject": SHIP,
    "POST /api/partner/orders/{id}/pick": SHIP,
    "POST /api/partner/orders/{id}/ship": SHIP,
    "POST /api/partner/orders/{id}/cancel-answer": SHIP,
}


def gate(route: str) -> Callable[[Request], Awaitable[None]]:
    """
    Whoever comes to this route is looked at before anything else of what they sent.

    :raises KeyError: it has no row here.
    """
    permission = NEEDS[route]

    async def admit(request: Request) -> None:
        request.state.who = await admitted(request, permission)

    return admit


def who_of(request: Request) -> Who:
    """Who was let in."""
    return cast(Who, request.state.who)
