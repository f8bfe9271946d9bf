"""One address for screens, programs and gateways; nothing of the one stands before the other."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send


class Doors:
    """`others` are by the beginning of their paths; everything else is the screens'."""

    def __init__(self, screens: ASGIApp, others: Mapping[str, ASGIApp]) -> None:
        self._screens = screens
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        other = next((app for begins, app in self._others.items() if path.startswith(begins)), None)
        await (other or self._screens)(scope, receive, send)
