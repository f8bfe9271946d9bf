"""Listeners are told over HTTP: signed, and nowhere that they must not lead us."""

import json
from datetime import timedelta

import httpx
import pytest

from adapters.listener.addresses import way_to
from adapters.listener.hook import EVENT, SIGNATURE, Hook
from adapters.payment.signature import is_signed
from domain.errors import ActRefused, ShopUnavailable
from domain.order_event import COMPLETED, Listener, OrderEvent
from tests.adapters.placed import NOON

OLD, NEW = "a-secret-of-last-year", "a-secret-of-this-year"
PUBLIC = "93.184.216.34"
TOLD = OrderEvent("1001:order.completed:1", "1001", COMPLETED, "1001", {"how": "Completed"}, NOON, "paris")


def led(*addresses):
    async def lookup(_host, _port):
        return addresses

    return lookup


class Theirs:
    """Somebody who listens; `answers` is what they say."""

    def __init__(self, *answers):
        self.answers = list(answers) or [httpx.Response(204)]
        self.heard = []

    def __call__(self, request):
        self.heard.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def hook(theirs, *, url="https://books.example/orders", lookup=None, secrets=(NEW,), inside=False):
    listener = Listener("books", url, frozenset(["all"]), inside=inside)
    return Hook(listener, secrets, lookup or led(PUBLIC), httpx.MockTransport(theirs))


async def test_an_event_is_told_signed_with_its_id_to_the_address_that_was_looked_at():
    theirs = Theirs()
    assert await hook(theirs).tell(TOLD, NOON) == 204
    (request,) = theirs.heard
    assert str(request.url) == f"https://{PUBLIC}/orders"
    assert (request.headers["host"], request.extensions["sni_hostname"]) == (
        "books.example",
        "books.example",
    )
    assert request.headers[EVENT] == TOLD.id
    assert is_signed(request.content, request.headers[SIGNATURE], (NEW,), NOON + timedelta(minutes=4))
    assert not is_signed(request.content, request.headers[SIGNATURE], (OLD,), NOON)
    said = json.loads(request.content)
    assert (said["id"], said["kind"], said["order"], said["data"]) == (
        TOLD.id,
        "order.completed",
        "1001",
        {"how": "Completed"},
    )


async def test_while_a_secret_changes_both_sign_and_the_body_is_the_same_each_time():
    theirs = Theirs()
    for at in (NOON, NOON + timedelta(hours=5)):
        await hook(theirs, secrets=(OLD, NEW)).tell(TOLD, at)
        request = theirs.heard[-1]
        for secret in (OLD, NEW):
            assert is_signed(request.content, request.headers[SIGNATURE], (secret,), at)
    assert theirs.heard[0].content == theirs.heard[1].content


INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "::1",
    "::",
    "fe80::1%eth0",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", INSIDE)
async def test_nobody_leads_us_to_an_address_of_this_house(address):
    theirs = Theirs()
    for addresses in ((address,), (PUBLIC, address)):
        with pytest.raises(ActRefused, match="of this house"):
            await hook(theirs, lookup=led(*addresses)).tell(TOLD, NOON)
    assert theirs.heard == []


@pytest.mark.parametrize(
    "url",
    [
        "http://books.example/",
        "ftp://books.example/",
        "https://user:pass@books.example/",
        "file:///etc/passwd",
    ],
)
async def test_only_https_without_a_name_in_it_is_gone_to(url):
    with pytest.raises(ActRefused):
        await way_to(url, led(PUBLIC), inside=False)


async def test_numbers_that_stand_for_this_machine_are_looked_up_as_any_name():
    async def lookup(host, _port):
        assert host in ("2130706433", "0x7f.1", "127.1")
        return ["127.0.0.1"]

    for url in ("https://2130706433/", "https://0x7f.1/", "https://127.1/"):
        with pytest.raises(ActRefused):
            await way_to(url, lookup, inside=False)


async def test_an_address_of_this_house_is_told_where_the_shop_says_so():
    theirs = Theirs()
    inside = hook(theirs, url="http://127.0.0.1:9000/x", lookup=led("127.0.0.1"), inside=True)
    assert await inside.tell(TOLD, NOON) == 204


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 500, 503])
async def test_whatever_is_no_yes_is_told_again_and_a_detour_is_not_taken(status):
    theirs = Theirs(httpx.Response(status, headers={"location": "http://127.0.0.1/"}))
    with pytest.raises(ShopUnavailable, match=str(status)):
        await hook(theirs).tell(TOLD, NOON)
    assert len(theirs.heard) == 1


async def test_one_that_is_gone_is_not_told_again():
    with pytest.raises(ActRefused, match="410"):
        await hook(Theirs(httpx.Response(410))).tell(TOLD, NOON)


async def test_no_answer_and_no_such_name_are_told_again():
    def away(request):
        raise httpx.ConnectError("refused", request=request)

    async def unknown(_host, _port):
        raise OSError("no such name")

    for each in (hook(away), hook(Theirs(), lookup=unknown), hook(Theirs(), lookup=led())):
        with pytest.raises(ShopUnavailable):
            await each.tell(TOLD, NOON)


async def test_an_answer_without_end_is_not_read():
    async def endless():
        while True:
            yield b"x" * 8192

    assert await hook(Theirs(httpx.Response(200, content=endless()))).tell(TOLD, NOON) == 200
