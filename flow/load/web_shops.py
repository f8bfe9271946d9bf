"""The web shops that orders come from, and those who are told what becomes of orders."""

import re
from collections.abc import Sequence

from domain.order_event import EVENT_KINDS, EVERY, Listener
from domain.web_shop import ShopSystem, WebShop
from flow.load.form import Book, Form
from flow.load.shop import entries

NAME = re.compile(r"[a-z][a-z0-9-]{0,31}\Z")
ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?\Z")
SYSTEMS = tuple(each.value for each in ShopSystem)
NEEDED = "an address such as https://tea.myshopify.com"


def read_web_shops(source: str, file: str) -> tuple[dict[str, WebShop], Book]:
    """Whether a shop's names of orders fit is seen when they come."""
    known = ("system", "address", "backfill", "write_back")
    book, forms = entries(source, file, known, "a shop", NAME)
    return {form.where[0]: _web_shop(form) for form in forms}, book


def _web_shop(form: Form) -> WebShop:
    form.needs("system", f"add system: {' or '.join(SYSTEMS)}")
    system = form.one_of("system", SYSTEMS, SYSTEMS[0])
    address = _address(form, "address")
    backfill, write_back = form.flag("backfill"), form.flag("write_back")
    if (backfill or write_back) and not address:
        form.needs("address", f"add address: {NEEDED}")
    return WebShop(form.where[0], ShopSystem(system), address, backfill, write_back)


def read_listeners(source: str, file: str) -> tuple[dict[str, Listener], Book]:
    book, forms = entries(source, file, ("url", "events", "shops", "inside"), "a listener", NAME)
    return {form.where[0]: _listener(form) for form in forms}, book


def _listener(form: Form) -> Listener:
    form.needs("url", "add url: https://books.example/orders")
    form.needs("events", f"add events: [{EVERY}]")
    events = form.names("events")
    _check_events(form, events)
    inside = form.flag("inside")
    url = _address(form, "url")
    if url.startswith("http://") and not inside:
        form.wrong(
            form.book.at((*form.where, "url")), "beyond this house, https alone is used", "write https"
        )
    return Listener(form.where[0], url, frozenset(events), frozenset(form.names("shops")), inside)


def _check_events(form: Form, events: Sequence[str]) -> None:
    for n, name in enumerate(events):
        if name not in (EVERY, *EVENT_KINDS):
            node = form.book.at((*form.where, "events", str(n)))
            form.wrong(
                node, f"there is no event '{name}'", f"known: {EVERY}, {', '.join(EVENT_KINDS)}", "event"
            )


def _address(form: Form, key: str) -> str:
    said, node = form.text(key).rstrip("/"), form.node(key)
    if node is not None and not ADDRESS.match(said):
        form.wrong(node, f"'{said}' is no plain web address", f"write {NEEDED}")
        return ""
    return said
