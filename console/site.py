"""Where the screens are reached: the one address people type, and what follows from it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.errors import SettingsRefused

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Site:
    """`origin` is scheme and host as browsers send it; `hosts` are those a request may name."""

    origin: str
    secure: bool
    hosts: frozenset[str]

    @classmethod
    def at(cls, url: str) -> "Site":
        """:raises SettingsRefused: no address, or plain http beyond this machine."""
        parts = urlsplit(url.strip().rstrip("/"))
        try:
            port = parts.port
        except ValueError:
            port = 0
        if parts.scheme not in PORTS or not parts.hostname or port == 0 or parts.path or parts.query:
            raise SettingsRefused(f"{url!r} is not an address such as https://orders.shop.example.")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise SettingsRefused(f"{url}: beyond this machine, staff sign in over https alone.")
        names = LOOPBACK if parts.hostname in LOOPBACK else (parts.hostname,)
        hosts = frozenset(_host(name, port, parts.scheme) for name in names)
        origin = f"{parts.scheme}://{_host(parts.hostname, port, parts.scheme)}"
        return cls(origin, parts.scheme == "https", hosts)

    def cookie(self, name: str) -> str:
        """A cookie's full name: over https, browsers bind one with this prefix to this very host."""
        return f"__Host-{name}" if self.secure else name

    def is_own(self, origin: str) -> bool:
        """Whether a request from a page of this origin comes from our own screens."""
        scheme, _, host = origin.partition("://")
        return scheme == ("https" if self.secure else "http") and host in self.hosts


def _host(name: str, port: int | None, scheme: str) -> str:
    shown = f"[{name}]" if ":" in name else name.lower()
    return shown if port in (None, PORTS[scheme]) else f"{shown}:{port}"
