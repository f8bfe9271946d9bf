"""Where a web address leads: looked up once, and gone to only where it is not one of this house."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from domain.errors import ActRefused, ShopUnavailable

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
PORTS = {"http": 80, "https": 443}
NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Way:
    """`url` leads to the very address that was looked at; `host` is what it is called."""

    url: httpx.URL
    host: str
    header: str


async def way_to(url: str, lookup: Lookup, *, inside: bool) -> Way:
    """
    `inside`: it may be an address of this house, and plain http.

    :raises ActRefused: it may not be gone to. :raises ShopUnavailable: its name is not known just now.
    """
    wanted = httpx.URL(url)
    if wanted.scheme not in (("https", "http") if inside else ("https",)) or not wanted.host:
        raise ActRefused(f"{wanted.scheme}: beyond this house, https alone is used.")
    if wanted.userinfo:
        raise ActRefused("A name and password cannot stand in the address.")
    port = wanted.port or PORTS[wanted.scheme]
    try:
        found = [ip_address(each.partition("%")[0]) for each in await lookup(wanted.host, port)]
    except (OSError, ValueError, UnicodeError) as error:
        raise ShopUnavailable(f"{wanted.host} cannot be found.") from error
    if not found:
        raise ShopUnavailable(f"{wanted.host} cannot be found.")
    # One of them is enough to refuse: which one is taken next time is not ours to say.
    if not inside and not all(_is_outside(each) for each in found):
        raise ActRefused(f"{wanted.host} is an address of this house, and may not be told.")
    return Way(wanted.copy_with(host=str(found[0])), wanted.host, wanted.netloc.decode("ascii"))


def _is_outside(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return _is_outside(inner)
        if address in NAT64:
            return _is_outside(IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and not address.is_multicast


async def look_up(host: str, port: int) -> Sequence[str]:
    """As this machine knows it."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]
